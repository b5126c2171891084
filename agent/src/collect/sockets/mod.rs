//! Where the host accepts connections.
//!
//! Does: list listening sockets with the program, unit, container and package behind each.
//! Does not: look into the network namespaces of containers.

mod diag;
pub(super) mod fold;
pub(super) mod owner;
pub(super) mod package;
mod proc_net;
pub(super) mod table;

use std::net::IpAddr;

use terrier_shared::latest::section::sockets::{Listener, Transport};
use terrier_shared::latest::section::{Section, SectionKind, Sockets};

use self::table::{Socket, State};
use super::Collector;
use super::bounds::bounded;
use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;

const RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";
/// The range of kernels that do not say.
const FIRST_EPHEMERAL: u16 = 32_768;

pub(super) struct SocketsCollector;

impl Collector for SocketsCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Sockets
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let first_ephemeral = first_ephemeral(&scan.host);
        let sockets = scan.sockets()?.iter().filter(|socket| accepts(socket, first_ephemeral));
        let mut listeners: Vec<Listener> = sockets.map(|socket| describe(scan, socket)).collect();
        listeners.sort_unstable();
        listeners.dedup();
        Ok(Section::Sockets(Sockets { listeners: bounded("sockets.listeners", listeners)? }))
    }
}

fn describe(scan: &Scan, socket: &Socket) -> Listener {
    let (address, port) = socket.local;
    Listener { transport: socket.transport, address, port, owner: scan.owner(socket) }
}

/// A UDP socket on a port of the ephemeral range waits for the answer to its own question.
fn accepts(socket: &Socket, first_ephemeral: u16) -> bool {
    let (_, port) = socket.local;
    match (socket.transport, socket.state) {
        (Transport::Tcp, State::Open) => port != 0,
        (Transport::Udp, State::Open) => port != 0 && port < first_ephemeral,
        _ => false,
    }
}

fn first_ephemeral(host: &Host) -> u16 {
    let range = host.value(RANGE);
    range.and_then(|range| range.split_whitespace().next()?.parse().ok()).unwrap_or(FIRST_EPHEMERAL)
}

/// IPv4 in IPv6 clothes (RFC 4291, 2.5.5.2) is IPv4.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}
