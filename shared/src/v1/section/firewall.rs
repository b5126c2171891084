//! Whether something filters packets here.

use serde::{Deserialize, Serialize};

/// What filters packets, without the rules themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Firewall {
    /// Front ends that are installed, by name.
    pub managers: Vec<FirewallManager>,
    /// Whether the kernel holds rules now; absent where it could not be told.
    pub filtering: Option<bool>,
    /// How many rules the kernel holds, where that can be read.
    pub rules: Option<u32>,
}

/// A program that sets rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct FirewallManager {
    /// `firewalld`, `ufw`, `nftables`, `iptables`, …
    pub name: String,
    /// Whether it is switched on; absent where it could not be told.
    pub enabled: Option<bool>,
}
