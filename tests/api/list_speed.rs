//! Lists, reports, health and search over as many items as one likes, and long histories: `TERRIER_BENCH_CIS=100000` and
//! `TERRIER_BENCH_CHANGES=10000` print how long each takes.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use terrier_server::store::{Conn, StoreError};

use crate::harness::cpu::cpu_seconds;
use crate::harness::database::Backend;
use crate::harness::register::{Caller, Register, encoded, on_both};

/// Attributes of hosts, and how many values each takes over the estate.
const ATTRIBUTES: [(&str, i32); 10] = [
    ("os_id", 5),
    ("os_version", 50),
    ("vendor", 10),
    ("product", 100),
    ("kernel_release", 200),
    ("architecture", 2),
    ("hostname", i32::MAX),
    ("serial_number", i32::MAX),
    ("fqdn", i32::MAX),
    ("timezone", 3),
];

fn fill(register: &Register, size: i32) {
    let run = |sql: String| {
        let work = |conn: &mut Conn| diesel::sql_query(sql.clone()).execute(conn).map_err(StoreError::from);
        register.store().write_blocking(work).unwrap();
    };
    let at = register.clock.now();
    let (numbers, id, now) = match register.backend {
        Backend::Sqlite => (
            format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})"),
            "randomblob(16)",
            at.as_microsecond().to_string(),
        ),
        Backend::Postgres => (
            format!("WITH n(i) AS (SELECT generate_series(1, {size}))"),
            "gen_random_uuid()",
            format!("'{at}'::timestamptz"),
        ),
    };
    run(format!(
        "INSERT INTO cmdb_ci (id, class, name, organisation_id, lifecycle, environment, first_seen_at, last_seen_at, \
             version, created_at) {numbers} SELECT {id}, CASE i % 3 WHEN 0 THEN 'virtual_machine' ELSE 'physical_server' END, \
             'host-' || i, (SELECT id FROM access_organisation WHERE parent_id IS NULL), 'in_use', \
             CASE i % 4 WHEN 0 THEN 'test' ELSE 'production' END, {now}, {now}, 1, {now} FROM n"
    ));
    run(format!(
        "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source) SELECT min(key), {now}, {now}, 'agent' FROM cmdb_ci"
    ));
    for (name, values) in ATTRIBUTES {
        run(format!(
            "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
             SELECT c.key, a.id, 'agent', {now}, (SELECT max(id) FROM cmdb_revision), '\"v' || (c.key % {values}) || '\"', TRUE \
             FROM cmdb_ci c, cmdb_attribute a WHERE a.class = 'host' AND a.name = '{name}'"
        ));
    }
    run("ANALYZE".to_owned());
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn a_list_is_filtered_by_what_is_shown_however_many_items_there_are() {
    let size: i32 = std::env::var("TERRIER_BENCH_CIS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    on_both(async |register| {
        fill(register, size);
        // What waits for the index is looked at item by item; a hundred thousand at once do so only after an upgrade.
        let waits = Instant::now();
        let found = register.read(Caller::Keeper, "/cis?attr.os_id=v1&q=host-1&limit=50").await;
        assert!(found["total"].as_i64() > Some(0), "{:?}", register.backend);
        if size > 1_000 {
            println!("{:?} all of {size} wait for the index: {:?}", register.backend, waits.elapsed());
        }
        super::search::index(register);
        for filter in [
            "class=host&attr.os_id=v1",
            "class=host&attr.os_version=v7",
            "class=host&attr.os_id=v1&attr.vendor=v6",
            "attr.serial_number=v17",
            "class=virtual_machine&environment=test&attr.product=v12,v13,v14",
            "class=host&attr.architecture=v1&sort=-last_seen",
            "attr.os_id=v1&q=host-1",
        ] {
            let path = format!("/cis?{filter}&limit=50");
            let mut times: Vec<Duration> = Vec::new();
            let (mut total, cpu) = (0, cpu_seconds());
            for _run in 0..if size > 1_000 { 40 } else { 1 } {
                let started = Instant::now();
                let page = register.read(Caller::Keeper, &path).await;
                times.push(started.elapsed());
                total = page["total"].as_i64().unwrap_or_default();
            }
            assert!(total > 0, "{filter}");
            if size > 1_000 {
                let cpu_ms = (cpu_seconds() - cpu) * 25.0;
                println!(
                    "{:?} {filter}: {total} of {size}, {}, this process's CPU {cpu_ms:.1} ms",
                    register.backend,
                    told(times)
                );
            }
        }
    });
}

