//! A host as an agent would describe it: 1 100 packages, 120 processes, and the rest in proportion.
//!
//! Hosts of one estate are alike: nine packages in ten have the same version everywhere, as on real ones.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::section::SectionKind;

use crate::{Failure, surroundings};

const PACKAGES: usize = 1_100;
const PROCESSES: usize = 120;
const UNITS: usize = 160;
const LISTENERS: usize = 24;
const CONNECTIONS: usize = 40;
const WORDS: [&str; 20] = [
    "lib",
    "python3",
    "perl",
    "gir1.2",
    "fonts",
    "ruby",
    "node",
    "golang",
    "gnome",
    "xserver",
    "linux",
    "postgresql",
    "apache2",
    "systemd",
    "texlive",
    "openjdk",
    "php8.2",
    "qemu",
    "docker",
    "nginx",
];

/// One section of a host, as it is sent.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) kind: SectionKind,
    pub(crate) hash: Hash,
    pub(crate) body: Box<RawValue>,
}

/// Every section of host `number` in an estate of `estate` hosts.
pub(crate) fn parts(number: usize, estate: usize) -> Result<Vec<Part>, Failure> {
    SectionKind::ALL
        .into_iter()
        .map(|kind| {
            let body = RawValue::from_string(section(kind, number, estate).to_string())?;
            Ok(Part { kind, hash: Hash::of(body.get().as_bytes()), body })
        })
        .collect()
}

/// [`Hash::root`] over all of them.
pub(crate) fn root(parts: &[Part]) -> Hash {
    Hash::root(parts.iter().map(|part| (part.kind.name(), part.hash)))
}

pub(crate) fn name(number: usize) -> String {
    format!("host-{number:05}")
}

pub(crate) fn machine_id(number: usize) -> String {
    format!(
        "{:032x}",
        Hash::of(&number.to_be_bytes()).as_bytes().iter().fold(0_u128, |sum, byte| (sum << 4) ^ u128::from(*byte))
    )
}

fn address(number: usize) -> String {
    format!("10.{}.{}.{}", number / 62_500, number / 250 % 250, number % 250 + 1)
}

fn section(kind: SectionKind, number: usize, estate: usize) -> Value {
    match kind {
        SectionKind::Identity => identity(number),
        SectionKind::Os => json!({
            "family": "linux", "id": "debian", "name": "Debian GNU/Linux", "version": "12.12", "codename": "bookworm",
            "pretty_name": "Debian GNU/Linux 12 (bookworm)", "kernel_release": "6.1.0-40-amd64",
            "kernel_version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1", "architecture": "x86_64",
            "timezone": "Asia/Seoul", "init": "systemd",
        }),
        SectionKind::Cpu => json!({
            "model": "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", "vendor": "GenuineIntel", "sockets": 1, "cores": 4,
            "threads": 8, "numa_nodes": 1, "max_mhz": 3100, "cache_bytes": 44_040_192_u64, "microcode": "0xd0003e7",
        }),
        SectionKind::Memory => json!({"total_bytes": 16_777_216_000_u64, "swap_total_bytes": 2_147_483_648_u64}),
        SectionKind::Storage => storage(number),
        SectionKind::Network => network(number),
        SectionKind::Software => json!({"packages": (0..PACKAGES).map(|i| package(i, number)).collect::<Vec<_>>()}),
        SectionKind::Services => json!({"manager": "systemd", "units": (0..UNITS).map(unit).collect::<Vec<_>>()}),
        SectionKind::Processes => json!({"processes": (0..PROCESSES).map(process).collect::<Vec<_>>()}),
        SectionKind::Sockets => json!({"listeners": (0..LISTENERS).map(listener).collect::<Vec<_>>()}),
        SectionKind::Connections => {
            json!({"connections": (0..CONNECTIONS).map(|i| connection(i, number, estate)).collect::<Vec<_>>()})
        }
        SectionKind::Unknown => Value::Null,
        other => surroundings::section(other, number),
    }
}

fn identity(number: usize) -> Value {
    let serial = format!("SN{number:08}");
    json!({
        "hostname": name(number), "fqdn": format!("{}.example", name(number)), "machine_id": machine_id(number),
        "boot_id": format!("00000000-0000-4000-8000-{number:012}"),
        "system": {"vendor": "Dell Inc.", "product": "PowerEdge R650", "version": null, "serial": serial},
        "board": {"vendor": "Dell Inc.", "product": "0WMWCR", "version": "A04", "serial": format!(".{serial}.")},
        "product_uuid": format!("4c4c4544-0000-4000-8000-{number:012}"), "chassis_type": 23, "bios_vendor": "Dell Inc.",
        "bios_version": "1.12.1", "bios_date": "09/12/2025", "hypervisor": null, "container": null,
        "is_hypervisor": false,
    })
}

