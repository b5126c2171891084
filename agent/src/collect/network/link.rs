//! Interfaces, by `RTM_GETLINK` and the attributes that only sysfs has.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use netlink_packet_core::{NlaBuffer, NlasIterator};
use netlink_packet_route::link::{LinkFlags, LinkHeader, LinkLayerType};
use terrier_shared::latest::section::network::{Address, Interface, InterfaceKind};

use super::{master, undecodable};
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::{Family, Host};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const HEADER_BYTES: usize = 16;

// Attributes of linux/if_link.h. The kernel adds new ones, and new forms of those that are not read here, so each
// is looked at by itself.
const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_LINK: u16 = 5;
const IFLA_MASTER: u16 = 10;
const IFLA_OPERSTATE: u16 = 16;
const IFLA_LINKINFO: u16 = 18;
const IFLA_EXT_MASK: u16 = 29;
const IFLA_LINK_NETNSID: u16 = 37;
const IFLA_PERM_ADDRESS: u16 = 54;
/// `RTEXT_FILTER_SKIP_STATS`
const SKIP_STATS: u32 = 1 << 3;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const IFLA_VLAN_ID: u16 = 1;
/// RFC 2863, as `IF_OPER_UP`.
const OPERATIONAL_UP: u8 = 6;

/// `struct ifinfomsg` of zeroes, and an attribute that asks for no counters.
fn question() -> Vec<u8> {
    let attribute_bytes = 8_u16.to_ne_bytes();
    [&[0; HEADER_BYTES], &attribute_bytes[..], &IFLA_EXT_MASK.to_ne_bytes(), &SKIP_STATS.to_ne_bytes()].concat()
}

/// An interface as the kernel's list has it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) index: u32,
    pub(super) name: String,
    layer: LinkLayerType,
    is_enabled: bool,
    mtu: u32,
    operational: u8,
    mac: Option<String>,
    permanent_mac: Option<String>,
    parent: Option<u32>,
    is_parent_elsewhere: bool,
    master: Option<u32>,
    driver_kind: Option<String>,
    /// The first attribute of what the driver adds, which is a VLAN's number.
    vlan: Option<u16>,
}

pub(super) fn read(host: &Host) -> Result<Vec<Link>, Failure> {
    let answer = host.dump(Family::Route, RTM_GETLINK, &question(), "links")?;
    let messages = answer.messages().filter(|(kind, _)| *kind == RTM_NEWLINK);
    messages.map(|(_, payload)| parse(payload)).collect()
}

fn parse(payload: &[u8]) -> Result<Link, Failure> {
    let malformed = |error| undecodable("links", &error);
    let header = LinkHeader::parse(payload).map_err(malformed)?;
    let mut link = Link {
        index: header.index,
        name: String::new(),
        layer: header.link_layer_type,
        is_enabled: header.flags.contains(LinkFlags::Up),
        mtu: 0,
        operational: 0,
        mac: None,
        permanent_mac: None,
        parent: None,
        is_parent_elsewhere: false,
        master: None,
        driver_kind: None,
        vlan: None,
    };
    for attribute in NlasIterator::new(payload.get(HEADER_BYTES..).unwrap_or_default()) {
        link.take(attribute.map_err(malformed)?);
    }
    if link.name.is_empty() {
        return Err(Failure::malformed(
            "netlink links",
            format!("the interface with index {} has no name", link.index),
        ));
    }
    Ok(link)
}

impl Link {
    fn take(&mut self, attribute: NlaBuffer<&[u8]>) {
        let value = attribute.value();
        match attribute.kind() {
            IFLA_IFNAME => self.name = clip(text(value)),
            IFLA_MTU => self.mtu = number(value).unwrap_or(0),
            IFLA_OPERSTATE => self.operational = value.first().copied().unwrap_or(0),
            IFLA_ADDRESS => self.mac = mac(value),
            IFLA_PERM_ADDRESS => self.permanent_mac = mac(value),
            IFLA_LINK => self.parent = number(value),
            IFLA_LINK_NETNSID => self.is_parent_elsewhere = true,
            IFLA_MASTER => self.master = number(value),
            IFLA_LINKINFO => {
                self.driver_kind = inner(value, IFLA_INFO_KIND).map(|kind| text(&kind));
                self.vlan = inner(value, IFLA_INFO_DATA).and_then(|data| short(&inner(&data, IFLA_VLAN_ID)?));
            }
            _ => {}
        }
    }

