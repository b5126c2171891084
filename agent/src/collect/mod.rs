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
pub mod budget;
mod certificates;
mod cloud;
mod connections;
mod containers;
mod cpu;
mod cpu_list;
mod custom;
mod devices;
pub mod failure;
mod firewall;
pub mod host;
pub mod identity;
pub mod journal;
mod kernel;
mod meminfo;
mod memory;
mod network;
mod os;
mod os_release;
mod processes;
mod products;
mod round;
mod scan;
mod schedules;
mod services;
pub mod settings;
mod smbios;
mod sockets;
mod software;
mod storage;
mod tcp;
mod updates;
pub mod utilisation;

use std::sync::Arc;

use terrier_shared::latest::fault::Fault;
use terrier_shared::latest::section::{Section, SectionKind};

use self::budget::Budget;
use self::failure::Failure;
use self::host::Host;
use self::journal::{Journal, NoJournal};
use self::scan::Scan;
use self::settings::Settings;

/// What was found, and what could not be.
#[derive(Debug, Default)]
pub struct Collected {
    /// Sections that were read whole.
    pub sections: Vec<Section>,
    /// Sections that could not be, and why.
    pub faults: Vec<(SectionKind, Fault)>,
    /// A collector that took more than it may and cannot be stopped: the process is to be started anew.
    pub runaway: Option<SectionKind>,
}

/// One section's way from the host to the wire.
trait Collector: Sync {
    /// The section it makes.
    fn kind(&self) -> SectionKind;

    /// What it may take before it is given up.
    fn budget(&self) -> Budget {
        Budget::default()
    }

    /// Reads the section, whole.
    fn collect(&self, scan: &Scan) -> Result<Section, Failure>;
}

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
    &devices::DevicesCollector,
    &kernel::KernelCollector,
    &firewall::FirewallCollector,
    &updates::UpdatesCollector,
    &schedules::SchedulesCollector,
    &accounts::AccountsCollector,
    &certificates::CertificatesCollector,
    &containers::ContainersCollector,
    &products::ProductsCollector,
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
/// A collector that fails, hangs, panics or takes too much yields a fault and takes no other with it.
#[must_use]
pub fn collect_as(host: &Host, settings: &Settings, kinds: &[SectionKind]) -> Collected {
    let journal: Arc<dyn Journal> = Arc::new(NoJournal);
    collect_noting(host, settings, kinds, &journal)
}

/// As [`collect_as`]; `journal` knows at any time which collector runs.
#[must_use]
pub fn collect_noting(
    host: &Host,
    settings: &Settings,
    kinds: &[SectionKind],
    journal: &Arc<dyn Journal>,
) -> Collected {
    round::run(host, settings, collector, kinds, journal)
}

fn collector(kind: SectionKind) -> Option<&'static dyn Collector> {
    COLLECTORS.iter().copied().find(|collector| collector.kind() == kind)
}
