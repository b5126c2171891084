//! Containers and virtual machines that this host runs.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// What runs on this host as if on one of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Containers {
    /// Managers that were found, by name.
    pub managers: Vec<ContainerManager>,
    /// Containers, by identifier; stopped ones too where the manager could be asked.
    pub containers: Vec<Container>,
    /// Virtual machines that libvirt knows or that run, by identifier.
    pub guests: Vec<Guest>,
}

/// A program that runs containers or guests.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerManager {
    /// `docker`, `podman`, `containerd`, `libvirt`, …
    pub name: String,
    /// Its version, where it could be asked and says it.
    pub version: Option<String>,
    /// Whether it could be asked, or what it keeps could be read; otherwise what is listed is what the kernel shows of it.
    pub asked: bool,
}

/// A container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// Its identifier: 64 hexadecimal digits, or the manager's name for it.
    pub id: String,
    /// Its manager: `docker`, `podman`, `containerd`, `lxc`, …; `kubernetes` or `other` where the kernel shows no more.
    pub manager: String,
    /// Its name.
    pub name: Option<String>,
    /// The image's name as it was asked for.
    pub image: Option<String>,
    /// The image's identifier.
    pub image_id: Option<String>,
    /// `running`, `exited`, `paused`, …
    pub state: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created_s: Option<i64>,
    /// Published ports.
    pub ports: Vec<PublishedPort>,
    /// Directories and volumes of the host in it, by place in it.
    pub mounts: Vec<ContainerMount>,
    /// Networks it is on, by name.
    pub networks: Vec<String>,
    /// Labels that say what it belongs to (those of compose, Kubernetes and the Open Container Initiative), by name.
    pub labels: Vec<Label>,
    /// Most memory it may use, in bytes.
    pub memory_limit_bytes: Option<u64>,
    /// Most processor time it may use, in thousandths of a core.
    pub cpu_limit_millis: Option<u64>,
}

/// A port of the host that leads into a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct PublishedPort {
    /// `tcp`, `udp`, `sctp`.
    pub transport: String,
    /// Address on the host; absent for all.
    pub address: Option<std::net::IpAddr>,
    /// Port on the host; absent where it is not published.
    pub port: Option<u16>,
    /// Port in the container.
    pub container_port: u16,
}

/// A directory or volume of the host in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerMount {
    /// Where it is in the container.
    pub target: Text,
    /// The directory or the volume's name on the host.
    pub source: Text,
    /// Whether it cannot be written.
    pub read_only: bool,
}

/// A label of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A virtual machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guest {
    /// UUID that its firmware shows, in its canonical text form.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// `kvm`, `qemu`, `xen`, `lxc`, …
    pub hypervisor: String,
    /// Whether it runs now.
    pub running: bool,
    /// Whether it starts with the host.
    pub autostart: Option<bool>,
    /// Virtual processors.
    pub cpus: Option<u32>,
    /// Most memory it is made for, in bytes.
    pub memory_bytes: Option<u64>,
    /// Files and devices that are its disks; none where only its process is known.
    pub disks: Vec<Text>,
    /// Hardware addresses of its interfaces.
    pub macs: Vec<String>,
}