    /// The interface with what sysfs adds.
    pub(super) fn describe(self, host: &Host, names: &BTreeMap<u32, String>, mut addresses: Vec<Address>) -> Interface {
        let place = format!("/sys/class/net/{}", self.name);
        let kind = self.kind(host, &place);
        let has_mac = matches!(self.layer, LinkLayerType::Ether | LinkLayerType::Infiniband);
        let mac = self.mac.filter(|_| has_mac);
        addresses.sort_unstable();
        addresses.dedup();
        let by_index = |index: Option<u32>| index.and_then(|index| names.get(&index).cloned());
        // The other end of a pair is no parent, and an index of another namespace is no interface here.
        let is_parent = kind != InterfaceKind::Veth && !self.is_parent_elsewhere && self.parent != Some(self.index);
        let driver_kind = self.driver_kind.as_deref();
        let speed: Option<i64> = host.number(format!("{place}/speed"));
        Interface {
            kind,
            permanent_mac: self.permanent_mac.filter(|permanent| has_mac && Some(permanent) != mac.as_ref()),
            mac,
            mtu: self.mtu,
            up: self.operational == OPERATIONAL_UP || (self.operational == 0 && self.is_enabled),
            speed_mbps: speed.filter(|speed| *speed > 0).and_then(|speed| u32::try_from(speed).ok()),
            full_duplex: match host.value(format!("{place}/duplex")).as_deref() {
                Some("full") => Some(true),
                Some("half") => Some(false),
                _ => None,
            },
            driver: host.link_name(format!("{place}/device/driver")),
            master: by_index(self.master),
            parents: by_index(self.parent.filter(|_| is_parent)).into_iter().collect(),
            addresses,
            vlan: self.vlan.filter(|_| driver_kind == Some("vlan")),
            bond: (driver_kind == Some("bond")).then(|| master::bond(host, &place)).flatten(),
            bridge: (driver_kind == Some("bridge")).then(|| master::bridge(host, &place)).flatten(),
            bus_address: bus_address(host, &place),
            name: self.name,
        }
    }

    fn kind(&self, host: &Host, place: &str) -> InterfaceKind {
        if self.layer == LinkLayerType::Loopback {
            return InterfaceKind::Loopback;
        }
        match self.driver_kind.as_deref() {
            Some("bridge") => InterfaceKind::Bridge,
            Some("bond" | "team") => InterfaceKind::Bond,
            Some("vlan") => InterfaceKind::Vlan,
            Some("veth") => InterfaceKind::Veth,
            Some(
                "tun" | "wireguard" | "gre" | "gretap" | "ip6gre" | "ip6gretap" | "ipip" | "sit" | "ip6tnl" | "vti"
                | "vti6" | "vxlan" | "geneve" | "xfrm" | "erspan" | "ip6erspan" | "l2tp" | "ovpn" | "gtp" | "bareudp",
            ) => InterfaceKind::Tunnel,
            None if host.exists(format!("{place}/phy80211")) => InterfaceKind::Wireless,
            None if self.layer == LinkLayerType::Ether => InterfaceKind::Ethernet,
            _ => InterfaceKind::Other,
        }
    }
}

/// The PCI function on the way to the device, be the device itself on a bus of its own, as virtio's are.
fn bus_address(host: &Host, place: &str) -> Option<String> {
    let device = host.link_name(format!("{place}/device"))?;
    let way = host.link(place)?;
    let is_pci = |name: &&str| host.exists(format!("/sys/bus/pci/devices/{name}"));
    let function = way.iter().rev().filter_map(|name| name.to_str()).find(is_pci);
    Some(clip(function.map_or(device, str::to_owned)))
}

