//! File systems as the inventory lists them.

use std::collections::BTreeMap;

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::storage::Filesystem;

use super::mount::{self, Mount};
use super::remote;
use crate::collect::bounds::{clip, clip_bytes};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

pub(super) fn read(host: &Host) -> Result<Vec<Filesystem>, Failure> {
    let uuids = uuids(host);
    Ok(mount::read(host)?.into_iter().map(|mount| describe(host, &uuids, mount)).collect())
}

fn describe(host: &Host, uuids: &BTreeMap<String, String>, mount: Mount) -> Filesystem {
    let device = device(host, &mount);
    Filesystem {
        mount_point: clip_bytes(&mount.point, STRING_BYTES),
        source: clip_bytes(&mount.source, STRING_BYTES),
        uuid: device.as_ref().and_then(|name| uuids.get(name).cloned()),
        device,
        size_bytes: size(host, &mount),
        read_only: mount.read_only,
        remote: remote::export(&mount),
        kind: clip(mount.kind),
    }
}

fn size(host: &Host, mount: &Mount) -> Option<u64> {
    if mount.is_slow() || mount.kind == "zfs" {
        return None;
    }
    host.usage(mount.path(), mount.device_number()).ok().map(|usage| usage.size_bytes)
}

/// By the file system's number, or by its source where that number is of no device, as with btrfs.
fn device(host: &Host, mount: &Mount) -> Option<String> {
    let (major, minor) = mount.device;
    let by_number = (major != 0).then(|| host.link_name(format!("/sys/dev/block/{major}:{minor}"))).flatten();
    by_number.or_else(|| {
        let source = std::str::from_utf8(&mount.source).ok()?;
        let name = source.strip_prefix("/dev/")?;
        let name = host.link_name(source).unwrap_or_else(|| name.to_owned());
        host.exists(format!("/sys/class/block/{name}")).then_some(name)
    })
}

/// UUIDs of file systems by the kernel name of their device.
fn uuids(host: &Host) -> BTreeMap<String, String> {
    let links = host.find_names("/dev/disk/by-uuid").unwrap_or_default();
    let named = |uuid: String| Some((host.link_name(format!("/dev/disk/by-uuid/{uuid}"))?, uuid));
    links.into_iter().filter_map(named).collect()
}
