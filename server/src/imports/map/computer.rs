//! A computer: its sections become those of Terrier's own agent, so that both say the same of the same.

use jiff::Timestamp;
use terrier_shared::latest::section::Section;

use super::{hardware, host, network, software, volume};
use crate::imports::model::inventory::{ForeignInventory, Format};
use crate::imports::model::node::Node;
use crate::imports::model::refusal::Refusal;
use crate::imports::model::report::Report;
use crate::reconcile::attribute::{AGENT_VERSION, Attribute, BOOTED_AT, FILESYSTEM, INTERFACE};
use crate::reconcile::inventory::Inventory;
use crate::reconcile::observe::{Observed, observe};
use crate::reconcile::value;

/// Sections of which entries are kept.
const KNOWN: [&str; 14] = [
    "bios",
    "hardware",
    "operatingsystem",
    "cpus",
    "networks",
    "drives",
    "virtualmachines",
    "softwares",
    "storages",
    "logical_volumes",
    "monitors",
    "printers",
    "memories",
    "usbdevices",
];

/// Reads a computer that was told of at `at`.
pub(super) fn read(format: Format, device: &str, content: &Node, at: Timestamp) -> Result<ForeignInventory, Refusal> {
    let mut report = Report::default();
    let host = host::read(content, &mut report);
    if host.identity.hostname.is_empty() && host.identity.system.serial.is_none() {
        return Err(Refusal::malformed("content", "it names no computer: neither a name nor a serial number"));
    }
    let mut inventory = Inventory::default();
    let network = network::read(content, &host, &mut report);
    let storage = volume::storage(content, &mut report);
    let machines = volume::machines(content, &mut report);
    let family = host.os.as_ref().map(|os| os.family.clone()).unwrap_or_default();
    let packages = software::read(content, &family, &mut report);
    let parts = hardware::parts(content, &mut report);
    let mut known: Vec<&str> = KNOWN.to_vec();
    let agent = host::agent_version(content, &mut report);
    if agent.is_some() {
        known.push("versionclient");
    }
    host::leave_others(content, &known, &mut report);
    report.finish();
    let sections = [
        Some(Section::Identity(host.identity)),
        host.os.map(Section::Os),
        host.cpu.map(Section::Cpu),
        host.memory.map(Section::Memory),
        network.map(Section::Network),
        storage.map(Section::Storage),
        machines.map(Section::Containers),
    ];
    sections.into_iter().flatten().for_each(|section| inventory.put_fresh(section, at));
    let mut observed = observe(&inventory);
    observed.parts = parts;
    observed.values.extend(host.booted_at.map(|at| (BOOTED_AT, Some(value::time(at)))));
    observed.values.extend(agent.map(|version| (AGENT_VERSION, Some(value::text(&version)))));
    if host.for_people && observed.class == Some("physical_server") {
        observed.class = Some("workstation");
    }
    forget_what_is_not_said(&mut observed, host.says_swap);
    Ok(ForeignInventory { format, reporter: device.to_owned(), observed, packages, links: Vec::new(), report })
}

/// Terrier's own agent always says these; others do not, and what is not said is not known.
fn forget_what_is_not_said(observed: &mut Observed, says_swap: bool) {
    let read_only = Attribute { class: FILESYSTEM, name: "read_only" };
    for filesystem in observed.filesystems.iter_mut().flatten() {
        filesystem.dependent.values.retain(|(attribute, _)| *attribute != read_only);
    }
    let other = Attribute { class: INTERFACE, name: "kind" };
    for interface in observed.interfaces.iter_mut().flatten() {
        interface.values.retain(|(attribute, value)| *attribute != other || value.as_deref() != Some("\"other\""));
    }
    observed.values.retain(|(attribute, value)| value.is_some() && (says_swap || attribute.name != "swap_bytes"));
}
