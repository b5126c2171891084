//! The sockets of this network namespace.

use std::net::IpAddr;

use terrier_shared::latest::section::sockets::Transport;

use super::{diag, proc_net};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// A socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect) struct Socket {
    pub(in crate::collect) transport: Transport,
    pub(in crate::collect) state: State,
    pub(in crate::collect) local: (IpAddr, u16),
    pub(in crate::collect) remote: (IpAddr, u16),
    /// What its file descriptors are called by; 0 where the kernel itself holds it.
    pub(in crate::collect) inode: u64,
    pub(in crate::collect) uid: u32,
}

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect) enum State {
    /// It takes whatever comes: listening, or bound and unconnected.
    Open,
    /// It has one other end.
    Connected,
}

/// Which sockets are listed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    /// Its name below `/proc/net`, and of its recording.
    pub(super) name: &'static str,
    pub(super) transport: Transport,
    pub(super) is_v6: bool,
}

const TABLES: [Table; 4] = [
    Table { name: "tcp", transport: Transport::Tcp, is_v6: false },
    Table { name: "tcp6", transport: Transport::Tcp, is_v6: true },
    Table { name: "udp", transport: Transport::Udp, is_v6: false },
    Table { name: "udp6", transport: Transport::Udp, is_v6: true },
];

/// All open and connected sockets.
///
/// By `sock_diag(7)`, which costs a fraction of the text files on a busy host; by the files where the kernel lacks
/// it or a sandbox refuses it.
pub(in crate::collect) fn read(host: &Host) -> Result<Vec<Socket>, Failure> {
    let mut sockets = Vec::new();
    for table in TABLES {
        match diag::read(host, table) {
            Ok(found) => sockets.extend(found),
            Err(failure @ Failure::TooLarge { .. }) => return Err(failure),
            Err(_) => sockets.extend(proc_net::read(host, table)?),
        }
    }
    Ok(sockets)
}
