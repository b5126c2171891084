//! The network: one dialect writes an entry for every address, so that several make an interface.

use std::collections::BTreeMap;
use std::net::IpAddr;

use terrier_shared::latest::section::Network;
use terrier_shared::latest::section::network::{Address, Interface, InterfaceKind, Route};

use super::host::Host;
use crate::imports::model::entry::Entry;
use crate::imports::model::node::Node;
use crate::imports::model::report::{Reason, Report};

const SECTION: &str = "networks";

/// Reads the interfaces; none if the document has no such section.
pub(super) fn read(content: &Node, host: &Host, report: &mut Report) -> Option<Network> {
    let entries: Vec<Entry<'_>> = content.all(SECTION).map(Entry::new).collect();
    if entries.is_empty() {
        return None;
    }
    let mut interfaces: BTreeMap<(String, Option<String>), Interface> = BTreeMap::new();
    let mut routes = Vec::new();
    for (entry, place) in entries.iter().zip(0..) {
        let Some(name) = entry.text(&["description", "name"]) else {
            report.leave(SECTION, place, entry, Reason::Nameless);
            continue;
        };
        if let Some(reason) = reason_to_leave(entry, name) {
            report.leave(SECTION, place, entry, reason);
            continue;
        }
        let mac = mac(entry);
        let interface = interfaces.entry((name.to_owned(), mac.clone())).or_insert_with(|| new(entry, name, mac));
        interface.up |= entry.flag(&["status"]).unwrap_or(false);
        for address in addresses(entry) {
            if !interface.addresses.contains(&address) {
                interface.addresses.push(address);
            }
        }
        routes.extend(entry.text(&["ipgateway"]).and_then(|gateway| route(gateway, name)));
        let _derived = (entry.text(&["ipsubnet"]), entry.text(&["ipsubnet6"]), entry.text(&["virtualdev"]));
        report.take(SECTION, entry);
    }
    routes.extend(host.gateway.as_deref().and_then(|gateway| route(gateway, "")));
    routes.sort();
    routes.dedup();
    let nameservers = host.nameservers.iter().filter_map(|text| text.parse().ok()).collect();
    Some(Network { interfaces: named_apart(interfaces), routes, nameservers, ..Network::default() })
}

fn reason_to_leave(entry: &Entry<'_>, name: &str) -> Option<Reason> {
    let is_loopback = entry.text(&["type"]).is_some_and(|kind| kind.eq_ignore_ascii_case("loopback"))
        || ["lo", "lo0"].contains(&name);
    let has_address = entry.text(&["ipaddress"]).is_some() || entry.text(&["ipaddress6"]).is_some();
    if is_loopback {
        Some(Reason::Loopback)
    } else if name.starts_with("veth") && !has_address {
        Some(Reason::Fleeting)
    } else {
        None
    }
}

fn new(entry: &Entry<'_>, name: &str, mac: Option<String>) -> Interface {
    let number = |number: u64| u32::try_from(number).unwrap_or_default();
    Interface {
        name: name.to_owned(),
        kind: kind(entry, name),
        mac,
        mtu: entry.whole(&["mtu"]).map(number).unwrap_or_default(),
        speed_mbps: entry.whole(&["speed"]).filter(|speed| *speed > 0).map(number),
        driver: entry.owned(&["driver"]),
        ..Interface::default()
    }
}

fn mac(entry: &Entry<'_>) -> Option<String> {
    let mac = entry.text(&["mac", "macaddr"])?.to_ascii_lowercase().replace('-', ":");
    (mac != "00:00:00:00:00:00").then_some(mac)
}

fn kind(entry: &Entry<'_>, name: &str) -> InterfaceKind {
    match entry.text(&["type"]).map(str::to_ascii_lowercase).as_deref() {
        Some("ethernet") if name.starts_with("veth") => InterfaceKind::Veth,
        Some("bridge") => InterfaceKind::Bridge,
        Some("ethernet" | "fastethernet") => InterfaceKind::Ethernet,
        Some("wifi" | "wireless") => InterfaceKind::Wireless,
        Some("aggregate" | "bonding") => InterfaceKind::Bond,
        Some("vlan") => InterfaceKind::Vlan,
        Some("tunnel" | "ppp") => InterfaceKind::Tunnel,
        _ if ["docker", "br-", "virbr", "lxcbr"].iter().any(|bridge| name.starts_with(bridge)) => InterfaceKind::Bridge,
        _ if name.starts_with("veth") => InterfaceKind::Veth,
        _ => InterfaceKind::Other,
    }
}

fn addresses(entry: &Entry<'_>) -> Vec<Address> {
    let pairs = [("ipaddress", "ipmask"), ("ipaddress6", "ipmask6")];
    let read = pairs.iter().filter_map(|(address, mask)| {
        let address: IpAddr = entry.text(&[address])?.split(['/', '%']).next()?.parse().ok()?;
        let prefix = entry.text(&[mask]).and_then(|mask| prefix(mask.parse().ok()?));
        let longest = if address.is_ipv4() { 32 } else { 128 };
        Some(Address { address, prefix: prefix.unwrap_or(longest), dynamic: false })
    });
    read.collect()
}

/// The length of a mask that is ones and then zeroes.
fn prefix(mask: IpAddr) -> Option<u8> {
    let (ones, rest) = match mask {
        IpAddr::V4(mask) => (mask.to_bits().leading_ones(), mask.to_bits().count_ones()),
        IpAddr::V6(mask) => (mask.to_bits().leading_ones(), mask.to_bits().count_ones()),
    };
    if ones == rest { u8::try_from(ones).ok() } else { None }
}

fn route(gateway: &str, interface: &str) -> Option<Route> {
    let gateway: IpAddr = gateway.parse().ok()?;
    if gateway.is_unspecified() {
        return None;
    }
    let destination = if gateway.is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) };
    Some(Route { destination, prefix: 0, gateway: Some(gateway), interface: interface.to_owned(), metric: 0 })
}

/// Two cards of one make have one description: the second is told by its hardware address.
fn named_apart(interfaces: BTreeMap<(String, Option<String>), Interface>) -> Vec<Interface> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut named = Vec::with_capacity(interfaces.len());
    for ((name, mac), mut interface) in interfaces {
        let before = seen.entry(name.clone()).or_default();
        if *before > 0 {
            interface.name = format!("{name} ({})", mac.unwrap_or_else(|| (*before + 1).to_string()));
        }
        *before += 1;
        named.push(interface);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn a_mask_is_a_prefix_only_if_its_ones_come_first() {
        for (mask, expected) in
            [("255.255.255.0", Some(24)), ("0.0.0.0", Some(0)), ("255.0.255.0", None), ("ffff:ffff::", Some(32))]
        {
            assert_eq!(prefix(mask.parse().unwrap()), expected, "{mask}");
        }
    }
}
