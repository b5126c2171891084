//! Interfaces made of others, from `/sys/class/net/<name>/bonding` (Documentation/networking/bonding.rst) and
//! `/sys/class/net/<name>/bridge` (Documentation/networking/bridge.rst).

use terrier_shared::latest::section::network::{Bond, BondMember, Bridge};

use crate::collect::bounds::clip;
use crate::collect::host::Host;

/// Most interfaces of one master: a bridge takes no more than 1 024.
const MEMBERS: usize = 1_024;

pub(super) fn bond(host: &Host, place: &str) -> Option<Bond> {
    let value = |name: &str| host.value(format!("{place}/bonding/{name}"));
    let mode = first_word(&value("mode")?);
    let mut members: Vec<String> =
        value("slaves").unwrap_or_default().split_whitespace().take(MEMBERS).map(str::to_owned).collect();
    members.sort_unstable();
    let is_one_at_a_time = matches!(mode.as_str(), "active-backup" | "balance-tlb" | "balance-alb");
    Some(Bond {
        members: members.into_iter().map(|interface| member(host, interface)).collect(),
        active: value("active_slave").filter(|_| is_one_at_a_time).map(clip),
        monitor_ms: value("miimon").and_then(|text| text.parse().ok()),
        mode,
    })
}

fn member(host: &Host, interface: String) -> BondMember {
    let state = host.value(format!("/sys/class/net/{interface}/bonding_slave/mii_status"));
    BondMember { up: state.as_deref() == Some("up"), interface: clip(interface) }
}

/// The kernel writes a mode as its name and its number: `802.3ad 4`.
fn first_word(text: &str) -> String {
    clip(text.split_whitespace().next().unwrap_or_default().to_owned())
}

pub(super) fn bridge(host: &Host, place: &str) -> Option<Bridge> {
    let flag = |name: &str| host.flag(format!("{place}/bridge/{name}"));
    let ports = host.find_names(format!("{place}/brif")).unwrap_or_default();
    Some(Bridge {
        stp: flag("stp_state")?,
        vlan_filtering: flag("vlan_filtering").unwrap_or(false),
        ports: ports.into_iter().take(MEMBERS).map(clip).collect(),
    })
}
