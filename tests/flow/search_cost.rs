//! What a search costs among a hundred thousand items, beside reading all of them.
//!
//! `cargo test --test all -- --ignored search_cost --nocapture` prints a table for each database.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::json;
use terrier_server::cmdb::list::{self, RawFilter, Sort};
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::cmdb::observed::ci::NewCiRow;
use terrier_server::cmdb::observed::revision::NewRevision;
use terrier_server::cmdb::observed::value::attribute_ids;
use terrier_server::cmdb::observed::{ci, identifier, revision, value};
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::Id;
use terrier_server::kernel::page::PageRequest;
use terrier_server::search::indexer;
use terrier_server::store::{Conn, StoreError};

use crate::harness::database::Backend;
use crate::harness::register::{Caller, Register, encoded, on_both};

const HOSTS: usize = 50_000;
const CHUNK: usize = 500;
const ROUNDS: usize = 15;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn name(number: usize) -> String {
    let roles = ["web", "db", "mq", "cache", "결제서버", "정산", "batch", "gw"];
    format!("{}-{number:05}.dc{}.example.com", roles[number % roles.len()], number % 7)
}

/// A host with what its agent says, and one thing on it, for each number.
fn chunk(conn: &mut Conn, register: &Register, numbers: &[usize]) -> Result<(), StoreError> {
    let at = register.clock.now();
    let new = |class: &str, name: &str| NewCiRow::new(register.clock.new_id(), class, name);
    let hosts: Vec<NewCiRow> = numbers.iter().map(|number| new("physical_server", &name(*number))).collect();
    let keys = ci::insert(conn, &hosts, register.root, at)?;
    let mounts: Vec<NewCiRow> =
        keys.iter().map(|key| new("filesystem", "/srv/data").under(Some(*key), Some("/srv/data"))).collect();
    ci::insert(conn, &mounts, register.root, at)?;
    let opened = NewRevision {
        subject_key: keys[0],
        at,
        recorded_at: at,
        agent: Id::from_uuid(uuid::Uuid::from_u128(7)),
        agent_name: "x",
        reason: None,
    };
    let revision = revision::insert(conn, opened)?;
    let ids = attribute_ids(conn)?;
    let id = |attribute: &str| ids.iter().find(|((_, name), _)| name == attribute).map(|(_, id)| *id).unwrap();
    let (mut values, mut identifiers) = (Vec::new(), Vec::new());
    for (key, number) in keys.iter().zip(numbers) {
        let (hex, low) = (format!("{:06x}", number * 37), number % 250);
        let said = [
            ("os_id", if number % 3 == 0 { "debian" } else { "rocky" }.to_owned()),
            ("os_name", if number % 3 == 0 { "Debian GNU/Linux 13 (trixie)" } else { "Rocky Linux 9.5" }.to_owned()),
            ("hostname", name(*number)),
            ("os_version", format!("13.{}", number % 90)),
        ];
        values.extend(said.map(|(attribute, text)| (*key, id(attribute), json!(text).to_string())));
        let mac = format!("52:54:{}:{}:{}:{:02x}", &hex[0..2], &hex[2..4], &hex[4..6], low);
        let own = [
            ("mac", mac),
            ("serial", format!("CZ{:08}", number * 7919)),
            ("address", format!("10.{}.{}.{}", number / 60_000, (number / 250) % 240, low)),
            ("address", format!("2001:db8::{number:x}")),
            ("hostname", name(*number)),
            ("machine_id", format!("{:032x}", number * 7_777_777)),
        ];
        identifiers.extend(own.map(|(kind, text)| (*key, kind, text)));
    }
    let values: Vec<_> = values.iter().map(|(key, id, text)| (*key, *id, text.as_str())).collect();
    value::open(conn, &values, at, revision)?;
    let identifiers: Vec<_> = identifiers.iter().map(|(key, kind, text)| (*key, *kind, text.as_str())).collect();
    identifier::open(conn, &identifiers, at)
}

fn fill(register: &Register) {
    let numbers: Vec<usize> = (0..HOSTS).collect();
    for some in numbers.chunks(CHUNK) {
        register.store().write_blocking(|conn| chunk(conn, register, some)).unwrap();
    }
}

