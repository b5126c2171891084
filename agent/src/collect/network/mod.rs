//! How the host is connected.
//!
//! Does: list interfaces, their addresses and the routes of the main table by rtnetlink(7), and the resolvers of
//! resolv.conf(5), how bonds and bridges are made up, and what systemd-networkd(8) has heard of the other ends.
//! Does not: look into other network namespaces, or measure traffic.

mod address;
mod link;
mod lldp;
mod master;
mod neighbour;
mod resolver;
mod route;

use std::collections::BTreeMap;

use netlink_packet_core::DecodeError;
use terrier_shared::latest::section::{Network, Section, SectionKind};

use super::Collector;
use super::bounds::bounded;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct NetworkCollector;

impl Collector for NetworkCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Network
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let links = link::read(host)?;
        let names: BTreeMap<u32, String> = links.iter().map(|link| (link.index, link.name.clone())).collect();
        let routes = route::read(host, &names)?;
        let neighbours = neighbour::read(host, &names)?;
        let mut addresses = address::read(host)?;
        let interfaces = links.into_iter().map(|link| {
            let own = addresses.remove(&link.index).unwrap_or_default();
            link.describe(host, &names, own)
        });
        let mut interfaces: Vec<_> = interfaces.collect();
        interfaces.sort_by(|a, b| a.name.cmp(&b.name));
        let resolvers = resolver::read(host)?;
        Ok(Section::Network(Network {
            interfaces: bounded("network.interfaces", interfaces)?,
            routes: bounded("network.routes", routes)?,
            nameservers: bounded("network.nameservers", resolvers.nameservers)?,
            search_domains: bounded("network.search_domains", resolvers.search_domains)?,
            neighbours: bounded("network.neighbours", neighbours)?,
        }))
    }
}

fn undecodable(what: &str, error: &DecodeError) -> Failure {
    Failure::malformed(format!("netlink {what}"), error.to_string())
}
