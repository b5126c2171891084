//! System services.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// The units of the service manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Services {
    /// `systemd`, or absent where no known manager runs and the units are from their files alone.
    pub manager: Option<String>,
    /// Units by name. Only services and sockets, without templates, transient units and those of logins.
    pub units: Vec<Unit>,
}

/// A unit of systemd.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unit {
    /// Name with its suffix: `ssh.service`.
    pub name: String,
    /// `Description=`.
    pub description: Option<String>,
    /// Unit file state: `enabled`, `disabled`, `static`, `masked`, …
    pub enablement: Option<String>,
    /// `active`, `inactive`, `failed`; `activating` and the like are read as where they lead. Absent where no manager
    /// runs, and where it does not say.
    pub state: Option<String>,
    /// `User=`; absent means root.
    pub user: Option<String>,
    /// The program of the first `ExecStart=`.
    pub program: Option<Text>,
}
