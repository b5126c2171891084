//! Whether something filters packets here.

use serde::{Deserialize, Serialize};

/// What filters packets, without the rules themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Firewall {
    /// Front ends that are installed, by name.
    pub managers: Vec<FirewallManager>,
    /// Whether the kernel filters now: there are rules, or what no rule takes is dropped. Absent where it could not be
    /// told, as without `CAP_NET_ADMIN`.
    pub filtering: Option<bool>,
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
