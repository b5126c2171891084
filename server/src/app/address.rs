//! By which names and URLs the server is reached.

use std::net::SocketAddr;

use crate::config::Config;
use crate::config::tls::is_host_name;

/// Linux's own name for this host; what uname(2) gives.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The host's name.
pub(super) fn host_name() -> String {
    let read = std::fs::read_to_string(HOST_NAME).unwrap_or_default();
    let name = read.trim();
    if is_host_name(name) { name.to_owned() } else { "localhost".to_owned() }
}

/// The names and addresses that stand in the server's certificate, each once, those that are set first.
pub(super) fn names(config: &Config) -> Vec<String> {
    let from_urls = [&config.people.url, &config.agents.url].into_iter().flatten().map(|url| host(url).to_owned());
    let listened = [config.people.listen, config.agents.listen].map(|address| address.ip());
    let listened = listened.into_iter().filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string());
    let mut names: Vec<String> = Vec::new();
    let all = config.tls.names.iter().cloned().chain(from_urls).chain([host_name()]).chain(listened);
    for name in all.chain(LOCAL.map(ToOwned::to_owned)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `https://host:port` as it is set, or of this host's name and the port in use.
pub(super) fn url(set: Option<&String>, config: &Config, bound: SocketAddr) -> String {
    if let Some(url) = set {
        return url.clone();
    }
    let name = config.tls.names.first().filter(|name| !name.starts_with('*')).cloned().unwrap_or_else(host_name);
    let name = if name.contains(':') { format!("[{name}]") } else { name };
    format!("https://{name}:{}", bound.port())
}

/// How people reach the server, for commands that run beside it.
pub(crate) fn url_as_configured(config: &Config) -> String {
    url(config.people.url.as_ref(), config, config.people.listen)
}

fn host(url: &str) -> &str {
    let authority = url.strip_prefix("https://").unwrap_or(url);
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    authority.split(':').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::{host, names, url};
    use crate::config::Config;

    #[test]
    fn the_certificate_names_every_way_in_once() {
        let mut config = Config::default();
        config.tls.names = vec!["cmdb.example".to_owned(), "localhost".to_owned()];
        config.people.url = Some("https://cmdb.example:9443".to_owned());
        config.agents.listen = "192.0.2.7:8443".parse().unwrap();
        let names = names(&config);
        assert_eq!(names[..2], ["cmdb.example", "localhost"]);
        assert!(names.contains(&"192.0.2.7".to_owned()) && names.contains(&"::1".to_owned()));
        assert_eq!(names.iter().filter(|name| *name == "localhost").count(), 1);
    }

    #[test]
    fn a_url_is_made_of_the_first_name_and_the_port_in_use() {
        let mut config = Config::default();
        config.tls.names = vec!["2001:db8::1".to_owned()];
        assert_eq!(url(None, &config, "0.0.0.0:41234".parse().unwrap()), "https://[2001:db8::1]:41234");
        assert_eq!(host("https://[2001:db8::1]:9443"), "2001:db8::1");
        assert_eq!(host("https://cmdb.example"), "cmdb.example");
    }
}
