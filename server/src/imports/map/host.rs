//! What a computer is: its firmware, its system, its processors and its memory, as sections of Terrier's own agent.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use terrier_shared::latest::section::identity::Firmware;
use terrier_shared::latest::section::{Cpu, Identity, Memory, Os};

use crate::imports::model::entry::Entry;
use crate::imports::model::node::Node;
use crate::imports::model::report::{Reason, Report};

/// SMBIOS chassis types (DSP0134 table 17), in their order from 1.
const CHASSIS: [&str; 36] = [
    "other",
    "unknown",
    "desktop",
    "low profile desktop",
    "pizza box",
    "mini tower",
    "tower",
    "portable",
    "laptop",
    "notebook",
    "hand held",
    "docking station",
    "all in one",
    "sub notebook",
    "space-saving",
    "lunch box",
    "main server chassis",
    "expansion chassis",
    "sub chassis",
    "bus expansion chassis",
    "peripheral chassis",
    "raid chassis",
    "rack mount chassis",
    "sealed-case pc",
    "multi-system",
    "compact pci",
    "advanced tca",
    "blade",
    "blade enclosing",
    "tablet",
    "convertible",
    "detachable",
    "iot gateway",
    "embedded pc",
    "mini pc",
    "stick pc",
];

/// What a program of these names calls a container.
const CONTAINERS: [&str; 7] = ["docker", "lxc", "lxd", "podman", "openvz", "bsdjail", "solariszone"];

/// The sections that say what a computer is.
pub(super) struct Host {
    pub(super) identity: Identity,
    pub(super) os: Option<Os>,
    pub(super) cpu: Option<Cpu>,
    pub(super) memory: Option<Memory>,
    /// Which gateways and name servers it has, as it writes them.
    pub(super) gateway: Option<String>,
    pub(super) nameservers: Vec<String>,
    pub(super) booted_at: Option<Timestamp>,
    /// Whether it is a system that people sit at, where its chassis does not say.
    pub(super) for_people: bool,
    pub(super) says_swap: bool,
}

/// Reads them.
pub(super) fn read(content: &Node, report: &mut Report) -> Host {
    let empty = Node::default();
    let section = |name: &str| Entry::new(content.child(name).unwrap_or(&empty));
    let (bios, hardware, system) = (section("bios"), section("hardware"), section("operatingsystem"));
    let virtualisation = hardware.text(&["vmsystem"]).filter(|kind| !kind.eq_ignore_ascii_case("physical"));
    let is_container = virtualisation.is_some_and(|kind| CONTAINERS.contains(&kind.to_ascii_lowercase().as_str()));
    let identity = identity(&bios, &hardware, &system, virtualisation.map(str::to_lowercase), is_container);
    let os = os(&hardware, &system);
    let cpu = cpu(content, report);
    let memory = hardware.mebibytes(&["memory"]).map(|total_bytes| Memory {
        total_bytes,
        swap_total_bytes: hardware.mebibytes(&["swap"]).unwrap_or_default(),
        ..Memory::default()
    });
    let says_swap = hardware.whole(&["swap"]).is_some();
    let nameservers = hardware.text(&["dns"]).unwrap_or_default().split(['/', ',', ' ']).map(str::to_owned).collect();
    let booted_at = booted_at(&system);
    let for_people = is_for_people(&system, &hardware, virtualisation.is_some());
    let host = Host {
        identity,
        os,
        cpu,
        memory,
        gateway: hardware.owned(&["defaultgateway"]),
        nameservers,
        booted_at,
        for_people,
        says_swap,
    };
    // Sums of what stands elsewhere in the document.
    let _repeated = hardware.text(&["processorn", "processors", "processort", "ipaddr", "archname", "oscomments"]);
    for (name, entry) in [("bios", &bios), ("hardware", &hardware), ("operatingsystem", &system)] {
        if content.child(name).is_some() {
            report.take(name, entry);
        }
    }
    host
}

