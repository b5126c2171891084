//! Plans against a register in memory that carries them out.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use terrier_shared::latest::section::connections::{Connection, Connections, Direction};
use terrier_shared::latest::section::identity::Firmware;
use terrier_shared::latest::section::network::{Address, Interface, InterfaceKind};
use terrier_shared::latest::section::processes::{Owner, Process, Processes};
use terrier_shared::latest::section::sockets::{Listener, Sockets, Transport};
use terrier_shared::latest::section::storage::{Filesystem, RemoteExport, Storage};
use terrier_shared::latest::section::{Identity, Network, Os, Section, SectionKind};

use super::{CiRef, Plan, RelationRef, Side, plan};
use crate::reconcile::attribute::{BOOTED_AT, ENDPOINT, NAME};
use crate::reconcile::inventory::Inventory;
use crate::reconcile::known::{CiKey, End, Known, KnownCi, KnownRelation, Peer, Seen};
use crate::reconcile::observe::observe;

/// A register in memory: what plans are made from, and carried out on.
#[derive(Default)]
struct Register {
    cis: Vec<Row>,
    known: HashMap<CiKey, Known>,
    relations: Vec<KnownRelation>,
}

struct Row {
    parent: Option<CiKey>,
    ci: KnownCi,
}

impl Register {
    /// Applies what a host's sections say and gives the plan.
    fn report(
        &mut self,
        host: Option<CiKey>,
        inventory: &Inventory,
        installed: &[i32],
        at: Timestamp,
    ) -> (CiKey, Plan) {
        let observed = observe(inventory);
        let known = self.known(host);
        let installed: BTreeSet<i32> = installed.iter().copied().collect();
        let plan = plan(&known, &observed, Some(&installed), at);
        let host = self.carry_out(host, &plan, &installed);
        (host, plan)
    }

    fn known(&self, host: Option<CiKey>) -> Known {
        let mut known = host.and_then(|host| self.known.get(&host).cloned()).unwrap_or_default();
        known.fallback_name = "fallback".to_owned();
        known.host = host.map(|key| self.row(key).ci.clone());
        known.dependents = self.under(host).map(|row| row.ci.clone()).collect();
        known.relations.clone_from(&self.relations);
        for row in &self.cis {
            let holder = |key: CiKey| Peer {
                key,
                endpoint: row.ci.class == ENDPOINT,
                near: true,
                gone: row.ci.gone,
                last_seen: None,
            };
            if row.ci.class == ENDPOINT && row.parent.is_none() {
                let name = row.ci.local_id.clone().unwrap();
                known.peers.holders.entry(name).or_default().push(holder(row.ci.key));
            }
            let other = self.known.get(&row.ci.key).filter(|_| row.parent.is_none());
            for (_, address) in other.iter().flat_map(|other| &other.identifiers).filter(|(kind, _)| kind == "address")
            {
                known.peers.holders.entry(address.clone()).or_default().push(holder(row.ci.key));
                let listening =
                    self.under(Some(row.ci.key)).filter(|row| !row.ci.gone).flat_map(|row| self.listening(row));
                known.peers.listening.insert(row.ci.key, listening.collect());
            }
        }
        known
    }