/// Statistics as a database has them that did not come into being a minute ago.
fn settle(register: &Register) {
    let analyse = |conn: &mut Conn| Ok::<_, StoreError>(diesel::sql_query("ANALYZE").execute(conn).map(drop)?);
    if register.backend == Backend::Postgres {
        register.store().write_blocking(analyse).unwrap();
    }
}

/// The middle and the 95th percentile.
fn figures(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    (at(50), at(95))
}

/// What a list did before: reading every name and identifier.
fn by_reading(conn: &mut Conn, needle: &str) -> Result<i64, StoreError> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT count(*) AS n FROM cmdb_ci WHERE lower(name) LIKE ?1 OR EXISTS (SELECT 1 FROM cmdb_identifier i WHERE i.ci_key = cmdb_ci.key AND i.valid_to IS NULL AND lower(i.value) LIKE ?1)"
        }
        Conn::Postgres(_) => {
            "SELECT count(*) AS n FROM cmdb_ci WHERE lower(name) LIKE $1 OR EXISTS (SELECT 1 FROM cmdb_identifier i WHERE i.ci_key = cmdb_ci.key AND i.valid_to IS NULL AND lower(i.value) LIKE $1)"
        }
    };
    let pattern = format!("%{}%", needle.to_lowercase());
    Ok(diesel::sql_query(sql).bind::<Text, _>(pattern).get_result::<Count>(conn)?.n)
}

#[test]
#[ignore = "takes minutes and measures; nothing is asserted but that it ends"]
fn search_cost() {
    on_both(async |register| {
        let started = Instant::now();
        fill(register);
        println!("\n{:?}: {} CIs written in {:.0} s", register.backend, 2 * HOSTS, started.elapsed().as_secs_f64());
        let started = Instant::now();
        indexer::drain(register.store()).unwrap();
        let seconds = started.elapsed().as_secs_f64();
        println!("indexed in {seconds:.0} s: {:.0}/s", 2.0 * 50_000.0 / seconds);
        settle(register);
        for query in [
            "CZ00791900",
            "52-54-00-0B-A8-19",
            "web-01",
            "web",
            "trixie",
            "결제",
            "서버-1",
            "db",
            "10.1.4.",
            "2001:db8::c35",
            "web dc3",
            "zzzz",
            "01234",
        ] {
            let mut times = Vec::new();
            let path = format!("/search?q={}", encoded(query));
            for _ in 0..ROUNDS {
                let started = Instant::now();
                register.read(Caller::Keeper, &path).await;
                times.push(started.elapsed());
            }
            let (median, p95) = figures(times);
            let read = |conn: &mut Conn| by_reading(conn, query);
            let naive = (0..3).map(|_| {
                let started = Instant::now();
                register.store().read_blocking(read).unwrap();
                started.elapsed()
            });
            println!("{query:20} {median:8.1} {p95:8.1} ms   reading everything {:8.1} ms", figures(naive.collect()).0);
        }
        for query in [
            "class:host os:debian",
            "web env:none",
            "serial:CZ00791900",
            "ip:10.0.0.0/16",
            "mac:52:54:00*",
            "seen:<2d class:host -web",
            "web",
        ] {
            let filter = RawFilter { q: Some(query.to_owned()), ..RawFilter::default() };
            let times = (0..ROUNDS).map(|_| {
                let (started, clock) = (Instant::now(), register.clock.clone());
                let request = PageRequest { limit: 50, after: None };
                let page = |conn: &mut Conn| {
                    list::page(
                        conn,
                        &Ctx::system(&clock),
                        Freshness::of_interval(300),
                        (&filter, Sort::DEFAULT),
                        &request,
                    )
                };
                let found = register.store().read_blocking(page).unwrap();
                (started.elapsed(), found.total)
            });
            let times: Vec<_> = times.collect();
            let (median, p95) = figures(times.iter().map(|time| time.0).collect());
            println!("list {query:30} {median:8.1} {p95:8.1} ms   {} found", times[0].1);
        }
    });
}
