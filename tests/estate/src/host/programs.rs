//! What is installed on a host and runs there.

use terrier_shared::latest::section::processes::Process;
use terrier_shared::latest::section::products::Product;
use terrier_shared::latest::section::services::Unit;
use terrier_shared::latest::section::software::Package;
use terrier_shared::latest::section::updates::PendingUpdate;
use terrier_shared::latest::section::{Processes, Products, Services, Software, Updates};

use super::age::turns;
use super::profile::Family;
use super::{Age, Host, Profile};

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
/// When the first programs were started, in seconds since 1970.
const STARTED_S: i64 = 1_790_000_000;

fn word(index: u32) -> &'static str {
    usize::try_from(index).ok().and_then(|index| WORDS.get(index % WORDS.len())).copied().unwrap_or_default()
}

pub(super) fn package_name(index: u32) -> String {
    format!("{}-{index:04}", word(index))
}

pub(super) fn program(index: u32) -> String {
    format!("/usr/lib/service-{index:03}/bin/service-{index:03}")
}

impl Host {
    /// Hosts of one kind are alike: nine packages in ten have the same version everywhere, as on real ones.
    pub(super) fn software(self, age: Age) -> Software {
        let mut packages: Vec<Package> =
            (0..self.shape().packages).map(|index| self.package(index, self.upgraded(age, index))).collect();
        packages.sort();
        Software { packages }
    }

    fn package(self, index: u32, upgraded: u32) -> Package {
        let (ecosystem, architecture) = match self.shape().family {
            Family::Debian | Family::Ubuntu => ("deb", "amd64"),
            Family::RedHat => ("rpm", "x86_64"),
            Family::Alpine => ("apk", "x86_64"),
        };
        let build = if index.is_multiple_of(10) { self.number % 4 } else { 0 } + upgraded;
        let upstream = format!("{}.{}.{}", index % 7, index % 13, index % 31);
        let version = match self.shape().family {
            Family::Debian => format!("{upstream}-{}+deb12u{build}", index % 5),
            Family::Ubuntu => format!("{upstream}-{}ubuntu0.{build}", index % 5),
            Family::RedHat => format!("{upstream}-{}.el9_6.{build}", index % 5 + 1),
            Family::Alpine => format!("{upstream}-r{build}"),
        };
        let is_for_any = index.is_multiple_of(4) && ecosystem == "deb";
        Package {
            ecosystem: ecosystem.to_owned(),
            name: package_name(index),
            architecture: Some(if is_for_any { "all" } else { architecture }.to_owned()),
            version,
            source: index.is_multiple_of(3).then(|| format!("{}-source-{}", word(index), index / 3)),
            source_version: None,
            vendor: Some(format!("{} maintainers", word(index))),
            size_bytes: Some(20_480 * u64::from(index % 400 + 1)),
        }
    }

    /// How often this package was upgraded.
    fn upgraded(self, age: Age, index: u32) -> u32 {
        let times = (0..age.upgrades).filter(|upgrade| self.upgrade(*upgrade) == index).count();
        u32::try_from(times).unwrap_or(0)
    }

    /// Which package an upgrade is of.
    fn upgrade(self, number: u32) -> u32 {
        self.draw(6).of(u64::from(number)).below(self.shape().packages)
    }

    pub(super) fn updates(self, age: Age) -> Updates {
        let pending = |number: u32| {
            let index = self.upgrade(number);
            let present = self.package(index, self.upgraded(age, index));
            let available = self.package(index, self.upgraded(age, index) + 1).version;
            PendingUpdate {
                ecosystem: present.ecosystem,
                name: present.name,
                architecture: present.architecture,
                installed: present.version,
                available,
                security: number.is_multiple_of(3),
            }
        };
        let mut waiting: Vec<PendingUpdate> =
            (age.upgrades..age.upgrades + self.shape().updates).map(pending).collect();
        waiting.sort_by(|one, other| one.name.cmp(&other.name));
        waiting.dedup_by(|one, other| one.name == other.name);
        Updates {
            pending: Some(waiting),
            checked_s: Some(STARTED_S + i64::from(age.upgrades) * 86_400),
            reboot_required: age.upgrades.is_multiple_of(5) && age.upgrades > 0,
            reboot_reasons: Vec::new(),
            automatic: (self.shape().family == Family::Ubuntu).then(|| "unattended-upgrades".to_owned()),
        }
    }

    pub(super) fn services(self, age: Age) -> Services {
        let count = self.shape().units;
        let unit = |index: u32| {
            let is_wanted = index.is_multiple_of(3);
            let has_failed = !turns(age.failures, index, count).is_multiple_of(2);
            Unit {
                name: format!("service-{index:03}.service"),
                description: Some(format!("Service number {index}")),
                enablement: Some(if is_wanted { "enabled" } else { "static" }.to_owned()),
                state: Some(
                    if has_failed {
                        "failed"
                    } else if is_wanted {
                        "active"
                    } else {
                        "inactive"
                    }
                    .to_owned(),
                ),
                user: is_wanted.then(|| format!("service{index}")),
                program: Some(program(index).into()),
            }
        };
        Services { manager: (count > 0).then(|| "systemd".to_owned()), units: (0..count).map(unit).collect() }
    }

    pub(super) fn processes(self, age: Age) -> Processes {
        let count = self.shape().processes;
        let process = |index: u32| {
            let restarts = turns(age.restarts, index, count);
            Process {
                pid: 300 + index + restarts * count,
                parent_pid: 1,
                name: format!("service-{index:03}").into(),
                executable: Some(program(index).into()),
                command_line: format!("{0} --config /etc/service-{index:03}.conf --threads 4", program(index)).into(),
                user: format!("service{index}"),
                started_s: STARTED_S + i64::from(index) + i64::from(restarts) * 600,
                unit: (self.shape().units > 0).then(|| format!("service-{index:03}.service")),
                container: None,
            }
        };
        let mut processes: Vec<Process> = (0..count).map(process).collect();
        processes.sort_by_key(|process| process.pid);
        Processes { processes }
    }

    pub(super) fn products(self) -> Products {
        let product = |name: &str, role: &str, version: &str, place: &str| Product {
            name: name.to_owned(),
            role: role.to_owned(),
            version: Some(version.to_owned()),
            version_by: Some("package".to_owned()),
            place: place.into(),
            unit: Some("service-000.service".to_owned()),
            user: Some("service0".to_owned()),
            ..Product::default()
        };
        let products = match self.profile {
            Profile::Web => vec![product("nginx", "web_server", "1.24.0", "/usr/sbin/nginx")],
            Profile::Application => vec![product("openjdk", "runtime", "17.0.16", "/usr/lib/jvm/java-17/bin/java")],
            Profile::Database => vec![product("postgresql", "database", "16.10", "/usr/pgsql-16/bin/postgres")],
            Profile::Containers => vec![product("docker", "container_engine", "28.5.1", "/usr/bin/dockerd")],
            Profile::Hypervisor => vec![product("libvirt", "hypervisor", "9.0.0", "/usr/sbin/libvirtd")],
            Profile::Appliance => Vec::new(),
        };
        Products { products }
    }
}
