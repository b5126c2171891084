//! Metadata and active volumes as one list.

use std::collections::BTreeMap;

use terrier_shared::latest::section::storage::{LogicalVolume, VolumeGroup};

use super::active::Volume;
use crate::collect::bounds::clip;

/// The groups by name. Metadata of which neither a disk nor a volume is there is of a group that has gone.
pub(super) fn groups(
    described: Vec<VolumeGroup>,
    volumes: Vec<Volume>,
    members: &BTreeMap<String, String>,
) -> Vec<VolumeGroup> {
    let is_there = |group: &VolumeGroup| {
        let is_active = |volume: &Volume| group.uuid.as_ref() == Some(&volume.group_uuid);
        group.physical_volumes.iter().any(|uuid| members.contains_key(uuid)) || volumes.iter().any(is_active)
    };
    let mut groups: Vec<VolumeGroup> = described.into_iter().filter(|group| is_there(group)).collect();
    for group in &mut groups {
        for uuid in &mut group.physical_volumes {
            if let Some(device) = members.get(uuid) {
                uuid.clone_from(device);
            }
        }
        group.physical_volumes.sort_unstable();
    }
    for volume in volumes {
        add(&mut groups, volume);
    }
    for group in &mut groups {
        group.volumes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    groups
}

fn add(groups: &mut Vec<VolumeGroup>, active: Volume) {
    let of_group = groups.iter().position(|group| group.uuid.as_ref() == Some(&active.group_uuid));
    let known = of_group.and_then(|at| groups.get_mut(at));
    let group = match known {
        Some(group) => group,
        None if active.is_inner => return,
        None => {
            let (name, uuid) = (clip(active.group.clone()), Some(active.group_uuid.clone()));
            groups.push(VolumeGroup { name, uuid, ..VolumeGroup::default() });
            let Some(group) = groups.last_mut() else { return };
            group
        }
    };
    let listed = group.volumes.iter_mut().find(|volume| volume.uuid.as_ref() == Some(&active.uuid));
    match listed {
        Some(volume) if !active.is_inner => volume.device = Some(active.device),
        None if !active.is_inner && !is_hidden(&active.name) => group.volumes.push(LogicalVolume {
            name: clip(active.name),
            uuid: Some(active.uuid),
            device: Some(active.device),
            size_bytes: active.size_bytes,
            layout: None,
        }),
        _ => {}
    }
}

/// LVM keeps these endings for the parts of its volumes (lvm(8), "VALID NAMES").
fn is_hidden(name: &str) -> bool {
    const PARTS: [&str; 11] = [
        "_cdata", "_cmeta", "_corig", "_cvol", "_mimage", "_mlog", "_pmspare", "_rimage", "_rmeta", "_tdata", "_tmeta",
    ];
    PARTS.iter().any(|part| name.contains(part))
}