    fn listening<'a>(
        &'a self,
        row: &'a Row,
    ) -> impl Iterator<Item = (CiKey, crate::reconcile::observe::Listening)> + 'a {
        let values = &self.known[&row.parent.unwrap()].values;
        let places = values.get(&(row.ci.key, crate::reconcile::attribute::LISTENS));
        let places: Vec<String> = places.map(|json| serde_json::from_str(json).unwrap()).unwrap_or_default();
        places.into_iter().map(|place| (row.ci.key, place.parse().unwrap()))
    }

    fn row(&self, key: CiKey) -> &Row {
        &self.cis[usize::try_from(key).unwrap() - 1]
    }

    fn under(&self, host: Option<CiKey>) -> impl Iterator<Item = &Row> {
        self.cis.iter().filter(move |row| row.parent.is_some() && row.parent == host)
    }

    fn end(&self, key: CiKey) -> End {
        let row = self.row(key);
        End { key, parent: row.parent, class: row.ci.class.clone(), local_id: row.ci.local_id.clone() }
    }

    fn carry_out(&mut self, host: Option<CiKey>, plan: &Plan, installed: &BTreeSet<i32>) -> CiKey {
        let mut created = Vec::new();
        for new in &plan.new_cis {
            let key = CiKey::try_from(self.cis.len() + 1).unwrap();
            let parent = new.parent.map(|parent| key_of(parent, &created));
            let (class, name, local_id) = (new.class.clone(), new.name.clone(), new.local_id.clone());
            self.cis.push(Row { parent, ci: KnownCi { key, class, name, local_id, gone: false, class_said: false } });
            created.push(key);
        }
        let host = host.unwrap_or_else(|| created[0]);
        for (key, (class, name)) in &plan.changed_cis {
            let ci = &mut self.cis[usize::try_from(*key).unwrap() - 1].ci;
            (ci.class, ci.name) = (class.clone(), name.clone());
        }
        for (keys, gone) in [(&plan.gone, true), (&plan.back, false)] {
            for key in keys {
                self.cis[usize::try_from(*key).unwrap() - 1].ci.gone = gone;
            }
        }
        let known = self.known.entry(host).or_default();
        known.values.retain(|name, _| !plan.closed_values.contains(name));
        for ((ci, attribute), value) in &plan.opened_values {
            let before = known.values.insert((key_of(*ci, &created), *attribute), value.clone());
            assert_eq!(before, None, "{attribute:?} is opened while it is open");
        }
        known.identifiers.retain(|identifier| !plan.closed_identifiers.contains(identifier));
        let own = plan.opened_identifiers.iter().filter(|(ci, _, _)| key_of(*ci, &created) == host);
        known.identifiers.extend(own.map(|(_, kind, value)| (kind.clone(), value.clone())));
        known.installed.clone_from(installed);
        self.relate(plan, &created);
        host
    }

    fn relate(&mut self, plan: &Plan, created: &[CiKey]) {
        self.relations.retain(|one| !plan.closed_relations.contains(&one.key));
        let first = self.relations.iter().map(|one| one.key).max().unwrap_or_default() + 1;
        for (new, key) in plan.opened_relations.iter().zip(first..) {
            let (source, target) = (self.end(key_of(new.source, created)), self.end(key_of(new.target, created)));
            let twice = self
                .relations
                .iter()
                .any(|one| (one.source.key, one.target.key, one.kind.as_str()) == (source.key, target.key, new.kind));
            assert!(!twice, "{new:?} is opened while it is open");
            self.relations.push(KnownRelation {
                key,
                kind: new.kind.to_owned(),
                source,
                target,
                evidence: [None, None],
            });
        }
        for evidence in &plan.evidence {
            let key = match evidence.relation {
                RelationRef::Known(key) => key,
                RelationRef::New(place) => first + i64::try_from(place).unwrap(),
            };
            let relation = self.relations.iter_mut().find(|one| one.key == key).unwrap();
            relation.evidence[usize::from(evidence.side == Side::Target)] = Some(evidence.seen.clone());
        }
    }

    fn name(&self, key: CiKey) -> String {
        let row = self.row(key);
        match row.parent {
            Some(parent) => format!("{}/{}", self.row(parent).ci.name, row.ci.name),
            None => row.ci.name.clone(),
        }
    }

    /// Open `uses` relations as `source -> target :ports by sides`.
    fn uses(&self) -> Vec<String> {
        let text = |one: &KnownRelation| {
            let sides = one.evidence.iter().zip(["source", "target"]).filter(|(seen, _)| seen.is_some());
            let sides: Vec<_> = sides.map(|(_, side)| side).collect();
            let ends = format!("{} -> {}", self.name(one.source.key), self.name(one.target.key));
            format!("{ends} :{:?} by {}", one.ports(), sides.join("+"))
        };
        let mut uses: Vec<_> = self.relations.iter().filter(|one| one.kind == "uses").map(text).collect();
        uses.sort();
        uses
    }
}

