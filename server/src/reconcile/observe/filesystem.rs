//! File systems as CIs under their host, identified by where they are mounted.

use std::net::IpAddr;

use terrier_shared::latest::section::Storage;
use terrier_shared::latest::section::storage;

use super::Dependent;
use crate::reconcile::attribute::{FILESYSTEM, filesystem};
use crate::reconcile::value::{self, Values, optional_text, readable, text, truth, whole};

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filesystem {
    /// The CI.
    pub dependent: Dependent,
    /// Where it is mounted.
    pub mount_point: String,
    /// Who serves it, if that is not this host.
    pub server: Option<Server>,
}

/// A server of network file systems, as the mount names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// By its address.
    Address(IpAddr),
    /// By a name that the mount does not resolve, in lower case.
    Name(String),
}

/// The mounted file systems.
pub(super) fn filesystems(storage: &Storage) -> Vec<Filesystem> {
    let mut all: Vec<_> = storage.filesystems.iter().map(of).collect();
    all.sort_by(|one, other| one.dependent.local_id.cmp(&other.dependent.local_id));
    all.dedup_by(|one, other| one.dependent.local_id == other.dependent.local_id);
    all
}

fn of(mounted: &storage::Filesystem) -> Filesystem {
    let mount_point = value::storable(&readable(&mounted.mount_point)).into_owned();
    let dependent = Dependent {
        class: FILESYSTEM,
        local_id: value::key(&mount_point),
        name: super::name(&mount_point),
        values: values(mounted),
    };
    Filesystem { dependent, mount_point, server: mounted.remote.as_ref().and_then(server) }
}

fn values(mounted: &storage::Filesystem) -> Values {
    vec![
        (filesystem("mount_point"), Some(text(&readable(&mounted.mount_point)))),
        (filesystem("filesystem_type"), optional_text(Some(&mounted.kind))),
        (filesystem("source"), optional_text(Some(&readable(&mounted.source)))),
        (filesystem("device"), optional_text(mounted.device.as_deref())),
        (filesystem("uuid"), optional_text(mounted.uuid.as_deref())),
        (filesystem("size_bytes"), mounted.size_bytes.map(whole)),
        (filesystem("read_only"), Some(truth(mounted.read_only))),
    ]
}

fn server(remote: &storage::RemoteExport) -> Option<Server> {
    let address = remote.address.as_deref().unwrap_or(&remote.server).trim_matches(['[', ']']);
    match address.parse::<IpAddr>() {
        Ok(ip) => Some(Server::Address(ip.to_canonical())),
        Err(_) if remote.server.is_empty() => None,
        Err(_) => Some(Server::Name(value::key(remote.server.to_lowercase()))),
    }
}
