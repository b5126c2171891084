//! What kinds of hosts there are, and how large each is.

use crate::draw::Draw;

/// A kind of host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// A virtual machine that answers the web: Ubuntu, in a cloud.
    Web,
    /// A physical server with a lot on it: Debian.
    Application,
    /// A physical server with one large database: Red Hat.
    Database,
    /// A virtual machine full of containers: Ubuntu.
    Containers,
    /// A physical server that runs other hosts of the estate: Debian.
    Hypervisor,
    /// A small virtual machine that does one thing: Alpine.
    Appliance,
}

/// How packages are made and named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Debian,
    Ubuntu,
    RedHat,
    Alpine,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) family: Family,
    pub(super) is_virtual: bool,
    pub(super) cores: u32,
    pub(super) packages: u32,
    pub(super) processes: u32,
    pub(super) units: u32,
    pub(super) listeners: u32,
    pub(super) connections: u32,
    pub(super) filesystems: u32,
    pub(super) pci: u32,
    pub(super) modules: u32,
    pub(super) users: u32,
    pub(super) timers: u32,
    pub(super) updates: u32,
    pub(super) certificates: u32,
    pub(super) containers: u32,
}

impl Profile {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Web, Self::Application, Self::Database, Self::Containers, Self::Hypervisor, Self::Appliance];

    /// Its name, of which a host's name is made.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Application => "app",
            Self::Database => "db",
            Self::Containers => "ct",
            Self::Hypervisor => "hv",
            Self::Appliance => "edge",
        }
    }

    /// One by chance, as often as an estate has it.
    pub(super) fn drawn(draw: Draw) -> Self {
        match draw.below(20) {
            0..6 => Self::Web,
            6..11 => Self::Application,
            11..14 => Self::Database,
            14..17 => Self::Containers,
            17 => Self::Hypervisor,
            _ => Self::Appliance,
        }
    }

    #[rustfmt::skip]
    pub(super) const fn shape(self) -> Shape {
        match self {
            Self::Web => Shape {
                family: Family::Ubuntu, is_virtual: true, cores: 4, packages: 620, processes: 80, units: 110,
                listeners: 6, connections: 60, filesystems: 2, pci: 12, modules: 60, users: 36, timers: 14,
                updates: 12, certificates: 4, containers: 0,
            },
            Self::Application => Shape {
                family: Family::Debian, is_virtual: false, cores: 16, packages: 1_100, processes: 120, units: 160,
                listeners: 24, connections: 40, filesystems: 3, pci: 40, modules: 90, users: 40, timers: 12,
                updates: 20, certificates: 3, containers: 2,
            },
            Self::Database => Shape {
                family: Family::RedHat, is_virtual: false, cores: 64, packages: 780, processes: 90, units: 130,
                listeners: 8, connections: 120, filesystems: 6, pci: 60, modules: 110, users: 42, timers: 10,
                updates: 30, certificates: 2, containers: 0,
            },
            Self::Containers => Shape {
                family: Family::Ubuntu, is_virtual: true, cores: 16, packages: 540, processes: 220, units: 120,
                listeners: 40, connections: 80, filesystems: 3, pci: 14, modules: 120, users: 36, timers: 12,
                updates: 8, certificates: 1, containers: 30,
            },
            Self::Hypervisor => Shape {
                family: Family::Debian, is_virtual: false, cores: 64, packages: 900, processes: 160, units: 140,
                listeners: 10, connections: 20, filesystems: 4, pci: 80, modules: 130, users: 38, timers: 11,
                updates: 16, certificates: 2, containers: 0,
            },
            Self::Appliance => Shape {
                family: Family::Alpine, is_virtual: true, cores: 1, packages: 60, processes: 15, units: 0,
                listeners: 3, connections: 4, filesystems: 1, pci: 8, modules: 25, users: 24, timers: 0,
                updates: 2, certificates: 1, containers: 0,
            },
        }
    }
}

impl std::str::FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|profile| profile.name() == text)
            .ok_or_else(|| format!("`{text}` is no kind of host; one of: {}", names()))
    }
}
