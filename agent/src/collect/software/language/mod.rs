//! What the package managers of programming languages installed for all users.
//!
//! Does: list it where only they install, and by what they themselves wrote down.
//! Does not: list what a distribution packaged, which its own database has with the version that counts; look into
//! virtual environments, projects and homes, or list what a Node module brings along.
//!
//! Each directory is read again only when it changed: every installation and update gives it another entry.

mod gem;
mod npm;
mod pypi;

use terrier_shared::latest::section::software::Package;

use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// All of them.
pub(super) fn packages(host: &Host) -> Result<Vec<Package>, Failure> {
    Ok([pypi::packages(host)?, npm::packages(host)?, gem::packages(host)?].concat())
}
