//! Established connections, folded.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::processes::Owner;
use super::sockets::Transport;

/// A snapshot of who talks to whom; client ports are folded away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Connections {
    /// Sorted, each combination once.
    pub connections: Vec<Connection>,
}

/// All connections between one local program and one remote end in one direction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Connection {
    /// Who connected to whom.
    pub direction: Direction,
    /// Transport.
    pub transport: Transport,
    /// The local program.
    #[serde(default)]
    pub owner: Owner,
    /// The other end's address.
    pub remote_address: IpAddr,
    /// The port connected *to*: the remote port of an outgoing connection, the local one of an incoming connection.
    pub port: u16,
    /// This end's address.
    pub local_address: IpAddr,
    /// How many connections were folded into this one; at least 1.
    pub count: u32,
}

/// Who opened a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// This host, to a port of the other end.
    Outgoing,
    /// The other end, to a port this host listens on.
    Incoming,
    /// A direction of a later version.
    #[serde(other)]
    Unknown,
}
