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
    /// What the other ends of the links say of themselves (LLDP, IEEE 802.1AB), by interface, where
    /// systemd-networkd(8) listens for it.
    pub neighbours: Vec<Neighbour>,
}

/// What is at the other end of a link, by its own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Neighbour {
    /// The interface it was heard on.
    pub interface: String,
    /// Chassis identifier: a hardware address or a name.
    pub chassis: String,
    /// Port identifier.
    pub port: String,
    /// Port description.
    pub port_description: Option<String>,
    /// System name.
    pub name: Option<String>,
    /// System description.
    pub description: Option<String>,
    /// Management addresses.
    pub addresses: Vec<IpAddr>,
    /// Port VLAN.
    pub vlan: Option<u16>,
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
    /// VLAN identifier of a VLAN interface.
    pub vlan: Option<u16>,
    /// How a bond spreads and watches its links.
    pub bond: Option<Bond>,
    /// How a bridge forwards.
    pub bridge: Option<Bridge>,
    /// Where it is plugged in: the PCI address, or the device's name on another bus.
    pub bus_address: Option<String>,
}

/// A bond (Documentation/networking/bonding.rst).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bond {
    /// `balance-rr`, `active-backup`, `802.3ad`, …
    pub mode: String,
    /// Its members, by name.
    pub members: Vec<BondMember>,
    /// The member that carries the traffic, where there is but one at a time.
    pub active: Option<String>,
    /// How often links are looked at, in milliseconds; 0 for never.
    pub monitor_ms: Option<u32>,
}

/// A member of a bond.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BondMember {
    /// The interface.
    pub interface: String,
    /// Whether the bond holds its link for good.
    pub up: bool,
}

/// A software bridge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bridge {
    /// Its ports, by name.
    pub ports: Vec<String>,
    /// Whether it speaks the spanning tree protocol.
    pub stp: bool,
    /// Whether it keeps VLANs apart.
    pub vlan_filtering: bool,
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
