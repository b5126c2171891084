//! Block devices, partitions, file systems and mounts.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// What stores data. How full it is, is a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Storage {
    /// Block devices and partitions from `/sys/class/block`, by name.
    pub devices: Vec<BlockDevice>,
    /// Mounted file systems that hold data, each once, from `/proc/1/mountinfo`, by mount point.
    pub filesystems: Vec<Filesystem>,
    /// Volume groups of LVM, by name. Absent where some may be there that this agent may not look into.
    pub volume_groups: Option<Vec<VolumeGroup>>,
    /// Arrays of Linux software RAID from `/proc/mdstat` and `/sys/class/block/md*/md`, by kernel name.
    pub raid_arrays: Vec<RaidArray>,
    /// Multipath maps, by kernel name.
    pub multipaths: Vec<Multipath>,
    /// Directories that this host exports by NFS, in the order of exports(5). Absent where they may not be read.
    pub exports: Option<Vec<Export>>,
}

/// A disk, a partition or a volume made of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlockDevice {
    /// Kernel name: `sda1`, `nvme0n1`, `dm-0`.
    pub name: String,
    /// What it is.
    pub kind: BlockDeviceKind,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Names of the devices it lies on: a partition's disk, a volume's members.
    pub parents: Vec<String>,
    /// Device-mapper or md name: `vg0-root`.
    pub label: Option<String>,
    /// Maker.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// World-wide name.
    pub wwn: Option<String>,
    /// Whether it spins; absent where the kernel does not say.
    pub rotational: Option<bool>,
    /// Whether it can be taken out.
    pub removable: bool,
    /// Whether it cannot be written.
    pub read_only: bool,
    /// `nvme`, `sata`, `scsi`, `usb`, `virtio`, `mmc`, …
    pub transport: Option<String>,
    /// UUID of the partition-table entry.
    pub partition_uuid: Option<String>,
    /// Firmware revision.
    pub firmware: Option<String>,
    /// What the device or the kernel says of its state.
    pub health: Option<Health>,
}

/// What is known of a device's state, without waking it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// `ok`, `worn`, `failing`, `offline`.
    pub verdict: String,
    /// Where it is from: `nvme`, `mmc`, `scsi`.
    pub by: String,
    /// How much of what it can write has been written, in percent; may exceed 100. MMC says it in steps of ten.
    pub worn_percent: Option<u16>,
    /// What it says is wrong, in its words.
    pub problem: Option<String>,
}

/// A volume group of LVM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeGroup {
    /// Its name.
    pub name: String,
    /// Its UUID as LVM writes it.
    pub uuid: Option<String>,
    /// Size in bytes; absent where its metadata cannot be read: then only volumes that are active are listed.
    pub size_bytes: Option<u64>,
    /// What no volume has taken, in bytes.
    pub free_bytes: Option<u64>,
    /// Kernel names of the physical volumes, or UUIDs of those that are missing.
    pub physical_volumes: Vec<String>,
    /// Logical volumes, by name.
    pub volumes: Vec<LogicalVolume>,
}

/// A logical volume of LVM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogicalVolume {
    /// Its name.
    pub name: String,
    /// Its UUID as LVM writes it.
    pub uuid: Option<String>,
    /// Kernel name while it is active.
    pub device: Option<String>,
    /// Size in bytes.
    pub size_bytes: Option<u64>,
    /// Type of its first segment in LVM's words: `linear`, `striped`, `raid1`, `thin`, `thin-pool`, `snapshot`, …
    pub layout: Option<String>,
}

/// An array of Linux software RAID.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RaidArray {
    /// Kernel name: `md127`.
    pub device: String,
    /// `raid1`, `raid5`, …
    pub level: String,
    /// `active`, `inactive`, `readonly`, `broken`, … (the kernel's `array_state`; `clean` and other states that come
    /// and go with every write are `active`).
    pub state: String,
    /// How many members it is made for.
    pub members_wanted: u32,
    /// How many of them it lacks.
    pub degraded: u32,
    /// What it is doing: `resync`, `recover`, `check`, …; absent where it is idle.
    pub action: Option<String>,
    /// Its members, by kernel name.
    pub members: Vec<RaidMember>,
}

/// A member of a RAID array.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RaidMember {
    /// Kernel name: `sda1`.
    pub device: String,
    /// `in_sync`, `spare`, `faulty`, … (the kernel's `state`, its first word).
    pub state: String,
}

/// Several ways to one disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Multipath {
    /// Kernel name of the map: `dm-3`.
    pub device: String,
    /// Its name: `mpatha`.
    pub name: String,
    /// World-wide identifier of the disk.
    pub wwid: Option<String>,
    /// The ways, by kernel name.
    pub paths: Vec<MultipathPath>,
}

/// A way to a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MultipathPath {
    /// Kernel name: `sdc`.
    pub device: String,
    /// The kernel's state of the device: `running`, `offline`, `blocked`, …
    pub state: Option<String>,
}

/// A directory that is exported by NFS (exports(5)).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Export {
    /// The directory.
    pub path: Text,
    /// To whom, with which options, each as it is written: `10.0.0.0/8(rw,sync)`; options for all that follow begin
    /// with a dash. None means everybody.
    pub clients: Vec<String>,
}

/// What a block device is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockDeviceKind {
    /// A whole disk.
    Disk,
    /// A partition of one.
    Partition,
    /// Device mapper: LVM, crypt, multipath.
    Mapped,
    /// Linux software RAID.
    Raid,
    /// A file as a device.
    Loop,
    /// An optical drive.
    Optical,
    /// Anything else.
    #[default]
    #[serde(other)]
    Other,
}

/// A mounted file system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filesystem {
    /// Where it is mounted; the shortest place if it is mounted at several.
    pub mount_point: Text,
    /// `ext4`, `xfs`, `nfs4`, …
    pub kind: String,
    /// What is mounted: `/dev/sda1`, `server:/export`, a name without meaning for others.
    pub source: Text,
    /// The block device by kernel name, where it is one.
    pub device: Option<String>,
    /// UUID of the file system where the host knows it (`/dev/disk/by-uuid`).
    pub uuid: Option<String>,
    /// Size in bytes, statvfs(3). Absent for network and FUSE file systems, whose server may hang and whose size is
    /// the server's; for zfs, whose size moves with its use; and where the agent may not look. Metrics have it.
    pub size_bytes: Option<u64>,
    /// Whether it is mounted read-only.
    pub read_only: bool,
    /// The server side, if it is a network mount.
    pub remote: Option<RemoteExport>,
}

/// An export of another host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteExport {
    /// Host name or address of the server, as mounted.
    pub server: String,
    /// The server's address, where the mount options say it (`addr=`).
    pub address: Option<String>,
    /// Path on the server or share name.
    pub path: Text,
}
