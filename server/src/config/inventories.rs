//! `[inventories]`: agents of others that report to this server.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Agents of others: `FusionInventory`, OCS, GLPI. They speak on the people's listener and need a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inventories {
    /// Whether they may speak at all.
    pub enabled: bool,
    /// The path that they post to.
    pub path: String,
    /// Hours between two inventories of one agent.
    pub hours: u32,
    /// Requests per second from one address.
    pub per_address: u32,
    /// Requests per second from all addresses together.
    pub per_second: u32,
    /// Requests at once from all addresses together, after a time without any.
    pub burst: u32,
}

impl Default for Inventories {
    fn default() -> Self {
        let path = "/inventory/fusioninventory".to_owned();
        Self { enabled: false, path, hours: 8, per_address: 5, per_second: 20, burst: 200 }
    }
}

impl Inventories {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        let own = ["/api", "/healthz", "/readyz", "/metrics", "/assets"];
        let is_taken = own.iter().any(|path| self.path == *path || self.path.starts_with(&format!("{path}/")));
        if !self.path.starts_with('/') || self.path.len() < 2 || !self.path.chars().all(fits) || is_taken {
            let problem = "a path as `/inventory/fusioninventory`, apart from the server's own";
            return Err(ConfigError::value("inventories.path", problem));
        }
        for (key, value, most) in [
            ("inventories.hours", self.hours, 24 * 31),
            ("inventories.per_address", self.per_address, 1_000_000),
            ("inventories.per_second", self.per_second, 1_000_000),
            ("inventories.burst", self.burst, 1_000_000),
        ] {
            if !(1..=most).contains(&value) {
                return Err(ConfigError::value(key, format!("{value} is not within 1 and {most}")));
            }
        }
        Ok(())
    }
}
