//! What is on this host, one file per section.
//!
//! Does: read the kernel's interfaces and the host's databases below a root, and say what could not be read.
//! Does not: know how a report is put together, sent or stored, or what the configuration file says.
//!
//! Invariants: [`collect`] never fails; every section asked for is either in [`Collected::sections`] or in
//! [`Collected::faults`], never in both and never in neither. Lists are sorted, so that an unchanged host gives the
//! same bytes; strings and lists keep the limits of the wire.

mod accounts;
mod bounds;
mod budget;
mod certificates;
mod cloud;
mod connections;
mod cpu;
mod cpu_list;
mod custom;
pub mod failure;
mod firewall;
pub mod host;
pub mod identity;
mod kernel;
mod meminfo;
mod memory;
mod network;
mod os;
mod os_release;
mod processes;
mod scan;
mod schedules;
mod services;
pub mod settings;
mod sockets;
mod software;
mod storage;
mod tcp;
pub mod utilisation;

use std::time::Duration;

use terrier_shared::latest::fault::Fault;
use terrier_shared::latest::section::{Section, SectionKind};

use self::failure::Failure;
use self::host::Host;
use self::scan::Scan;
use self::settings::Settings;

/// What was found, and what could not be.
#[derive(Debug, Default)]
pub struct Collected {
    /// Sections that were read whole.
    pub sections: Vec<Section>,
    /// Sections that could not be, and why.
    pub faults: Vec<(SectionKind, Fault)>,
}

/// One section's way from the host to the wire.
trait Collector: Sync {
    /// The section it makes.
    fn kind(&self) -> SectionKind;

    /// How long it may take before it is given up.
    fn budget(&self) -> Duration {
        BUDGET
    }

    /// Reads the section, whole.
    fn collect(&self, scan: &Scan) -> Result<Section, Failure>;
}

/// How long a collector may take that says nothing else.
const BUDGET: Duration = Duration::from_secs(10);

/// Every collector there is.
const COLLECTORS: &[&dyn Collector] = &[
    &identity::IdentityCollector,
    &os::OsCollector,
    &cpu::CpuCollector,
    &memory::MemoryCollector,
    &storage::StorageCollector,
    &network::NetworkCollector,
    &software::SoftwareCollector,
    &services::ServicesCollector,
    &processes::ProcessesCollector,
    &sockets::SocketsCollector,
    &connections::ConnectionsCollector,
    &kernel::KernelCollector,
    &firewall::FirewallCollector,
    &schedules::SchedulesCollector,
    &accounts::AccountsCollector,
    &certificates::CertificatesCollector,
    &cloud::CloudCollector,
    &custom::CustomCollector,
];

/// Collects the sections of `kinds` from `host` as nothing is set otherwise, see [`collect_as`].
#[must_use]
pub fn collect(host: &Host, kinds: &[SectionKind]) -> Collected {
    collect_as(host, &Settings::default(), kinds)
}

/// Collects the sections of `kinds` from `host`, in that order.
///
/// A collector that fails, hangs or panics yields a fault and takes no other with it.
#[must_use]
pub fn collect_as(host: &Host, settings: &Settings, kinds: &[SectionKind]) -> Collected {
    budget::run(host, settings, collector, kinds)
}

fn collector(kind: SectionKind) -> Option<&'static dyn Collector> {
    COLLECTORS.iter().copied().find(|collector| collector.kind() == kind)
}
