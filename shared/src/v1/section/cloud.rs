//! Where a cloud says this host is.

use serde::{Deserialize, Serialize};

/// Identity of a cloud instance. Collected only where the agent is told to: it asks a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cloud {
    /// `aws`, `azure`, `gcp`, `openstack`, …; absent where none answers.
    pub provider: Option<String>,
    /// The instance by the provider's identifier.
    pub instance_id: Option<String>,
    /// Its name there.
    pub name: Option<String>,
    /// Type or size: `m6i.large`.
    pub instance_type: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Zone in the region.
    pub zone: Option<String>,
    /// Account, subscription or project.
    pub account: Option<String>,
    /// The image it was made of.
    pub image: Option<String>,
}
