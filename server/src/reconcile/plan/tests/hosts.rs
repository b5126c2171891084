//! What some hosts report.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use terrier_shared::latest::section::connections::{Connection, Connections, Direction};
use terrier_shared::latest::section::network::{Address, Interface, InterfaceKind};
use terrier_shared::latest::section::processes::{Owner, Process, Processes};
use terrier_shared::latest::section::sockets::{Listener, Sockets, Transport};
use terrier_shared::latest::section::storage::{Filesystem, RemoteExport, Storage};
use terrier_shared::latest::section::{Identity, Network, Os, Section};

use crate::reconcile::inventory::Inventory;

pub(super) fn day(day: i64) -> Timestamp {
    "2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * day)
}

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn owner(unit: &str, executable: &str) -> Owner {
    Owner { unit: Some(unit.into()), executable: Some(executable.into()), user: Some("u".into()), ..Owner::default() }
}

pub(super) fn connection(direction: Direction, owner: Owner, remote: &str, port: u16, local: &str) -> Connection {
    let transport = Transport::Tcp;
    Connection { direction, transport, owner, remote_address: ip(remote), port, local_address: ip(local), count: 1 }
}

pub(super) fn host(
    name: &str,
    address: &str,
    listeners: Vec<Listener>,
    connections: Vec<Connection>,
    at: Timestamp,
) -> Inventory {
    let mut inventory = Inventory::default();
    for section in [
        Section::Identity(Identity { hostname: name.into(), ..Identity::default() }),
        network(address),
        Section::Sockets(Sockets { listeners }),
        Section::Connections(Connections { connections }),
    ] {
        inventory.put_fresh(section, at);
    }
    inventory
}

pub(super) fn network(address: &str) -> Section {
    let addresses = vec![Address { address: ip(address), prefix: 24, dynamic: true }];
    let kind = InterfaceKind::Ethernet;
    let interface = Interface { name: "eth0".into(), kind, addresses, ..Interface::default() };
    Section::Network(Network { interfaces: vec![interface], ..Network::default() })
}

pub(super) fn listener(owner: Owner, address: &str, port: u16) -> Listener {
    Listener { transport: Transport::Tcp, address: ip(address), port, owner }
}

pub(super) fn postgres() -> Owner {
    owner("postgresql.service", "/usr/lib/postgresql/15/bin/postgres")
}

pub(super) fn database(at: Timestamp, clients: &[&str]) -> Inventory {
    let incoming = |client: &&str| connection(Direction::Incoming, postgres(), client, 5432, "192.0.2.10");
    let listeners = vec![listener(postgres(), "0.0.0.0", 5432)];
    host("db", "192.0.2.10", listeners, clients.iter().map(incoming).collect(), at)
}

pub(super) fn shop(at: Timestamp) -> Inventory {
    let app = owner("shop.service", "/usr/bin/java");
    host("web", "192.0.2.20", vec![], vec![connection(Direction::Outgoing, app, "192.0.2.10", 5432, "192.0.2.20")], at)
}

/// A host with something of everything.
pub(super) fn busy(at: Timestamp) -> Inventory {
    let nginx = owner("nginx.service", "/usr/sbin/nginx");
    let listeners = vec![listener(postgres(), "127.0.0.1", 5432), listener(nginx.clone(), "::", 443)];
    let connections = vec![
        connection(Direction::Outgoing, nginx.clone(), "127.0.0.1", 5432, "127.0.0.1"),
        connection(Direction::Incoming, postgres(), "127.0.0.1", 5432, "127.0.0.1"),
        connection(Direction::Outgoing, nginx, "198.51.100.7", 443, "192.0.2.30"),
    ];
    let mut inventory = host("busy", "192.0.2.30", listeners, connections, at);
    let nfs = RemoteExport { server: "files".into(), address: Some("192.0.2.99".into()), path: "/export".into() };
    let mounted = |mount_point: &str, remote| Filesystem {
        mount_point: mount_point.into(),
        kind: "ext4".into(),
        remote,
        ..Filesystem::default()
    };
    let filesystems = vec![mounted("/", None), mounted("/srv", Some(nfs)), mounted("/var/lib", None)];
    let first = Process { pid: 1, started_s: 1_790_000_000, ..Process::default() };
    for section in [
        Section::Storage(Storage { filesystems, ..Storage::default() }),
        Section::Processes(Processes { processes: vec![first] }),
        Section::Os(Os { id: "debian".into(), pretty_name: "Debian".into(), ..Os::default() }),
    ] {
        inventory.put_fresh(section, at);
    }
    inventory
}
