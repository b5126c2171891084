//! Interfaces, addresses, routes and resolvers.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// How the host is connected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    /// Interfaces by name.
    pub interfaces: Vec<Interface>,
    /// Routes of the main table, by destination, without those that a routing protocol learned: they come and go.
    pub routes: Vec<Route>,
    /// `nameserver` lines of resolv.conf(5), in their order.
    pub nameservers: Vec<IpAddr>,
    /// `search` of resolv.conf(5).
    pub search_domains: Vec<String>,
}

/// A network interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interface {
    /// Name: `eth0`.
    pub name: String,
    /// What it is.
    pub kind: InterfaceKind,
    /// Hardware address as `aa:bb:cc:dd:ee:ff`.
    pub mac: Option<String>,
    /// Burnt-in hardware address where it differs from `mac`.
    pub permanent_mac: Option<String>,
    /// Largest packet in bytes.
    pub mtu: u32,
    /// `operstate` is `up`, or `unknown` with the interface enabled.
    pub up: bool,
    /// Negotiated speed in megabits per second.
    pub speed_mbps: Option<u32>,
    /// Whether it sends and receives at once.
    pub full_duplex: Option<bool>,
    /// Kernel driver.
    pub driver: Option<String>,
    /// The bridge, bond or team it belongs to.
    pub master: Option<String>,
    /// The interfaces it lies on: a VLAN's parent.
    pub parents: Vec<String>,
    /// Addresses, sorted.
    pub addresses: Vec<Address>,
}

/// What an interface is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceKind {
    /// Wired hardware, also as a virtual machine sees it.
    Ethernet,
    /// Wireless hardware.
    Wireless,
    /// `lo`.
    Loopback,
    /// A software bridge.
    Bridge,
    /// Several links as one.
    Bond,
    /// A tagged VLAN.
    Vlan,
    /// One end of a virtual pair.
    Veth,
    /// A tunnel: tun, tap, WireGuard, GRE, …
    Tunnel,
    /// Anything else.
    #[default]
    #[serde(other)]
    Other,
}

/// An address of an interface.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// The address.
    pub address: IpAddr,
    /// Length of its network's prefix.
    pub prefix: u8,
    /// Whether it was leased or advertised rather than configured.
    #[serde(default)]
    pub dynamic: bool,
}

/// A route of the main table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Route {
    /// Destination network; `0.0.0.0` or `::` with prefix 0 for the default route.
    pub destination: IpAddr,
    /// Length of its prefix.
    pub prefix: u8,
    /// Next hop; absent for networks on the link.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// Outgoing interface.
    pub interface: String,
    /// Lower is preferred.
    #[serde(default)]
    pub metric: u32,
}
