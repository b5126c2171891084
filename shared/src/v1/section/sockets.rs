//! Listening sockets.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::processes::Owner;

/// Where the host accepts connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sockets {
    /// Listening TCP sockets and bound, unconnected UDP sockets below the ephemeral range, sorted, each once.
    pub listeners: Vec<Listener>,
}

/// A place where a program accepts connections or datagrams.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listener {
    /// Transport.
    pub transport: Transport,
    /// Address it is bound to; `0.0.0.0` or `::` for all.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
    /// Who listens.
    #[serde(default)]
    pub owner: Owner,
}

/// Transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// A transport of a later version.
    #[serde(other)]
    Unknown,
}
