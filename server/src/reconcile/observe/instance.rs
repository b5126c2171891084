//! What listens or connects on a host, as CIs under it.
//!
//! One instance per container, else per lasting service unit, else per executable and user: so the same program is
//! the same CI after a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use terrier_shared::latest::section::processes::{Owner, Process};
use terrier_shared::latest::section::sockets::Transport;

use super::{Dependent, container, product};
use crate::reconcile::attribute::{DATA_DIRECTORY, DATABASE, LISTENS, instance};
use crate::reconcile::classify::{base_name, software_class};
use crate::reconcile::inventory::Inventory;
use crate::reconcile::value::{self, list, optional_text, readable};

/// A piece of software that listens or connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The CI.
    pub dependent: Dependent,
    /// Where it listens.
    pub listening: BTreeSet<Listening>,
    /// Where a database keeps its data, as a path on its host.
    pub data_directory: Option<String>,
    /// What identifies the container that it runs in, among those of its host.
    pub container: Option<String>,
}

/// A place where an instance accepts connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listening {
    /// Transport.
    pub transport: Transport,
    /// Address it is bound to.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
}

/// All that belongs to one instance.
#[derive(Default)]
struct Members<'a> {
    listeners: BTreeSet<&'a Owner>,
    others: BTreeSet<&'a Owner>,
    listening: BTreeSet<Listening>,
}

/// The instances, by what identifies them.
pub(super) fn instances(inventory: &Inventory) -> Vec<Instance> {
    let mut members: BTreeMap<String, Members<'_>> = BTreeMap::new();
    for listener in inventory.sockets.iter().flat_map(|section| &section.listeners) {
        if let (Some(id), false) = (local_id(&listener.owner), listener.transport == Transport::Unknown) {
            let members = members.entry(id).or_default();
            let (transport, address) = (listener.transport, listener.address);
            members.listeners.insert(&listener.owner);
            members.listening.insert(Listening { transport, address, port: listener.port });
        }
    }
    for connection in inventory.connections.iter().flat_map(|section| &section.connections) {
        if let Some(id) = local_id(&connection.owner) {
            members.entry(id).or_default().others.insert(&connection.owner);
        }
    }
    members.into_iter().filter_map(|(local_id, members)| members.instance(local_id, inventory)).collect()
}

/// What identifies the instance this owner belongs to; none where the owner could not be told.
pub(super) fn local_id(owner: &Owner) -> Option<String> {
    let user = owner.user.as_deref().unwrap_or("?");
    let id = if let Some(container) = owner.container.as_deref() {
        format!("container {container}")
    } else if let Some(unit) = lasting_unit(owner) {
        format!("unit {unit}")
    } else if let Some(path) = &owner.executable {
        format!("program {} {user}", program(&readable(path)))
    } else {
        format!("name {} {user}", readable(owner.name.as_ref()?))
    };
    Some(value::key(&id))
}

/// The unit, unless it ends with a session or is made up anew at every start (systemd.scope(5), systemd-run(1)).
fn lasting_unit(owner: &Owner) -> Option<&str> {
    let unit = owner.unit.as_deref()?;
    let passing = unit.rsplit_once('.').is_some_and(|(_, kind)| kind == "scope")
        || unit.starts_with("user@")
        || unit.starts_with("run-");
    (!passing).then_some(unit)
}

/// The kernel marks the executable of a process whose file was replaced while it ran (proc(5)).
fn program(path: &str) -> &str {
    path.strip_suffix(" (deleted)").unwrap_or(path)
}

impl Members<'_> {
    fn instance(self, local_id: String, inventory: &Inventory) -> Option<Instance> {
        let main = most_telling(&self.listeners).or_else(|| most_telling(&self.others))?;
        let class = software_class(main);
        let path = main.executable.as_ref().map(|path| program(&readable(path)).to_owned());
        let data_directory = data_directory(class, main, path.as_deref(), inventory);
        let listens = self.listening.iter().map(Listening::to_string);
        let mut values = vec![
            (instance("executable"), optional_text(path.as_deref())),
            (instance("unit"), optional_text(lasting_unit(main))),
            (instance("container"), optional_text(main.container.as_deref())),
            (instance("user"), optional_text(main.user.as_deref())),
            (instance("package"), optional_text(main.package.as_deref())),
            (LISTENS, list(listens)),
            (DATA_DIRECTORY, optional_text(data_directory.as_deref())),
        ];
        values.extend(product::values(inventory, main, lasting_unit(main), path.as_deref()));
        let name = super::name(&called(main, path.as_deref()));
        let dependent = Dependent { class, local_id, name, values };
        let container = main.container.as_deref().map(container::local_id);
        Some(Instance { dependent, listening: self.listening, data_directory, container })
    }
}

