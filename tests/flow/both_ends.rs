//! A connection is one relation between two running things, whichever end is reported first.

use serde_json::{Value, json};

use super::reconcile::{connection, host, owner, sockets, tree, uses};
use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, minutes, section};

const SERVER: &str = "192.0.2.10";
const CLIENT: &str = "192.0.2.20";
/// A forwarder's port, from which nobody would guess a role.
const PORT: u16 = 5432;

fn postgres() -> Value {
    owner("postgresql.service", "/usr/lib/postgresql/15/bin/postgres")
}

fn app() -> Value {
    owner("app.service", "/usr/bin/app")
}

/// What the server reports: it listens, and the client is connected to it.
fn server_reports(register: &Register, agent: Agent, minute: i64) {
    let mut reports = host(minutes(minute), "db", SERVER);
    reports.pop();
    let incoming = connection("incoming", &postgres(), CLIENT, PORT, SERVER);
    reports.push(section("connections", minutes(minute), &json!({"connections": [incoming]})));
    register.send(agent, minutes(minute), &reports);
}

/// What the client reports: it listens to nothing and is connected to the server.
fn client_reports(register: &Register, agent: Agent, minute: i64) {
    let mut reports = host(minutes(minute), "web", CLIENT);
    reports.truncate(7);
    reports.push(section("sockets", minutes(minute), &sockets(&[])));
    let outgoing = connection("outgoing", &app(), SERVER, PORT, CLIENT);
    reports.push(section("connections", minutes(minute), &json!({"connections": [outgoing]})));
    register.send(agent, minutes(minute), &reports);
}

#[test]
fn either_order_of_reports_ends_with_one_relation_between_the_two_programs() {
    for backend in Backend::BOTH {
        for server_first in [true, false] {
            let register = Register::new(backend);
            let (db, web) = (register.agent("db"), register.agent("web"));
            if server_first {
                server_reports(&register, db, 0);
                client_reports(&register, web, 1);
            } else {
                client_reports(&register, web, 0);
                server_reports(&register, db, 1);
            }
            register.reconcile();
            let joined = ["app -> postgresql by source [5432], target [5432]"];
            assert_eq!(uses(&register), joined, "{backend:?}, server first: {server_first}");
            let endpoints: Vec<_> = tree(&register).into_iter().filter(|line| line.contains("endpoint")).collect();
            assert!(endpoints.iter().all(|line| line.ends_with("gone")), "{backend:?} {server_first}: {endpoints:?}");
        }
    }
}

#[test]
fn it_stays_one_relation_when_both_report_again() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (db, web) = (register.agent("db"), register.agent("web"));
        for round in 0..3 {
            server_reports(&register, db, round * 10);
            register.reconcile();
            client_reports(&register, web, round * 10 + 5);
            register.reconcile();
        }
        assert_eq!(uses(&register), ["app -> postgresql by source [5432], target [5432]"], "{backend:?}");
    }
}
