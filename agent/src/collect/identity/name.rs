//! What the machine is called.

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const HOSTNAME: &str = "/proc/sys/kernel/hostname";
const HOSTS_BYTES: usize = 4 << 20;

/// The kernel's host name.
pub(super) fn hostname(host: &Host) -> Result<String, Failure> {
    let name = host.text(HOSTNAME, 4 << 10)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::malformed(HOSTNAME, "is empty"));
    }
    Ok(clip(name.to_owned()))
}

/// The full name by hostname(5) or hosts(5); nobody is asked over the network.
pub(super) fn fqdn(host: &Host, hostname: &str) -> Option<String> {
    if hostname.contains('.') {
        return Some(hostname.to_owned());
    }
    let configured = host.value("/etc/hostname").filter(|name| extends(name, hostname));
    configured.or_else(|| by_hosts(&host.text("/etc/hosts", HOSTS_BYTES).ok()?, hostname)).map(clip)
}

fn by_hosts(text: &str, hostname: &str) -> Option<String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let mut names = lines.flat_map(|line| line.split_whitespace().skip(1));
    names.find(|name| extends(name, hostname)).map(str::to_owned)
}

fn extends(name: &str, hostname: &str) -> bool {
    name.strip_prefix(hostname).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::by_hosts;

    #[test]
    fn the_full_name_is_the_one_that_extends_the_short_one() {
        let hosts = "127.0.0.1 localhost # web.example.org\n127.0.1.1 webmail.example.org web.example.com web\n";
        assert_eq!(by_hosts(hosts, "web"), Some("web.example.com".to_owned()));
        assert_eq!(by_hosts(hosts, "db"), None);
    }
}
