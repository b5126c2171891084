//! Where a cloud says this host is.

use serde::{Deserialize, Serialize};

/// Identity of a cloud instance, as cloud-init(1) wrote it down at boot: no server is asked. Empty on a host without.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cloud {
    /// `aws`, `azure`, `gcp`, `openstack`, …; absent on a host in no cloud.
    pub provider: Option<String>,
    /// The instance by the provider's identifier.
    pub instance_id: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Zone in the region.
    pub zone: Option<String>,
}
