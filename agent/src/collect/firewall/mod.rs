//! Whether something filters packets here.
//!
//! Does: list the programs that set rules and whether they are switched on, and ask the kernel whether it filters.
//! Does not: read the rules, whose number changes with every container and every address that is shut out.

mod front_end;
mod tables;

use terrier_shared::latest::section::{Firewall, Section, SectionKind};

use super::Collector;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct FirewallCollector;

impl Collector for FirewallCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Firewall
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let managers = front_end::read(scan)?;
        Ok(Section::Firewall(Firewall { managers, filtering: tables::filtering(&scan.host) }))
    }
}