/// Every tenth host has another version of its system from now on.
fn upgrade(register: &Register) {
    let run = |sql: String| {
        let work = |conn: &mut Conn| diesel::sql_query(sql.clone()).execute(conn).map_err(StoreError::from);
        register.store().write_blocking(work).unwrap();
    };
    let at = register.clock.now();
    let now = match register.backend {
        Backend::Sqlite => at.as_microsecond().to_string(),
        Backend::Postgres => format!("'{at}'::timestamptz"),
    };
    let of_these = "ci_key % 10 = 0 AND attribute_id = (SELECT id FROM cmdb_attribute WHERE class = 'host' AND \
         name = 'os_version')";
    run(format!(
        "UPDATE cmdb_value SET valid_to = {now}, closed_by = opened_by, shown = FALSE WHERE valid_to IS NULL AND {of_these}"
    ));
    run(format!(
        "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
         SELECT ci_key, attribute_id, source, {now}, opened_by, '\"new\"', TRUE FROM cmdb_value WHERE {of_these}"
    ));
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn what_changed_is_told_however_many_items_there_are() {
    let size: i32 = std::env::var("TERRIER_BENCH_CIS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    // More are not looked at as a whole.
    let size = size.min(20_000);
    on_both(async |register| {
        fill(register, size);
        let from = register.pass(60);
        register.pass(60);
        upgrade(register);
        register.pass(60);
        for filter in ["class=host", "class=virtual_machine", "class=host&attr.os_id=v0"] {
            let started = Instant::now();
            let report = register.read(Caller::Keeper, &format!("/cis/changes?from={from}&{filter}&limit=50")).await;
            let total = report["total"].as_i64().unwrap_or_default();
            if size > 1_000 {
                println!("{:?} {filter}: {total} of {size} changed, {:?}", register.backend, started.elapsed());
            } else {
                assert!(total > 0, "{filter}");
            }
        }
    });
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn the_health_of_however_many_items_is_counted() {
    let size: i32 = std::env::var("TERRIER_BENCH_CIS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    on_both(async |register| {
        fill(register, size);
        for _run in 0..if size > 1_000 { 5 } else { 1 } {
            let started = Instant::now();
            let health = register.read(Caller::Keeper, "/health").await;
            assert_eq!(health["items"], size);
            if size > 1_000 {
                println!("{:?} /health of {size}: {:.0} ms", register.backend, started.elapsed().as_secs_f64() * 1e3);
            }
        }
    });
}

/// Milliseconds of half and of almost all of some runs.
fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    format!("p50 {:.1} ms, p95 {:.1} ms", at(50), at(95))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn the_history_of_an_item_begins_at_its_end_however_long_it_is() {
    let changes: i32 = std::env::var("TERRIER_BENCH_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    on_both(async |register| {
        let host = register.estate().host(register.root, "busy", &[]);
        let (numbers, at): (String, fn(&str) -> String) = match register.backend {
            Backend::Sqlite => (
                format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {changes})"),
                |place: &str| format!("1700000000000000 + ({place}) * 1000000"),
            ),
            Backend::Postgres => (format!("WITH n(i) AS (SELECT generate_series(1, {changes}))"), |place: &str| {
                format!("to_timestamp(1700000000 + {place})")
            }),
        };
        let (from, to) = (at("i"), at("i + 1"));
        for sql in [
            format!(
                "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source) {numbers} \
                 SELECT {}, {from}, {from}, 'agent' FROM n",
                host.key
            ),
            format!(
                "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, valid_to, opened_by, closed_by, \
                     value, shown) {numbers} SELECT {}, (SELECT id FROM cmdb_attribute WHERE class = 'host' AND \
                     name = 'os_version'), 'agent', {from}, {to}, (SELECT max(id) FROM cmdb_revision), \
                     (SELECT max(id) FROM cmdb_revision), '\"v' || i || '\"', FALSE FROM n",
                host.key
            ),
            "ANALYZE".to_owned(),
        ] {
            let work = |conn: &mut Conn| diesel::sql_query(sql.clone()).execute(conn).map_err(StoreError::from);
            register.store().write_blocking(work).unwrap();
        }
        let path = format!("/cis/{}/history?limit=50", host.id);
        let mut times = Vec::new();
        for _run in 0..if changes > 1_000 { 100 } else { 1 } {
            let started = Instant::now();
            let page = register.read(Caller::Keeper, &path).await;
            times.push(started.elapsed());
            assert_eq!(page["items"].as_array().unwrap().len(), 50, "{:?}", register.backend);
        }
        if changes > 1_000 {
            println!("{:?} first page of {changes} changes: {}", register.backend, told(times));
        }
    });
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn the_box_finds_among_however_many_items_there_are() {
    let size: i32 = std::env::var("TERRIER_BENCH_CIS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    on_both(async |register| {
        fill(register, size);
        super::search::index(register);
        for text in ["host-17", "ost-2", "host", "v17", "class:host host-9", "nothing at all", "호스트"] {
            let path = format!("/search?q={}", encoded(text));
            let mut times = Vec::new();
            for _run in 0..if size > 1_000 { 40 } else { 1 } {
                let started = Instant::now();
                let found = register.read(Caller::Keeper, &path).await;
                times.push(started.elapsed());
                assert!(found["groups"].is_array(), "{found}");
            }
            if size > 1_000 {
                println!("{:?} search {text:?} among {size}: {}", register.backend, told(times));
            }
        }
    });
}
