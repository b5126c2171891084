//! The last good content of each section: what stands in the register and what just came, merged.

use std::collections::BTreeSet;

use jiff::Timestamp;
use terrier_shared::latest::section::{
    Certificates, Cloud, Connections, Containers, Cpu, Identity, Memory, Network, Os, Processes, Products, Section,
    SectionKind, Services, Sockets, Storage,
};

/// The sections whose contents depend on one another: who listens is told by sockets, by whom by services and
/// processes, in which container by containers, what it is by products, where its data lies by storage. One that comes alone is read together with the stored others.
pub const INTERTWINED: [SectionKind; 9] = [
    SectionKind::Identity,
    SectionKind::Storage,
    SectionKind::Network,
    SectionKind::Services,
    SectionKind::Processes,
    SectionKind::Sockets,
    SectionKind::Connections,
    SectionKind::Containers,
    SectionKind::Products,
];

/// What is known of a host, each section as it last came whole. Packages are rows and not here.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "each field is the section of the same name")]
pub struct Inventory {
    pub identity: Option<Identity>,
    pub os: Option<Os>,
    pub cpu: Option<Cpu>,
    pub memory: Option<Memory>,
    pub storage: Option<Storage>,
    pub network: Option<Network>,
    pub services: Option<Services>,
    pub processes: Option<Processes>,
    pub sockets: Option<Sockets>,
    pub connections: Option<Connections>,
    pub certificates: Option<Certificates>,
    pub containers: Option<Containers>,
    pub products: Option<Products>,
    pub cloud: Option<Cloud>,
    /// When the snapshot of connections was taken.
    pub connections_at: Option<Timestamp>,
    /// Which of them came just now.
    pub fresh: BTreeSet<SectionKind>,
}

impl Inventory {
    /// Puts a section in its place, over whatever was there. `at` is when it was observed.
    pub fn put(&mut self, section: Section, at: Timestamp) {
        match section {
            Section::Identity(section) => self.identity = Some(section),
            Section::Os(section) => self.os = Some(section),
            Section::Cpu(section) => self.cpu = Some(section),
            Section::Memory(section) => self.memory = Some(section),
            Section::Storage(section) => self.storage = Some(section),
            Section::Network(section) => self.network = Some(section),
            Section::Services(section) => self.services = Some(section),
            Section::Processes(section) => self.processes = Some(section),
            Section::Sockets(section) => self.sockets = Some(section),
            Section::Connections(section) => {
                self.connections = Some(section);
                self.connections_at = Some(at);
            }
            Section::Certificates(section) => self.certificates = Some(section),
            Section::Containers(section) => self.containers = Some(section),
            Section::Products(section) => self.products = Some(section),
            Section::Cloud(section) => self.cloud = Some(section),
            // Packages are rows; of the others nothing follows: they are kept as they came.
            Section::Software(_)
            | Section::Devices(_)
            | Section::Kernel(_)
            | Section::Firewall(_)
            | Section::Updates(_)
            | Section::Schedules(_)
            | Section::Accounts(_)
            | Section::Custom(_) => {}
        }
    }

    /// Puts a section that came just now in its place.
    pub fn put_fresh(&mut self, section: Section, at: Timestamp) {
        self.fresh.insert(section.kind());
        self.put(section, at);
    }

    /// Whether anything came just now that the host's CIs and relations follow from.
    #[must_use]
    pub fn moves_dependents(&self) -> bool {
        INTERTWINED.iter().any(|kind| self.fresh.contains(kind))
    }
}
