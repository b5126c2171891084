//! Well-known software, recognised by what it is rather than by who packaged it.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// Software that is known by name and that runs here, each program and place once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Products {
    /// By product, place and unit.
    pub products: Vec<Product>,
}

/// A piece of well-known software.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// Its name: `postgresql`, `nginx`, `tomcat`, `openjdk`.
    pub name: String,
    /// What it does: `database`, `cache`, `web_server`, `proxy`, `message_broker`, `application_server`, `runtime`,
    /// `container_platform`, `monitoring`, `service_discovery`, `directory`, `name_server`, `mail_server`,
    /// `file_server`, `time_server`, `print_server`, `remote_access`, `secret_store`, `ci_server`.
    pub role: String,
    /// Its version as its authors count, without a packager's revision; absent where it could not be told without
    /// running it.
    pub version: Option<String>,
    /// How the version is known: by the `package` that owns it, a `file` of its own, its `path` or its `command_line`.
    pub version_by: Option<String>,
    /// The executable or its directory.
    pub place: Text,
    /// The systemd unit it runs in.
    pub unit: Option<String>,
    /// The container it runs in.
    pub container: Option<String>,
    /// The user it runs as.
    pub user: Option<String>,
    /// Its part among others of its kind, where it shows without a password: `replica`.
    pub member_role: Option<String>,
}
