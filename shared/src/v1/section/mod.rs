//! The sections of an inventory, one file each.
//!
//! Does: name the sections and read a body as the section it says it is.
//! Does not: say how a section is collected or what becomes of it.

pub mod accounts;
pub mod certificates;
pub mod cloud;
pub mod connections;
pub mod containers;
pub mod cpu;
pub mod custom;
pub mod devices;
pub mod firewall;
pub mod identity;
pub mod kernel;
pub mod memory;
pub mod network;
pub mod os;
pub mod processes;
pub mod products;
pub mod schedules;
pub mod services;
pub mod sockets;
pub mod software;
pub mod storage;
pub mod updates;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use self::accounts::Accounts;
pub use self::certificates::Certificates;
pub use self::cloud::Cloud;
pub use self::connections::Connections;
pub use self::containers::Containers;
pub use self::cpu::Cpu;
pub use self::custom::Custom;
pub use self::devices::Devices;
pub use self::firewall::Firewall;
pub use self::identity::Identity;
pub use self::kernel::Kernel;
pub use self::memory::Memory;
pub use self::network::Network;
pub use self::os::Os;
pub use self::processes::Processes;
pub use self::products::Products;
pub use self::schedules::Schedules;
pub use self::services::Services;
pub use self::sockets::Sockets;
pub use self::software::Software;
pub use self::storage::Storage;
pub use self::updates::Updates;

/// The name of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// [`Identity`]
    Identity,
    /// [`Os`]
    Os,
    /// [`Cpu`]
    Cpu,
    /// [`Memory`]
    Memory,
    /// [`Storage`]
    Storage,
    /// [`Network`]
    Network,
    /// [`Software`]
    Software,
    /// [`Services`]
    Services,
    /// [`Processes`]
    Processes,
    /// [`Sockets`]
    Sockets,
    /// [`Connections`]
    Connections,
    /// [`Devices`]
    Devices,
    /// [`Kernel`]
    Kernel,
    /// [`Firewall`]
    Firewall,
    /// [`Updates`]
    Updates,
    /// [`Schedules`]
    Schedules,
    /// [`Accounts`]
    Accounts,
    /// [`Certificates`]
    Certificates,
    /// [`Containers`]
    Containers,
    /// [`Products`]
    Products,
    /// [`Cloud`]
    Cloud,
    /// [`Custom`]
    Custom,
    /// A section of a later version: dropped and counted.
    #[serde(other)]
    Unknown,
}

impl SectionKind {
    /// Every section of this version, in the order in which a person reads them.
    pub const ALL: [Self; 22] = [
        Self::Identity,
        Self::Os,
        Self::Cpu,
        Self::Memory,
        Self::Storage,
        Self::Network,
        Self::Software,
        Self::Services,
        Self::Processes,
        Self::Sockets,
        Self::Connections,
        Self::Devices,
        Self::Kernel,
        Self::Firewall,
        Self::Updates,
        Self::Schedules,
        Self::Accounts,
        Self::Certificates,
        Self::Containers,
        Self::Products,
        Self::Cloud,
        Self::Custom,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Os => "os",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Storage => "storage",
            Self::Network => "network",
            Self::Software => "software",
            Self::Services => "services",
            Self::Processes => "processes",
            Self::Sockets => "sockets",
            Self::Connections => "connections",
            Self::Devices => "devices",
            Self::Kernel => "kernel",
            Self::Firewall => "firewall",
            Self::Updates => "updates",
            Self::Schedules => "schedules",
            Self::Accounts => "accounts",
            Self::Certificates => "certificates",
            Self::Containers => "containers",
            Self::Products => "products",
            Self::Cloud => "cloud",
            Self::Custom => "custom",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for SectionKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The text names no section of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no section; one of: identity os cpu memory storage network software services processes sockets \
     connections devices kernel firewall updates schedules accounts certificates containers products cloud custom"
)]
pub struct UnknownSection(pub String);

impl FromStr for SectionKind {
    type Err = UnknownSection;

    fn from_str(text: &str) -> Result<Self, UnknownSection> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownSection(text.to_owned()))
    }
}

/// A section of any kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each variant is the type of the same name")]
pub enum Section {
    Identity(Identity),
    Os(Os),
    Cpu(Cpu),
    Memory(Memory),
    Storage(Storage),
    Network(Network),
    Software(Software),
    Services(Services),
    Processes(Processes),
    Sockets(Sockets),
    Connections(Connections),
    Devices(Devices),
    Kernel(Kernel),
    Firewall(Firewall),
    Updates(Updates),
    Schedules(Schedules),
    Accounts(Accounts),
    Certificates(Certificates),
    Containers(Containers),
    Products(Products),
    Cloud(Cloud),
    Custom(Custom),
}

