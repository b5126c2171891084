//! Of which class is this host, and of which this piece of software?

use terrier_shared::latest::section::Identity;
use terrier_shared::latest::section::processes::Owner;

use super::inventory::Inventory;
use super::value::readable;

/// What a host is as long as nothing says more.
pub const HOST: &str = "host";

/// SMBIOS chassis types of machines that people sit at (DSP0134 table 17): desktops, portables, tablets, all-in-ones.
const WORKSTATION_CHASSIS: [u8; 17] = [3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 30, 31, 32, 36];

/// Programs that run containers for others.
const CONTAINER_MANAGERS: [&str; 8] = ["dockerd", "containerd", "crio", "kubelet", "k3s", "lxd", "incusd", "podman"];

/// The class of the host; none as long as its identity is not known.
///
/// What it *is* comes before what runs on it: a container, a hypervisor, a workstation, then a container host, a
/// virtual machine, a physical server.
#[must_use]
pub fn host_class(inventory: &Inventory) -> Option<&'static str> {
    let identity = inventory.identity.as_ref()?;
    Some(if identity.container.is_some() {
        "container"
    } else if identity.is_hypervisor {
        "hypervisor"
    } else if is_workstation(identity) {
        "workstation"
    } else if runs_containers(inventory) {
        "container_host"
    } else if identity.hypervisor.is_some() {
        "virtual_machine"
    } else {
        "physical_server"
    })
}

fn is_workstation(identity: &Identity) -> bool {
    identity.hypervisor.is_none() && identity.chassis_type.is_some_and(|kind| WORKSTATION_CHASSIS.contains(&kind))
}

fn runs_containers(inventory: &Inventory) -> bool {
    let processes = inventory.processes.iter().flat_map(|section| &section.processes);
    let mut names = processes
        .filter(|process| process.container.is_none())
        .filter_map(|process| process.executable.as_ref().map(|path| base_name(&readable(path)).to_owned()));
    names.any(|name| CONTAINER_MANAGERS.contains(&name.as_str()))
}

/// A word of an executable's or a unit's name, and the class it stands for.
const SOFTWARE: [(&str, &str); 75] = [
    ("postgres", "database_instance"),
    ("postgresql", "database_instance"),
    ("postmaster", "database_instance"),
    ("mysqld", "database_instance"),
    ("mysql", "database_instance"),
    ("mariadbd", "database_instance"),
    ("mariadb", "database_instance"),
    ("mongod", "database_instance"),
    ("mongodb", "database_instance"),
    ("mongos", "database_instance"),
    ("oracle", "database_instance"),
    ("tnslsnr", "database_instance"),
    ("sqlservr", "database_instance"),
    ("cassandra", "database_instance"),
    ("couchdb", "database_instance"),
    ("influxd", "database_instance"),
    ("clickhouse-server", "database_instance"),
    ("elasticsearch", "database_instance"),
    ("opensearch", "database_instance"),
    ("slapd", "database_instance"),
    ("etcd", "database_instance"),
    ("cockroach", "database_instance"),
    ("neo4j", "database_instance"),
    ("firebird", "database_instance"),
    ("nginx", "web_server"),
    ("openresty", "web_server"),
    ("apache2", "web_server"),
    ("httpd", "web_server"),
    ("caddy", "web_server"),
    ("lighttpd", "web_server"),
    ("haproxy", "web_server"),
    ("traefik", "web_server"),
    ("envoy", "web_server"),
    ("squid", "web_server"),
    ("rabbitmq", "message_broker"),
    ("rabbitmq-server", "message_broker"),
    ("kafka", "message_broker"),
    ("mosquitto", "message_broker"),
    ("activemq", "message_broker"),
    ("artemis", "message_broker"),
    ("nats-server", "message_broker"),
    ("nats", "message_broker"),
    ("nsqd", "message_broker"),
    ("pulsar", "message_broker"),
    ("emqx", "message_broker"),
    ("redis-server", "cache"),
    ("redis", "cache"),
    ("valkey-server", "cache"),
    ("valkey", "cache"),
    ("keydb-server", "cache"),
    ("memcached", "cache"),
    ("varnishd", "cache"),
    ("varnish", "cache"),
    ("tomcat", "application_server"),
    ("tomcat9", "application_server"),
    ("tomcat10", "application_server"),
    ("wildfly", "application_server"),
    ("jboss", "application_server"),
    ("jetty", "application_server"),
    ("jetty9", "application_server"),
    ("weblogic", "application_server"),
    ("glassfish", "application_server"),
    ("payara", "application_server"),
    ("java", "application_server"),
    ("node", "application_server"),
    ("nodejs", "application_server"),
    ("gunicorn", "application_server"),
    ("uvicorn", "application_server"),
    ("uwsgi", "application_server"),
    ("unicorn", "application_server"),
    ("puma", "application_server"),
    ("php-fpm", "application_server"),
    ("dotnet", "application_server"),
    ("beam.smp", "application_server"),
    ("passenger", "application_server"),
];

