//! `[people]`: the listener for people and programs.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::agents::check_url;

/// The listener for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct People {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How people reach it, `https://host[:port]`; links are made of it. Without it the host's name and the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A certificate chain in PEM to show instead of the server's own. Needs `key_file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// The key to `certificate_file` in PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
}

impl Default for People {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9443)),
            url: None,
            certificate_file: None,
            key_file: None,
        }
    }
}

impl People {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match (&self.certificate_file, &self.key_file) {
            (Some(_), None) => return Err(ConfigError::value("people.key_file", "needed with `certificate_file`")),
            (None, Some(_)) => return Err(ConfigError::value("people.certificate_file", "needed with `key_file`")),
            _ => {}
        }
        check_url("people.url", self.url.as_deref())
    }
}