fn key_of(ci: CiRef, created: &[CiKey]) -> CiKey {
    match ci {
        CiRef::Known(key) => key,
        CiRef::New(place) => created[place],
    }
}

fn day(day: i64) -> Timestamp {
    "2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * day)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn owner(unit: &str, executable: &str) -> Owner {
    Owner { unit: Some(unit.into()), executable: Some(executable.into()), user: Some("u".into()), ..Owner::default() }
}

fn connection(direction: Direction, owner: Owner, remote: &str, port: u16, local: &str) -> Connection {
    let transport = Transport::Tcp;
    Connection { direction, transport, owner, remote_address: ip(remote), port, local_address: ip(local), count: 1 }
}

fn host(name: &str, address: &str, listeners: Vec<Listener>, connections: Vec<Connection>, at: Timestamp) -> Inventory {
    let mut inventory = Inventory::default();
    for section in [
        Section::Identity(Identity { hostname: name.into(), ..Identity::default() }),
        network(address),
        Section::Sockets(Sockets { listeners }),
        Section::Connections(Connections { connections }),
    ] {
        inventory.put_fresh(section, at);
    }
    inventory
}

fn network(address: &str) -> Section {
    let addresses = vec![Address { address: ip(address), prefix: 24, dynamic: true }];
    let kind = InterfaceKind::Ethernet;
    let interface = Interface { name: "eth0".into(), kind, addresses, ..Interface::default() };
    Section::Network(Network { interfaces: vec![interface], ..Network::default() })
}

fn listener(owner: Owner, address: &str, port: u16) -> Listener {
    Listener { transport: Transport::Tcp, address: ip(address), port, owner }
}

fn postgres() -> Owner {
    owner("postgresql.service", "/usr/lib/postgresql/15/bin/postgres")
}

fn database(at: Timestamp, clients: &[&str]) -> Inventory {
    let incoming = |client: &&str| connection(Direction::Incoming, postgres(), client, 5432, "192.0.2.10");
    let listeners = vec![listener(postgres(), "0.0.0.0", 5432)];
    host("db", "192.0.2.10", listeners, clients.iter().map(incoming).collect(), at)
}

fn shop(at: Timestamp) -> Inventory {
    let app = owner("shop.service", "/usr/bin/java");
    host("web", "192.0.2.20", vec![], vec![connection(Direction::Outgoing, app, "192.0.2.10", 5432, "192.0.2.20")], at)
}

/// A host with something of everything.
fn busy(at: Timestamp) -> Inventory {
    let nginx = owner("nginx.service", "/usr/sbin/nginx");
    let listeners = vec![listener(postgres(), "127.0.0.1", 5432), listener(nginx.clone(), "::", 443)];
    let connections = vec![
        connection(Direction::Outgoing, nginx.clone(), "127.0.0.1", 5432, "127.0.0.1"),
        connection(Direction::Incoming, postgres(), "127.0.0.1", 5432, "127.0.0.1"),
        connection(Direction::Outgoing, nginx, "198.51.100.7", 443, "192.0.2.30"),
    ];
    let mut inventory = host("busy", "192.0.2.30", listeners, connections, at);
    let nfs = RemoteExport { server: "files".into(), address: Some("192.0.2.99".into()), path: "/export".into() };
    let mounted = |mount_point: &str, remote| Filesystem {
        mount_point: mount_point.into(),
        kind: "ext4".into(),
        remote,
        ..Filesystem::default()
    };
    let filesystems = vec![mounted("/", None), mounted("/srv", Some(nfs)), mounted("/var/lib", None)];
    let first = Process { pid: 1, started_s: 1_790_000_000, ..Process::default() };
    for section in [
        Section::Storage(Storage { filesystems, ..Storage::default() }),
        Section::Processes(Processes { processes: vec![first] }),
        Section::Os(Os { id: "debian".into(), pretty_name: "Debian".into(), ..Os::default() }),
    ] {
        inventory.put_fresh(section, at);
    }
    inventory
}

