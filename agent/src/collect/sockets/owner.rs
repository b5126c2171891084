//! Whose sockets they are: by the file descriptors in `/proc/<pid>/fd`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::os::unix::ffi::OsStrExt as _;

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::processes::Owner;

use super::package;
use super::table::Socket;
use crate::collect::bounds::{clip, clip_bytes};
use crate::collect::host::Host;
use crate::collect::processes::table::Entry;
use crate::collect::processes::user::Users;

/// What is remembered between runs.
const TOPIC: &str = "owners of executables";

/// The owners of sockets by inode.
#[derive(Debug, Default)]
pub(in crate::collect) struct Owners(HashMap<u64, Owner>);

impl Owners {
    /// Finds the owners of `sockets` among `processes`. What may not be read has no owner.
    pub(in crate::collect) fn find(host: &Host, users: &Users, processes: &[Entry], sockets: &[Socket]) -> Self {
        let mut wanted: HashSet<u64> = sockets.iter().map(|socket| socket.inode).filter(|inode| *inode != 0).collect();
        let mut holders: Vec<(&Entry, Vec<u64>)> = Vec::new();
        for process in in_order_of_claim(processes) {
            if wanted.is_empty() {
                break;
            }
            let mut held = inodes(host, process.pid);
            held.retain(|inode| wanted.remove(inode));
            if !held.is_empty() {
                holders.push((process, held));
            }
        }
        let packages = packages(host, &holders);
        let owned = holders.into_iter().flat_map(|(process, inodes)| {
            let owner = describe(users, process, &packages);
            inodes.into_iter().map(move |inode| (inode, owner.clone()))
        });
        Self(owned.collect())
    }

    /// The owner; of a socket without a known process, its user alone.
    pub(in crate::collect) fn of(&self, socket: &Socket, users: &Users) -> Owner {
        let unknown = || Owner { user: Some(users.name(socket.uid)), ..Owner::default() };
        self.0.get(&socket.inode).cloned().unwrap_or_else(unknown)
    }
}

/// Several processes may hold a socket: the first that was started had it first. Process 1 comes last, because a
/// service manager keeps what it hands to its services.
fn in_order_of_claim(processes: &[Entry]) -> Vec<&Entry> {
    let mut ordered: Vec<&Entry> = processes.iter().collect();
    ordered.sort_by_key(|process| (process.pid == 1, process.started_ticks, process.pid));
    ordered
}

/// The sockets among a process's file descriptors, which read `socket:[inode]`.
fn inodes(host: &Host, pid: u32) -> Vec<u64> {
    let place = format!("/proc/{pid}/fd");
    let names = host.names(&place).unwrap_or_default();
    let inode = |name: &std::ffi::OsString| {
        let target = host.link(format!("{place}/{}", name.to_str()?))?;
        let digits = target.as_os_str().as_bytes().strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    names.iter().filter_map(inode).collect()
}

/// Executables in a container are of another file system, which the host's package manager does not know.
fn packages(host: &Host, holders: &[(&Entry, Vec<u64>)]) -> BTreeMap<Vec<u8>, Option<String>> {
    let outside = holders.iter().filter(|(process, _)| process.membership.container.is_none());
    package::owners(host, TOPIC, &outside.filter_map(|(process, _)| process.executable.clone()).collect())
}

fn describe(users: &Users, process: &Entry, packages: &BTreeMap<Vec<u8>, Option<String>>) -> Owner {
    let membership = &process.membership;
    let executable = process.executable.as_ref();
    Owner {
        name: Some(clip_bytes(&process.name, STRING_BYTES)),
        executable: executable.map(|path| clip_bytes(path, STRING_BYTES)),
        user: Some(users.name(process.uid)),
        unit: membership.unit.clone().filter(|unit| is_lasting(unit)).map(clip),
        container: membership.container.clone().map(clip),
        package: executable.filter(|_| membership.container.is_none()).and_then(|path| packages.get(path).cloned()?),
    }
}

/// A scope is named after a session or a process: the same program has another one the next time.
pub(in crate::collect) fn is_lasting(unit: &str) -> bool {
    const SCOPE: &str = ".scope";
    !unit.ends_with(SCOPE)
}
