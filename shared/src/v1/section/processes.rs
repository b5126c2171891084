//! Running processes.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// A snapshot; never history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Processes {
    /// Processes by number, without kernel threads.
    pub processes: Vec<Process>,
}

/// A running process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its parent's number.
    pub parent_pid: u32,
    /// The kernel's name for it, at most 15 bytes.
    pub name: Text,
    /// The executable; absent where it may not be read.
    pub executable: Option<Text>,
    /// Arguments joined by spaces, secrets replaced by `***`.
    pub command_line: Text,
    /// Name, or number where it has none, of the effective user.
    pub user: String,
    /// When it started, in seconds since 1970.
    pub started_s: i64,
    /// The systemd unit it belongs to.
    pub unit: Option<String>,
    /// The container it belongs to: 64 hexadecimal digits or the manager's name for it.
    pub container: Option<String>,
}

/// Whose socket it is, as far as it could be told.
///
/// It names the program, not the process: the same program under the same unit is the same owner after a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Owner {
    /// The kernel's name for the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Its executable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable: Option<Text>,
    /// Its user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Its systemd unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Its container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The package that owns the executable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}