#[test]
fn carried_out_a_plan_leaves_nothing_to_plan() {
    let mut register = Register::default();
    let (key, first) = register.report(None, &busy(day(0)), &[1, 2, 3], day(0));
    assert!(first.changes_history());
    let (_, second) = register.report(Some(key), &busy(day(0)), &[1, 2, 3], day(0));
    assert_eq!(second, Plan::default());
    let (_, later) = register.report(Some(key), &busy(day(1)), &[1, 2, 3], day(1));
    assert!(!later.changes_history() && !later.evidence.is_empty(), "{later:?}");
}

#[test]
fn what_runs_and_is_stored_where_follows_from_the_inventory() {
    let mut register = Register::default();
    register.report(None, &busy(day(0)), &[], day(0));
    let mut structure: Vec<_> = register
        .relations
        .iter()
        .filter(|one| one.kind != "uses")
        .map(|one| format!("{} {} {}", register.name(one.source.key), one.kind, register.name(one.target.key)))
        .collect();
    structure.sort();
    assert_eq!(
        structure,
        [
            "busy//srv stored_on 192.0.2.99",
            "busy/nginx runs_on busy",
            "busy/postgresql runs_on busy",
            "busy/postgresql stored_on busy//var/lib",
        ]
    );
    let uses =
        ["busy/nginx -> 198.51.100.7 :{443} by source", "busy/nginx -> busy/postgresql :{5432} by source+target"];
    assert_eq!(register.uses(), uses);
}

#[test]
fn two_ends_of_a_connection_make_one_relation_whoever_reports_first() {
    let expected = ["web/shop -> db/postgresql :{5432} by source+target"];
    let mut server_first = Register::default();
    server_first.report(None, &database(day(0), &["192.0.2.20"]), &[], day(0));
    assert_eq!(server_first.uses(), ["192.0.2.20 -> db/postgresql :{5432} by target"]);
    server_first.report(None, &shop(day(0)), &[], day(0));
    assert_eq!(server_first.uses(), expected);

    let mut client_first = Register::default();
    client_first.report(None, &shop(day(0)), &[], day(0));
    assert_eq!(client_first.uses(), ["web/shop -> 192.0.2.10 :{5432} by source"]);
    client_first.report(None, &database(day(0), &["192.0.2.20"]), &[], day(0));
    assert_eq!(client_first.uses(), expected);
}

#[test]
fn an_endpoint_stays_one_while_the_host_at_its_address_does_not_listen_there() {
    let mut register = Register::default();
    register.report(None, &shop(day(0)), &[], day(0));
    register.report(None, &host("db", "192.0.2.10", vec![], vec![], day(0)), &[], day(0));
    assert_eq!(register.uses(), ["web/shop -> 192.0.2.10 :{5432} by source"]);
}

#[test]
fn a_snapshot_without_a_relation_ends_nothing_but_five_weeks_of_them_do() {
    let mut register = Register::default();
    let (db, _) = register.report(None, &database(day(0), &[]), &[], day(0));
    let (web, _) = register.report(None, &shop(day(0)), &[], day(0));
    let quiet = |at| host("web", "192.0.2.20", vec![], vec![], at);
    let (_, plan) = register.report(Some(web), &quiet(day(1)), &[], day(1));
    assert_eq!(plan, Plan::default(), "an instance that only connects rests");
    assert_eq!(register.uses().len(), 1);
    register.report(Some(web), &quiet(day(36)), &[], day(36));
    assert!(register.uses().is_empty());
    let (_, plan) = register.report(Some(db), &database(day(36), &[]), &[], day(36));
    assert_eq!(plan, Plan::default());
}

