//! Block devices, from `/sys/class/block` (Documentation/ABI/stable/sysfs-block).

use std::collections::BTreeMap;

use terrier_shared::latest::section::storage::{BlockDevice, BlockDeviceKind};

use super::health;
use super::udev::Properties;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

pub(super) const CLASS: &str = "/sys/class/block";
/// The unit of `size`, whatever the device's own sector is.
const SECTOR_BYTES: u64 = 512;

/// Devices that can hold something, by name. Loop devices without a file, empty zram and RAM disks are not listed.
pub(super) fn read(host: &Host) -> Result<Vec<BlockDevice>, Failure> {
    let raid_names = raid_names(host);
    let mut devices = Vec::new();
    for name in host.find_names(CLASS)? {
        let place = Place::new(host, name);
        let size_bytes = place.number("size").unwrap_or(0_u64).saturating_mul(SECTOR_BYTES);
        let is_hidden = place.value("hidden").as_deref() == Some("1");
        if size_bytes > 0 && !is_hidden && !is_ram_disk(&place.name) {
            devices.push(place.describe(size_bytes, &raid_names));
        }
    }
    Ok(devices)
}

fn is_ram_disk(name: &str) -> bool {
    name.strip_prefix("ram").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The names that administrators gave to RAID arrays, by kernel name: links in `/dev/md`.
fn raid_names(host: &Host) -> BTreeMap<String, String> {
    let links = host.find_names("/dev/md").unwrap_or_default();
    links.into_iter().filter_map(|name| Some((host.link_name(format!("/dev/md/{name}"))?, name))).collect()
}

/// A device's directory in sysfs.
struct Place<'a> {
    host: &'a Host,
    name: String,
    /// Where the directory really is: the way through buses and controllers to the device.
    way: String,
}

impl<'a> Place<'a> {
    fn new(host: &'a Host, name: String) -> Self {
        let way = host.link(format!("{CLASS}/{name}"));
        let way = way.map(|way| way.to_string_lossy().into_owned()).unwrap_or_default();
        Self { host, name, way }
    }

    fn path(&self, attribute: &str) -> String {
        format!("{CLASS}/{}/{attribute}", self.name)
    }

    fn value(&self, attribute: &str) -> Option<String> {
        self.host.value(self.path(attribute)).map(clip)
    }

    fn number<T: std::str::FromStr>(&self, attribute: &str) -> Option<T> {
        self.host.number(self.path(attribute))
    }

    fn flag(&self, attribute: &str) -> Option<bool> {
        self.host.flag(self.path(attribute))
    }

    fn has(&self, attribute: &str) -> bool {
        self.host.exists(self.path(attribute))
    }

    fn describe(&self, size_bytes: u64, raid_names: &BTreeMap<String, String>) -> BlockDevice {
        let kind = self.kind();
        let udev = self.value("dev").map(|number| Properties::read(self.host, &number)).unwrap_or_default();
        let is_whole = kind != BlockDeviceKind::Partition;
        let of_whole = |value: Option<String>| value.filter(|_| is_whole).map(clip);
        BlockDevice {
            size_bytes,
            parents: self.parents(kind),
            label: self.value("dm/name").or_else(|| raid_names.get(&self.name).cloned()),
            vendor: of_whole(self.value("device/vendor").filter(|vendor| vendor != "ATA" && !vendor.starts_with("0x"))),
            model: of_whole(self.value("device/model").or_else(|| udev.get("ID_MODEL"))),
            serial: of_whole(udev.get("ID_SERIAL_SHORT").or_else(|| self.serial())),
            wwn: of_whole(self.wwn().or_else(|| udev.get("ID_WWN"))),
            rotational: self.flag("queue/rotational"),
            removable: self.flag("removable").unwrap_or(false),
            read_only: self.flag("ro").unwrap_or(false),
            transport: self.transport().filter(|_| is_whole).map(str::to_owned),
            partition_uuid: udev.get("ID_PART_ENTRY_UUID").filter(|_| !is_whole),
            kind,
            name: self.name.clone(),
            firmware: of_whole(self.firmware()),
            health: health::read(self.host, &self.name).filter(|_| is_whole),
        }
    }

