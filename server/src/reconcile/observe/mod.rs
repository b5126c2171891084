//! What a host's sections say, in the register's words.
//!
//! Does: turn the merged sections into values, identifiers, dependent CIs and links; pure, the same for the same
//! sections in whatever order they came.
//! Does not: know what the register holds, or any other host.
//!
//! Invariants: what is volatile (process numbers, counts, leases, uptime) does not appear; what a section does not
//! say is absent, so that only a section that is there can remove anything.

mod address;
mod certificate;
mod container;
mod filesystem;
mod host;
mod instance;
mod interface;
mod link;
mod product;

use std::collections::{BTreeMap, BTreeSet};

use terrier_shared::latest::section::SectionKind;

use super::classify;
use super::inventory::Inventory;
use super::value::{self, Values};

pub use self::address::Addresses;
pub use self::filesystem::{Filesystem, Server};
pub use self::instance::{Instance, Listening};
pub use self::link::{Link, Links};
pub use crate::identification::model::evidence::{Evidence, IdentifierKind};

/// Identifiers of one kind, all of them.
pub type Identifiers = (IdentifierKind, BTreeSet<String>);

/// A CI under its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependent {
    /// Its class.
    pub class: &'static str,
    /// What identifies it under its host.
    pub local_id: String,
    /// What people call it.
    pub name: String,
    /// All its attributes.
    pub values: Values,
}

/// What is in a host or plugged into it: of each class of [`super::attribute::PARTS`] that was told of, all of it.
pub type Parts = BTreeMap<&'static str, Vec<Dependent>>;

/// What a host's sections say. `None` where no section says anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// What the host is called.
    pub name: Option<String>,
    /// Its class.
    pub class: Option<&'static str>,
    /// Its attributes, those of the sections that came.
    pub values: Values,
    /// Its identifiers, those of the sections that came.
    pub identifiers: Vec<Identifiers>,
    /// Its addresses.
    pub addresses: Addresses,
    /// Its file systems, all of them.
    pub filesystems: Option<Vec<Filesystem>>,
    /// Its interfaces, all of them.
    pub interfaces: Option<Vec<Dependent>>,
    /// What listens or connects on it, all of it.
    pub instances: Option<Vec<Instance>>,
    /// Its containers, all of them.
    pub containers: Option<Vec<Dependent>>,
    /// The UUIDs of the guests that run on it, all of them.
    pub guests: Option<BTreeSet<String>>,
    /// Certificates on it, all of them.
    pub certificates: Option<Vec<Dependent>>,
    /// What is in it or plugged into it.
    pub parts: Parts,
    /// Who talks to whom.
    pub links: Links,
}

impl Observed {
    /// Whether any section says anything of identifiers or dependents.
    #[must_use]
    pub fn speaks(&self) -> bool {
        !self.identifiers.is_empty() || self.lists_dependents()
    }

    /// Whether any section lists dependents of some kind.
    #[must_use]
    pub fn lists_dependents(&self) -> bool {
        self.filesystems.is_some()
            || self.interfaces.is_some()
            || self.instances.is_some()
            || self.containers.is_some()
            || self.certificates.is_some()
            || !self.parts.is_empty()
    }

    /// The host's own UUID, if its identity came.
    #[must_use]
    pub fn product_uuid(&self) -> Option<&str> {
        let of_kind = |(kind, _): &&Identifiers| *kind == IdentifierKind::ProductUuid;
        self.identifiers.iter().find(of_kind)?.1.first().map(String::as_str)
    }
}

/// Reads what the sections say.
#[must_use]
pub fn observe(inventory: &Inventory) -> Observed {
    let mut observed = Observed {
        name: host::name(inventory),
        values: host::values(inventory),
        identifiers: host::identifiers(inventory),
        ..Observed::default()
    };
    if inventory.fresh.contains(&SectionKind::Certificates) {
        observed.certificates = inventory.certificates.as_ref().map(certificate::certificates);
    }
    if inventory.moves_dependents() {
        observed.class = classify::host_class(inventory);
        observed.addresses = inventory.network.as_ref().map(Addresses::of).unwrap_or_default();
        observed.filesystems = inventory.storage.as_ref().map(filesystem::filesystems);
        observed.interfaces = inventory.network.as_ref().map(interface::interfaces);
        if let Some(section) = &inventory.containers {
            let guests = container::guests(section);
            observed.identifiers.push((IdentifierKind::GuestUuid, guests.clone()));
            observed.guests = Some(guests);
            observed.containers = Some(container::containers(section));
        }
        if inventory.sockets.is_some() || inventory.connections.is_some() {
            let instances = instance::instances(inventory);
            observed.links = link::links(inventory, &instances);
            observed.instances = Some(instances);
        }
    }
    observed
}

/// The name of a CI, from what the host says.
fn name(text: &str) -> String {
    value::key(text)
}
