//! The index behind the box: it follows the register, finds what reading everything finds, and costs the same for all.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::json;
use terrier_server::cmdb::list::{self, RawFilter, Sort};
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::index::model::fold::fold;
use terrier_server::index::model::term::Term;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::page::PageRequest;
use terrier_server::store::schema::{index_address, index_change, index_document};
use terrier_server::store::{Conn, StoreError};

use super::search::{found, index, listed};
use crate::harness::register::{Caller, Register, on_both};
use crate::harness::statements::Statements;

#[test]
fn the_index_follows_the_register() {
    on_both(async |register| {
        let printer = register.create(&json!({"class": "printer", "name": "first"})).await;
        assert_eq!(listed(register, Caller::Keeper, "first").await, ["first"], "the list does not wait for the index");
        index(register);
        assert_eq!(found(register, Caller::Keeper, "ci", "first").await, ["first"]);
        let path = format!("/cis/{printer}");
        let change = json!({"name": "second", "owner": "Kim"});
        register.change(actix_web::http::Method::PATCH, (Caller::Keeper, &path), "\"v1\"", &change).await;
        assert_eq!(listed(register, Caller::Keeper, "first").await, [""; 0]);
        assert_eq!(listed(register, Caller::Keeper, "second").await, ["second"]);
        assert_eq!(
            found(register, Caller::Keeper, "ci", "first").await,
            [""; 0],
            "what is not so any more is not shown"
        );
        index(register);
        assert_eq!(found(register, Caller::Keeper, "ci", "second kim").await, ["second"]);
        assert_eq!(changes(register), 0);
        wipe(register);
        assert_eq!(listed(register, Caller::Keeper, "second").await, ["second"], "an index that is being built");
        index(register);
        assert_eq!(found(register, Caller::Keeper, "ci", "second").await, ["second"]);
    });
}

fn changes(register: &Register) -> i64 {
    register.store().read_blocking::<_, StoreError>(|conn| Ok(index_change::table.count().get_result(conn)?)).unwrap()
}

/// What a database of an older version looks like when it has been migrated.
fn wipe(register: &Register) {
    let wipe = |conn: &mut Conn| {
        diesel::delete(index_document::table).execute(conn)?;
        diesel::delete(index_address::table).execute(conn)?;
        if let Conn::Sqlite(sqlite) = conn {
            diesel::sql_query("DELETE FROM index_gram").execute(sqlite)?;
        }
        diesel::sql_query("INSERT INTO index_change (kind, item) SELECT 1, key FROM cmdb_ci").execute(conn)?;
        Ok::<_, StoreError>(())
    };
    register.store().write_blocking(wipe).unwrap();
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn text(&mut self) -> String {
        let letters = ["a", "b", "web", "-", ".", "0", "1", "서", "버", "결제", " ", "_", "Ａ", "é"];
        (0..=self.roll(6)).map(|_| letters[self.roll(letters.len())]).collect()
    }
}

#[test]
fn what_the_index_finds_is_what_reading_everything_finds() {
    on_both(async |register| {
        let mut dice = Dice(7);
        let mut names: BTreeSet<String> = BTreeSet::new();
        while names.len() < 60 {
            let name = dice.text();
            if !fold(&name).is_empty() && names.insert(name.clone()) {
                register.create(&json!({"class": "printer", "name": name})).await;
            }
        }
        index(register);
        for _ in 0..150 {
            let text = dice.text();
            let Some(term) = Term::new(&text) else { continue };
            let expected: Vec<&String> = names.iter().filter(|name| matches(&term, name)).collect();
            let quoted = format!("\"{text}\"");
            assert_eq!(
                listed(register, Caller::Keeper, &quoted).await,
                expected.into_iter().cloned().collect::<Vec<_>>(),
                "{:?} {text:?}",
                register.backend
            );
        }
    });
}

fn matches(term: &Term, name: &str) -> bool {
    // A name does not identify, so that its dividers count.
    term.is_in(&fold(name)) || term.compact().is_some_and(|compact| fold(name).contains(compact))
}

#[test]
fn a_search_costs_the_same_number_of_statements_for_one_hit_as_for_fifty() {
    on_both(async |register| {
        for number in 0..60 {
            let host =
                register.estate().host(register.branch, &format!("host-{number}"), &[("os_id", json!("debian"))]);
            register.estate().dependent(host, "filesystem", "/srv");
        }
        register.estate().host(register.branch, "single", &[("os_id", json!("rocky"))]);
        index(register);
        let count = |query: &str| {
            let filter = RawFilter { q: Some(query.to_owned()), ..RawFilter::default() };
            let clock = register.clock.clone();
            let read = |conn: &mut Conn| statements(conn, &Ctx::system(&clock), &filter);
            register.store().read_blocking(read).unwrap()
        };
        let (one, many) = (count("class:host single os:rocky"), count("class:host host os:debian"));
        assert_eq!((one.0, many.0), (1, 60));
        assert_eq!(one.1, many.1, "{:?}", register.backend);
    });
}

fn statements(
    conn: &mut Conn,
    ctx: &Ctx,
    filter: &RawFilter,
) -> Result<(usize, usize), terrier_server::cmdb::error::Error> {
    let statements = Statements::default();
    statements.watch(conn);
    let request = PageRequest { limit: 100, after: None };
    let found = list::page(conn, ctx, Freshness::of_interval(300), (filter, Sort::DEFAULT), &request)?;
    Ok((found.page.items.len(), statements.count()))
}
