//! Machines that carry what others carry, too: each is one CI, whatever happens to it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::identification::store::proposal::State;
use terrier_server::identification::store::{hold, proposal, verdict};
use terrier_server::kernel::page::PageRequest;
use terrier_server::kernel::scope::Scope;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{cmdb_ci as c, cmdb_relation as rel};

use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, minutes, section};

/// A machine as it says itself what it is.
#[derive(Debug, Clone, Default)]
struct Machine {
    hostname: String,
    vendor: &'static str,
    serial: String,
    uuid: String,
    id: String,
    macs: Vec<String>,
    container: bool,
    tpm: Option<String>,
}

impl Machine {
    fn report(&self, register: &Register, agent: Agent, minute: i64) {
        let at = minutes(minute);
        let container = self.container.then_some("docker");
        let identity = json!({"hostname": self.hostname, "machine_id": self.id, "product_uuid": self.uuid,
            "container": container, "tpm_key": self.tpm, "system": {"vendor": self.vendor, "serial": self.serial}, "chassis_type": 3});
        let interfaces: Vec<Value> = self
            .macs
            .iter()
            .zip(0..)
            .map(|(mac, number)| {
                let name = format!("eth{number}");
                json!({"name": name, "kind": "ethernet", "up": true, "mac": mac, "addresses": []})
            })
            .collect();
        let network = json!({ "interfaces": interfaces });
        register.send(agent, at, &[section("identity", at, &identity), section("network", at, &network)]);
    }
}

/// The patterns of real facts: one host name on all, the placeholder `0` for most serial numbers, firmware UUIDs on up
/// to four and hardware addresses on up to six machines, containers that show their host's firmware.
fn awkward(number: usize) -> Machine {
    let shares_uuid = number.is_multiple_of(3);
    let uuid = if shares_uuid { 1_000 + number / 12 } else { number };
    let mac = if number.is_multiple_of(4) { 5_000 + number / 24 } else { number };
    Machine {
        hostname: "foo".to_owned(),
        vendor: "innotek GmbH",
        serial: if number % 3 == 1 { format!("VirtualBox-{number:08x}") } else { "0".to_owned() },
        uuid: format!("33998003-ad73-e945-93b6-{uuid:012x}"),
        id: format!("{:032x}", 0xabc_0000 + number),
        macs: vec![format!("08:00:27:00:{:02x}:{:02x}", mac / 256, mac % 256)],
        container: number % 20 == 19,
        tpm: None,
    }
}

fn owners(register: &Register) -> BTreeMap<i32, BTreeSet<i32>> {
    let rows: Vec<(i32, Option<i32>)> =
        register.read(|conn| c::table.filter(c::parent_key.is_null()).select((c::key, c::agent_key)).load(conn));
    rows.into_iter().map(|(key, agent)| (key, agent.into_iter().collect())).collect()
}

fn ci_of(register: &Register, agent: Agent) -> Option<i32> {
    let Agent(key) = agent;
    register.read(move |conn| c::table.filter(c::agent_key.eq(key)).select(c::key).first(conn).optional())
}

