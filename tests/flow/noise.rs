//! How much history a host makes that only goes on doing what it does; `TERRIER_NOISE_DAYS=30` looks at a month.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::{Value, json};
use terrier_server::store::schema::cmdb_inheritance_change;

use super::reconcile::{connection, host, owner, sockets, software};
use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, minutes, section};

/// Reports of a day, one every five minutes.
const REPORTS: i64 = 288;
/// What a day of a steady host may add, in bytes.
const A_DAY: i64 = 5 << 10;

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Bytes in all rows that are history: eight for every number, time and key, and what texts are long.
fn history_bytes(register: &Register) -> i64 {
    let sql = "SELECT CAST((SELECT count(*) * 48 + coalesce(sum(length(coalesce(actor_name, '')) \
            + length(coalesce(reason, '')) + length(source)), 0) FROM cmdb_revision) \
        + (SELECT count(*) * 48 + coalesce(sum(length(value) + length(source)), 0) FROM cmdb_value) \
        + (SELECT count(*) * 24 + coalesce(sum(length(value) + length(kind)), 0) FROM cmdb_identifier) \
        + (SELECT count(*) * 72 + coalesce(sum(length(type) + length(origin)), 0) FROM cmdb_relation) \
        + (SELECT count(*) * 40 FROM catalogue_installation_set) AS BIGINT) AS bytes";
    register.read(|conn| diesel::sql_query(sql).get_result::<Bytes>(conn)).bytes
}

/// What differs from report to report though nothing happens: process numbers, clients that come and go.
fn volatile(minute: i64) -> Vec<Value> {
    let at = minutes(minute);
    let process = |pid: i64, name: &str| {
        json!({"pid": pid, "parent_pid": 1, "name": name, "command_line": name, "user": "root",
            "started_s": 1_790_000_000 + minute * 60})
    };
    let first = json!({"pid": 1, "parent_pid": 0, "name": "systemd", "command_line": "/sbin/init", "user": "root",
        "started_s": 1_790_000_000});
    let database = owner("postgresql.service", "/usr/lib/postgresql/15/bin/postgres");
    let client = format!("198.51.100.{}", minute / 5 % 3);
    vec![
        section(
            "processes",
            at,
            &json!({"processes": [first, process(1_000 + minute, "sh"), process(2_000 + minute, "cron")]}),
        ),
        section(
            "connections",
            at,
            &json!({"connections": [connection("in", &database, &client, 5_432, "192.0.2.10")]}),
        ),
    ]
}

fn one_day(register: &Register, agent: Agent, day: i64) -> i64 {
    let before = history_bytes(register);
    for report in 1..=REPORTS {
        let minute = (day * REPORTS + report) * 5;
        register.send(agent, minutes(minute), &volatile(minute));
    }
    // Once a day somebody upgrades a package.
    let minute = (day + 1) * REPORTS * 5 + 1;
    let version = format!("3.0.{day}-1");
    let packages = software(&[("openssl", &version), ("bash", "5.2-2")]);
    let listening = sockets(&[("postgresql.service", "/usr/lib/postgresql/15/bin/postgres", 5432)]);
    register.send(
        agent,
        minutes(minute),
        &[section("software", minutes(minute), &packages), section("sockets", minutes(minute), &listening)],
    );
    register.reconcile();
    history_bytes(register) - before
}

/// How many days are looked at.
#[expect(clippy::disallowed_methods, reason = "how long it takes is asked for")]
fn days_wanted() -> i64 {
    std::env::var("TERRIER_NOISE_DAYS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

#[test]
#[expect(clippy::print_stdout, reason = "it tells what it measured")]
fn a_steady_host_with_an_upgrade_a_day_writes_less_than_five_kibibytes_of_history_a_day() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agent = register.agent("db");
        register.send(agent, minutes(0), &host(minutes(0), "db", "192.0.2.10"));
        register.reconcile();
        // On the first day its clients are new.
        let mut days = vec![one_day(&register, agent, 0)];
        register.write(|conn| diesel::delete(cmdb_inheritance_change::table).execute(conn));
        days.extend((1..days_wanted()).map(|day| one_day(&register, agent, day)));
        let noted: i64 = register.read(|conn| cmdb_inheritance_change::table.count().get_result(conn));
        assert_eq!(noted, 0, "{backend:?}: nothing that is passed on or contained has changed");
        assert!(days.iter().all(|bytes| *bytes < A_DAY), "{backend:?}: {days:?}");
        println!("{backend:?}: bytes of history a day: {days:?}");
        let later = days.iter().skip(2);
        assert!(
            later.clone().count() > 0 && later.clone().all(|bytes| (1..1_000).contains(bytes)),
            "{backend:?}: {days:?}"
        );
    }
}
