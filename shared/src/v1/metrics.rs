//! Utilisation: five-minute aggregates of one-minute samples.

use serde::{Deserialize, Serialize};

/// The body of a report of kind `metrics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Start of the window by the agent's wall clock, in milliseconds since 1970, a multiple of the length.
    pub window_start_ms: i64,
    /// Length of the window in seconds.
    pub window_s: u32,
    /// One entry per series, sorted by metric and dimension.
    pub samples: Vec<Sample>,
}

/// What one series did in one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// One of [`METRICS`], or a name of a later version.
    pub metric: String,
    /// Which one of several: a mount point, a block device, an interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
    /// How many samples were taken; at least 1.
    pub count: u32,
    /// The least of them.
    pub min: f64,
    /// Their arithmetic mean.
    pub mean: f64,
    /// The greatest of them.
    pub max: f64,
    /// Their 95th percentile, nearest rank.
    pub p95: f64,
}

/// The metrics that agents of this version send. The unit is the name's last word.
///
/// Ratios are 0 to 1 of the whole host. `cpu_*` from `/proc/stat`; `*_pressure_ratio` is the share of time in
/// which some task was stalled, from `/proc/pressure`; `disk_*` from `/proc/diskstats`; `network_*` from
/// `/proc/net/dev`; `filesystem_*` from `statvfs(3)`.
pub const METRICS: &[&str] = &[
    "cpu_busy_ratio",
    "cpu_user_ratio",
    "cpu_system_ratio",
    "cpu_iowait_ratio",
    "cpu_steal_ratio",
    "load_1m",
    "memory_used_bytes",
    "memory_available_bytes",
    "swap_used_bytes",
    "cpu_pressure_ratio",
    "memory_pressure_ratio",
    "io_pressure_ratio",
    "disk_read_bytes_per_second",
    "disk_write_bytes_per_second",
    "disk_busy_ratio",
    "network_receive_bytes_per_second",
    "network_transmit_bytes_per_second",
    "filesystem_size_bytes",
    "filesystem_used_bytes",
    "filesystem_inodes_used_ratio",
];
