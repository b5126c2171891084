//! Where the server's agent listener is.

use std::fmt;
use std::str::FromStr;

use rustls_pki_types::ServerName;

const DEFAULT_PORT: u16 = 8443;

/// `https://host[:port]`: a scheme, a host and a port, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    host: String,
    port: u16,
}

/// The text is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServerUrl {
    /// Another scheme, or none.
    #[error("a server's address begins with `https://`")]
    Scheme,
    /// A user, a path, a query: what an address of a server does not have.
    #[error("a server's address is `https://host:port` and nothing more")]
    Extra,
    /// Neither a name nor an address, or no port.
    #[error("`{0}` is neither a host name nor an address, optionally with a port")]
    Host(String),
}

impl ServerUrl {
    /// Name or address, an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port; 8443 where none was given.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// `host:port`, as a `Host` header has it.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The name the server's certificate has to bear.
    ///
    /// # Errors
    ///
    /// The host cannot stand in a certificate.
    pub fn certificate_name(&self) -> Result<ServerName<'static>, InvalidServerUrl> {
        ServerName::try_from(self.host.clone()).map_err(|_not_a_name| InvalidServerUrl::Host(self.host.clone()))
    }
}

impl FromStr for ServerUrl {
    type Err = InvalidServerUrl;

    fn from_str(text: &str) -> Result<Self, InvalidServerUrl> {
        let rest = text.trim().strip_prefix("https://").ok_or(InvalidServerUrl::Scheme)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@', '\\']) {
            return Err(InvalidServerUrl::Extra);
        }
        let invalid = || InvalidServerUrl::Host(rest.to_owned());
        let (host, port) = split(rest).ok_or_else(invalid)?;
        let port = port.map_or(Ok(DEFAULT_PORT), str::parse).ok().filter(|&port| port != 0).ok_or_else(invalid)?;
        let url = Self { host: host.to_owned(), port };
        url.certificate_name().map(|_name| url)
    }
}

fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = authority.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        return if rest.is_empty() { Some((host, None)) } else { Some((host, Some(rest.strip_prefix(':')?))) };
    }
    Some(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "https://{}", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::ServerUrl;

    #[test]
    fn names_and_addresses_are_read_and_written_back() {
        for (text, written) in [
            ("https://cmdb.example.org", "https://cmdb.example.org:8443"),
            ("https://cmdb.example.org:9000/", "https://cmdb.example.org:9000"),
            ("https://127.0.0.1:1", "https://127.0.0.1:1"),
            ("https://[::1]:65535", "https://[::1]:65535"),
        ] {
            assert_eq!(text.parse::<ServerUrl>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_more_or_less_than_host_and_port_is_refused() {
        for text in [
            "",
            "cmdb",
            "http://cmdb",
            "https://",
            "https://cmdb/path",
            "https://user:secret@cmdb",
            "https://cmdb:0",
            "https://cmdb:65536",
            "https://cmdb:",
            "https://[::1",
            "https://[::1]x",
            "https://a b",
            "https://cmdb\r\nX: y",
            "https://cmdb?x",
        ] {
            assert!(text.parse::<ServerUrl>().is_err(), "{text}");
        }
    }
}
