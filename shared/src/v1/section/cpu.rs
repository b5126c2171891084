//! Processors.

use serde::{Deserialize, Serialize};

/// The processors of the host, which are of one kind in practice; `/proc/cpuinfo` and `/sys/devices/system/cpu`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cpu {
    /// Model name.
    pub model: Option<String>,
    /// `GenuineIntel`, `AuthenticAMD`, …
    pub vendor: Option<String>,
    /// Populated packages.
    pub sockets: u32,
    /// Cores in all packages.
    pub cores: u32,
    /// Logical processors that the kernel may use.
    pub threads: u32,
    /// NUMA nodes.
    pub numa_nodes: u32,
    /// Highest frequency the hardware states, in megahertz.
    pub max_mhz: Option<u32>,
    /// Last-level cache in bytes, per package.
    pub cache_bytes: Option<u64>,
    /// Microcode revision as the kernel writes it.
    pub microcode: Option<String>,
    /// Known weaknesses that are not mitigated: the names under `vulnerabilities` that read `Vulnerable…`.
    pub vulnerable_to: Vec<String>,
}
