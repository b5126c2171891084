//! An inventory of somebody else's agent, in the register's words.

use crate::catalogue::observed::Package;
use crate::reconcile::observe::Observed;

use super::report::Report;

/// Who writes such documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// GLPI's inventory in JSON.
    Glpi,
    /// The XML of OCS Inventory and FusionInventory.
    Ocs,
}

impl Format {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Glpi => "glpi_json",
            Self::Ocs => "ocs_xml",
        }
    }

    /// The source that its statements have in the register.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Glpi | Self::Ocs => "import",
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
    /// What of it is kept and what is not.
    pub report: Report,
}