    fn kind(&self) -> BlockDeviceKind {
        let is_virtual = self.way.contains("/devices/virtual/") && !self.way.contains("/nvme-subsystem/");
        let is_network = ["nbd", "rbd", "drbd"].iter().any(|prefix| self.name.starts_with(prefix));
        if self.has("partition") {
            BlockDeviceKind::Partition
        } else if self.has("dm") {
            BlockDeviceKind::Mapped
        } else if self.has("md") {
            BlockDeviceKind::Raid
        } else if self.has("loop") {
            BlockDeviceKind::Loop
        } else if self.name.starts_with("sr") {
            BlockDeviceKind::Optical
        } else if is_network || !is_virtual {
            BlockDeviceKind::Disk
        } else {
            BlockDeviceKind::Other
        }
    }

    /// What it lies on directly: each of those says in turn what it lies on.
    fn parents(&self, kind: BlockDeviceKind) -> Vec<String> {
        if kind == BlockDeviceKind::Partition {
            let disk = self.way.rsplit('/').nth(1).filter(|disk| self.name.starts_with(disk));
            return disk.map(str::to_owned).into_iter().collect();
        }
        self.host.find_names(self.path("slaves")).unwrap_or_default()
    }

    /// `NVMe`, MMC and virtio have it as an attribute; SCSI as the vital product data page 80h (SPC-4, 7.8.15).
    fn serial(&self) -> Option<String> {
        ["device/serial", "serial"].iter().find_map(|name| self.value(name)).or_else(|| {
            let page = self.host.read(self.path("device/vpd_pg80"), 512).ok()?;
            let serial = String::from_utf8_lossy(page.get(4..)?).trim_matches(['\0', ' ']).to_owned();
            (!serial.is_empty()).then_some(serial)
        })
    }

    /// `NVMe`, SCSI and MMC have it as an attribute; that of ATA is cut to the four characters that SCSI has room for.
    fn firmware(&self) -> Option<String> {
        let value = |name: &str| self.value(name);
        value("device/firmware_rev")
            .or_else(|| self.ata_firmware())
            .or_else(|| value("device/rev"))
            .or_else(|| value("device/fwrev"))
    }

    /// From the vital product data page 89h (SAT-4, 12.4.2): in it is what the disk says of itself, whose words 23 to
    /// 26 are the revision, each word with its second character first (ACS-4, 7.13).
    fn ata_firmware(&self) -> Option<String> {
        let page = self.host.read(self.path("device/vpd_pg89"), 4 << 10).ok()?;
        let words = page.get(60 + 2 * 23..60 + 2 * 27)?.chunks_exact(2);
        let bytes: Vec<u8> = words.flat_map(|word| word.iter().rev().copied()).collect();
        let text = String::from_utf8(bytes).ok()?;
        let text = text.trim_matches(['\0', ' ']);
        (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
    }

    fn wwn(&self) -> Option<String> {
        let id = ["wwid", "device/wwid"].iter().find_map(|name| self.value(name))?;
        // Names by other schemes repeat vendor, model and serial number.
        ["naa.", "eui.", "uuid."].iter().any(|scheme| id.starts_with(scheme)).then_some(id)
    }

    fn transport(&self) -> Option<&'static str> {
        const MARKS: [(&str, &str); 12] = [
            ("/usb", "usb"),
            ("/nvme", "nvme"),
            ("/virtio", "virtio"),
            ("/mmc_host/", "mmc"),
            ("/ata", "sata"),
            ("/session", "iscsi"),
            ("/rport-", "fc"),
            ("/end_device-", "sas"),
            ("/vbd-", "xen"),
            ("/VMBUS", "vmbus"),
            ("/ufshc", "ufs"),
            ("/host", "scsi"),
        ];
        MARKS.iter().find(|(mark, _)| self.way.contains(mark)).map(|(_, name)| *name)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{BlockDevice, BlockDeviceKind, Host, read};

    fn device(root: &Path, way: &str, files: &[(&str, &str)]) {
        let place = root.join("sys/devices").join(way);
        fs::create_dir_all(&place).unwrap();
        for (name, content) in files {
            let file = place.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        let class = root.join("sys/class/block");
        fs::create_dir_all(&class).unwrap();
        let name = Path::new(way).file_name().unwrap();
        symlink(Path::new("../../devices").join(way), class.join(name)).unwrap();
    }

    fn named<'a>(devices: &'a [BlockDevice], name: &str) -> &'a BlockDevice {
        devices.iter().find(|device| device.name == name).unwrap()
    }

