//! `[audit]`: proof that the audit trail is as it was written.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Proof that the audit trail is as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// The directory that signed checkpoints are added to, best on another volume or host; `audit` in the data directory
    /// unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoints: Option<PathBuf>,
}
