//! What a host is made of.

use std::net::{IpAddr, Ipv4Addr};

use terrier_shared::latest::machine::{Machine, Mark};
use terrier_shared::latest::section::devices::{PciDevice, Slot};
use terrier_shared::latest::section::identity::Firmware;
use terrier_shared::latest::section::memory::MemoryModule;
use terrier_shared::latest::section::network::{Address, Interface, InterfaceKind, Route};
use terrier_shared::latest::section::storage::{BlockDevice, BlockDeviceKind, Filesystem};
use terrier_shared::latest::section::{Cpu, Devices, Identity, Memory, Network, Os, Storage};

use super::Host;
use super::profile::Family;

const GIB: u64 = 1 << 30;
/// Where file systems are mounted, by their number.
const MOUNTS: [&str; 6] = ["/", "/boot", "/srv", "/var/lib/data", "/var/log", "/backup"];

impl Host {
    pub(super) fn identity(self) -> Identity {
        let firmware = |product: &str, serial: String| Firmware {
            vendor: Some(if self.shape().is_virtual { "QEMU".to_owned() } else { "Dell Inc.".to_owned() }),
            product: Some(product.to_owned()),
            version: None,
            serial: Some(serial),
        };
        let product = if self.shape().is_virtual { "Standard PC (Q35 + ICH9, 2009)" } else { "PowerEdge R650" };
        Identity {
            hostname: self.name(),
            fqdn: Some(format!("{}.example", self.name())),
            machine_id: Some(self.machine_id()),
            boot_id: Some(self.boot_id()),
            system: firmware(product, self.serial()),
            board: firmware("0WMWCR", format!(".{}.", self.serial())),
            product_uuid: Some(self.product_uuid()),
            tpm_key: None,
            chassis_type: Some(if self.shape().is_virtual { 1 } else { 23 }),
            bios_vendor: Some("Dell Inc.".to_owned()),
            bios_version: Some("1.12.1".to_owned()),
            bios_date: Some("09/12/2025".to_owned()),
            hypervisor: self.shape().is_virtual.then(|| "kvm".to_owned()),
            container: None,
            is_hypervisor: self.profile == super::Profile::Hypervisor,
        }
    }

    /// What tells it from others.
    pub(crate) fn machine(self) -> Machine {
        Machine {
            machine_id: Some(Mark::of(&self.machine_id())),
            serial: Some(Mark::of(&self.serial())),
            ..Machine::default()
        }
    }

