//! What a made-up host has and does. Pure: the same seed, number and age give the same bytes.
//!
//! Does: give sections and utilisation, as the types of the wire, of hosts that belong together: they are alike where
//! hosts are alike, and talk with one another.
//! Does not: know what was reported of it, or when.

mod age;
mod hardware;
mod profile;
mod programs;
mod surroundings;
mod traffic;
mod utilisation;

use terrier_shared::latest::enrolment::Evidence;
use terrier_shared::latest::fault::{Fault, FaultCause};
use terrier_shared::latest::section::{Section, SectionKind};

pub use self::age::Age;
pub use self::profile::Profile;
use self::profile::Shape;
use crate::draw::Draw;

/// All hosts of an estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estate {
    /// What everything is drawn from.
    pub seed: u64,
    /// How many hosts there are.
    pub hosts: u32,
    /// Of which kind all are; of every kind if none is given.
    pub only: Option<Profile>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    estate: Estate,
    number: u32,
    profile: Profile,
}

impl Estate {
    /// Host `number`, counted from 0.
    #[must_use]
    pub fn host(self, number: u32) -> Host {
        let profile = self.only.unwrap_or_else(|| Profile::drawn(Draw::new(self.seed).of(u64::from(number))));
        Host { estate: self, number, profile }
    }
}

impl Host {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// Its kind.
    #[must_use]
    pub const fn profile(self) -> Profile {
        self.profile
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}-{:05}", self.profile.name(), self.number)
    }

    /// What its agent says of it when it enrols.
    #[must_use]
    pub fn evidence(self) -> Evidence {
        Evidence {
            hostname: self.name(),
            machine_id: Some(self.machine_id()),
            product_uuid: Some(self.product_uuid()),
            serial: Some(self.serial()),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The sections that its agent looks for: all, but where it runs is asked of a cloud only in one.
    pub fn kinds(self) -> impl Iterator<Item = SectionKind> {
        let is_in_cloud = self.profile == Profile::Web;
        SectionKind::ALL.into_iter().filter(move |kind| *kind != SectionKind::Cloud || is_in_cloud)
    }

    /// What its agent cannot find out, if so: one in ten runs without the rights for it.
    #[must_use]
    pub fn fault(self, kind: SectionKind) -> Option<Fault> {
        let is_unprivileged = self.draw(1).one_in(10);
        let path = match kind {
            SectionKind::Firewall => "/proc/net/nf_tables",
            SectionKind::Certificates => "/etc/ssl/private",
            _ => return None,
        };
        is_unprivileged.then(|| Fault { cause: FaultCause::PermissionDenied, detail: format!("{path}: not permitted") })
    }

    /// A section of it at this age; nothing for a section of a later version.
    #[must_use]
    pub fn section(self, kind: SectionKind, age: Age) -> Option<Section> {
        Some(match kind {
            SectionKind::Identity => Section::Identity(self.identity()),
            SectionKind::Os => Section::Os(self.os()),
            SectionKind::Cpu => Section::Cpu(self.cpu()),
            SectionKind::Memory => Section::Memory(self.memory()),
            SectionKind::Storage => Section::Storage(self.storage()),
            SectionKind::Network => Section::Network(self.network()),
            SectionKind::Devices => Section::Devices(self.devices()),
            SectionKind::Software => Section::Software(self.software(age)),
            SectionKind::Services => Section::Services(self.services(age)),
            SectionKind::Processes => Section::Processes(self.processes(age)),
            SectionKind::Products => Section::Products(self.products()),
            SectionKind::Updates => Section::Updates(self.updates(age)),
            SectionKind::Sockets => Section::Sockets(self.sockets()),
            SectionKind::Connections => Section::Connections(self.connections(age)),
            SectionKind::Kernel => Section::Kernel(self.kernel()),
            SectionKind::Firewall => Section::Firewall(self.firewall()),
            SectionKind::Schedules => Section::Schedules(self.schedules()),
            SectionKind::Accounts => Section::Accounts(self.accounts()),
            SectionKind::Certificates => Section::Certificates(self.certificates()),
            SectionKind::Containers => Section::Containers(self.containers()),
            SectionKind::Cloud => Section::Cloud(self.cloud()),
            SectionKind::Custom => Section::Custom(self.custom()),
            SectionKind::Unknown => return None,
        })
    }

    const fn shape(self) -> Shape {
        self.profile.shape()
    }

    /// Where to draw from for question `about` of this host.
    pub(crate) fn draw(self, about: u64) -> Draw {
        Draw::new(self.estate.seed).of(u64::from(self.number)).of(about)
    }

    fn machine_id(self) -> String {
        format!("{:016x}{:016x}", self.draw(2).bits(), self.draw(3).bits())
    }

    fn product_uuid(self) -> String {
        let bits = self.draw(4).bits();
        format!("4c4c4544-{:04x}-4{:03x}-8{:03x}-{:012x}", bits >> 48, bits >> 36 & 0xfff, bits & 0xfff, self.number)
    }

    fn serial(self) -> String {
        format!("S{:04X}{:06}", self.draw(5).bits() >> 48, self.number)
    }
}

#[cfg(test)]
mod tests;
