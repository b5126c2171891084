//! What stands around the programs of a host: kernel, firewall, schedules, accounts, certificates, containers, guests.

use terrier_shared::latest::section::accounts::{Group, User};
use terrier_shared::latest::section::certificates::Certificate;
use terrier_shared::latest::section::containers::{Container, ContainerManager, Guest};
use terrier_shared::latest::section::custom::{CustomFact, Fact};
use terrier_shared::latest::section::firewall::FirewallManager;
use terrier_shared::latest::section::kernel::{Module, Parameter};
use terrier_shared::latest::section::schedules::{CronJob, Timer};
use terrier_shared::latest::section::{Accounts, Certificates, Cloud, Containers, Custom, Firewall, Kernel, Schedules};

use super::profile::Family;
use super::{Host, Profile};

/// How many hosts a hypervisor runs at most.
const GUESTS: u32 = 12;

impl Host {
    pub(super) fn kernel(self) -> Kernel {
        let module = |i: u32| Module { name: format!("module_{i:03}"), version: None, out_of_tree: false };
        let parameter = |i: u32| Parameter { name: format!("net.ipv4.parameter_{i:02}"), value: i.to_string() };
        Kernel {
            modules: (0..self.shape().modules).map(module).collect(),
            parameters: (0..55).map(parameter).collect(),
            command_line: Some(format!("BOOT_IMAGE=/vmlinuz-{} root=UUID=0 ro quiet", self.os().kernel_release)),
            taints: Vec::new(),
            security_modules: ["lockdown", "capability", "landlock", "yama"].map(str::to_owned).to_vec(),
            selinux: (self.shape().family == Family::RedHat).then(|| "enforcing".to_owned()),
            lockdown: Some("none".to_owned()),
            secure_boot: Some(!self.shape().is_virtual),
        }
    }

    pub(super) fn firewall(self) -> Firewall {
        let name = if self.shape().family == Family::RedHat { "firewalld" } else { "nftables" };
        Firewall {
            managers: vec![FirewallManager { name: name.to_owned(), enabled: Some(true) }],
            filtering: Some(true),
        }
    }

    pub(super) fn schedules(self) -> Schedules {
        let timer = |i: u32| Timer {
            name: format!("timer-{i:02}.timer"),
            unit: format!("timer-{i:02}.service"),
            description: Some("Something that is done every day".to_owned()),
            enablement: Some("enabled".to_owned()),
            when: vec!["OnCalendar=daily".to_owned()],
            persistent: true,
        };
        let job = |i: u32| CronJob {
            file: format!("/etc/cron.d/job-{i}").into(),
            line: Some(3),
            when: "17 3 * * *".to_owned(),
            user: "root".to_owned(),
            command: format!("/usr/local/bin/job-{i} --quiet").into(),
        };
        Schedules {
            timers: (0..self.shape().timers).map(timer).collect(),
            schedulers: vec!["cron".to_owned()],
            jobs: (0..8).map(job).collect(),
            unread: Vec::new(),
        }
    }

    pub(super) fn accounts(self) -> Accounts {
        let user = |i: u32| User {
            uid: 900 + i,
            name: format!("user{i:02}"),
            gid: 900 + i,
            home: format!("/home/user{i:02}").into(),
            shell: "/usr/sbin/nologin".into(),
            interactive: false,
            authorised_keys: Some(0),
            ..User::default()
        };
        let group = |i: u32| Group { gid: 900 + i, name: format!("group{i:02}"), members: Vec::new() };
        Accounts {
            users: (0..self.shape().users).map(user).collect(),
            groups: (0..self.shape().users + 20).map(group).collect(),
        }
    }

    pub(super) fn certificates(self) -> Certificates {
        let certificate = |i: u32| Certificate {
            fingerprint: format!("{:016x}{:016x}{:032x}", self.draw(8).bits(), u64::from(i), self.number),
            subject: format!("CN=www{i}.{}.example", self.name()),
            issuer: "CN=Issuing CA 3,O=Example".to_owned(),
            serial: format!("{:08x}{i:02x}", self.number),
            not_before_s: 1_790_000_000,
            not_after_s: 1_821_536_000,
            names: vec![format!("DNS:www{i}.{}.example", self.name())],
            key: "RSA 2048".to_owned(),
            signature: "sha256WithRSAEncryption".to_owned(),
            is_authority: false,
            self_issued: false,
            files: vec![format!("/etc/nginx/tls/www{i}.pem").into()],
            listeners: Vec::new(),
        };
        Certificates { certificates: (0..self.shape().certificates).map(certificate).collect(), unread: Vec::new() }
    }

    pub(super) fn containers(self) -> Containers {
        let container = |i: u32| Container {
            id: format!("{:016x}{:016x}{:032x}", self.draw(9).bits(), u64::from(i), self.number),
            manager: "docker".to_owned(),
            name: Some(format!("shop-{i}")),
            image: Some(format!("registry.example/shop-{}:1.{}", i % 5, i % 4)),
            state: Some("running".to_owned()),
            ..Container::default()
        };
        let manager = |name: &str| vec![ContainerManager { name: name.to_owned(), version: None, asked: true }];
        let managers = match self.profile {
            Profile::Hypervisor => manager("libvirt"),
            _ if self.shape().containers > 0 => manager("docker"),
            _ => Vec::new(),
        };
        Containers {
            managers,
            containers: (0..self.shape().containers).map(container).collect(),
            guests: self.guests().map(Self::as_guest).collect(),
        }
    }

    /// The virtual machines that come after a hypervisor, up to the next.
    fn guests(self) -> impl Iterator<Item = Self> {
        let first = self.number.saturating_add(1);
        let past = first.saturating_add(GUESTS).min(self.estate.hosts);
        let is_hypervisor = self.profile == Profile::Hypervisor;
        (first..past)
            .map(move |number| self.estate.host(number))
            .take_while(move |host| is_hypervisor && host.profile != Profile::Hypervisor)
            .filter(|host| host.shape().is_virtual)
    }

    fn as_guest(self) -> Guest {
        Guest {
            uuid: self.product_uuid(),
            name: self.name(),
            hypervisor: "kvm".to_owned(),
            running: true,
            autostart: Some(true),
            cpus: Some(self.shape().cores * 2),
            memory_bytes: Some(self.memory_bytes()),
            disks: vec![format!("/var/lib/libvirt/images/{}.qcow2", self.name()).into()],
            macs: self.network().interfaces.into_iter().filter_map(|interface| interface.mac).collect(),
        }
    }

    pub(super) fn cloud(self) -> Cloud {
        Cloud {
            provider: Some("openstack".to_owned()),
            instance_id: Some(self.product_uuid()),
            region: Some("seoul".to_owned()),
            zone: Some(format!("seoul-{}", self.number % 3 + 1)),
        }
    }

    pub(super) fn custom(self) -> Custom {
        let fact = |name: &str, value| CustomFact { namespace: "site".to_owned(), name: name.to_owned(), value };
        Custom {
            facts: vec![
                fact("managed", Fact::Boolean(true)),
                fact("rack", Fact::Text(format!("A{}-{}", self.number % 40, self.number % 42))),
            ],
            problems: Vec::new(),
        }
    }
}
