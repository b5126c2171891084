//! What it costs to work off the inbox, and that several workers do it once.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::schema::{capacity_sample, cmdb_revision, ingest_inbox};

use super::reconcile::{host, software, uses};
use crate::harness::cpu::cpu_seconds;
use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, metrics, minutes, noon, section};
use crate::harness::statements::Statements;

/// A host with so many packages, filesystems, listening programs, containers, guests and certificates.
fn large_host(size: usize) -> Vec<Value> {
    let mut reports = host(noon(), "db", "192.0.2.10");
    let names: Vec<(String, String)> = (0..size).map(|number| (format!("package-{number}"), "1".to_owned())).collect();
    let packages: Vec<(&str, &str)> = names.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect();
    reports.push(section("software", noon(), &software(&packages)));
    let filesystems: Vec<Value> = (0..size)
        .map(|number| json!({"mount_point": format!("/srv/{number}"), "kind": "ext4", "source": "/dev/sda1", "size_bytes": 1}))
        .collect();
    reports.push(section("storage", noon(), &json!({"filesystems": filesystems})));
    let listeners: Vec<Value> = (0..size)
        .map(|number| {
            json!({"transport": "tcp", "address": "0.0.0.0", "port": 1000 + number,
                "owner": {"unit": format!("unit-{number}.service"), "executable": "/x", "user": "u"}})
        })
        .collect();
    reports.push(section("sockets", noon(), &json!({"listeners": listeners})));
    reports.push(section("containers", noon(), &contained(size)));
    let certificates: Vec<Value> =
        (0..size).map(|number| json!({"fingerprint": format!("{number:064x}"), "subject": "CN=x"})).collect();
    reports.push(section("certificates", noon(), &json!({"certificates": certificates})));
    reports
}

/// So many containers and guests.
fn contained(size: usize) -> Value {
    let containers: Vec<Value> = (0..size).map(|number| json!({"id": format!("{number:064x}")})).collect();
    let guest = |number| json!({"uuid": format!("7b1c2e88-2a43-4f0e-8d0e-{number:012x}"), "running": true});
    json!({"containers": containers, "guests": (0..size).map(guest).collect::<Vec<_>>()})
}

/// How many statements it takes to work off one report of a host of that size.
fn statements(backend: Backend, size: usize) -> usize {
    let register = Register::new(backend);
    let agent = register.agent("db");
    register.send(agent, noon(), &large_host(size));
    let statements = Statements::default();
    for _connection in 0..16 {
        register.write(|conn| {
            statements.watch(conn);
            Ok(())
        });
    }
    let before = statements.count();
    assert_eq!(register.reconcile().applied, 1);
    statements.count() - before
}

#[test]
fn a_large_host_costs_as_many_statements_as_a_small_one() {
    for backend in Backend::BOTH {
        let (small, large) = (statements(backend, 2), statements(backend, 200));
        assert!(small > 10, "{backend:?}: the counter counts: {small}");
        assert_eq!(small, large, "{backend:?}");
    }
}

#[test]
fn several_workers_apply_every_request_once() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agents: Vec<Agent> = (0..8).map(|number| register.agent(&format!("host-{number}"))).collect();
        for (number, agent) in agents.iter().enumerate() {
            let (name, address) = (format!("host-{number}"), format!("192.0.2.{}", number + 1));
            register.send(*agent, noon(), &host(noon(), &name, &address));
            for minute in [5, 10, 15] {
                register.send(*agent, minutes(minute), &[metrics(minutes(minute), 0.5)]);
            }
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_time().build().unwrap();
        let applied: usize = runtime.block_on(async {
            let worker = || {
                let reconciler = register.reconciler();
                async move { reconciler.drain().await.unwrap() }
            };
            let (one, two, three) = tokio::join!(worker(), worker(), worker());
            [one, two, three].iter().map(|progress| progress.applied + progress.parked).sum()
        });
        assert_eq!(applied, 32, "{backend:?}");
        let (left, revisions, windows): (i64, i64, i64) = register.read(|conn| {
            Ok((
                ingest_inbox::table.count().get_result(conn)?,
                cmdb_revision::table.count().get_result(conn)?,
                capacity_sample::table.count().get_result(conn)?,
            ))
        });
        assert_eq!((left, revisions, windows), (0, 8, 24), "{backend:?}");
        assert!(uses(&register).is_empty());
    }
}

/// How long it takes to work off first reports, and steady ones after them: `TERRIER_BENCH_REPORTS=2000` prints it, with
/// and without the indexes by which what is shown is found.
#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn first_and_steady_reports_are_worked_off_however_many_there_are() {
    let size: usize = std::env::var("TERRIER_BENCH_REPORTS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    for (backend, indexed) in
        [(Backend::Sqlite, true), (Backend::Sqlite, false), (Backend::Postgres, true), (Backend::Postgres, false)]
    {
        let register = Register::new(backend);
        if !indexed {
            for index in ["cmdb_value_shown", "cmdb_value_contested"] {
                register.write(|conn| diesel::sql_query(format!("DROP INDEX {index}")).execute(conn));
            }
        }
        let agents: Vec<Agent> = (0..size).map(|number| register.agent(&format!("h{number}"))).collect();
        let mut took = Vec::new();
        for minute in [0, 5] {
            for (number, agent) in agents.iter().enumerate() {
                let (name, address) = (format!("h{number}"), format!("198.51.{}.{}", number / 250, number % 250 + 1));
                register.send(*agent, minutes(minute), &host(minutes(minute), &name, &address));
            }
            let (started, cpu) = (std::time::Instant::now(), cpu_seconds());
            assert_eq!(register.reconcile().applied, size);
            let each = |seconds: f64| seconds * 1e3 / f64::from(u32::try_from(size).unwrap());
            took.push((each(started.elapsed().as_secs_f64()), each(cpu_seconds() - cpu)));
        }
        if size > 100 {
            println!(
                "{backend:?} indexes {indexed}: first and steady, milliseconds a report (and of this process's CPU): {took:.3?}"
            );
        }
    }
}
