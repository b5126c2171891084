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