fn storage(number: usize) -> Value {
    let filesystem = |mount: &str, kind: &str, device: &str| {
        json!({"mount_point": mount, "kind": kind, "source": format!("/dev/{device}"), "device": device,
               "uuid": format!("{number:08}-0000-4000-8000-{:012}", mount.len()), "size_bytes": 53_687_091_200_u64})
    };
    let device = |name: &str, parents: &[&str], kind: &str| {
        json!({"name": name, "kind": kind, "size_bytes": 480_103_981_056_u64, "parents": parents, "model": "MZ7L3480",
               "serial": format!("S6{number:06}{name}"), "rotational": false, "transport": "sata"})
    };
    json!({
        "devices": [
            device("sda", &[], "disk"), device("sda1", &["sda"], "partition"), device("sda2", &["sda"], "partition"),
            device("sdb", &[], "disk"), device("sdb1", &["sdb"], "partition"),
        ],
        "filesystems": [
            filesystem("/", "ext4", "sda1"), filesystem("/boot", "ext4", "sda2"), filesystem("/srv", "xfs", "sdb1"),
        ],
    })
}

fn network(number: usize) -> Value {
    let mac = format!(
        "52:54:{:02x}:{:02x}:{:02x}:{:02x}",
        number >> 24 & 255,
        number >> 16 & 255,
        number >> 8 & 255,
        number & 255
    );
    json!({
        "interfaces": [
            {"name": "eth0", "kind": "ethernet", "mac": mac, "mtu": 1500, "up": true, "speed_mbps": 10_000,
             "full_duplex": true, "driver": "ixgbe", "addresses": [{"address": address(number), "prefix": 8}]},
            {"name": "lo", "kind": "loopback", "mtu": 65_536, "up": true,
             "addresses": [{"address": "127.0.0.1", "prefix": 8}, {"address": "::1", "prefix": 128}]},
        ],
        "routes": [{"destination": "0.0.0.0", "prefix": 0, "gateway": "10.0.0.254", "interface": "eth0"}],
        "nameservers": ["10.0.0.53"], "search_domains": ["example"],
    })
}

fn package(index: usize, number: usize) -> Value {
    let word = WORDS.get(index % WORDS.len()).copied().unwrap_or_default();
    let build = if index.is_multiple_of(10) { number % 4 } else { 0 };
    let version = format!("{}.{}.{}-{}+deb12u{build}", index % 7, index % 13, index % 31, index % 5);
    let source = index.is_multiple_of(3).then(|| format!("{word}-source-{}", index / 3));
    let mut package = json!({
        "ecosystem": "deb", "name": format!("{word}-{index:04}"), "version": version,
        "architecture": if index.is_multiple_of(4) { "all" } else { "amd64" },
        "vendor": format!("Debian {word} Maintainers"), "size_bytes": 20_480 * (index % 400 + 1),
    });
    if let (Some(source), Some(fields)) = (source, package.as_object_mut()) {
        fields.insert("source".to_owned(), source.into());
    }
    package
}

fn unit(index: usize) -> Value {
    json!({
        "name": format!("service-{index:03}.service"), "description": format!("Service number {index}"),
        "enablement": if index.is_multiple_of(3) { "enabled" } else { "static" },
        "state": if index.is_multiple_of(3) { "active" } else { "inactive" },
        "program": format!("/usr/lib/service-{index:03}/bin/service-{index:03}"),
    })
}

fn process(index: usize) -> Value {
    json!({
        "pid": 300 + index, "parent_pid": 1, "name": format!("service-{index:03}"),
        "executable": format!("/usr/lib/service-{index:03}/bin/service-{index:03}"),
        "command_line": format!("/usr/lib/service-{index:03}/bin/service-{index:03} --config /etc/service-{index:03}.conf --threads 4"),
        "user": format!("service{index}"), "started_s": 1_790_000_000_usize + index, "unit": format!("service-{index:03}.service"),
    })
}

fn owner(index: usize) -> Value {
    json!({
        "name": format!("service-{index:03}"), "executable": format!("/usr/lib/service-{index:03}/bin/service-{index:03}"),
        "user": format!("service{index}"), "unit": format!("service-{index:03}.service"),
        "package": format!("{}-{index:04}", WORDS.get(index % WORDS.len()).copied().unwrap_or_default()),
    })
}

fn listener(index: usize) -> Value {
    json!({"transport": "tcp", "address": "0.0.0.0", "port": 5_000 + index, "owner": owner(index)})
}

/// Half of what a host talks to is its neighbours, whose services listen there; the rest is outside.
fn connection(index: usize, number: usize, estate: usize) -> Value {
    let remote = if index.is_multiple_of(2) {
        address((number + index + 1) % estate.max(1))
    } else {
        format!("198.51.100.{}", index % 20 + 1)
    };
    json!({
        "direction": "outgoing", "transport": "tcp", "owner": owner(index % LISTENERS), "remote_address": remote,
        "port": 5_000 + index % LISTENERS, "local_address": address(number), "count": index % 5 + 1,
    })
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::section::Section;

    use super::parts;

    #[test]
    fn every_section_is_one_that_a_server_reads() {
        let parts = parts(4_711, 10_000).unwrap();
        for part in &parts {
            Section::decode(part.kind, &part.body).unwrap();
        }
        let bytes: usize = parts.iter().map(|part| part.body.get().len()).sum();
        assert!((180_000..320_000).contains(&bytes), "{bytes} bytes");
    }

    #[test]
    fn hosts_differ_where_hosts_differ() {
        let (one, other) = (parts(1, 10).unwrap(), parts(2, 10).unwrap());
        let alike = one.iter().zip(&other).filter(|(a, b)| a.hash == b.hash).count();
        assert_eq!(alike, 14, "hosts are made of the same parts, run the same programs and are kept in the same way");
    }
}