#[test]
fn what_vanishes_is_gone_and_returns_as_the_same_ci() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[1], day(0));
    let mut without = busy(day(1));
    without.storage.as_mut().unwrap().filesystems.retain(|one| one.mount_point.as_bytes() != b"/srv");
    let (_, plan) = register.report(Some(key), &without, &[1], day(1));
    assert_eq!((plan.gone.len(), plan.closed_relations.len(), plan.new_cis.len()), (1, 1, 0));
    assert!(!plan.closed_values.is_empty());
    let (_, plan) = register.report(Some(key), &busy(day(2)), &[1], day(2));
    assert_eq!((plan.gone.len(), plan.back.len(), plan.new_cis.len(), plan.opened_relations.len()), (0, 1, 0, 1));
}

#[test]
fn a_section_that_did_not_come_removes_nothing() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[1, 2], day(0));
    let mut stored = busy(day(0));
    stored.fresh.clear();
    let known = register.known(Some(key));
    assert_eq!(plan(&known, &observe(&stored), None, day(1)), Plan::default());
    stored.fresh.insert(SectionKind::Services);
    assert_eq!(plan(&known, &observe(&stored), None, day(1)), Plan::default());
}

#[test]
fn a_clock_that_is_set_is_no_reboot_and_a_reboot_is_one() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[], day(0));
    let started = |seconds: i64| {
        let mut inventory = busy(day(1));
        inventory.processes.as_mut().unwrap().processes[0].started_s = 1_790_000_000 + seconds;
        inventory
    };
    let (_, plan) = register.report(Some(key), &started(90), &[], day(1));
    assert!(!plan.changes_history());
    let (_, plan) = register.report(Some(key), &started(3600), &[], day(1));
    assert_eq!(plan.opened_values.keys().map(|(_, attribute)| *attribute).collect::<Vec<_>>(), [BOOTED_AT]);
}

#[test]
fn a_name_that_people_gave_stays() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[], day(0));
    register.known.get_mut(&key).unwrap().others.said.insert((key, NAME));
    let mut renamed = busy(day(1));
    renamed.identity.as_mut().unwrap().hostname = "renamed".into();
    let (_, plan) = register.report(Some(key), &renamed, &[], day(1));
    assert!(plan.changed_cis.is_empty());
    assert_eq!(plan.opened_values.get(&(CiRef::Known(key), NAME)).map(String::as_str), Some("\"renamed\""));
}

#[test]
fn what_another_machine_still_sees_is_not_gone_but_what_this_one_said_of_it_ends() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[], day(0));
    let filesystem = register.under(Some(key)).find(|row| row.ci.class == "filesystem").unwrap().ci.key;
    register.known.get_mut(&key).unwrap().others.seen.insert(filesystem);
    let mut without = busy(day(1));
    without.storage.as_mut().unwrap().filesystems.clear();
    let (_, plan) = register.report(Some(key), &without, &[], day(1));
    assert!(!plan.gone.contains(&filesystem));
    assert!(plan.closed_values.iter().any(|(ci, _)| *ci == filesystem));
    register.known.get_mut(&key).unwrap().others.seen.clear();
    let (_, plan) = register.report(Some(key), &without, &[], day(1));
    assert!(plan.gone.contains(&filesystem));
}

#[test]
fn an_identifier_ends_when_no_machine_says_it_any_more() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[], day(0));
    let mut renamed = busy(day(1));
    renamed.identity.as_mut().unwrap().hostname = "renamed".into();
    let hostname = ("hostname".to_owned(), register.row(key).ci.name.clone());
    let said = (key, crate::reconcile::attribute::host("hostname"));
    let others = &mut register.known.get_mut(&key).unwrap().others;
    others.values.insert(said, vec![format!("\"{}\"", hostname.1.to_uppercase())]);
    let (_, plan) = register.report(Some(key), &renamed, &[], day(1));
    assert_eq!(plan.closed_identifiers, BTreeSet::new());
    register.known.get_mut(&key).unwrap().others.values.clear();
    let (_, plan) = register.report(Some(key), &renamed, &[], day(1));
    assert_eq!(plan.closed_identifiers, [hostname].into());
}

