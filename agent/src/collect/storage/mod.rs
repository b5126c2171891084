//! What stores data.
//!
//! Does: list block devices with what they lie on, and the file systems on them with where they are mounted.
//! Does not: say how full they are, or ask a server that may not answer.

mod block;
mod filesystem;
pub(super) mod mount;
mod remote;
mod udev;

use terrier_shared::latest::section::{Section, SectionKind, Storage};

use super::Collector;
use super::bounds::bounded;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct StorageCollector;

impl Collector for StorageCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Storage
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        Ok(Section::Storage(Storage {
            devices: bounded("storage.devices", block::read(&scan.host)?)?,
            filesystems: bounded("storage.filesystems", filesystem::read(&scan.host)?)?,
            ..Storage::default()
        }))
    }
}
