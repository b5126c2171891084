//! Network interfaces as CIs under their host, identified by their names.

use terrier_shared::latest::section::Network;
use terrier_shared::latest::section::network::{Interface, InterfaceKind};

use super::Dependent;
use crate::reconcile::attribute::{INTERFACE, interface};
use crate::reconcile::value::{self, Values, list, optional_text, text, truth, whole};

/// The interfaces, without the loopback and without the host's ends of its containers' links, which come and go.
pub(super) fn interfaces(network: &Network) -> Vec<Dependent> {
    let mut all: Vec<_> = network.interfaces.iter().filter(|one| is_lasting(one)).map(of).collect();
    all.sort_by(|one, other| one.local_id.cmp(&other.local_id));
    all.dedup_by(|one, other| one.local_id == other.local_id);
    all
}

fn is_lasting(interface: &Interface) -> bool {
    match interface.kind {
        InterfaceKind::Loopback => false,
        InterfaceKind::Veth => interface.master.is_none() && !interface.addresses.is_empty(),
        _ => true,
    }
}

fn of(one: &Interface) -> Dependent {
    Dependent { class: INTERFACE, local_id: value::key(&one.name), name: super::name(&one.name), values: values(one) }
}

fn values(one: &Interface) -> Values {
    let addresses = one.addresses.iter().map(|address| format!("{}/{}", address.address, address.prefix));
    vec![
        (interface("mac_address"), optional_text(one.mac.as_deref())),
        (interface("permanent_mac"), optional_text(one.permanent_mac.as_deref())),
        (interface("kind"), Some(text(kind(one.kind)))),
        (interface("mtu"), (one.mtu > 0).then(|| whole(one.mtu.into()))),
        (interface("speed_mbps"), one.speed_mbps.map(|speed| whole(speed.into()))),
        (interface("full_duplex"), one.full_duplex.map(truth)),
        (interface("driver"), optional_text(one.driver.as_deref())),
        (interface("master"), optional_text(one.master.as_deref())),
        (interface("addresses"), list(addresses)),
        (interface("up"), Some(truth(one.up))),
    ]
}

const fn kind(kind: InterfaceKind) -> &'static str {
    match kind {
        InterfaceKind::Ethernet => "ethernet",
        InterfaceKind::Wireless => "wireless",
        InterfaceKind::Loopback => "loopback",
        InterfaceKind::Bridge => "bridge",
        InterfaceKind::Bond => "bond",
        InterfaceKind::Vlan => "vlan",
        InterfaceKind::Veth => "veth",
        InterfaceKind::Tunnel => "tunnel",
        InterfaceKind::Other => "other",
    }
}