/// The owner that says most of what this is: one of a known class before any other, then the first by its names, so
/// that the choice does not move.
fn most_telling<'a>(owners: &BTreeSet<&'a Owner>) -> Option<&'a Owner> {
    let known = owners.iter().find(|owner| software_class(owner) != "generic_process");
    known.or_else(|| owners.first()).copied()
}

fn called(owner: &Owner, path: Option<&str>) -> String {
    let kernel_name = owner.name.as_ref().map(|name| readable(name).into_owned());
    let program = path.map(|path| base_name(path).to_owned()).or(kernel_name).unwrap_or_default();
    if let Some(container) = owner.container.as_deref() {
        let short = container::short(container);
        return if program.is_empty() { short.to_owned() } else { format!("{program} ({short})") };
    }
    match lasting_unit(owner) {
        Some(unit) => unit.strip_suffix(".service").unwrap_or(unit).to_owned(),
        None => program,
    }
}

/// Options that say where a database's data is, and where it is when none does.
const DATA_OPTIONS: [&str; 6] = ["-D", "--datadir", "--dbpath", "--data-dir", "--datapath", "--data"];
const DATA_DEFAULTS: [(&str, &str); 9] = [
    ("/usr/lib/postgresql/", "/var/lib/postgresql"),
    ("postgres", "/var/lib/pgsql"),
    ("postmaster", "/var/lib/pgsql"),
    ("mysqld", "/var/lib/mysql"),
    ("mariadbd", "/var/lib/mysql"),
    ("mongod", "/var/lib/mongodb"),
    ("influxd", "/var/lib/influxdb"),
    ("slapd", "/var/lib/ldap"),
    ("etcd", "/var/lib/etcd"),
];

/// Where a database keeps its data: what its command line says, else the usual place. What is inside a container is
/// not on the host's file systems.
fn data_directory(class: &str, owner: &Owner, path: Option<&str>, inventory: &Inventory) -> Option<String> {
    if class != DATABASE || owner.container.is_some() {
        return None;
    }
    let processes = inventory.processes.iter().flat_map(|section| &section.processes);
    let said = processes.filter(|process| is_of(process, owner)).filter_map(data_option).min();
    let path = path.unwrap_or_default();
    let usual = || {
        let is = |known: &str| path.starts_with(known) || base_name(path) == known;
        DATA_DEFAULTS.iter().find(|(known, _)| is(known)).map(|(_, directory)| (*directory).to_owned())
    };
    said.or_else(usual)
}

fn is_of(process: &Process, owner: &Owner) -> bool {
    process.executable == owner.executable && process.unit == owner.unit && process.container.is_none()
}

fn data_option(process: &Process) -> Option<String> {
    let command_line = readable(&process.command_line).into_owned();
    let mut words = command_line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let (option, value) = word.split_once('=').unwrap_or((word, ""));
        if DATA_OPTIONS.contains(&option) {
            let value = if value.is_empty() { words.peek().copied().unwrap_or_default() } else { value };
            return value.starts_with('/').then(|| value::storable(value).into_owned());
        }
    }
    None
}

impl std::fmt::Display for Listening {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let transport = if self.transport == Transport::Udp { "udp" } else { "tcp" };
        write!(out, "{transport} {}", std::net::SocketAddr::new(self.address, self.port))
    }
}

/// The text is no place to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotListening;

impl std::str::FromStr for Listening {
    type Err = NotListening;