#[test]
fn packages_open_and_close_by_difference() {
    let mut register = Register::default();
    let (key, _) = register.report(None, &busy(day(0)), &[1, 2, 3], day(0));
    let (_, plan) = register.report(Some(key), &busy(day(0)), &[2, 3, 4], day(0));
    assert_eq!((plan.closed_installations, plan.opened_installations), ([1].into(), [4].into()));
}

#[test]
fn a_placeholder_is_an_attribute_but_no_identifier() {
    let system = Firmware { serial: Some("To Be Filled By O.E.M.".into()), ..Firmware::default() };
    let mut inventory = Inventory::default();
    inventory.put_fresh(Section::Identity(Identity { system, ..Identity::default() }), day(0));
    let observed = observe(&inventory);
    assert!(observed.values.iter().any(|(attribute, value)| attribute.name == "serial_number" && value.is_some()));
    assert!(observed.identifiers.iter().all(|(_, values)| values.is_empty()));
}

#[test]
fn evidence_adds_up_over_snapshots_and_is_not_counted_twice() {
    let mut register = Register::default();
    let (web, _) = register.report(None, &shop(day(0)), &[], day(0));
    for at in [day(0), day(1), day(1), day(2)] {
        register.report(Some(web), &shop(at), &[], at);
    }
    let relation = register.relations.iter().find(|one| one.kind == "uses").unwrap();
    let expected = Seen { samples: 3, first: day(0), last: day(2), ports: [5432].into() };
    assert_eq!(relation.evidence[0], Some(expected));
}

proptest! {
    #[test]
    fn the_order_of_sections_does_not_matter(order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let whole = busy(day(0));
        let sections: Vec<Section> = vec![
            Section::Identity(whole.identity.clone().unwrap()),
            Section::Os(whole.os.clone().unwrap()),
            Section::Storage(whole.storage.clone().unwrap()),
            Section::Network(whole.network.clone().unwrap()),
            Section::Processes(whole.processes.clone().unwrap()),
            Section::Sockets(whole.sockets.clone().unwrap()),
            Section::Connections(whole.connections.clone().unwrap()),
        ];
        let mut register = Register::default();
        let mut inventory = Inventory::default();
        let mut key = None;
        for place in order {
            inventory.fresh.clear();
            inventory.put_fresh(sections[place].clone(), day(0));
            key = Some(register.report(key, &inventory, &[], day(0)).0);
        }
        let mut at_once = Register::default();
        at_once.report(None, &whole, &[], day(0));
        prop_assert_eq!(register.uses(), at_once.uses());
        let (_, nothing) = register.report(key, &whole, &[], day(0));
        prop_assert!(!nothing.changes_history(), "{:?}", nothing);
    }

    #[test]
    fn whatever_is_taken_away_and_given_back_the_register_ends_as_it_began(
        mounts in any::<[bool; 3]>(), listening in any::<[bool; 2]>(), packages in prop::collection::btree_set(0..20, 0..10),
    ) {
        let mut register = Register::default();
        let (key, _) = register.report(None, &busy(day(0)), &[1, 2, 3], day(0));
        let keep = |flags: &[bool], place: &mut usize| { *place += 1; flags[*place - 1] };
        let mut less = busy(day(1));
        let mut place = 0;
        less.storage.as_mut().unwrap().filesystems.retain(|_| keep(&mounts, &mut place));
        place = 0;
        less.sockets.as_mut().unwrap().listeners.retain(|_| keep(&listening, &mut place));
        let packages: Vec<i32> = packages.into_iter().collect();
        register.report(Some(key), &less, &packages, day(1));
        let (_, again) = register.report(Some(key), &less, &packages, day(1));
        prop_assert!(!again.changes_history(), "{:?}", again);
        register.report(Some(key), &busy(day(2)), &[1, 2, 3], day(2));
        prop_assert!(register.cis.iter().all(|row| !row.ci.gone || row.ci.class == ENDPOINT));
        let (_, last) = register.report(Some(key), &busy(day(2)), &[1, 2, 3], day(2));
        prop_assert_eq!(last, Plan::default());
    }
}
