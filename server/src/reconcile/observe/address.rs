//! Which addresses are this host's, and which of them others can know it by.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use terrier_shared::latest::section::Network;
use terrier_shared::latest::section::network::{Interface, InterfaceKind};

/// The addresses of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Those that others reach it by.
    pub shared: BTreeSet<IpAddr>,
    /// All of them, also those that mean something on this host only.
    all: BTreeSet<IpAddr>,
    /// Networks that exist on this host only: bridges of its containers and virtual machines.
    inner: BTreeSet<(IpAddr, u8)>,
}

impl Addresses {
    /// The addresses of these interfaces.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        let mut addresses = Self::default();
        for interface in &network.interfaces {
            let shared = is_shared(interface, network);
            for address in &interface.addresses {
                let ip = address.address.to_canonical();
                addresses.all.insert(ip);
                if shared && !is_link_local(ip) && !ip.is_loopback() {
                    addresses.shared.insert(ip);
                } else if interface.kind == InterfaceKind::Bridge {
                    addresses.inner.insert((network_of(ip, address.prefix), address.prefix));
                }
            }
        }
        addresses
    }

    /// Whether what is sent there stays on this host.
    #[must_use]
    pub fn is_here(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.all.contains(&ip)
    }

    /// Whether the address means this only as seen from this host.
    #[must_use]
    pub fn is_inner(&self, ip: IpAddr) -> bool {
        is_link_local(ip) || self.inner.iter().any(|(network, prefix)| network_of(ip, *prefix) == *network)
    }
}

/// Whether others reach the host by this interface: not by a bridge that only joins its own containers, nor by its
/// side of their links.
fn is_shared(interface: &Interface, network: &Network) -> bool {
    match interface.kind {
        InterfaceKind::Loopback => false,
        InterfaceKind::Bridge => network.interfaces.iter().any(|member| {
            member.master.as_deref() == Some(interface.name.as_str())
                && !matches!(member.kind, InterfaceKind::Veth | InterfaceKind::Tunnel | InterfaceKind::Other)
        }),
        InterfaceKind::Veth => interface.master.is_none(),
        InterfaceKind::Other => !["dummy", "kube-", "nodelocal"].iter().any(|kind| interface.name.starts_with(kind)),
        _ => true,
    }
}

/// Whether the address is no end of a conversation between two hosts.
#[must_use]
pub(super) fn is_nobody(ip: IpAddr) -> bool {
    ip.is_unspecified() || ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST)
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

fn network_of(ip: IpAddr, prefix: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & mask))
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use terrier_shared::latest::section::Network;
    use terrier_shared::latest::section::network::{Address, Interface, InterfaceKind};

    use super::Addresses;

    fn interface(name: &str, kind: InterfaceKind, master: Option<&str>, address: &str, prefix: u8) -> Interface {
        let address = Address { address: address.parse().unwrap(), prefix, dynamic: false };
        let master = master.map(str::to_owned);
        Interface { name: name.into(), kind, master, addresses: vec![address], ..Interface::default() }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_container_bridge_is_known_to_its_host_only() {
        let addresses = Addresses::of(&Network {
            interfaces: vec![
                interface("br0", InterfaceKind::Bridge, None, "192.0.2.10", 24),
                interface("docker0", InterfaceKind::Bridge, None, "172.17.0.1", 16),
                interface("eth0", InterfaceKind::Ethernet, Some("br0"), "fe80::1", 64),
                interface("lo", InterfaceKind::Loopback, None, "127.0.0.1", 8),
                interface("veth1", InterfaceKind::Veth, Some("docker0"), "fe80::2", 64),
            ],
            ..Network::default()
        });
        assert_eq!(addresses.shared, [ip("192.0.2.10")].into());
        assert!(addresses.is_here(ip("172.17.0.1")) && addresses.is_here(ip("127.0.0.53")));
        assert!(addresses.is_inner(ip("172.17.0.9")) && addresses.is_inner(ip("169.254.169.254")));
        assert!(!addresses.is_inner(ip("172.18.0.9")) && !addresses.is_here(ip("192.0.2.11")));
    }
}
