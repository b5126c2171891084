//! Which operating system runs.

use serde::{Deserialize, Serialize};

/// The distribution by os-release(5) and the kernel by uname(2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Os {
    /// `linux`.
    pub family: String,
    /// `ID`: `debian`, `rhel`, …
    pub id: String,
    /// `ID_LIKE`, split at spaces.
    pub id_like: Vec<String>,
    /// `NAME`.
    pub name: String,
    /// `PRETTY_NAME`.
    pub pretty_name: String,
    /// `VERSION_ID`; absent on rolling distributions. On Debian the point release from `/etc/debian_version`.
    pub version: Option<String>,
    /// `VERSION_CODENAME`.
    pub codename: Option<String>,
    /// Kernel release: `6.1.0-18-amd64`.
    pub kernel_release: String,
    /// Kernel build: the `version` of uname(2).
    pub kernel_version: String,
    /// Machine of uname(2): `x86_64`, `aarch64`, …
    pub architecture: String,
    /// Name of the time zone, `Asia/Seoul`.
    pub timezone: Option<String>,
    /// What process 1 is: `systemd`, `openrc`, `tini`, …
    pub init: Option<String>,
}