/// A body that is not the section it says it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// The section is of a later version.
    #[error("the section is not known")]
    UnknownKind,
    /// The body does not have the section's form.
    #[error("{section}.{path}: {problem}")]
    Malformed {
        /// Which section.
        section: SectionKind,
        /// Which field, as `packages[3].name`.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Section {
    /// Reads `body` as a section of `kind`. Fields of a later version are dropped.
    ///
    /// # Errors
    ///
    /// [`SectionError`] names the field. Lengths are not judged here, see [`super::limits`].
    pub fn decode(kind: SectionKind, body: &RawValue) -> Result<Self, SectionError> {
        match kind {
            SectionKind::Identity => read(kind, body).map(Self::Identity),
            SectionKind::Os => read(kind, body).map(Self::Os),
            SectionKind::Cpu => read(kind, body).map(Self::Cpu),
            SectionKind::Memory => read(kind, body).map(Self::Memory),
            SectionKind::Storage => read(kind, body).map(Self::Storage),
            SectionKind::Network => read(kind, body).map(Self::Network),
            SectionKind::Software => read(kind, body).map(Self::Software),
            SectionKind::Services => read(kind, body).map(Self::Services),
            SectionKind::Processes => read(kind, body).map(Self::Processes),
            SectionKind::Sockets => read(kind, body).map(Self::Sockets),
            SectionKind::Connections => read(kind, body).map(Self::Connections),
            SectionKind::Devices => read(kind, body).map(Self::Devices),
            SectionKind::Kernel => read(kind, body).map(Self::Kernel),
            SectionKind::Firewall => read(kind, body).map(Self::Firewall),
            SectionKind::Updates => read(kind, body).map(Self::Updates),
            SectionKind::Schedules => read(kind, body).map(Self::Schedules),
            SectionKind::Accounts => read(kind, body).map(Self::Accounts),
            SectionKind::Certificates => read(kind, body).map(Self::Certificates),
            SectionKind::Containers => read(kind, body).map(Self::Containers),
            SectionKind::Products => read(kind, body).map(Self::Products),
            SectionKind::Cloud => read(kind, body).map(Self::Cloud),
            SectionKind::Custom => read(kind, body).map(Self::Custom),
            SectionKind::Unknown => Err(SectionError::UnknownKind),
        }
    }

    /// Which section this is.
    #[must_use]
    pub const fn kind(&self) -> SectionKind {
        match self {
            Self::Identity(_) => SectionKind::Identity,
            Self::Os(_) => SectionKind::Os,
            Self::Cpu(_) => SectionKind::Cpu,
            Self::Memory(_) => SectionKind::Memory,
            Self::Storage(_) => SectionKind::Storage,
            Self::Network(_) => SectionKind::Network,
            Self::Software(_) => SectionKind::Software,
            Self::Services(_) => SectionKind::Services,
            Self::Processes(_) => SectionKind::Processes,
            Self::Sockets(_) => SectionKind::Sockets,
            Self::Connections(_) => SectionKind::Connections,
            Self::Devices(_) => SectionKind::Devices,
            Self::Kernel(_) => SectionKind::Kernel,
            Self::Firewall(_) => SectionKind::Firewall,
            Self::Updates(_) => SectionKind::Updates,
            Self::Schedules(_) => SectionKind::Schedules,
            Self::Accounts(_) => SectionKind::Accounts,
            Self::Certificates(_) => SectionKind::Certificates,
            Self::Containers(_) => SectionKind::Containers,
            Self::Products(_) => SectionKind::Products,
            Self::Cloud(_) => SectionKind::Cloud,
            Self::Custom(_) => SectionKind::Custom,
        }
    }
}

fn read<'a, T: Deserialize<'a>>(section: SectionKind, body: &'a RawValue) -> Result<T, SectionError> {
    // Only what is wrong is worth the way to it: keeping track of it takes as long as reading.
    if let Ok(value) = serde_json::from_str(body.get()) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_str(body.get());
    serde_path_to_error::deserialize(&mut reader).map_err(|error| SectionError::Malformed {
        section,
        path: error.path().to_string(),
        problem: error.inner().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Section, SectionError, SectionKind};

    #[test]
    fn every_section_has_the_name_it_is_read_by() {
        for kind in SectionKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[test]
    fn a_wrong_type_is_named_by_its_path() {
        let body = RawValue::from_string(r#"{"packages":[{"ecosystem":"deb","name":{"a":1},"version":"1"}]}"#.into());
        let error = Section::decode(SectionKind::Software, &body.unwrap()).unwrap_err();
        let SectionError::Malformed { path, .. } = error else { panic!("{error}") };
        assert_eq!(path, "packages[0].name");
    }

    #[test]
    fn a_number_out_of_range_is_refused() {
        for number in ["-1", "18446744073709551616", "1e999"] {
            let body = RawValue::from_string(format!(r#"{{"total_bytes":{number}}}"#)).unwrap();
            assert!(Section::decode(SectionKind::Memory, &body).is_err(), "{number}");
        }
    }
}
