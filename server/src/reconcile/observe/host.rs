//! Attributes and identifiers of the host itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use terrier_shared::latest::section::{Cpu, Identity, Memory, Network, Os, Processes, SectionKind};

use super::address::Addresses;
use super::{IdentifierKind, Identifiers};
use crate::identification::model::placeholder::hardware_address;
use crate::reconcile::attribute::{BOOTED_AT, host};
use crate::reconcile::inventory::Inventory;
use crate::reconcile::value::{self, Values, list, optional_text, whole};

/// The host's name, if its identity came.
pub(super) fn name(inventory: &Inventory) -> Option<String> {
    let identity = fresh(inventory, SectionKind::Identity, inventory.identity.as_ref())?;
    (!identity.hostname.is_empty()).then(|| super::name(&identity.hostname))
}

/// The attributes that the sections that came speak of.
pub(super) fn values(inventory: &Inventory) -> Values {
    let mut values = Values::new();
    if let Some(section) = fresh(inventory, SectionKind::Identity, inventory.identity.as_ref()) {
        values.extend(of_identity(section));
    }
    if let Some(section) = fresh(inventory, SectionKind::Os, inventory.os.as_ref()) {
        values.extend(of_os(section));
    }
    if let Some(section) = fresh(inventory, SectionKind::Cpu, inventory.cpu.as_ref()) {
        values.extend(of_cpu(section));
    }
    if let Some(section) = fresh(inventory, SectionKind::Memory, inventory.memory.as_ref()) {
        values.extend(of_memory(section));
    }
    if let Some(section) = fresh(inventory, SectionKind::Network, inventory.network.as_ref()) {
        values.extend(of_network(section));
    }
    if let Some(section) = fresh(inventory, SectionKind::Processes, inventory.processes.as_ref()) {
        values.extend(booted_at(section).map(|at| (BOOTED_AT, Some(value::time(at)))));
    }
    values
}

/// The identifiers that the sections that came speak of.
pub(super) fn identifiers(inventory: &Inventory) -> Vec<Identifiers> {
    let mut identifiers = Vec::new();
    if let Some(section) = fresh(inventory, SectionKind::Identity, inventory.identity.as_ref()) {
        let one = |kind: IdentifierKind, raw: Option<&str>| {
            (kind, raw.and_then(|raw| kind.normal(raw)).into_iter().map(value::key).collect())
        };
        // A container carries its host's firmware, which is not its own.
        let firmware = |raw: &Option<String>| raw.clone().filter(|_| section.container.is_none());
        identifiers.extend([
            one(IdentifierKind::Serial, firmware(&section.system.serial).as_deref()),
            one(IdentifierKind::TpmKey, firmware(&section.tpm_key).as_deref()),
            one(IdentifierKind::MachineId, section.machine_id.as_deref()),
            one(IdentifierKind::ProductUuid, firmware(&section.product_uuid).as_deref()),
            (IdentifierKind::Hostname, as_said(Some(&section.hostname))),
            (IdentifierKind::Fqdn, as_said(section.fqdn.as_deref())),
        ]);
    }
    if let Some(section) = fresh(inventory, SectionKind::Network, inventory.network.as_ref()) {
        let addresses = Addresses::of(section).shared.iter().map(ToString::to_string).collect();
        // One in its host's network has its host's hardware addresses.
        let is_contained = inventory.identity.as_ref().is_some_and(|identity| identity.container.is_some());
        let macs = if is_contained { BTreeSet::new() } else { hardware_addresses(section) };
        identifiers.extend([(IdentifierKind::Address, addresses), (IdentifierKind::Mac, macs)]);
    }
    if let Some(section) = fresh(inventory, SectionKind::Cloud, inventory.cloud.as_ref()) {
        let id = section.instance_id.as_deref().and_then(|raw| IdentifierKind::CloudInstance.normal(raw));
        identifiers.push((IdentifierKind::CloudInstance, id.into_iter().map(value::key).collect()));
    }
    identifiers
}

fn as_said(text: Option<&str>) -> BTreeSet<String> {
    text.into_iter().filter(|text| !text.is_empty()).map(value::key).collect()
}

fn fresh<'a, T>(inventory: &Inventory, kind: SectionKind, section: Option<&'a T>) -> Option<&'a T> {
    section.filter(|_| inventory.fresh.contains(&kind))
}

