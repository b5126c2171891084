//! What the kernel and udev(7) say of LVM to everybody: volumes that are active, and disks that are physical volumes.

use std::collections::BTreeMap;

use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::storage::block::CLASS;
use crate::collect::storage::udev::Properties;

/// `LVM-`, the UUID of the group and that of the volume, both without dashes.
const UUID_CHARS: usize = 32;
const SECTOR_BYTES: u64 = 512;

/// A logical volume that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Volume {
    pub(super) device: String,
    pub(super) group: String,
    pub(super) name: String,
    /// As LVM writes them.
    pub(super) group_uuid: String,
    pub(super) uuid: String,
    pub(super) size_bytes: Option<u64>,
    /// A layer of a volume, or a hidden volume: it is there to be found by UUID and makes no volume by itself.
    pub(super) is_inner: bool,
}

pub(super) fn volumes(host: &Host) -> Result<Vec<Volume>, Failure> {
    let names = host.find_names(CLASS)?.into_iter().filter(|name| name.starts_with("dm-"));
    Ok(names.filter_map(|name| volume(host, name)).collect())
}

fn volume(host: &Host, device: String) -> Option<Volume> {
    let attribute = |name: &str| format!("{CLASS}/{device}/{name}");
    let id = host.value(attribute("dm/uuid"))?;
    let id = id.strip_prefix("LVM-")?;
    let (group_uuid, rest) = id.split_at_checked(UUID_CHARS)?;
    let (uuid, suffix) = rest.split_at_checked(UUID_CHARS)?;
    let (group, name) = names(&host.value(attribute("dm/name"))?)?;
    let sectors: Option<u64> = host.number(attribute("size"));
    Some(Volume {
        group_uuid: dashed(group_uuid)?,
        uuid: dashed(uuid)?,
        is_inner: !(suffix.is_empty() || suffix == "-tpool"),
        size_bytes: sectors.map(|sectors| sectors.saturating_mul(SECTOR_BYTES)),
        group,
        name,
        device,
    })
}

/// Names of group and volume are parted by a dash, as is that of a layer, which is left out; their own dashes are
/// doubled.
fn names(mapped: &str) -> Option<(String, String)> {
    let plain = |name: &str| name.replace("--", "-");
    let (group, rest) = at_lone_dash(mapped)?;
    let name = at_lone_dash(rest).map_or(rest, |(name, _layer)| name);
    Some((plain(group), plain(name)))
}

fn at_lone_dash(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('-')?;
        let after = text.get(at + 1..)?;
        if !after.starts_with('-') {
            return Some((text.get(..at)?, after));
        }
        from = at + 2;
    }
}

/// LVM writes its UUIDs in groups of 6, 4, 4, 4, 4, 4 and 6.
fn dashed(uuid: &str) -> Option<String> {
    let is_uuid = uuid.len() == UUID_CHARS && uuid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let cuts = [(0, 6), (6, 10), (10, 14), (14, 18), (18, 22), (22, 26), (26, 32)];
    let parts: Option<Vec<&str>> = cuts.iter().map(|(from, to)| uuid.get(*from..*to)).collect();
    parts.filter(|_| is_uuid).map(|parts| parts.join("-"))
}

/// Kernel names of physical volumes by their UUIDs, as far as udev has looked at the disks.
pub(super) fn physical_volumes(host: &Host) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    for device in host.find_names(CLASS)? {
        let Some(number) = host.value(format!("{CLASS}/{device}/dev")) else { continue };
        let udev = Properties::read(host, &number);
        let size: u64 = host.number(format!("{CLASS}/{device}/size")).unwrap_or(0);
        if size == 0 || udev.get("ID_FS_TYPE").as_deref() != Some("LVM2_member") {
            continue;
        }
        if let Some(uuid) = udev.get("ID_FS_UUID") {
            // Of an array or a map and its members, all with the same content, LVM takes the former.
            let is_composed = device.starts_with("dm-") || device.starts_with("md");
            if is_composed || !found.contains_key(&uuid) {
                found.insert(uuid, device);
            }
        }
    }
    Ok(found)
}

/// Whether something lies on the device.
pub(super) fn is_in_use(host: &Host, device: &str) -> bool {
    host.find_names(format!("{CLASS}/{device}/holders")).is_ok_and(|holders| !holders.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{dashed, names};

    #[test]
    fn a_single_dash_parts_the_names_and_doubled_ones_are_theirs() {
        let parted = |text: &str| names(text).map(|(group, name)| format!("{group}/{name}"));
        assert_eq!(parted("vg0-root").as_deref(), Some("vg0/root"));
        assert_eq!(parted("vg--data-my--lv").as_deref(), Some("vg-data/my-lv"));
        assert_eq!(parted("a----b-c").as_deref(), Some("a--b/c"));
        assert_eq!(parted("vg-my--pool-tpool").as_deref(), Some("vg/my-pool"));
        assert_eq!([parted("vg"), parted("vg--x")], [None, None]);
    }

    #[test]
    fn a_uuid_is_written_as_lvm_writes_it() {
        let uuid = "bXU80rayM9cmEipSQPnxl3QTZ9GswrH1";
        assert_eq!(dashed(uuid).as_deref(), Some("bXU80r-ayM9-cmEi-pSQP-nxl3-QTZ9-GswrH1"));
        assert_eq!([dashed("short"), dashed(&"é".repeat(16))], [None, None]);
    }
}
