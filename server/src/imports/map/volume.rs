//! Mounted file systems, or drives by their letters, and the containers and guests on a computer.

use std::collections::BTreeSet;

use terrier_shared::latest::section::containers::{Container, Guest};
use terrier_shared::latest::section::storage::{Filesystem, RemoteExport};
use terrier_shared::latest::section::{Containers, Storage};

use crate::imports::model::entry::Entry;
use crate::imports::model::node::Node;
use crate::imports::model::report::{Reason, Report};

const DRIVES: &str = "drives";
const MACHINES: &str = "virtualmachines";
/// What runs containers, by the names that other agents have for it.
const CONTAINER_KINDS: [&str; 6] = ["docker", "lxc", "lxd", "podman", "openvz", "systemd-nspawn"];

/// Reads the file systems; none if the document has no such section.
pub(super) fn storage(content: &Node, report: &mut Report) -> Option<Storage> {
    let entries: Vec<Entry<'_>> = content.all(DRIVES).map(Entry::new).collect();
    if entries.is_empty() {
        return None;
    }
    let (mut seen, mut filesystems) = (BTreeSet::new(), Vec::new());
    for (entry, place) in entries.iter().zip(0..) {
        let Some(mount_point) = mount_point(entry) else {
            report.leave(DRIVES, place, entry, Reason::Nameless);
            continue;
        };
        if !seen.insert(mount_point.to_owned()) {
            report.leave(DRIVES, place, entry, Reason::Twice);
            continue;
        }
        let source = entry.text(&["volumn"]).unwrap_or_default();
        filesystems.push(Filesystem {
            mount_point: mount_point.into(),
            kind: entry.text(&["filesystem"]).unwrap_or_default().to_owned(),
            source: source.into(),
            uuid: entry.owned(&["serial"]),
            size_bytes: entry.mebibytes(&["total"]),
            remote: remote(source, mount_point),
            ..Filesystem::default()
        });
        let _its_kind_of_drive = (entry.text(&["type"]), entry.text(&["letter"]), entry.text(&["label"]));
        report.take(DRIVES, entry);
    }
    Some(Storage { filesystems, ..Storage::default() })
}

/// Where it is mounted, its letter, or what else it is called.
fn mount_point<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    let mounted = entry.text(&["type"]).filter(|path| path.starts_with('/'));
    mounted.or_else(|| entry.text(&["letter"])).or_else(|| entry.text(&["label"])).or_else(|| entry.text(&["volumn"]))
}

/// `server:/path`, as mounts of NFS are written.
fn remote(source: &str, mount_point: &str) -> Option<RemoteExport> {
    let (server, path) = source.split_once(":/").filter(|_| mount_point.starts_with('/'))?;
    let is_server = !server.is_empty() && !server.contains('/');
    is_server.then(|| RemoteExport {
        server: server.to_owned(),
        address: None,
        path: format!("/{path}").as_str().into(),
    })
}

/// Reads containers and guests; none if the document has no such section.
pub(super) fn machines(content: &Node, report: &mut Report) -> Option<Containers> {
    let entries: Vec<Entry<'_>> = content.all(MACHINES).map(Entry::new).collect();
    if entries.is_empty() {
        return None;
    }
    let (mut found, mut seen) = (Containers::default(), BTreeSet::new());
    for (entry, place) in entries.iter().zip(0..) {
        let kind = entry.text(&["vmtype"]).unwrap_or_default().to_ascii_lowercase();
        let id = entry.text(&["uuid"]).or_else(|| entry.text(&["name"]));
        let Some(id) = id else {
            report.leave(MACHINES, place, entry, Reason::Nameless);
            continue;
        };
        if !seen.insert(id.to_owned()) {
            report.leave(MACHINES, place, entry, Reason::Twice);
        } else if CONTAINER_KINDS.contains(&kind.as_str()) {
            found.containers.push(container(entry, id, &kind));
            report.take(MACHINES, entry);
        } else if entry.text(&["uuid"]).is_some_and(|uuid| uuid::Uuid::try_parse(uuid).is_ok()) {
            found.guests.push(guest(entry, id, &kind));
            report.take(MACHINES, entry);
        } else {
            // A guest is known by its UUID alone: by that its own host is found.
            report.leave(MACHINES, place, entry, Reason::Nameless);
        }
    }
    Some(found)
}

fn container(entry: &Entry<'_>, id: &str, kind: &str) -> Container {
    Container {
        id: id.to_owned(),
        manager: kind.to_owned(),
        name: entry.owned(&["name"]),
        image: entry.owned(&["image"]),
        state: entry.owned(&["status"]),
        ..Container::default()
    }
}

fn guest(entry: &Entry<'_>, id: &str, kind: &str) -> Guest {
    Guest {
        uuid: id.to_owned(),
        name: entry.text(&["name"]).unwrap_or_default().to_owned(),
        hypervisor: kind.to_owned(),
        running: entry.text(&["status"]).is_some_and(|status| ["running", "idle", "blocked"].contains(&status)),
        ..Guest::default()
    }
}
