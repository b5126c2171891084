//! Who listens on a host, and whom it talks with.

use std::net::{IpAddr, Ipv4Addr};

use terrier_shared::latest::section::connections::{Connection, Direction};
use terrier_shared::latest::section::processes::Owner;
use terrier_shared::latest::section::sockets::{Listener, Transport};
use terrier_shared::latest::section::{Connections, Sockets};

use super::age::turns;
use super::programs::{package_name, program};
use super::{Age, Host};

/// The port of the first program that listens.
const FIRST_PORT: u16 = 5_000;

fn port(index: u32) -> u16 {
    FIRST_PORT + u16::try_from(index).unwrap_or(0)
}

impl Host {
    fn owner(self, index: u32) -> Owner {
        Owner {
            name: Some(format!("service-{index:03}").into()),
            executable: Some(program(index).into()),
            user: Some(format!("service{index}")),
            unit: (self.shape().units > 0).then(|| format!("service-{index:03}.service")),
            container: None,
            package: Some(package_name(index)),
        }
    }

    pub(super) fn sockets(self) -> Sockets {
        let listener = |index: u32| Listener {
            transport: Transport::Tcp,
            address: Ipv4Addr::UNSPECIFIED.into(),
            port: port(index),
            owner: self.owner(index),
        };
        Sockets { listeners: (0..self.shape().listeners).map(listener).collect() }
    }

    /// Half of what a host talks to are other hosts of the estate, whose programs listen there; the rest is outside.
    pub(super) fn connections(self, age: Age) -> Connections {
        let count = self.shape().connections;
        let mut connections: Vec<Connection> = (0..count)
            .map(|index| {
                let (remote, port) = self.peer(index, turns(age.traffic, index, count));
                Connection {
                    direction: Direction::Outgoing,
                    transport: Transport::Tcp,
                    owner: self.owner(index % self.shape().listeners.max(1)),
                    remote_address: remote,
                    port,
                    local_address: Self::address_of(self.number),
                    count: index % 5 + 1,
                }
            })
            .collect();
        let place = |one: &Connection| (one.owner.clone(), one.remote_address, one.port);
        connections.sort_by_key(place);
        connections.dedup_by_key(|one| place(one));
        Connections { connections }
    }

    fn peer(self, index: u32, turn: u32) -> (IpAddr, u16) {
        let draw = self.draw(7).of(u64::from(index)).of(u64::from(turn));
        if index.is_multiple_of(2) {
            let other = self.estate.host(draw.below(self.estate.hosts.max(1)));
            (Self::address_of(other.number), port(draw.of(1).below(other.shape().listeners.max(1))))
        } else {
            let [.., last] = (draw.below(20) + 1).to_be_bytes();
            (Ipv4Addr::new(198, 51, 100, last).into(), 443)
        }
    }
}
