//! How good the register is: every number is the length of the list that its query gives.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::health::service::load;
use terrier_server::cmdb::list::RawFilter;
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::ProposalId;
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::{cmdb_ci as c, identification_proposal as p};
use terrier_server::store::{Conn, StoreError};

use crate::harness::estate::Ci;
use crate::harness::register::{Caller, Register, encoded, on_both};
use crate::harness::statements::Statements;

const DAY: u64 = 24 * 3600;

async fn total(register: &Register, caller: Caller, query: &str, rest: &str) -> u64 {
    let path = format!("/cis?limit=1&q={}{rest}", encoded(query));
    register.read(caller, &path).await["total"].as_u64().unwrap()
}

fn check<'v>(health: &'v Value, name: &str) -> &'v Value {
    health["checks"].as_array().unwrap().iter().find(|one| one["check"] == name).unwrap()
}

/// How many were judged, and how many failed.
fn tally(of: &Value) -> (u64, u64) {
    (of["judged"].as_u64().unwrap(), of["failing"].as_u64().unwrap())
}

/// Every number of the answer against the list behind it.
async fn numbers_are_lists(register: &Register, caller: Caller, rest: &str) {
    let health = register.read(caller, &format!("/health?{rest}")).await;
    let rest = if rest.is_empty() { String::new() } else { format!("&{rest}") };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for one in health["checks"].as_array().unwrap() {
        let failing = total(register, caller, &text(&one["query"]), &rest).await;
        let judged = total(register, caller, &text(&one["judged_query"]), &rest).await;
        assert_eq!((judged, failing), tally(one), "{one} {rest}");
    }
    for one in health["attributes"].as_array().unwrap() {
        assert_eq!(total(register, caller, &text(&one["query"]), &rest).await, tally(one).1, "{one}");
    }
    let groups = [("classes", "class"), ("organisations", "id"), ("teams", "team")];
    for (kind, key) in groups {
        for group in health[kind].as_array().unwrap() {
            let query = match kind {
                "classes" => format!("class:{}", text(&group[key])),
                "organisations" => format!("org:{}", text(&group[key])),
                _ => text(&group["query"]),
            };
            assert_eq!(total(register, caller, &query, &rest).await, group["items"].as_u64().unwrap(), "{group}");
            for area in group["areas"].as_array().unwrap() {
                let query = format!("{query} health:{}", text(&area["check"]));
                assert_eq!(total(register, caller, &query, &rest).await, tally(area).1, "{query} {rest}");
            }
        }
    }
}

fn ask(register: &Register, newer: Ci, older: Ci) {
    let (id, now): (ProposalId, _) = (Ctx::system(&register.clock).new_id(), register.clock.now());
    let ask = move |conn: &mut Conn| {
        let organisation: Key16 = c::table.find(newer.key).select(c::organisation_id).first(conn)?;
        diesel::insert_into(p::table)
            .values((
                (p::id.eq(Key16::from(id)), p::organisation_id.eq(organisation), p::state.eq("open")),
                (p::newer_key.eq(newer.key), p::older_key.eq(older.key), p::version.eq(1)),
                (p::rule_en.eq("rule"), p::rule_ko.eq("규칙"), p::created_at.eq(At(now))),
            ))
            .execute(conn)?;
        Ok::<_, StoreError>(())
    };
    register.store().write_blocking(ask).unwrap();
}

