//! Who talks to whom.
//!
//! Does: list established TCP connections and connected UDP sockets of this network namespace, folded.
//! Does not: see connections that come and go between two looks.

use terrier_shared::latest::section::{Connections, Section, SectionKind};

use super::Collector;
use super::bounds::bounded;
use super::failure::Failure;
use super::scan::Scan;
use super::sockets::fold::fold;

pub(super) struct ConnectionsCollector;

impl Collector for ConnectionsCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Connections
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let connections = fold(scan.sockets()?, |socket| scan.owner(socket));
        Ok(Section::Connections(Connections { connections: bounded("connections.connections", connections)? }))
    }
}
