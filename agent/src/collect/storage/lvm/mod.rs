//! Volume groups and logical volumes of LVM.
//!
//! Does: read the metadata that LVM keeps as text, and put it together with the volumes that the kernel has active.
//! Does not: read a disk, or run LVM's programs: they take locks, and wake disks.
//!
//! The metadata is for root alone. An agent that is not root has what root has noted at boot, and of what came later
//! the volumes that are active.

mod active;
mod group;
mod join;
mod text;

use terrier_shared::latest::section::storage::VolumeGroup;

use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::scan::Scan;

/// Where LVM writes the metadata of each group whenever it changes: vgcfgbackup(8).
const BACKUPS: &str = "/etc/lvm/backup";
/// A group with a thousand volumes takes some 700 KiB.
const BACKUP_BYTES: usize = 16 << 20;
/// Most groups, and most volumes of all groups.
const GROUPS: usize = 1_000;
const VOLUMES: usize = 10_000;

/// The groups by name; absent where there is a physical volume of which nothing is known.
pub(super) fn read(scan: &Scan) -> Result<Option<Vec<VolumeGroup>>, Failure> {
    let host = &scan.host;
    let described = metadata(host).ok().or_else(|| scan.noted().volume_groups.clone());
    let volumes = active::volumes(host)?;
    let members = active::physical_volumes(host)?;
    // LVM can be told to keep no copy of its metadata.
    let is_told = described.as_ref().is_some_and(|groups| !groups.is_empty());
    if !is_told && members.values().any(|device| !active::is_in_use(host, device)) {
        return Ok(None);
    }
    Ok(Some(join::groups(described.unwrap_or_default(), volumes, &members)))
}

/// The groups by LVM's metadata, with the UUIDs of their physical volumes; none where there is no LVM.
///
/// # Errors
///
/// [`Failure`] where the metadata may not be read, or one of its files is broken.
pub(in crate::collect) fn metadata(host: &Host) -> Result<Vec<VolumeGroup>, Failure> {
    let mut groups = Vec::new();
    for name in host.find_names(BACKUPS)?.into_iter().filter(|name| !name.starts_with('.')) {
        let path = format!("{BACKUPS}/{name}");
        let Some(bytes) = host.find(&path, BACKUP_BYTES)? else { continue };
        groups.extend(group::read(&path, &bytes)?);
        let volumes: usize = groups.iter().map(|group: &VolumeGroup| group.volumes.len()).sum();
        if groups.len() > GROUPS || volumes > VOLUMES {
            return Err(Failure::TooLarge { what: BACKUPS.to_owned(), limit: VOLUMES, unit: "volumes" });
        }
    }
    Ok(groups)
}