    fn from_str(text: &str) -> Result<Self, NotListening> {
        let (transport, place) = text.split_once(' ').ok_or(NotListening)?;
        let transport = match transport {
            "tcp" => Transport::Tcp,
            "udp" => Transport::Udp,
            _ => return Err(NotListening),
        };
        let place: std::net::SocketAddr = place.parse().map_err(|_error| NotListening)?;
        Ok(Self { transport, address: place.ip(), port: place.port() })
    }
}

impl Listening {
    /// How well this answers for an address: exactly, by listening everywhere, or not.
    #[must_use]
    pub fn answers(&self, address: IpAddr, transport: Transport, port: u16) -> Option<Answers> {
        if (self.transport, self.port) != (transport, port) {
            return None;
        }
        if self.address.to_canonical() == address {
            Some(Answers::Exactly)
        } else {
            // `::` takes IPv4 too unless the program asks for less (ipv6(7), IPV6_V6ONLY).
            let everywhere = self.address.is_unspecified() && (self.address.is_ipv6() || address.is_ipv4());
            everywhere.then_some(Answers::Everywhere)
        }
    }
}

/// How well a listener matches an address; better is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answers {
    /// It is bound to the address.
    Exactly,
    /// It is bound to all addresses.
    Everywhere,
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::section::processes::{Owner, Process, Processes};
    use terrier_shared::latest::section::sockets::{Listener, Sockets, Transport};

    use super::{instances, local_id};
    use crate::reconcile::inventory::Inventory;

    fn owner(executable: &str, unit: &str) -> Owner {
        let unit = (!unit.is_empty()).then(|| unit.to_owned());
        Owner { executable: Some(executable.into()), user: Some("www".into()), unit, ..Owner::default() }
    }

    fn listener(owner: Owner, port: u16) -> Listener {
        Listener { transport: Transport::Tcp, address: "0.0.0.0".parse().unwrap(), port, owner }
    }

    #[test]
    fn a_session_or_transient_unit_does_not_identify_a_program() {
        let by_program = local_id(&owner("/usr/bin/curl", "")).unwrap();
        for unit in ["session-3.scope", "user@1000.service", "run-r1a2b.service", "init.scope"] {
            assert_eq!(local_id(&owner("/usr/bin/curl", unit)).as_ref(), Some(&by_program), "{unit}");
        }
        assert_eq!(local_id(&owner("/usr/bin/curl (deleted)", "")), Some(by_program));
        assert_eq!(local_id(&Owner::default()), None);
    }

    #[test]
    fn the_processes_of_a_unit_are_one_instance_that_keeps_its_name_and_class() {
        let nginx = owner("/usr/sbin/nginx", "nginx.service");
        let wrapper = owner("/usr/bin/bash", "nginx.service");
        let sockets = Sockets { listeners: vec![listener(wrapper, 8080), listener(nginx, 443)] };
        let found = instances(&Inventory { sockets: Some(sockets), ..Inventory::default() });
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].dependent.name.as_str(), found[0].dependent.class), ("nginx", "web_server"));
        let listens = found[0].dependent.values.iter().find(|(attribute, _)| attribute.name == "listens").unwrap();
        assert_eq!(listens.1.as_deref(), Some(r#"["tcp 0.0.0.0:443","tcp 0.0.0.0:8080"]"#));
    }

    #[test]
    fn a_database_says_where_its_data_is_or_keeps_it_in_the_usual_place() {
        let postgres = owner("/usr/lib/postgresql/15/bin/postgres", "postgresql@15-main.service");
        let process = |command_line: &str| Process {
            executable: postgres.executable.clone(),
            unit: postgres.unit.clone(),
            command_line: command_line.into(),
            ..Process::default()
        };
        for (command_line, expected) in [
            ("postgres -D /srv/pg/15 -c x=y", "/srv/pg/15"),
            ("postgres: checkpointer", "/var/lib/postgresql"),
            ("postgres --datadir=relative", "/var/lib/postgresql"),
        ] {
            let inventory = Inventory {
                sockets: Some(Sockets { listeners: vec![listener(postgres.clone(), 5432)] }),
                processes: Some(Processes { processes: vec![process(command_line)] }),
                ..Inventory::default()
            };
            let found = instances(&inventory);
            assert_eq!(found[0].data_directory.as_deref(), Some(expected), "{command_line}");
        }
    }
}
