//! What is installed, by the package managers' own databases.
//!
//! Does: read every database that the host has, whole.
//! Does not: judge versions, or look for what no package manager knows.

mod control;
mod dpkg;
pub(super) mod rpm;

use std::time::Duration;

use terrier_shared::latest::section::software::Package;
use terrier_shared::latest::section::{Section, SectionKind, Software};

use super::Collector;
use super::bounds::bounded;
use super::budget::Budget;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct SoftwareCollector;

impl Collector for SoftwareCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Software
    }

    /// rpm waits for its database while packages are installed.
    fn budget(&self) -> Budget {
        Budget::waiting(rpm::BUDGET + Duration::from_secs(10))
    }

    /// One database that cannot be read fails the section: what it lists would else seem to be removed.
    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let (deb, rpm) = (dpkg::packages(&scan.host)?, rpm::packages(&scan.host)?);
        if deb.is_none() && rpm.is_none() {
            return Err(Failure::NotFound("a package database of dpkg or rpm".to_owned()));
        }
        let mut packages: Vec<_> = [deb, rpm].into_iter().flatten().flatten().collect();
        packages.sort_unstable();
        packages.dedup_by(|later, kept| identity(later) == identity(kept));
        Ok(Section::Software(Software { packages: bounded("software.packages", packages)? }))
    }
}

/// rpm keeps old versions of some packages, and has been seen to list one twice.
fn identity(package: &Package) -> (&str, &str, Option<&str>, &str) {
    (&package.ecosystem, &package.name, package.architecture.as_deref(), &package.version)
}
