//! Plans against a register in memory that carries them out.

mod hosts;
mod register;

use std::collections::BTreeSet;

use proptest::prelude::*;
use terrier_shared::latest::section::identity::Firmware;
use terrier_shared::latest::section::{Identity, Section, SectionKind};

use self::hosts::{busy, database, day, host, shop};
use self::register::Register;
use super::{CiRef, Plan, plan};
use crate::reconcile::attribute::{BOOTED_AT, ENDPOINT, NAME};
use crate::reconcile::inventory::Inventory;
use crate::reconcile::known::Seen;
use crate::reconcile::observe::observe;

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
