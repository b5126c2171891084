//! Two agents that carry the same identifiers: two machines, or one with a new agent?

use serde_json::json;

use super::reconcile::{host, tree};
use crate::harness::database::Backend;
use crate::harness::inbox::{Register, minutes, section};

/// The whole host, with the boot it says it runs in.
fn reports(minute: i64, boot_id: &str) -> Vec<serde_json::Value> {
    let mut reports = host(minutes(minute), "db", "192.0.2.10");
    let identity = json!({"hostname": "db", "system": {"vendor": "ACME", "serial": "S-db"}, "chassis_type": 23,
        "boot_id": boot_id});
    reports[0] = section("identity", minutes(minute), &identity);
    reports
}

fn hosts(register: &Register) -> usize {
    tree(register).iter().filter(|line| !line.starts_with(' ')).count()
}

const ONE_BOOT: &str = "6f1e2d3c-0000-4000-8000-000000000001";
const ANOTHER_BOOT: &str = "6f1e2d3c-0000-4000-8000-000000000002";

#[test]
fn a_twin_that_reports_while_the_first_agent_lives_is_another_machine() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (first, twin) = (register.agent("db"), register.agent("db"));
        register.send(first, minutes(0), &reports(0, ONE_BOOT));
        register.reconcile();
        register.send(twin, minutes(2), &reports(2, ANOTHER_BOOT));
        register.send(first, minutes(5), &reports(5, ONE_BOOT));
        register.send(twin, minutes(7), &reports(7, ANOTHER_BOOT));
        register.reconcile();
        assert_eq!(hosts(&register), 2, "{backend:?}");
    }
}

#[test]
fn a_new_agent_long_after_the_old_one_fell_silent_takes_its_ci_over() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (old, new) = (register.agent("db"), register.agent("db"));
        register.send(old, minutes(0), &reports(0, ONE_BOOT));
        register.send(new, minutes(60), &reports(60, ANOTHER_BOOT));
        register.reconcile();
        assert_eq!(hosts(&register), 1, "{backend:?}");
    }
}

#[test]
fn an_agent_that_is_enrolled_anew_in_the_same_boot_takes_the_ci_over_at_once() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (old, new) = (register.agent("db"), register.agent("db"));
        register.send(old, minutes(0), &reports(0, ONE_BOOT));
        register.send(new, minutes(2), &reports(2, ONE_BOOT));
        register.reconcile();
        assert_eq!(hosts(&register), 1, "{backend:?}: two machines never run in one boot");
    }
}

#[test]
fn two_copies_of_a_running_machine_part_and_do_not_take_turns() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (first, copy) = (register.agent("db"), register.agent("db"));
        for round in 0..4 {
            register.send(first, minutes(round * 5), &reports(round * 5, ONE_BOOT));
            register.send(copy, minutes(round * 5 + 2), &reports(round * 5 + 2, ONE_BOOT));
        }
        register.reconcile();
        assert_eq!(hosts(&register), 2, "{backend:?}");
    }
}
