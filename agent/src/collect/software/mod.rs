//! What is installed, by the package managers' own databases.
//!
//! Does: read every database that the host has, whole, and what the managers of languages installed for all users.
//! Does not: judge versions, look for what no package manager knows, or list again what a language's manager would
//! know as well of a distribution's own package.

mod alpm;
mod apk;
mod control;
mod dpkg;
mod flatpak;
mod language;
mod memory;
pub(super) mod rpm;
mod snap;

use std::time::Duration;

use terrier_shared::latest::section::software::Package;
use terrier_shared::latest::section::{Section, SectionKind, Software};

use super::Collector;
use super::bounds::{bounded, clip};
use super::budget::Budget;
use super::failure::Failure;
use super::host::Host;
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

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let packages = scan.packages()?.to_vec();
        Ok(Section::Software(Software { packages: bounded("software.packages", packages)? }))
    }
}

/// All packages, sorted.
///
/// One database that cannot be read fails the section: what it lists would else seem to be removed.
pub(super) fn read(host: &Host) -> Result<Vec<Package>, Failure> {
    let databases = [dpkg::packages(host)?, rpm::packages(host)?, apk::packages(host)?, alpm::packages(host)?];
    let is_bare = databases.iter().all(Option::is_none);
    let others = [snap::packages(host)?, flatpak::packages(host)?, language::packages(host)?];
    let mut packages: Vec<_> = databases.into_iter().flatten().chain(others).flatten().collect();
    if is_bare && packages.is_empty() {
        return Err(Failure::NotFound("a package database of dpkg, rpm, apk or pacman".to_owned()));
    }
    packages.sort_unstable();
    packages.dedup_by(|later, kept| identity(later) == identity(kept));
    Ok(packages)
}

/// The name of `Name <address>`.
fn person(text: &str) -> Option<String> {
    let name = text.split('<').next().unwrap_or_default().trim().trim_matches('"');
    (!name.is_empty()).then(|| clip(name.to_owned()))
}

/// rpm keeps old versions of some packages, and has been seen to list one twice.
fn identity(package: &Package) -> (&str, &str, Option<&str>, &str) {
    (&package.ecosystem, &package.name, package.architecture.as_deref(), &package.version)
}