#[test]
fn two_hundred_awkward_machines_are_two_hundred_cis_over_ten_rounds_of_changes() {
    const MACHINES: usize = 200;
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let mut machines: Vec<(Machine, Agent)> =
            (0..MACHINES).map(|number| (awkward(number), register.agent("foo"))).collect();
        let mut homes: Vec<Option<i32>> = vec![None; MACHINES];
        for round in 0..10_usize {
            let minute = i64::try_from(round * 5).unwrap();
            register.pass_until(minutes(minute));
            // A rename, another network card, and a machine whose disk was wiped: it comes back as a new agent, with
            // nothing of the old but its hardware.
            let (renamed, rewired, wiped) = (round * 7 % MACHINES, round * 11 % MACHINES, 1 + round * 3);
            machines[renamed].0.hostname = format!("renamed-{round}");
            machines[rewired].0.macs = vec![format!("08:00:27:ff:00:{round:02x}")];
            if round > 1 && !machines[wiped].0.container {
                machines[wiped].0.id = format!("{:032x}", 0xdef_0000 + round);
                machines[wiped].1 = register.agent("foo");
            }
            for (machine, agent) in &machines {
                machine.report(&register, *agent, minute);
            }
            register.reconcile();
            for (number, (_, agent)) in machines.iter().enumerate() {
                let Some(home) = ci_of(&register, *agent) else { continue };
                let known = homes[number].get_or_insert(home);
                assert_eq!(*known, home, "{backend:?}: machine {number} moved in round {round}");
            }
        }
        register.pass_until(minutes(60));
        register.reconcile();
        let (owners, waiting) = (owners(&register), register.reconcile().waiting);
        assert_eq!((owners.len(), waiting), (MACHINES, 0), "{backend:?}");
        let distinct: BTreeSet<i32> = homes.iter().copied().flatten().collect();
        assert_eq!(distinct.len(), MACHINES, "{backend:?}: two machines are one CI");
    }
}

#[test]
fn fifty_copies_of_one_image_are_fifty_cis_within_two_intervals_and_stay() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let image = Machine {
            hostname: "golden".to_owned(),
            vendor: "QEMU",
            serial: "GOLDEN-1".to_owned(),
            uuid: "4c4c4544-0034-5310-8052-b4c04f4a4e31".to_owned(),
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            macs: vec!["ac:1f:6b:00:11:22".to_owned()],
            container: false,
            tpm: None,
        };
        let agents: Vec<Agent> = (0..50).map(|_| register.agent("golden")).collect();
        let mut homes = Vec::new();
        for round in 0..6 {
            register.pass_until(minutes(round * 5));
            for agent in &agents {
                image.report(&register, *agent, round * 5);
            }
            register.reconcile();
            if round == 2 {
                homes = agents.iter().map(|agent| ci_of(&register, *agent)).collect();
                assert_eq!(homes.iter().flatten().collect::<BTreeSet<_>>().len(), 50, "{backend:?}");
            }
        }
        let after: Vec<_> = agents.iter().map(|agent| ci_of(&register, *agent)).collect();
        assert_eq!((after, owners(&register).len()), (homes, 50), "{backend:?}: a copy moved");
        let page = PageRequest { limit: 200, after: None };
        let asked = register
            .store()
            .read_blocking::<_, StoreError>(|conn| proposal::list(conn, &Scope::all(), Some(State::Open), &page))
            .unwrap();
        assert_eq!(asked.len(), 0, "{backend:?}: nobody need be asked about copies that live");
        let judged = register.store().read_blocking(|conn| verdict::list(conn, None, 100)).unwrap();
        let kinds: BTreeSet<&str> = judged.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["mac", "machine_id", "product_uuid", "serial"].into(), "{backend:?}: they tell nothing now");
    }
}

fn real(number: u8) -> Machine {
    Machine {
        hostname: format!("web-{number}"),
        vendor: "Dell Inc.",
        serial: format!("CZJ95{number:02}"),
        uuid: format!("4c4c4544-0034-5310-8052-b4c04f4a4e{number:02x}"),
        id: format!("{number:032x}").replacen('0', "a", 1),
        macs: vec![format!("ac:1f:6b:00:11:{number:02x}")],
        container: false,
        tpm: None,
    }
}