    pub(crate) fn boot_id(self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.number)
    }

    pub(super) fn os(self) -> Os {
        let (id, name, version, codename, kernel) = match self.shape().family {
            Family::Debian => ("debian", "Debian GNU/Linux", "12.12", Some("bookworm"), "6.1.0-40-amd64"),
            Family::Ubuntu => ("ubuntu", "Ubuntu", "24.04", Some("noble"), "6.8.0-86-generic"),
            Family::RedHat => ("rhel", "Red Hat Enterprise Linux", "9.6", None, "5.14.0-570.el9.x86_64"),
            Family::Alpine => ("alpine", "Alpine Linux", "3.22.2", None, "6.12.50-0-virt"),
        };
        Os {
            family: "linux".to_owned(),
            id: id.to_owned(),
            id_like: Vec::new(),
            name: name.to_owned(),
            pretty_name: format!("{name} {version}"),
            version: Some(version.to_owned()),
            codename: codename.map(str::to_owned),
            kernel_release: kernel.to_owned(),
            kernel_version: "#1 SMP PREEMPT_DYNAMIC".to_owned(),
            architecture: "x86_64".to_owned(),
            timezone: Some("Asia/Seoul".to_owned()),
            init: Some(if self.shape().family == Family::Alpine { "openrc" } else { "systemd" }.to_owned()),
        }
    }

    pub(super) fn cpu(self) -> Cpu {
        let cores = self.shape().cores;
        Cpu {
            model: Some("Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz".to_owned()),
            vendor: Some("GenuineIntel".to_owned()),
            sockets: cores.div_ceil(32),
            cores,
            threads: cores * 2,
            numa_nodes: cores.div_ceil(32),
            max_mhz: Some(3_100),
            cache_bytes: Some(44_040_192),
            microcode: Some("0xd0003e7".to_owned()),
            vulnerable_to: Vec::new(),
        }
    }

    /// Bytes of memory.
    pub(super) fn memory_bytes(self) -> u64 {
        u64::from(self.shape().cores) * 4 * GIB
    }

    pub(super) fn memory(self) -> Memory {
        let module = |place: u32| MemoryModule {
            slot: format!("DIMM_{}{}", if place < 4 { 'A' } else { 'B' }, place % 4 + 1),
            size_bytes: Some(self.memory_bytes() / 8),
            form: Some("dimm".to_owned()),
            technology: Some("DDR4".to_owned()),
            max_mts: Some(3_200),
            mts: Some(2_933),
            vendor: Some("Samsung".to_owned()),
            serial: Some(format!("{:08x}", self.draw(60 + u64::from(place)).bits() >> 32)),
            ..MemoryModule::default()
        };
        Memory {
            total_bytes: self.memory_bytes() / 64 * 63,
            swap_total_bytes: 2 * GIB,
            error_correction: (!self.shape().is_virtual).then(|| "multi_bit_ecc".to_owned()),
            modules: Some(if self.shape().is_virtual { Vec::new() } else { (0..8).map(module).collect() }),
            ..Memory::default()
        }
    }

    /// Where its file systems are mounted, and how large each is.
    pub(super) fn filesystems(self) -> impl Iterator<Item = (&'static str, u64)> {
        let count = usize::try_from(self.shape().filesystems).unwrap_or(0);
        MOUNTS.into_iter().take(count).map(|mount| (mount, if mount == "/boot" { GIB } else { 50 * GIB }))
    }

    pub(super) fn storage(self) -> Storage {
        let (mut devices, mut filesystems) = (Vec::new(), Vec::new());
        for (place, (mount, size_bytes)) in (b'a'..).zip(self.filesystems()) {
            let (disk, partition) = (format!("sd{}", char::from(place)), format!("sd{}1", char::from(place)));
            let device = |name: &str, kind, parents| BlockDevice {
                name: name.to_owned(),
                kind,
                size_bytes: size_bytes * 2,
                parents,
                model: Some("MZ7L3480".to_owned()),
                serial: Some(format!("{}{name}", self.serial())),
                rotational: Some(false),
                transport: Some(if self.shape().is_virtual { "virtio" } else { "sata" }.to_owned()),
                ..BlockDevice::default()
            };
            devices.push(device(&disk, BlockDeviceKind::Disk, Vec::new()));
            devices.push(device(&partition, BlockDeviceKind::Partition, vec![disk]));
            filesystems.push(Filesystem {
                mount_point: mount.into(),
                kind: "ext4".to_owned(),
                source: format!("/dev/{partition}").into(),
                device: Some(partition),
                uuid: Some(format!("{:08x}-0000-4000-8000-{:012}", self.number, place)),
                size_bytes: Some(size_bytes),
                ..Filesystem::default()
            });
        }
        filesystems.sort_by(|one, other| one.mount_point.cmp(&other.mount_point));
        Storage {
            devices,
            filesystems,
            volume_groups: Some(Vec::new()),
            exports: Some(Vec::new()),
            ..Storage::default()
        }
    }

    /// The address of host `number` of any estate.
    pub(super) fn address_of(number: u32) -> IpAddr {
        let [_, b, c, d] = (number / 250 * 256 + number % 250 + 1).to_be_bytes();
        Ipv4Addr::new(10, b, c, d).into()
    }

    pub(super) fn network(self) -> Network {
        let [a, b, c, d] = self.number.to_be_bytes();
        let address = |address: IpAddr, prefix| Address { address, prefix, dynamic: false };
        let ethernet = Interface {
            name: "eth0".to_owned(),
            kind: InterfaceKind::Ethernet,
            mac: Some(format!("52:54:{a:02x}:{b:02x}:{c:02x}:{d:02x}")),
            mtu: 1_500,
            up: true,
            speed_mbps: Some(10_000),
            full_duplex: Some(true),
            driver: Some(if self.shape().is_virtual { "virtio_net" } else { "ixgbe" }.to_owned()),
            addresses: vec![address(Self::address_of(self.number), 8)],
            ..Interface::default()
        };
        let loopback = Interface {
            name: "lo".to_owned(),
            kind: InterfaceKind::Loopback,
            mtu: 65_536,
            up: true,
            addresses: vec![address(Ipv4Addr::LOCALHOST.into(), 8)],
            ..Interface::default()
        };
        Network {
            interfaces: vec![ethernet, loopback],
            routes: vec![Route {
                destination: Ipv4Addr::UNSPECIFIED.into(),
                prefix: 0,
                gateway: Some(Ipv4Addr::new(10, 255, 255, 254).into()),
                interface: "eth0".to_owned(),
                metric: 0,
            }],
            nameservers: vec![Ipv4Addr::new(10, 255, 255, 53).into()],
            search_domains: vec!["example".to_owned()],
            neighbours: Vec::new(),
        }
    }

    pub(super) fn devices(self) -> Devices {
        let controller = |i: u32| PciDevice {
            address: format!("0000:{:02x}:{:02x}.0", i / 8, i % 8),
            class_id: "020000".to_owned(),
            class: Some("Ethernet controller".to_owned()),
            vendor_id: "8086".to_owned(),
            vendor: Some("Intel Corporation".to_owned()),
            device_id: format!("{:04x}", 0x1570 + i),
            device: Some("Ethernet Controller X710 for 10GbE SFP+".to_owned()),
            revision: Some("02".to_owned()),
            driver: Some("i40e".to_owned()),
            ..PciDevice::default()
        };
        let slot = |i: u32| Slot { name: format!("PCIe Slot {i}"), in_use: Some(i == 1), ..Slot::default() };
        Devices {
            pci: (0..self.shape().pci).map(controller).collect(),
            usb: Vec::new(),
            gpus: Vec::new(),
            slots: Some(if self.shape().is_virtual { Vec::new() } else { (1..5).map(slot).collect() }),
        }
    }
}
