//! `[tls]`: the server's own certificate.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// The server's own certificate, which its own authority signs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Names and addresses by which people and agents reach the server, beside the host's name and `localhost`.
    pub names: Vec<String>,
}

impl Tls {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match self.names.iter().find(|name| !is_name_or_address(name)) {
            Some(name) => {
                Err(ConfigError::value("tls.names", format!("`{name}` is neither a host name nor an address")))
            }
            None => Ok(()),
        }
    }
}

fn is_name_or_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || is_host_name(text)
}

/// RFC 1123, section 2.1, with a wildcard as the first label.
pub(crate) fn is_host_name(text: &str) -> bool {
    let text = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}