    #[test]
    fn a_volume_on_a_raid_on_partitions_names_what_each_lies_on() {
        let root = tempfile::tempdir().unwrap();
        let sata = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda";
        device(
            root.path(),
            sata,
            &[
                ("size", "2000\n"),
                ("dev", "8:0\n"),
                ("device/vendor", "ATA     \n"),
                ("device/model", "SAMSUNG MZ7L3   \n"),
                ("device/wwid", "naa.5002538f\n"),
                ("device/vpd_pg80", "\0\u{b}\0\u{5}S6ESN\0"),
                ("queue/rotational", "0\n"),
            ],
        );
        device(root.path(), &format!("{sata}/sda1"), &[("size", "1000"), ("partition", "1"), ("dev", "8:1")]);
        device(root.path(), "virtual/block/md127", &[("size", "1000"), ("md/level", "raid1"), ("slaves/sda1/x", "")]);
        device(root.path(), "virtual/block/dm-0", &[("size", "900"), ("dm/name", "vg0-root"), ("slaves/md127/x", "")]);
        device(root.path(), "virtual/block/loop0", &[("size", "0"), ("loop/autoclear", "0")]);
        fs::create_dir_all(root.path().join("run/udev/data")).unwrap();
        fs::write(root.path().join("run/udev/data/b8:1"), "S:disk\nE:ID_PART_ENTRY_UUID=0a1b\n").unwrap();
        fs::create_dir_all(root.path().join("dev/md")).unwrap();
        symlink("../md127", root.path().join("dev/md/boot")).unwrap();

        let devices = read(&Host::at(root.path())).unwrap();
        assert_eq!(devices.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["dm-0", "md127", "sda", "sda1"]);
        let (sda, part) = (named(&devices, "sda"), named(&devices, "sda1"));
        assert_eq!((sda.size_bytes, sda.kind, sda.rotational), (1_024_000, BlockDeviceKind::Disk, Some(false)));
        assert_eq!((sda.vendor.as_deref(), sda.model.as_deref()), (None, Some("SAMSUNG MZ7L3")));
        assert_eq!((sda.serial.as_deref(), sda.wwn.as_deref()), (Some("S6ESN"), Some("naa.5002538f")));
        assert_eq!(sda.transport.as_deref(), Some("sata"));
        assert_eq!((part.kind, part.parents.as_slice()), (BlockDeviceKind::Partition, &["sda".to_owned()][..]));
        assert_eq!(part.partition_uuid.as_deref(), Some("0a1b"));
        let (raid, volume) = (named(&devices, "md127"), named(&devices, "dm-0"));
        assert_eq!((raid.kind, raid.label.as_deref()), (BlockDeviceKind::Raid, Some("boot")));
        assert_eq!((volume.kind, volume.parents.as_slice()), (BlockDeviceKind::Mapped, &["md127".to_owned()][..]));
        assert_eq!(volume.label.as_deref(), Some("vg0-root"));
    }

    #[test]
    fn a_host_without_block_devices_has_none() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(read(&Host::at(root.path())).unwrap(), []);
    }
}
