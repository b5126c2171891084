//! What waits to be installed, and whether the host waits for a reboot.

use serde::{Deserialize, Serialize};

/// Pending updates, as the host's own package manager last knew them. Nothing is downloaded to find out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Updates {
    /// Packages with a newer version, by name; absent where no list of what there is could be read, which is so for
    /// every package manager but apt. Pins of versions are not considered, and what is on hold is pending.
    pub pending: Option<Vec<PendingUpdate>>,
    /// When the list of what there is was last fetched, in seconds since 1970.
    pub checked_s: Option<i64>,
    /// Whether the host waits for a reboot.
    pub reboot_required: bool,
    /// Why: packages that ask for it, or that the running kernel is not the newest installed.
    pub reboot_reasons: Vec<String>,
    /// Whether updates are installed without a person: `unattended-upgrades`, `dnf-automatic`,
    /// `transactional-update`, `os-update`.
    pub automatic: Option<String>,
}

/// A package with a newer version.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct PendingUpdate {
    /// As in `software.packages`.
    pub ecosystem: String,
    /// The package.
    pub name: String,
    /// Its architecture.
    pub architecture: Option<String>,
    /// The version that is installed.
    pub installed: String,
    /// The version that there is.
    pub available: String,
    /// Whether a source of security updates has a newer version than the installed one, be it this or an earlier one.
    pub security: bool,
}
