//! Several ways to one disk: maps of device mapper that multipath-tools made, by their `dm/uuid`.

use terrier_shared::latest::section::storage::{Multipath, MultipathPath};

use super::block::CLASS;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Most ways to one disk.
const PATHS: usize = 1_024;

pub(super) fn read(host: &Host) -> Result<Vec<Multipath>, Failure> {
    let names = host.find_names(CLASS)?.into_iter().filter(|name| name.starts_with("dm-"));
    Ok(names.filter_map(|name| describe(host, name)).collect())
}

fn describe(host: &Host, device: String) -> Option<Multipath> {
    let uuid = host.value(format!("{CLASS}/{device}/dm/uuid"))?;
    let wwid = uuid.strip_prefix("mpath-")?;
    let slaves = host.find_names(format!("{CLASS}/{device}/slaves")).unwrap_or_default();
    let paths = slaves.into_iter().take(PATHS).map(|slave| MultipathPath {
        state: host.value(format!("{CLASS}/{slave}/device/state")).map(clip),
        device: clip(slave),
    });
    Some(Multipath {
        name: clip(host.value(format!("{CLASS}/{device}/dm/name")).unwrap_or_default()),
        wwid: Some(clip(wwid.to_owned())),
        paths: paths.collect(),
        device: clip(device),
    })
}
