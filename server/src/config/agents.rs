//! `[agents]`: the listener for agents.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use terrier_shared::latest::limits;

use super::ConfigError;

/// The listener for agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How agents reach it, `https://host[:port]`; commands to copy are made of it. Without it the host's name and the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Seconds between two reports of an agent.
    pub interval_s: u32,
    /// Connections that one address has at once without showing a certificate: of hosts that enrol.
    pub strangers_per_address: u32,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8443)),
            url: None,
            interval_s: limits::INTERVAL_DEFAULT_S,
            strangers_per_address: 64,
        }
    }
}

impl Agents {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let (least, most) = (limits::INTERVAL_MIN_S, limits::INTERVAL_MAX_S);
        if !(least..=most).contains(&self.interval_s) {
            let problem = format!("{} is not within {least} and {most}", self.interval_s);
            return Err(ConfigError::value("agents.interval_s", problem));
        }
        if self.strangers_per_address == 0 {
            return Err(ConfigError::value("agents.strangers_per_address", "0 would let no host enrol".to_owned()));
        }
        check_url("agents.url", self.url.as_deref())
    }
}

/// `https://host[:port]` and no more: everything else would end up in links that lead elsewhere.
pub(super) fn check_url(key: &str, url: Option<&str>) -> Result<(), ConfigError> {
    let Some(url) = url else { return Ok(()) };
    let authority = url.strip_prefix("https://").unwrap_or_default();
    let is_plain = authority
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | ':' | '[' | ']'));
    if authority.is_empty() || !is_plain {
        return Err(ConfigError::value(key, format!("`{url}` is not of the form https://host[:port]")));
    }
    Ok(())
}
