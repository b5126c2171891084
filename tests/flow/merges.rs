//! Two CIs are made one, both are reported of on and on, and the merge is taken back: nothing is left of it.

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::json;
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::merge::service::{self, MergeCommand};
use terrier_server::kernel::id::{CiId, MergeId};
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::{
    catalogue_installation as inst, cmdb_ci as c, cmdb_identifier as i, cmdb_relation as rel, cmdb_section as s,
    cmdb_value as v,
};

use super::reconcile::{host, software};
use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, minutes, section};

/// Everything that reports and people say of CIs, in one order.
fn dump(register: &Register) -> Vec<String> {
    type Ci = ((i32, String, String, Option<i32>), (Option<At>, Option<At>, Option<At>), (Option<i32>, Option<i32>));
    type Value = (i32, i32, String, At, Option<At>, String, bool);
    register.read(|conn| {
        let cis: Vec<Ci> = c::table
            .order(c::key)
            .select((
                (c::key, c::class, c::name, c::parent_key),
                (c::first_seen_at, c::last_seen_at, c::gone_at),
                (c::agent_key, c::survivor_key),
            ))
            .load(conn)?;
        let values: Vec<Value> = v::table
            .order((v::ci_key, v::attribute_id, v::source, v::valid_from))
            .select((v::ci_key, v::attribute_id, v::source, v::valid_from, v::valid_to, v::value, v::shown))
            .load(conn)?;
        let identifiers: Vec<(i32, String, String, At, Option<At>)> = i::table
            .order((i::ci_key, i::kind, i::value, i::valid_from))
            .select((i::ci_key, i::kind, i::value, i::valid_from, i::valid_to))
            .load(conn)?;
        let relations: Vec<(i32, i32, String, At, Option<At>)> = rel::table
            .order(rel::key)
            .select((rel::source_key, rel::target_key, rel::type_, rel::valid_from, rel::valid_to))
            .load(conn)?;
        let installed: Vec<(i32, i32, At, Option<At>)> = inst::table
            .order((inst::ci_key, inst::version_id, inst::valid_from))
            .select((inst::ci_key, inst::version_id, inst::valid_from, inst::valid_to))
            .load(conn)?;
        let sections: Vec<(i32, String, Option<Vec<u8>>)> =
            s::table.order((s::ci_key, s::section)).select((s::ci_key, s::section, s::hash)).load(conn)?;
        let mut lines: Vec<String> = cis.iter().map(|row| format!("{row:?}")).collect();
        lines.extend(values.iter().map(|row| format!("{row:?}")));
        lines.extend(identifiers.iter().map(|row| format!("{row:?}")));
        lines.extend(relations.iter().map(|row| format!("{row:?}")));
        lines.extend(installed.iter().map(|row| format!("{row:?}")));
        lines.extend(sections.iter().map(|row| format!("{row:?}")));
        Ok(lines)
    })
}

fn id_of(register: &Register, Agent(agent): Agent) -> CiId {
    let id: Key16 = register.read(move |conn| c::table.filter(c::agent_key.eq(agent)).select(c::id).first(conn));
    id.into()
}

fn merge(register: &Register, survivor: CiId, merged: CiId) -> Result<MergeId, Error> {
    let (ctx, command) = (register.keeper(), MergeCommand { survivor, merged, reason: Some("the same box".into()) });
    register.store().write_blocking(move |conn| service::merge(conn, &ctx, &command))
}

fn undo(register: &Register, id: MergeId) {
    let ctx = register.keeper();
    register.store().write_blocking(move |conn| service::undo(conn, &ctx, id, None)).unwrap();
}

/// What one of the agents sends: a changed list of software, a renamed host, a file system that comes or goes.
fn update(register: &Register, agent: Agent, at: Timestamp, (variant, name): (u8, &str)) {
    let version = format!("3.0.{variant}-1");
    let mut filesystems = vec![json!({"mount_point": "/", "kind": "ext4", "source": "/dev/sda1", "size_bytes": 1_000})];
    if variant % 2 == 1 {
        filesystems.push(json!({"mount_point": "/srv", "kind": "xfs", "source": "/dev/sdb1", "size_bytes": 2_000}));
    }
    let identity = json!({"hostname": format!("{name}-{variant}"), "chassis_type": 23,
        "system": {"vendor": "ACME", "serial": format!("S-{name}")}});
    register.send(
        agent,
        at,
        &[
            section("identity", at, &identity),
            section("software", at, &software(&[("openssl", &version), ("bash", "5.2-2")])),
            section("storage", at, &json!({ "filesystems": filesystems })),
        ],
    );
    register.reconcile();
}