fn of_identity(identity: &Identity) -> Values {
    let text = |text: &Option<String>| optional_text(text.as_deref());
    vec![
        (host("hostname"), optional_text(Some(&identity.hostname))),
        (host("fqdn"), text(&identity.fqdn)),
        (host("vendor"), text(&identity.system.vendor)),
        (host("product"), text(&identity.system.product)),
        (host("product_version"), text(&identity.system.version)),
        (host("serial_number"), text(&identity.system.serial)),
        (host("product_uuid"), text(&identity.product_uuid)),
        (host("machine_id"), text(&identity.machine_id)),
        (host("chassis_type"), identity.chassis_type.map(|kind| whole(kind.into()))),
        (host("board_vendor"), text(&identity.board.vendor)),
        (host("board_product"), text(&identity.board.product)),
        (host("board_serial"), text(&identity.board.serial)),
        (host("bios_vendor"), text(&identity.bios_vendor)),
        (host("bios_version"), text(&identity.bios_version)),
        (host("bios_date"), text(&identity.bios_date)),
        (host("hypervisor"), text(&identity.hypervisor)),
        (host("container_manager"), text(&identity.container)),
    ]
}

fn of_os(os: &Os) -> Values {
    let name = if os.pretty_name.is_empty() { &os.name } else { &os.pretty_name };
    vec![
        (host("os_id"), optional_text(Some(&os.id))),
        (host("os_name"), optional_text(Some(name))),
        (host("os_version"), optional_text(os.version.as_deref())),
        (host("os_codename"), optional_text(os.codename.as_deref())),
        (host("kernel_release"), optional_text(Some(&os.kernel_release))),
        (host("architecture"), optional_text(Some(&os.architecture))),
        (host("timezone"), optional_text(os.timezone.as_deref())),
        (host("init_system"), optional_text(os.init.as_deref())),
    ]
}

fn of_cpu(cpu: &Cpu) -> Values {
    let count = |number: u32| (number > 0).then(|| whole(number.into()));
    vec![
        (host("cpu_model"), optional_text(cpu.model.as_deref())),
        (host("cpu_vendor"), optional_text(cpu.vendor.as_deref())),
        (host("cpu_sockets"), count(cpu.sockets)),
        (host("cpu_cores"), count(cpu.cores)),
        (host("cpu_threads"), count(cpu.threads)),
        (host("numa_nodes"), count(cpu.numa_nodes)),
        (host("cpu_max_mhz"), cpu.max_mhz.map(|mhz| whole(mhz.into()))),
        (host("cpu_cache_bytes"), cpu.cache_bytes.map(whole)),
        (host("microcode"), optional_text(cpu.microcode.as_deref())),
        (host("vulnerable_to"), list(&cpu.vulnerable_to)),
    ]
}

fn of_memory(memory: &Memory) -> Values {
    vec![
        (host("memory_bytes"), (memory.total_bytes > 0).then(|| whole(memory.total_bytes))),
        (host("swap_bytes"), Some(whole(memory.swap_total_bytes))),
        (host("huge_page_bytes"), memory.huge_page_bytes.map(whole)),
        (host("huge_pages"), memory.huge_pages.map(whole)),
    ]
}

fn of_network(network: &Network) -> Values {
    let addresses = Addresses::of(network).shared;
    let gateways: BTreeSet<_> =
        network.routes.iter().filter(|route| route.prefix == 0).filter_map(|route| route.gateway).collect();
    let texts = |ips: BTreeSet<_>| list(ips.iter().map(ToString::to_string));
    vec![
        (host("addresses"), texts(addresses)),
        (host("mac_addresses"), list(hardware_addresses(network))),
        (host("nameservers"), list(network.nameservers.iter().map(ToString::to_string))),
        (host("search_domains"), list(&network.search_domains)),
        (host("default_gateway"), texts(gateways)),
    ]
}

fn hardware_addresses(network: &Network) -> BTreeSet<String> {
    let interfaces = network.interfaces.iter();
    let raw = interfaces.filter_map(|interface| interface.permanent_mac.as_deref().or(interface.mac.as_deref()));
    raw.filter_map(hardware_address).collect()
}

/// When process 1 started: in a container when the container did.
fn booted_at(processes: &Processes) -> Option<Timestamp> {
    let first = processes.processes.iter().find(|process| process.pid == 1)?;
    Timestamp::from_second(first.started_s).ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}
