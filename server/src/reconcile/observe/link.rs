//! Connections as links between an instance of this host and an address.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use jiff::Timestamp;
use terrier_shared::latest::section::connections::{Connection, Direction};
use terrier_shared::latest::section::sockets::Transport;

use super::address::is_nobody;
use super::instance::{Instance, local_id};
use crate::reconcile::inventory::Inventory;

/// The links of a host, as its last snapshot has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// From an instance of this host to a port elsewhere.
    pub outgoing: BTreeSet<Link>,
    /// To a port of an instance of this host.
    pub incoming: BTreeSet<Link>,
    /// When the snapshot was taken.
    pub at: Option<Timestamp>,
}

/// A link, however many connections it consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The other end.
    pub remote: IpAddr,
    /// The port connected to.
    pub port: u16,
    /// Its transport.
    pub transport: Transport,
    /// Which instance of this host, by its place among them.
    pub instance: usize,
}

/// The links between these instances and others.
pub(super) fn links(inventory: &Inventory, instances: &[Instance]) -> Links {
    let places: HashMap<_, _> =
        instances.iter().enumerate().map(|(place, one)| (one.dependent.local_id.as_str(), place)).collect();
    let mut links = Links { at: inventory.connections_at, ..Links::default() };
    for connection in inventory.connections.iter().flat_map(|section| &section.connections) {
        let owner = || local_id(&connection.owner).and_then(|id| places.get(id.as_str()).copied());
        let instance = match connection.direction {
            Direction::Outgoing => owner(),
            // Who accepts may hand the connection to a session of its own: what listens is what is used.
            Direction::Incoming => listener(connection, instances).or_else(owner),
            Direction::Unknown => None,
        };
        let remote = connection.remote_address.to_canonical();
        let known = connection.transport != Transport::Unknown && !is_nobody(remote) && connection.port != 0;
        if let (Some(instance), true) = (instance, known) {
            let link = Link { remote, port: connection.port, transport: connection.transport, instance };
            let side =
                if connection.direction == Direction::Outgoing { &mut links.outgoing } else { &mut links.incoming };
            side.insert(link);
        }
    }
    links
}

fn listener(connection: &Connection, instances: &[Instance]) -> Option<usize> {
    let local = connection.local_address.to_canonical();
    let answers = |instance: &Instance| {
        instance.listening.iter().filter_map(|one| one.answers(local, connection.transport, connection.port)).min()
    };
    let found = instances.iter().enumerate().filter_map(|(place, one)| Some((answers(one)?, place)));
    found.min().map(|(_, place)| place)
}