/// Two hosts with agents of their own.
fn two(backend: Backend) -> (Register, [Agent; 2]) {
    let register = Register::new(backend);
    let agents = [register.agent("a"), register.agent("b")];
    register.send(agents[0], minutes(0), &host(minutes(0), "a", "192.0.2.10"));
    register.send(agents[1], minutes(0), &host(minutes(0), "b", "192.0.2.11"));
    register.reconcile();
    (register, agents)
}

fn replay(backend: Backend, updates: &[(usize, u8)], merged_at: Option<usize>) -> Vec<String> {
    let (register, agents) = two(backend);
    let ids = agents.map(|agent| id_of(&register, agent));
    let mut open = None;
    for (step, (agent, variant)) in updates.iter().enumerate() {
        let at = minutes(i64::try_from(step + 1).unwrap() * 5);
        register.pass_until(at);
        if merged_at == Some(step) {
            open = Some(merge(&register, ids[0], ids[1]).unwrap());
        }
        update(&register, agents[*agent], at, (*variant, ["a", "b"][*agent]));
    }
    if let Some(id) = open {
        undo(&register, id);
    }
    dump(&register)
}

#[test]
fn a_merge_a_hundred_updates_and_an_undo_leave_what_there_is_without_the_merge() {
    for backend in Backend::BOTH {
        let updates: Vec<(usize, u8)> = (0..100_u8).map(|step| (usize::from(step % 3 == 0), step % 7)).collect();
        let (merged, never) = (replay(backend, &updates, Some(0)), replay(backend, &updates, None));
        assert!(never.len() > 100, "{backend:?}");
        assert_eq!(merged, never, "{backend:?}");
    }
}

#[test]
fn whenever_two_are_merged_an_undo_leaves_nothing_of_it() {
    for backend in Backend::BOTH {
        for seed in 0..6_u32 {
            // A linear congruential generator: the same updates every time (Numerical Recipes, 7.1).
            let mut state = seed;
            let mut draw = |below: u32| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) % below
            };
            let updates: Vec<(usize, u8)> =
                (0..2 + draw(6)).map(|_| (usize::try_from(draw(2)).unwrap(), u8::try_from(draw(4)).unwrap())).collect();
            let at = usize::try_from(draw(8)).unwrap() % updates.len();
            let (merged, never) = (replay(backend, &updates, Some(at)), replay(backend, &updates, None));
            assert_eq!(merged, never, "{backend:?}: {updates:?} merged before {at}");
        }
    }
}

/// What is part of what: by name and host.
fn parts(register: &Register) -> Vec<(i32, i32)> {
    let parts = c::table.filter(c::survivor_key.is_not_null()).order(c::key);
    register.read(|conn| parts.select((c::key, c::survivor_key.assume_not_null())).load(conn))
}

#[test]
fn what_is_under_two_hosts_that_are_one_and_has_one_name_is_one_too_also_when_it_comes_later() {
    for backend in Backend::BOTH {
        let (register, agents) = two(backend);
        let ids = agents.map(|agent| id_of(&register, agent));
        let merged = merge(&register, ids[0], ids[1]).unwrap();
        // The host itself, its file system, its interface and its database.
        let before = parts(&register).len();
        assert_eq!(before, 4, "{backend:?}: {:?}", parts(&register));
        update(&register, agents[0], minutes(5), (1, "a"));
        assert_eq!(parts(&register).len(), before, "{backend:?}: only one of the two has it");
        update(&register, agents[1], minutes(6), (1, "b"));
        assert_eq!(parts(&register).len(), before + 1, "{backend:?}: both have /srv now");
        undo(&register, merged);
        assert_eq!(parts(&register), [], "{backend:?}");
    }
}

#[test]
fn a_chain_of_merges_comes_apart_link_by_link() {
    for backend in Backend::BOTH {
        let (register, agents) = two(backend);
        let third = register.agent("c");
        register.send(third, minutes(0), &host(minutes(0), "c", "192.0.2.12"));
        register.reconcile();
        let ids = [agents[0], agents[1], third].map(|agent| id_of(&register, agent));
        let keys = ids.map(|id| {
            register.read(move |conn| c::table.filter(c::id.eq(Key16::from(id))).select(c::key).first::<i32>(conn))
        });
        let into_second = merge(&register, ids[1], ids[2]).unwrap();
        let into_first = merge(&register, ids[0], ids[1]).unwrap();
        let hosts = |register: &Register| -> Vec<_> {
            parts(register).into_iter().filter(|(key, _)| keys.contains(key)).collect()
        };
        assert_eq!(hosts(&register), [(keys[1], keys[0]), (keys[2], keys[0])], "{backend:?}");
        undo(&register, into_first);
        assert_eq!(hosts(&register), [(keys[2], keys[1])], "{backend:?}");
        undo(&register, into_second);
        assert_eq!(parts(&register), [], "{backend:?}");
    }
}