fn identity(
    bios: &Entry<'_>,
    hardware: &Entry<'_>,
    system: &Entry<'_>,
    virtualisation: Option<String>,
    is_container: bool,
) -> Identity {
    let chassis = hardware.text(&["chassis_type"]).map(str::to_ascii_lowercase);
    let chassis = chassis.and_then(|kind| CHASSIS.iter().position(|known| *known == kind));
    let name = hardware.text(&["name"]).unwrap_or_default();
    let fqdn = system.owned(&["fqdn"]).filter(|fqdn| fqdn.contains('.'));
    // Without its domain, as Terrier's own agent says it.
    let hostname = fqdn.as_deref().and_then(|fqdn| fqdn.split('.').next()).filter(|short| is_same(short, name));
    let (hypervisor, container) = if is_container { (None, virtualisation) } else { (virtualisation, None) };
    Identity {
        hostname: hostname.unwrap_or(name).to_owned(),
        fqdn,
        system: Firmware {
            vendor: bios.owned(&["smanufacturer"]),
            product: bios.owned(&["smodel"]),
            version: None,
            serial: bios.owned(&["ssn"]),
        },
        board: Firmware {
            vendor: bios.owned(&["mmanufacturer"]),
            product: bios.owned(&["mmodel"]),
            version: None,
            serial: bios.owned(&["msn"]),
        },
        product_uuid: hardware.owned(&["uuid"]),
        chassis_type: chassis.and_then(|place| u8::try_from(place + 1).ok()),
        bios_vendor: bios.owned(&["bmanufacturer"]),
        bios_version: bios.owned(&["bversion"]),
        bios_date: bios.owned(&["bdate"]),
        hypervisor,
        container,
        ..Identity::default()
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn os(hardware: &Entry<'_>, system: &Entry<'_>) -> Option<Os> {
    let name = system.text(&["full_name"]).or_else(|| hardware.text(&["osname"]))?;
    let short = system.text(&["name"]).unwrap_or(name);
    let _same_again = hardware.text(&["osname"]);
    let kernel = system.text(&["kernel_version"]).or_else(|| hardware.text(&["osversion"]));
    let _same_again = hardware.text(&["osversion"]);
    let zone = system.inner("timezone").and_then(|zone| zone.owned(&["name"]));
    Some(Os {
        family: system.text(&["kernel_name"]).unwrap_or_default().to_ascii_lowercase(),
        id: short.split_whitespace().next().unwrap_or_default().to_ascii_lowercase(),
        name: short.to_owned(),
        pretty_name: name.to_owned(),
        version: system.owned(&["version"]),
        kernel_release: kernel.unwrap_or_default().to_owned(),
        architecture: system.text(&["arch"]).unwrap_or_default().to_owned(),
        timezone: zone.filter(|zone| zone.contains('/')),
        ..Os::default()
    })
}

fn cpu(content: &Node, report: &mut Report) -> Option<Cpu> {
    let entries: Vec<Entry<'_>> = content.all("cpus").map(Entry::new).collect();
    let first = entries.first()?;
    let number = |number: u64| u32::try_from(number).unwrap_or_default();
    let sum =
        |names: &[&str]| entries.iter().filter_map(|one| one.whole(names)).map(number).fold(0, u32::saturating_add);
    let cpu = Cpu {
        model: first.owned(&["name"]),
        vendor: first.owned(&["manufacturer"]),
        sockets: number(u64::try_from(entries.len()).unwrap_or_default()),
        cores: sum(&["core", "corecount"]),
        threads: sum(&["thread"]),
        max_mhz: entries.iter().filter_map(|one| one.whole(&["speed"])).max().map(number).filter(|mhz| *mhz > 0),
        ..Cpu::default()
    };
    for one in &entries {
        report.take("cpus", one);
    }
    Some(cpu)
}

/// The moment of boot: a local time, which only means something with its offset.
fn booted_at(system: &Entry<'_>) -> Option<Timestamp> {
    let at: DateTime = system.text(&["boot_time"])?.parse().ok()?;
    let zone = system.inner("timezone")?;
    let offset = zone.text(&["offset"])?;
    let (sign, digits) = offset.strip_prefix('-').map_or((1, offset.trim_start_matches('+')), |rest| (-1, rest));
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    let offset = Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()?;
    offset.to_timestamp(at).ok()
}

fn is_for_people(system: &Entry<'_>, hardware: &Entry<'_>, is_virtual: bool) -> bool {
    let name = system.text(&["full_name"]).or_else(|| hardware.text(&["osname"])).unwrap_or_default().to_lowercase();
    let client = name.starts_with("macos") || name.starts_with("mac os");
    !is_virtual && (client || (name.contains("windows") && !name.contains("server")))
}

/// What is told of the agent that wrote it.
pub(super) fn agent_version(content: &Node, report: &mut Report) -> Option<String> {
    let version = content.text_of("versionclient").filter(|version| *version != "missing")?;
    report.taken.insert("versionclient".to_owned(), 1);
    Some(version.chars().take(120).collect())
}

/// Sections of which nothing is kept.
pub(super) fn leave_others(content: &Node, known: &[&str], report: &mut Report) {
    let mut others: std::collections::BTreeMap<&str, Vec<&Node>> = std::collections::BTreeMap::new();
    for node in content.children.iter().filter(|node| !known.contains(&node.name.as_str())) {
        others.entry(node.name.as_str()).or_default().push(node);
    }
    for (name, nodes) in others {
        let reason = match name {
            "accesslog" | "versionprovider" | "versionclient" | "moduleversion" | "processnumber" | "download" => {
                Reason::Program
            }
            "envs" | "processes" | "cartridges" | "pagecounters" | "sensors" => Reason::Volatile,
            "users" | "local_users" | "local_groups" => Reason::Personal,
            "licenseinfos" | "remote_mgmt" => Reason::Secret,
            _ => Reason::NoPlace,
        };
        report.leave_all(name, &nodes, reason);
    }
}
