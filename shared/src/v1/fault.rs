//! What a collector could not do. A fault means *unknown*, never *empty*.

use serde::{Deserialize, Serialize};

/// The body of a report of kind `fault`: one section could not be collected, and nothing about it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Why, for programs.
    pub cause: FaultCause,
    /// Why, for people: one sentence with the path or program concerned; at most 1 KiB.
    pub detail: String,
}

/// Why a collector failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCause {
    /// The kernel or file system refused access.
    PermissionDenied,
    /// A file, program or interface that this section needs is not there.
    NotFound,
    /// What was read does not have the documented form.
    Malformed,
    /// The collector used up its time.
    TimedOut,
    /// The section is larger than the wire allows.
    TooLarge,
    /// The collector took more processor time or memory than it may, or the agent died while it ran: it is held off.
    OverBudget,
    /// Any other failure of the operating system.
    Io,
    /// A cause this version does not know.
    #[serde(other)]
    Unknown,
}