#[test]
fn a_machine_that_is_set_up_anew_within_its_interval_waits_and_keeps_its_ci() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (old, new, machine) = (register.agent("web"), register.agent("web"), real(1));
        machine.report(&register, old, 0);
        register.reconcile();
        let wiped = Machine { id: "f".repeat(31) + "e", ..machine };
        register.pass_until(minutes(3));
        wiped.report(&register, new, 3);
        assert_eq!(register.reconcile().waiting, 1, "{backend:?}");
        let holds = register.store().read_blocking(hold::list_named).unwrap();
        assert_eq!(holds[0].0.until, minutes(7), "{backend:?}: an interval and what delays a report");
        register.pass_until(minutes(8));
        assert_eq!(register.reconcile().waiting, 0, "{backend:?}");
        let holds = register.store().read_blocking(hold::list_named).unwrap();
        assert_eq!((owners(&register).len(), holds.len()), (1, 0), "{backend:?}");
        assert!(ci_of(&register, new).is_some() && ci_of(&register, old).is_none(), "{backend:?}");
    }
}

#[test]
fn a_wiped_machine_that_has_nothing_else_of_its_own_is_recognised_by_its_tpm_and_a_container_on_it_is_not() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (old, new, inside, other) =
            (register.agent("foo"), register.agent("foo"), register.agent("foo"), register.agent("foo"));
        let machine = Machine { tpm: Some("ab".repeat(32)), ..Machine { id: "1a".repeat(16), ..awkward(0) } };
        machine.report(&register, old, 0);
        register.reconcile();
        let home = ci_of(&register, old);
        let wiped = Machine { id: "2b".repeat(16), macs: Vec::new(), uuid: String::new(), ..machine };
        wiped.report(&register, new, 600);
        register.reconcile();
        assert_eq!((ci_of(&register, new), owners(&register).len()), (home, 1), "{backend:?}");
        Machine { container: true, id: "3c".repeat(16), ..wiped.clone() }.report(&register, inside, 1_200);
        Machine { tpm: Some("cd".repeat(32)), id: "4d".repeat(16), ..wiped }.report(&register, other, 1_200);
        register.reconcile();
        assert_eq!((ci_of(&register, new), owners(&register).len()), (home, 3), "{backend:?}");
    }
}

#[test]
fn a_machine_that_comes_back_after_it_was_retired_is_a_new_ci_that_replaces_the_old() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (old, new) = (register.agent("web"), register.agent("web"));
        real(1).report(&register, old, 0);
        register.reconcile();
        let retired = ci_of(&register, old).unwrap();
        register
            .write(move |conn| diesel::update(c::table.find(retired)).set(c::lifecycle.eq("retired")).execute(conn));
        real(1).report(&register, new, 600);
        register.reconcile();
        let successor = ci_of(&register, new).unwrap();
        assert_ne!(successor, retired, "{backend:?}");
        let link: (i32, i32) = register.read(|conn| {
            rel::table.filter(rel::type_.eq("replaces")).select((rel::source_key, rel::target_key)).first(conn)
        });
        assert_eq!(link, (successor, retired), "{backend:?}");
    }
}

#[test]
fn where_only_card_and_name_agree_a_person_is_asked_and_nothing_is_merged() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let weak = Machine { serial: String::new(), uuid: String::new(), id: String::new(), ..real(1) };
        let (old, new) = (register.agent("web"), register.agent("web"));
        weak.report(&register, old, 0);
        weak.report(&register, new, 600);
        register.reconcile();
        assert_eq!(owners(&register).len(), 2, "{backend:?}");
        let page = PageRequest { limit: 200, after: None };
        let asked = register
            .store()
            .read_blocking::<_, StoreError>(|conn| proposal::list(conn, &Scope::all(), Some(State::Open), &page))
            .unwrap();
        let pairs: Vec<_> = asked.iter().map(|one| (Some(one.newer_key), Some(one.older_key))).collect();
        assert_eq!(pairs, [(ci_of(&register, new), ci_of(&register, old))], "{backend:?}");
    }
}

#[test]
fn a_container_in_its_hosts_network_is_not_its_host() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let contained = Machine { container: true, ..real(1) };
        real(1).report(&register, register.agent("web"), 0);
        contained.report(&register, register.agent("web"), 600);
        register.reconcile();
        assert_eq!(owners(&register).len(), 2, "{backend:?}");
    }
}
