//! Memory.

use serde::{Deserialize, Serialize};

/// Sizes that do not change while the host runs unchanged; what is used is a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// `MemTotal` of `/proc/meminfo`: memory the kernel manages.
    pub total_bytes: u64,
    /// `SwapTotal`.
    pub swap_total_bytes: u64,
    /// `Hugepagesize`.
    pub huge_page_bytes: Option<u64>,
    /// `HugePages_Total`.
    pub huge_pages: Option<u64>,
}
