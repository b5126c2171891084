//! What stores data.
//!
//! Does: list block devices with what they lie on, the groups, arrays and maps that they form, the file systems on
//! them with where they are mounted, and what is exported of these.
//! Does not: say how full they are, or ask a server that may not answer.

mod block;
mod export;
mod filesystem;
mod health;
pub(super) mod lvm;
pub(super) mod mount;
mod multipath;
mod raid;
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
            volume_groups: lvm::read(scan)?.map(|groups| bounded("storage.volume_groups", groups)).transpose()?,
            raid_arrays: bounded("storage.raid_arrays", raid::read(&scan.host)?)?,
            multipaths: bounded("storage.multipaths", multipath::read(&scan.host)?)?,
            exports: export::read(&scan.host)?.map(|exports| bounded("storage.exports", exports)).transpose()?,
        }))
    }
}