/// The value of the first attribute of this kind in an attribute of attributes.
fn inner(value: &[u8], kind: u16) -> Option<Vec<u8>> {
    NlasIterator::new(value)
        .filter_map(Result::ok)
        .find(|found| found.kind() == kind)
        .map(|found| found.value().to_vec())
}

fn short(value: &[u8]) -> Option<u16> {
    value.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
}

fn number(value: &[u8]) -> Option<u32> {
    value.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

/// Colon-separated hexadecimal digits; absent for an address of zeroes, which is none.
fn mac(value: &[u8]) -> Option<String> {
    if value.iter().all(|byte| *byte == 0) {
        return None;
    }
    let mut text = String::with_capacity(value.len() * 3);
    for byte in value {
        let separator = if text.is_empty() { "" } else { ":" };
        write!(text, "{separator}{byte:02x}").ok()?;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use netlink_packet_core::Emitable as _;
    use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkLayerType, LinkMessage, State};

    use super::{Host, Interface, InterfaceKind, parse};

    fn described(change: impl FnOnce(&mut LinkMessage)) -> Interface {
        let mut message = LinkMessage::default();
        message.header.index = 7;
        message.header.link_layer_type = LinkLayerType::Ether;
        message.attributes = vec![LinkAttribute::IfName("eth0.5".to_owned()), LinkAttribute::Mtu(1500)];
        change(&mut message);
        let mut bytes = vec![0; message.buffer_len()];
        message.emit(&mut bytes);
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("sys/class/net/eth0.5")).unwrap();
        fs::write(root.path().join("sys/class/net/eth0.5/speed"), "-1\n").unwrap();
        fs::write(root.path().join("sys/class/net/eth0.5/duplex"), "full\n").unwrap();
        let names = BTreeMap::from([(2, "eth0".to_owned()), (7, "eth0.5".to_owned()), (9, "br0".to_owned())]);
        parse(&bytes).unwrap().describe(&Host::at(root.path()), &names, Vec::new())
    }

    #[test]
    fn a_vlan_names_its_parent_and_its_bridge() {
        let vlan = described(|message| {
            message.attributes.extend([
                LinkAttribute::Link(2),
                LinkAttribute::Controller(9),
                LinkAttribute::OperState(State::Up),
                LinkAttribute::Address(vec![2, 0xfc, 0, 0, 0, 1]),
                LinkAttribute::PermAddress(vec![2, 0xfc, 0, 0, 0, 9]),
                LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Vlan)]),
            ]);
        });
        assert_eq!((vlan.kind, vlan.mtu, vlan.up), (InterfaceKind::Vlan, 1500, true));
        assert_eq!((vlan.parents, vlan.master.as_deref()), (vec!["eth0".to_owned()], Some("br0")));
        assert_eq!(vlan.mac.as_deref(), Some("02:fc:00:00:00:01"));
        assert_eq!(vlan.permanent_mac.as_deref(), Some("02:fc:00:00:00:09"));
        assert_eq!((vlan.speed_mbps, vlan.full_duplex), (None, Some(true)));
    }

    #[test]
    fn the_other_end_of_a_pair_is_no_parent() {
        let pair = described(|message| {
            message.attributes.push(LinkAttribute::Link(2));
            message.attributes.push(LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Veth)]));
        });
        assert_eq!((pair.kind, pair.parents), (InterfaceKind::Veth, vec![]));
    }

    #[test]
    fn an_enabled_interface_of_unknown_state_is_up_and_a_disabled_one_is_down() {
        assert!(described(|message| message.header.flags = LinkFlags::Up).up);
        assert!(!described(|_| ()).up);
    }

    #[test]
    fn a_message_that_is_cut_short_is_refused() {
        assert!(parse(&[0; 15]).is_err());
        assert!(parse(&[0; 16]).unwrap_err().to_string().contains("has no name"));
        let mut bytes = vec![0; 16];
        bytes.extend([200, 0, 3, 0, b'e']);
        assert!(parse(&bytes).is_err());
    }
}