/// Two hosts that talk, one of them in the branch; a printer by itself, one that is complete, and one that is retired.
async fn fill(register: &Register) -> [Ci; 2] {
    let estate = register.estate();
    let web = estate.host(register.root, "web", &[("serial_number", json!("SN-1"))]);
    let db = estate.host(register.branch, "db", &[]);
    estate.dependent(web, "filesystem", "/");
    estate.related((web, "uses", db), Some(&[5432]));
    register.create(&json!({"class": "printer", "name": "lonely"})).await;
    let room = register.create(&json!({"class": "room", "name": "Room 1"})).await;
    register
        .create(&json!({"class": "printer", "name": "whole", "owner": "kim", "criticality": 3, "support_team": "Desk",
            "environment": "production", "attributes": {"serial_number": "P-1", "location": room}}))
        .await;
    let gone = register.create(&json!({"class": "printer", "name": "gone"})).await;
    let body = json!({"lifecycle": "retired", "reason": "worn out"});
    let path = format!("/cis/{gone}/lifecycle");
    let answer = register.change(Method::POST, (Caller::Keeper, &path), "\"v1\"", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    [web, db]
}

#[test]
fn every_number_is_the_length_of_its_list() {
    on_both(async |register| {
        let [web, db] = fill(register).await;
        ask(register, web, db);
        let then = register.pass(1);
        register.pass(2 * DAY);
        register.estate().heard(web);
        let health = register.read(Caller::Keeper, "/health").await;
        assert_eq!(health["items"], 7);
        assert_eq!(tally(check(&health, "silent")), (2, 1), "db was not heard for two days");
        assert_eq!(tally(check(&health, "orphan")), (4, 1), "what others name by reference is not judged: {health}");
        assert_eq!(tally(check(&health, "duplicate")), (5, 2));
        assert_eq!(tally(check(&health, "owner")), (5, 4));
        assert_eq!(check(&health, "owner")["percent"], 20.0);
        assert_eq!(tally(check(&health, "recommended")), (4, 3), "hosts and printers have marks, and one has it all");
        let serial = health["attributes"].as_array().unwrap().iter().find(|one| one["attribute"] == "serial_number");
        assert_eq!(tally(serial.unwrap()), (4, 2));
        let desk = health["teams"].as_array().unwrap().iter().find(|one| one["team"] == "Desk").unwrap();
        assert!(desk["areas"].as_array().unwrap().iter().all(|area| area["failing"] == 0), "{desk}");
        numbers_are_lists(register, Caller::Keeper, "").await;
        numbers_are_lists(register, Caller::Keeper, "class=host").await;
        numbers_are_lists(register, Caller::BranchKeeper, "").await;
        numbers_are_lists(register, Caller::Keeper, &format!("as_of={then}")).await;
        let before = register.read(Caller::Keeper, "/health?as_of=2020-01-01T00:00:00Z").await;
        assert_eq!((&before["items"], &check(&before, "owner")["percent"]), (&json!(0), &Value::Null));
    });
}

#[test]
fn what_is_retired_and_seen_all_the_same_is_told() {
    on_both(async |register| {
        let [web, _] = fill(register).await;
        let path = format!("/cis/{}/lifecycle", web.id);
        let body = json!({"lifecycle": "retired", "reason": "replaced"});
        let answer = register.change(Method::POST, (Caller::Keeper, &path), "\"v1\"", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let health = register.read(Caller::Keeper, "/health").await;
        assert_eq!(tally(check(&health, "returned")), (1, 1));
        assert_eq!(tally(check(&health, "silent")).0, 1, "it is not judged otherwise");
        let filesystems = register.read(Caller::Keeper, "/health?class=filesystem").await;
        assert_eq!(tally(check(&filesystems, "refused")).0, 0, "nor is what stands under it");
        register.pass(2 * DAY);
        assert_eq!(tally(check(&register.read(Caller::Keeper, "/health").await, "returned")), (1, 0));
    });
}

#[test]
fn marks_of_administrators_and_conditions_count_and_inherit() {
    on_both(async |register| {
        fill(register).await;
        let mark = async |class: &str, attribute: &str, rules: Value| {
            let path = format!("/classes/{class}/attributes/{attribute}");
            let tag = register.get(Caller::Keeper, &format!("/classes/{class}")).await.etag.unwrap();
            let answer = register.change(Method::PATCH, (Caller::Keeper, &path), &tag, &json!({"rules": rules})).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        };
        mark("host", "timezone", json!({"recommended": true})).await;
        mark("printer", "vendor", json!({"required_if": [{"attribute": "owner"}]})).await;
        let health = register.read(Caller::Keeper, "/health").await;
        let zone = health["attributes"].as_array().unwrap().iter().find(|one| one["attribute"] == "timezone");
        assert_eq!(tally(zone.unwrap()), (2, 2), "physical servers inherit it");
        assert_eq!(tally(check(&health, "required")).1, 1, "of the one printer that has an owner: {health}");
        numbers_are_lists(register, Caller::Keeper, "").await;
        let vendor = total(register, Caller::Keeper, "missing:os_name", "").await;
        assert_eq!(vendor, 2, "nobody marks it, so all that could have it are asked");
        for (query, code) in [("health:fine", "unknown"), ("missing:nothing", "unknown"), ("judged:", "required")] {
            let answer = register.get(Caller::Keeper, &format!("/cis?q={}", encoded(query))).await;
            assert_eq!(answer.faults(), [("q".to_owned(), code.to_owned())], "{query}");
        }
    });
}

#[test]
fn what_is_out_of_scope_is_not_counted_and_statements_do_not_grow() {
    on_both(async |register| {
        fill(register).await;
        let branch = register.read(Caller::BranchKeeper, "/health").await;
        assert_eq!((&branch["items"], branch["organisations"].as_array().unwrap().len()), (&json!(1), 1));
        let nothing = register.read(Caller::SubsidiaryKeeper, "/health").await;
        assert_eq!((&nothing["items"], &nothing["classes"]), (&json!(0), &json!([])));
        assert_eq!(register.get(Caller::Powerless, "/health").await.status, 403);
        let count = |register: &Register| {
            let ctx = Ctx::system(&register.clock);
            let read = |conn: &mut Conn| {
                let statements = Statements::default();
                statements.watch(conn);
                load(conn, &ctx, Freshness::of_interval(300), &RawFilter::default())?;
                Ok::<_, Error>(statements.count())
            };
            register.store().read_blocking(read).unwrap()
        };
        let few = count(register);
        for number in 0..5 {
            register.create(&json!({"class": "monitor", "name": format!("m{number}"), "owner": "o"})).await;
        }
        assert_eq!(few, count(register), "{:?}", register.backend);
        assert!(few > 3, "the counter counts: {few}");
    });
}
