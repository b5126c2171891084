//! Whether updates are installed without a person.

use crate::collect::host::Host;

const APT: &str = "/etc/apt/apt.conf.d";
const DNF: [&str; 2] = ["/etc/dnf/automatic.conf", "/usr/share/dnf5/dnf5-plugins/automatic.conf"];
const TIMERS: &str = "/etc/systemd/system/timers.target.wants";
/// Timers that install, whatever the configuration says, and what they belong to.
const INSTALLING: [(&str, &str); 3] = [
    ("dnf-automatic-install.timer", "dnf-automatic"),
    ("transactional-update.timer", "transactional-update"),
    ("os-update.timer", "os-update"),
];
/// Timers that install if the configuration says so.
const CONFIGURED: [&str; 2] = ["dnf-automatic.timer", "dnf5-automatic.timer"];
const FILE_BYTES: usize = 1 << 20;

/// By what.
pub(super) fn by(host: &Host) -> Option<String> {
    let apt = || is_unattended(host).then_some("unattended-upgrades");
    let is_enabled = |timer: &str| host.exists(format!("{TIMERS}/{timer}"));
    let timer = || INSTALLING.iter().find(|(timer, _)| is_enabled(timer)).map(|(_, name)| *name);
    let dnf = || (CONFIGURED.into_iter().any(is_enabled) && is_applied(host)).then_some("dnf-automatic");
    apt().or_else(timer).or_else(dnf).map(str::to_owned)
}

/// `APT::Periodic::Unattended-Upgrade "1";` says on how many days; of several files the last one counts.
fn is_unattended(host: &Host) -> bool {
    let names = host.find_names(APT).unwrap_or_default();
    let texts = names.iter().filter_map(|name| host.text(format!("{APT}/{name}"), FILE_BYTES).ok());
    let every = texts.filter_map(|text| text.lines().filter_map(value).next_back()).next_back();
    host.program("unattended-upgrade").is_some() && every.is_some_and(|every| every != "0")
}

fn value(line: &str) -> Option<String> {
    let rest = line.trim().strip_prefix("APT::Periodic::Unattended-Upgrade")?;
    Some(rest.trim().trim_end_matches(';').trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

fn is_applied(host: &Host) -> bool {
    let text = DNF.iter().find_map(|path| host.text(path, FILE_BYTES).ok()).unwrap_or_default();
    let values = text.lines().filter_map(|line| line.trim().strip_prefix("apply_updates")?.trim().strip_prefix('='));
    values.map(str::trim).next_back().is_some_and(|value| matches!(value, "yes" | "true" | "1" | "on"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, by};

    fn told(files: &[(&str, &str)]) -> Option<String> {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        by(&Host::at(root.path()))
    }

    #[test]
    fn apt_installs_by_itself_only_where_it_is_told_to_and_able() {
        let (program, on) = (("usr/bin/unattended-upgrade", ""), "APT::Periodic::Unattended-Upgrade \"1\";\n");
        let asked = ("etc/apt/apt.conf.d/20auto-upgrades", on);
        assert_eq!(told(&[program, asked]).as_deref(), Some("unattended-upgrades"));
        assert_eq!(told(&[asked]), None);
        let off = on.replace('1', "0");
        assert_eq!(told(&[program, asked, ("etc/apt/apt.conf.d/99off", &off)]), None);
        assert_eq!(told(&[program, ("etc/apt/apt.conf.d/20auto-upgrades", &format!("// {on}"))]), None);
    }

    #[test]
    fn dnf_installs_by_itself_only_where_its_timer_is_enabled_and_applies() {
        let timer = ("etc/systemd/system/timers.target.wants/dnf-automatic.timer", "");
        let applied = ("etc/dnf/automatic.conf", "[commands]\napply_updates = yes\n");
        assert_eq!(told(&[timer, applied]).as_deref(), Some("dnf-automatic"));
        assert_eq!(told(&[timer, ("etc/dnf/automatic.conf", "apply_updates = no\n")]), None);
        assert_eq!(told(&[applied]), None);
    }
}