/// The class of what this owner is a part of: by its unit's name, which says most where the program is only a
/// runtime, then by its executable and the kernel's name for it.
#[must_use]
pub fn software_class(owner: &Owner) -> &'static str {
    let unit = owner.unit.as_deref().map(unit_word);
    let executable = owner.executable.as_ref().map(|path| base_name(&readable(path)).to_lowercase());
    let name = owner.name.as_ref().map(|name| readable(name).to_lowercase());
    [unit, executable, name].into_iter().flatten().find_map(|word| class_of(&word)).unwrap_or("generic_process")
}

fn class_of(word: &str) -> Option<&'static str> {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let known = |word: &str| SOFTWARE.iter().find(|(name, _)| *name == word).map(|(_, class)| *class);
    known(word).or_else(|| known(stem)).or_else(|| known(word.strip_suffix("-server").unwrap_or(word)))
}

/// `postgresql@15-main.service` → `postgresql`.
fn unit_word(unit: &str) -> String {
    let name = unit.rsplit_once('.').map_or(unit, |(name, _)| name);
    name.split('@').next().unwrap_or_default().to_lowercase()
}

/// The last part of a path.
#[must_use]
pub fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::section::Identity;
    use terrier_shared::latest::section::processes::{Owner, Process, Processes};

    use super::{host_class, software_class};
    use crate::reconcile::inventory::Inventory;

    fn class(identity: Identity) -> &'static str {
        host_class(&Inventory { identity: Some(identity), ..Inventory::default() }).unwrap()
    }

    #[test]
    fn hosts_are_told_apart_by_what_they_are() {
        let plain = Identity::default();
        assert_eq!(class(plain.clone()), "physical_server");
        assert_eq!(class(Identity { hypervisor: Some("kvm".into()), ..plain.clone() }), "virtual_machine");
        assert_eq!(class(Identity { chassis_type: Some(10), ..plain.clone() }), "workstation");
        assert_eq!(class(Identity { chassis_type: Some(23), ..plain.clone() }), "physical_server");
        assert_eq!(class(Identity { is_hypervisor: true, ..plain.clone() }), "hypervisor");
        let inside = Identity { container: Some("docker".into()), is_hypervisor: true, ..plain };
        assert_eq!(class(inside), "container");
        assert_eq!(host_class(&Inventory::default()), None);
    }

    #[test]
    fn a_host_that_runs_a_container_manager_is_a_container_host() {
        let manager = Process { executable: Some("/usr/bin/dockerd".into()), ..Process::default() };
        let inside = Process { container: Some("abc".into()), ..manager.clone() };
        let host = |process: Process| Inventory {
            identity: Some(Identity { hypervisor: Some("kvm".into()), ..Identity::default() }),
            processes: Some(Processes { processes: vec![process] }),
            ..Inventory::default()
        };
        assert_eq!(host_class(&host(manager)), Some("container_host"));
        assert_eq!(host_class(&host(inside)), Some("virtual_machine"));
    }

    #[test]
    fn well_known_software_is_recognised() {
        for (unit, executable, expected) in [
            (None, "/usr/lib/postgresql/15/bin/postgres", "database_instance"),
            (Some("mariadb.service"), "/usr/sbin/mariadbd", "database_instance"),
            (Some("postgresql@15-main.service"), "/x", "database_instance"),
            (None, "/usr/sbin/nginx", "web_server"),
            (None, "/usr/sbin/php-fpm8.2", "application_server"),
            (Some("kafka.service"), "/usr/bin/java", "message_broker"),
            (Some("my-shop.service"), "/usr/lib/jvm/java-17/bin/java", "application_server"),
            (Some("redis-server.service"), "/usr/bin/redis-check-rdb", "cache"),
            (Some("ssh.service"), "/usr/sbin/sshd", "generic_process"),
        ] {
            let owner =
                Owner { unit: unit.map(str::to_owned), executable: Some(executable.into()), ..Owner::default() };
            assert_eq!(software_class(&owner), expected, "{unit:?} {executable}");
        }
    }
}
