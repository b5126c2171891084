//! Arrays of Linux software RAID, from `/sys/class/block/md*/md` (Documentation/admin-guide/md.rst).

use terrier_shared::latest::section::storage::{RaidArray, RaidMember};

use super::block::CLASS;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Most members of an array: more than the kernel takes.
const MEMBERS: usize = 1_024;
/// States that come and go with every write.
const WORKING: [&str; 4] = ["active", "active-idle", "clean", "write-pending"];

/// Arrays that are assembled, by name; a name alone whose array was stopped is none.
pub(super) fn read(host: &Host) -> Result<Vec<RaidArray>, Failure> {
    let names = host.find_names(CLASS)?.into_iter().filter(|name| name.starts_with("md"));
    names.filter_map(|name| describe(host, name).transpose()).collect()
}

fn describe(host: &Host, name: String) -> Result<Option<RaidArray>, Failure> {
    let place = format!("{CLASS}/{name}/md");
    let value = |attribute: &str| host.value(format!("{place}/{attribute}"));
    let Some(state) = value("array_state").filter(|state| state != "clear") else { return Ok(None) };
    let state = if WORKING.contains(&state.as_str()) { "active".to_owned() } else { clip(state) };
    Ok(Some(RaidArray {
        level: clip(value("level").unwrap_or_default()),
        state,
        // While an array changes its shape the kernel adds the former number in parentheses.
        members_wanted: value("raid_disks").and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(0),
        degraded: host.number(format!("{place}/degraded")).unwrap_or(0),
        action: value("sync_action").filter(|action| action != "idle").map(clip),
        members: members(host, &place)?,
        device: clip(name),
    }))
}

fn members(host: &Host, place: &str) -> Result<Vec<RaidMember>, Failure> {
    let entries = host.find_names(place)?;
    let devices = entries.iter().filter_map(|entry| entry.strip_prefix("dev-")).take(MEMBERS);
    let member = |device: &str| {
        let state = host.value(format!("{place}/dev-{device}/state")).unwrap_or_default();
        RaidMember {
            state: clip(state.split(',').next().unwrap_or_default().to_owned()),
            // A slash of a kernel name is an exclamation mark in sysfs, here as in its other names.
            device: clip(device.to_owned()),
        }
    };
    Ok(devices.map(member).collect())
}
