//! An inventory of somebody else's agent, in the register's words.

use crate::catalogue::observed::Package;
use crate::cmdb::model::source::SourceName;
use crate::reconcile::observe::Observed;

use super::report::Report;

/// Who writes such documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// GLPI's inventory in JSON.
    Glpi,
    /// The XML of OCS Inventory and `FusionInventory`.
    Ocs,
    /// A dump of `NetBox` in JSON.
    NetBox,
}

impl Format {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Glpi => "glpi_json",
            Self::Ocs => "ocs_xml",
            Self::NetBox => "netbox_json",
        }
    }

    /// Whether it says what is joined with what, so that what it no longer says has ended.
    #[must_use]
    pub const fn tells_of_relations(self) -> bool {
        matches!(self, Self::NetBox)
    }

    /// Whether whoever writes it looked at the device, and does not only keep a register of it.
    #[must_use]
    pub const fn sees(self) -> bool {
        !matches!(self, Self::NetBox)
    }

    /// The source that its statements have in the register.
    #[must_use]
    pub const fn source(self) -> SourceName {
        match self {
            Self::Glpi => SourceName::GLPI_INVENTORY,
            Self::Ocs => SourceName::OCS_INVENTORY,
            Self::NetBox => SourceName::NETBOX,
        }
    }
}

/// One device of a document.
#[derive(Debug, Clone)]
pub struct ForeignInventory {
    /// Who wrote it.
    pub format: Format,
    /// What the device is called by whoever reported it: the same every time.
    pub reporter: String,
    /// What it says of the device.
    pub observed: Observed,
    /// The packages on it, if it lists any.
    pub packages: Option<Vec<Package>>,
    /// What it is joined with.
    pub links: Vec<Link>,
    /// What of it is kept and what is not.
    pub report: Report,
}

/// Something of a document by which it is joined with something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The thing.
    pub reporter: String,
    /// What of it, as an interface; the thing itself if nothing is said.
    pub local_id: Option<String>,
}

/// Something is joined with something else of the same document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// How: the name of a relation type.
    pub kind: &'static str,
    /// What of the thing itself is joined.
    pub from: Option<String>,
    /// With what.
    pub to: End,
}

impl End {
    /// A thing as a whole.
    #[must_use]
    pub const fn thing(reporter: String) -> Self {
        Self { reporter, local_id: None }
    }
}
