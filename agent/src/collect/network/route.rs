//! Routes of the main table, by `RTM_GETROUTE`.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_core::Parseable as _;
use netlink_packet_route::AddressFamily;
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteProtocol, RouteType, RouteVia,
};
use terrier_shared::latest::section::network::Route;

use super::undecodable;
use crate::collect::failure::Failure;
use crate::collect::host::{Family, Host};

const RTM_NEWROUTE: u16 = 24;
const RTM_GETROUTE: u16 = 26;
/// `struct rtmsg` of zeroes: every family.
const QUESTION: [u8; 12] = [0; 12];

pub(super) fn read(host: &Host, names: &BTreeMap<u32, String>) -> Result<Vec<Route>, Failure> {
    let answer = host.dump(Family::Route, RTM_GETROUTE, &QUESTION, "routes")?;
    let mut routes = Vec::new();
    for (_, payload) in answer.messages().filter(|(kind, _)| *kind == RTM_NEWROUTE) {
        let header = RouteHeader::parse(payload).map_err(|error| undecodable("routes", &error))?;
        if is_wanted(&header) {
            let message = RouteMessage::parse(payload).map_err(|error| undecodable("routes", &error))?;
            routes.extend(describe(&message, names));
        }
    }
    routes.sort_unstable();
    routes.dedup();
    Ok(routes)
}

/// Routes that a routing protocol learned come and go without anybody changing the host.
fn is_wanted(header: &RouteHeader) -> bool {
    let is_configured = !matches!(
        header.protocol,
        RouteProtocol::Zebra
            | RouteProtocol::Bird
            | RouteProtocol::Babel
            | RouteProtocol::Bgp
            | RouteProtocol::Isis
            | RouteProtocol::Ospf
            | RouteProtocol::Rip
            | RouteProtocol::Eigrp
            | RouteProtocol::IcmpRedirect
    );
    let is_main = header.table == RouteHeader::RT_TABLE_MAIN;
    let is_cached = header.flags.contains(RouteFlags::Cloned);
    is_configured && is_main && !is_cached && header.kind == RouteType::Unicast
}

/// One route, or one for each of several next hops.
fn describe(message: &RouteMessage, names: &BTreeMap<u32, String>) -> Vec<Route> {
    let anywhere = match message.header.address_family {
        AddressFamily::Inet => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        AddressFamily::Inet6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        _ => return Vec::new(),
    };
    let (mut destination, mut metric, mut hops) = (anywhere, 0, vec![Hop::of(&message.attributes)]);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(address) => destination = ip(address).unwrap_or(anywhere),
            RouteAttribute::Priority(priority) => metric = *priority,
            RouteAttribute::MultiPath(several) => {
                let of_hop = |hop: &netlink_packet_route::route::RouteNextHop| Hop {
                    interface: Some(hop.interface_index),
                    ..Hop::of(&hop.attributes)
                };
                hops = several.iter().map(of_hop).collect();
            }
            _ => {}
        }
    }
    let prefix = message.header.destination_prefix_length;
    let route = |hop: Hop| {
        let interface = names.get(&hop.interface?)?.clone();
        Some(Route { destination, prefix, gateway: hop.gateway, interface, metric })
    };
    hops.into_iter().filter_map(route).collect()
}

#[derive(Default)]
struct Hop {
    gateway: Option<IpAddr>,
    interface: Option<u32>,
}

impl Hop {
    fn of(attributes: &[RouteAttribute]) -> Self {
        let mut hop = Self::default();
        for attribute in attributes {
            match attribute {
                RouteAttribute::Gateway(address) => hop.gateway = ip(address),
                RouteAttribute::Via(RouteVia::Inet(address)) => hop.gateway = Some((*address).into()),
                RouteAttribute::Via(RouteVia::Inet6(address)) => hop.gateway = Some((*address).into()),
                RouteAttribute::Oif(index) => hop.interface = Some(*index),
                _ => {}
            }
        }
        hop
    }
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some((*address).into()),
        RouteAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use netlink_packet_route::AddressFamily;
    use netlink_packet_route::route::{
        RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteNextHop, RouteProtocol, RouteType,
    };

    use super::{describe, is_wanted};

    fn default_route() -> RouteMessage {
        let mut message = RouteMessage::default();
        message.header.address_family = AddressFamily::Inet;
        message.header.table = RouteHeader::RT_TABLE_MAIN;
        message.header.kind = RouteType::Unicast;
        message
    }

    #[test]
    fn a_route_over_several_hops_is_one_route_for_each() {
        let hop = |index: u32, gateway: &str| {
            let mut hop = RouteNextHop::default();
            hop.interface_index = index;
            hop.attributes = vec![RouteAttribute::Gateway(RouteAddress::Inet(gateway.parse().unwrap()))];
            hop
        };
        let mut message = default_route();
        message.attributes = vec![
            RouteAttribute::Priority(100),
            RouteAttribute::MultiPath(vec![hop(2, "10.0.0.1"), hop(3, "10.0.1.1"), hop(99, "10.0.2.1")]),
        ];
        let names = BTreeMap::from([(2, "eth0".to_owned()), (3, "eth1".to_owned())]);
        let routes = describe(&message, &names);
        let found: Vec<_> = routes.iter().map(|r| (r.interface.as_str(), r.gateway.unwrap().to_string())).collect();
        assert_eq!(found, [("eth0", "10.0.0.1".to_owned()), ("eth1", "10.0.1.1".to_owned())]);
        assert!(routes.iter().all(|r| r.metric == 100 && r.prefix == 0 && r.destination.to_string() == "0.0.0.0"));
    }

    #[test]
    fn routes_of_other_tables_and_of_routing_protocols_are_left_out() {
        let message = default_route();
        assert!(is_wanted(&message.header));
        assert!(!is_wanted(&RouteHeader { protocol: RouteProtocol::Bgp, ..message.header.clone() }));
        assert!(!is_wanted(&RouteHeader { table: 255, ..message.header.clone() }));
        assert!(!is_wanted(&RouteHeader { kind: RouteType::Local, ..message.header }));
    }
}
