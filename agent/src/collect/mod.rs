//! What is on this host, one file per section.
//!
//! Does: read the kernel's interfaces and the host's databases below a root, and say what could not be read.
//! Does not: know how a report is put together, sent or stored, or what the configuration file says.
//!
//! Invariants: [`collect`] never fails; every section asked for is either in [`Collected::sections`] or in
//! [`Collected::faults`], never in both and never in neither.

use terrier_shared::latest::fault::Fault;
use terrier_shared::latest::section::{Section, SectionKind};

/// What was found, and what could not be.
#[derive(Debug, Default)]
pub struct Collected {
    /// Sections that were read whole.
    pub sections: Vec<Section>,
    /// Sections that could not be, and why.
    pub faults: Vec<(SectionKind, Fault)>,
}
