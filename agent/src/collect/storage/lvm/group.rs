//! A volume group as LVM's metadata describes it (`lib/format_text` in LVM's source).

use terrier_shared::latest::section::storage::{LogicalVolume, VolumeGroup};

use super::text::{self, Section};
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;

/// The unit of sizes in the metadata.
const SECTOR_BYTES: u64 = 512;

/// The groups in a file: there is one in each that LVM writes.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Vec<VolumeGroup>, Failure> {
    let found = text::parse(&String::from_utf8_lossy(bytes))
        .ok_or_else(|| Failure::malformed(path, "is no metadata of LVM"))?;
    let groups = found.own_sections().filter(|(_, group)| group.number("extent_size").is_some());
    Ok(groups.map(|(name, group)| describe(name, group)).collect())
}

fn describe(name: &str, group: &Section) -> VolumeGroup {
    let extent_bytes = group.number("extent_size").unwrap_or(0).saturating_mul(SECTOR_BYTES);
    let extents = sum(group.sections("physical_volumes").filter_map(|(_, volume)| volume.number("pe_count")));
    let taken = sum(group.sections("logical_volumes").map(|(_, volume)| taken(group, volume)));
    let visible = group.sections("logical_volumes").filter(|(name, volume)| is_shown(group, name, volume));
    VolumeGroup {
        name: clip(name.to_owned()),
        uuid: group.text("id").map(|id| clip(id.to_owned())),
        size_bytes: Some(extents.saturating_mul(extent_bytes)),
        free_bytes: Some(extents.saturating_sub(taken).saturating_mul(extent_bytes)),
        physical_volumes: group
            .sections("physical_volumes")
            .filter_map(|(_, volume)| Some(clip(volume.text("id")?.to_owned())))
            .collect(),
        volumes: visible
            .map(|(name, volume)| LogicalVolume {
                name: clip(name.to_owned()),
                uuid: volume.text("id").map(|id| clip(id.to_owned())),
                device: None,
                size_bytes: Some(sum(segments(volume).map(extent_count)).saturating_mul(extent_bytes)),
                layout: layout(group, name, volume).map(|layout| clip(layout.to_owned())),
            })
            .collect(),
    }
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

/// The pair of a snapshot and its origin is a volume of its own in the metadata, and what holds the snapshot is hidden
/// there; LVM shows them the other way around.
fn is_shown(group: &Section, name: &str, volume: &Section) -> bool {
    let is_pair = segments(volume).any(|segment| segment.text("cow_store").is_some());
    let is_visible = volume.list("status").iter().any(|flag| flag == "VISIBLE");
    (is_visible && !is_pair) || is_store(group, name)
}

/// Whether a volume holds a snapshot.
fn is_store(group: &Section, name: &str) -> bool {
    let of_pair = |segment: &Section| segment.text("cow_store") == Some(name);
    group.sections("logical_volumes").any(|(_, other)| segments(other).any(of_pair))
}

fn segments(volume: &Section) -> impl Iterator<Item = &Section> {
    volume.own_sections().filter(|(name, _)| name.starts_with("segment")).map(|(_, segment)| segment)
}

fn extent_count(segment: &Section) -> u64 {
    segment.number("extent_count").unwrap_or(0)
}

/// Extents of physical volumes that a volume lies on itself; what it lies on through hidden volumes is theirs.
fn taken(group: &Section, volume: &Section) -> u64 {
    let is_physical = |name: &&String| group.sections("physical_volumes").any(|(found, _)| found == name.as_str());
    sum(segments(volume).map(|segment| {
        let stripes = segment.number("stripe_count").unwrap_or(1).max(1);
        let per_stripe = extent_count(segment).div_ceil(stripes);
        // Names and first extents take turns.
        let areas = segment.list("stripes").iter().step_by(2).filter(is_physical).count();
        let mirrors = segment.list("mirrors").iter().step_by(2).filter(is_physical).count();
        let count = |areas: usize| u64::try_from(areas).unwrap_or(u64::MAX);
        per_stripe.saturating_mul(count(areas)).saturating_add(extent_count(segment).saturating_mul(count(mirrors)))
    }))
}

/// LVM calls one stripe linear.
fn layout<'a>(group: &'a Section, name: &str, volume: &'a Section) -> Option<&'a str> {
    if is_store(group, name) {
        return Some("snapshot");
    }
    let first = segments(volume).find(|segment| segment.number("start_extent") == Some(0))?;
    match first.text("type")? {
        "striped" if first.number("stripe_count") == Some(1) => Some("linear"),
        other => Some(other),
    }
}
