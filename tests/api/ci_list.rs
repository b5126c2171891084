//! Lists of items: filters, orders, pages, other times, other organisations.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::list::{self, RawFilter, Sort};
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::page::PageRequest;
use terrier_server::store::Conn;

use crate::harness::register::{Caller, Register, on_both};
use crate::harness::statements::Statements;

fn names(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

async fn named(register: &Register, query: &str) -> Vec<String> {
    names(&register.read(Caller::Keeper, &format!("/cis?{query}")).await)
}

/// A small estate: three hosts with what is on them, and a printer.
async fn fill(register: &Register) {
    let estate = register.estate();
    let debian = [("os_id", json!("debian")), ("os_name", json!("Debian GNU/Linux 13")), ("hostname", json!("db-1"))];
    let db = estate.host(register.branch, "db-1", &debian);
    estate.identified(db, "address", "192.0.2.17");
    estate.identified(db, "serial", "CZ100%_x");
    estate.dependent(db, "filesystem", "/srv");
    estate.host(register.root, "web-1", &[("os_id", json!("ubuntu")), ("nameservers", json!(["192.0.2.53", "a\"b"]))]);
    estate.host(register.subsidiary, "web-2", &[("os_id", json!("debian"))]);
    let printer = json!({"class": "printer", "name": "Printer", "lifecycle": "planned", "criticality": 2,
        "environment": "test", "organisation_id": register.branch});
    register.create(&printer).await;
}

#[test]
fn every_filter_finds_what_it_says() {
    on_both(async |register| {
        fill(register).await;
        let branch = register.branch;
        let root = register.root;
        let cases = [
            ("", vec!["/srv", "Printer", "db-1", "web-1", "web-2"]),
            ("class=host", vec!["db-1", "web-1", "web-2"]),
            ("class=printer,filesystem", vec!["/srv", "Printer"]),
            ("class=printer&class=filesystem", vec!["/srv", "Printer"]),
            ("lifecycle=planned", vec!["Printer"]),
            ("lifecycle=in_use,planned", vec!["/srv", "Printer", "db-1", "web-1", "web-2"]),
            ("criticality=2", vec!["Printer"]),
            ("environment=test", vec!["Printer"]),
            ("observation=unobserved", vec!["Printer"]),
            ("observation=live", vec!["/srv", "db-1", "web-1", "web-2"]),
            ("attr.os_id=debian", vec!["db-1", "web-2"]),
            ("attr.os_id=debian,ubuntu", vec!["db-1", "web-1", "web-2"]),
            ("attr.os_id=debian&attr.hostname=db-1", vec!["db-1"]),
            ("attr.os_id=deb", vec![]),
            ("attr.criticality=2", vec!["Printer"]),
            ("q=WEB", vec!["web-1", "web-2"]),
            ("q=192.0.2.17", vec!["db-1"]),
            ("q=cz100", vec!["db-1"]),
            ("q=100%25_", vec!["db-1"]),
            ("q=%25", vec!["db-1"]),
            ("q=_", vec!["db-1"]),
            ("class=host&q=web&attr.os_id=debian", vec!["web-2"]),
        ];
        for (query, expected) in cases {
            assert_eq!(named(register, query).await, expected, "{:?} {query}", register.backend);
        }
        assert_eq!(named(register, &format!("organisation={branch}")).await, ["/srv", "Printer", "db-1"]);
        assert_eq!(named(register, &format!("organisation={root}")).await.len(), 5, "what lies below is included");
    });
}

#[test]
fn one_entry_of_a_list_is_found_and_no_part_of_one() {
    on_both(async |register| {
        let lists = [("a", json!(["x", "y,z"])), ("b", json!(["\",\"x\""])), ("c", json!(["xx", "[\"x"]))];
        for (name, list) in lists {
            register.estate().host(register.root, name, &[(LIST, list)]);
        }
        assert_eq!(named(register, &format!("attr.{LIST}=x")).await, ["a"], "{:?}", register.backend);
        assert_eq!(named(register, &format!("attr.{LIST}=xx")).await, ["c"], "{:?}", register.backend);
        assert_eq!(named(register, &format!("attr.{LIST}=X")).await, [""; 0], "{:?}", register.backend);
    });
}

/// An attribute of hosts that takes a list.
const LIST: &str = "nameservers";

#[test]
fn a_wrong_filter_is_named_and_an_unknown_parameter_refused() {
    on_both(async |register| {
        let cases = [
            ("class=submarine", "class", "unknown"),
            ("lifecycle=lost", "lifecycle", "unknown"),
            ("observation=late", "observation", "unknown"),
            ("organisation=1", "organisation", "unknown"),
            ("criticality=5", "criticality", "unknown"),
            ("attr.no_such=1", "attr.no_such", "unknown"),
            ("attr.criticality=high", "attr.criticality", "invalid"),
            ("as_of=yesterday", "as_of", "invalid"),
            ("sort=password", "sort", "unknown"),
            ("sort=name;select pg_sleep(9)", "sort", "unknown"),
            ("limit=0", "limit", "out_of_range"),
            ("limit=201", "limit", "out_of_range"),
            ("limit=x", "limit", "invalid"),
            ("cursor=AAAA", "cursor", "invalid"),
        ];
        for (query, field, code) in cases {
            let answer = register.get(Caller::Keeper, &format!("/cis?{}", query.replace(' ', "%20"))).await;
            assert_eq!(answer.status, 422, "{query}: {}", answer.text());
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{query}");
        }
        for query in ["colour=red", "filter[user.password_hash][gte]=a", "q=a&q=b", "sort=name&sort=class"] {
            let answer = register.get(Caller::Keeper, &format!("/cis?{query}")).await;
            assert_eq!(answer.code(), "malformed_request", "{query}");
        }
        let long = "x".repeat(3_000);
        assert_eq!(register.get(Caller::Keeper, &format!("/cis?q={long}")).await.faults()[0].1, "too_long");
    });
}

#[test]
fn silence_shows_and_can_be_filtered_by() {
    on_both(async |register| {
        let estate = register.estate();
        let silent = estate.host(register.root, "silent", &[]);
        estate.dependent(silent, "filesystem", "/silent");
        register.pass(24 * 3_600);
        estate.host(register.root, "stale", &[]);
        register.pass(3_600);
        let live = estate.host(register.root, "live", &[]);
        estate.dependent(live, "filesystem", "/live");
        register.pass(900);
        estate.heard(live);
        assert_eq!(named(register, "observation=live").await, ["/live", "live"]);
        assert_eq!(named(register, "observation=stale").await, ["stale"]);
        assert_eq!(named(register, "observation=silent").await, ["/silent", "silent"]);
        let newest_first = named(register, "sort=-last_seen").await;
        assert_eq!(newest_first, ["/live", "live", "stale", "/silent", "silent"]);
        let page = register.read(Caller::Keeper, "/cis?q=live&class=host").await;
        assert_eq!(page["items"][0]["observation"]["state"], "live");
        assert_eq!(page["items"][0]["observation"]["last_seen"], "2026-11-22T13:15:00Z");
    });
}

#[test]
fn every_order_walks_every_item_once_while_others_are_added() {
    on_both(async |register| {
        for number in 0..25 {
            let class = if number % 2 == 0 { "printer" } else { "monitor" };
            // Names repeat, so that the key decides.
            register.create(&json!({"class": class, "name": format!("name-{}", number / 4)})).await;
            register.pass(1);
        }
        for sort in ["name", "-name", "class", "-class", "last_seen", "-last_seen", "first_seen", "-first_seen"] {
            let before: BTreeSet<String> = ids(&register.walk(&format!("/cis?sort={sort}"), 200).await);
            let (mut seen, mut cursor, mut steps) = (Vec::new(), String::new(), 0);
            loop {
                let page = register.read(Caller::Keeper, &format!("/cis?sort={sort}&limit=7{cursor}")).await;
                seen.extend(page["items"].as_array().unwrap().iter().cloned());
                register.create(&json!({"class": "phone", "name": format!("name-{steps}")})).await;
                steps += 1;
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let found = ids(&seen);
            assert_eq!(found.len(), seen.len(), "{sort}: nothing twice");
            assert!(before.is_subset(&found), "{sort}: nothing left out");
        }
    });
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn names_are_sorted_byte_by_byte_on_both_databases() {
    on_both(async |register| {
        for name in ["b", "B", "_", "a", "가", "é", "A", " z", "10", "9"] {
            register.create(&json!({"class": "printer", "name": name})).await;
        }
        assert_eq!(named(register, "").await, [" z", "10", "9", "A", "B", "_", "a", "b", "é", "가"]);
        assert_eq!(named(register, "sort=-name&limit=2").await, ["가", "é"]);
    });
}

#[test]
fn a_cursor_belongs_to_its_filters_and_order() {
    on_both(async |register| {
        for number in 0..3 {
            register.create(&json!({"class": "printer", "name": format!("p{number}")})).await;
        }
        let page = register.read(Caller::Keeper, "/cis?limit=1&class=printer").await;
        assert_eq!(page["total"], 3);
        let cursor = page["next_cursor"].as_str().unwrap();
        for other in ["class=monitor", "class=printer&sort=-name", "class=printer&q=p", ""] {
            let answer = register.get(Caller::Keeper, &format!("/cis?limit=1&{other}&cursor={cursor}")).await;
            assert_eq!(answer.faults(), [("cursor".to_owned(), "invalid".to_owned())], "{other}");
        }
    });
}

#[test]
fn as_of_shows_items_as_they_were() {
    on_both(async |register| {
        let printer = register.create(&json!({"class": "printer", "name": "old \"name\"", "owner": "Kim"})).await;
        let then = register.clock.now();
        register.pass(60);
        let path = format!("/cis/{printer}");
        let change = json!({"name": "new name", "owner": null, "criticality": 1});
        let answer = register.change(actix_web::http::Method::PATCH, (Caller::Keeper, &path), "\"v1\"", &change).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        register.create(&json!({"class": "printer", "name": "later"})).await;
        let page = register.read(Caller::Keeper, &format!("/cis?as_of={then}")).await;
        assert_eq!(names(&page), ["old \"name\""]);
        assert_eq!((&page["total"], &page["items"][0]["owner"]), (&json!(1), &json!("Kim")));
        assert_eq!(page["items"][0]["criticality"], Value::Null);
        assert_eq!(named(register, "").await, ["later", "new name"]);
        let cases = [
            ("q=old", 1),
            ("q=new", 0),
            ("criticality=1", 0),
            ("lifecycle=in_use", 1),
            ("lifecycle=retired", 0),
            ("attr.owner=Kim", 1),
            ("sort=-name", 1),
            ("sort=class", 1),
        ];
        for (query, expected) in cases {
            let page = register.read(Caller::Keeper, &format!("/cis?as_of={then}&{query}")).await;
            assert_eq!(page["total"], expected, "{:?} {query}", register.backend);
        }
        let before = register.read(Caller::Keeper, "/cis?as_of=2026-01-01T00:00:00Z").await;
        assert_eq!(before["total"], 0);
    });
}

#[test]
fn pages_as_of_a_time_hold_every_item_once() {
    on_both(async |register| {
        for number in 0..9 {
            register.create(&json!({"class": "printer", "name": format!("printer \"{}\" 가", number / 2)})).await;
        }
        let then = register.clock.now();
        for sort in ["name", "-name", "class", "-class", "first_seen"] {
            let items = register.walk(&format!("/cis?as_of={then}&sort={sort}"), 2).await;
            assert_eq!((items.len(), ids(&items).len()), (9, 9), "{:?} {sort}", register.backend);
        }
    });
}

#[test]
fn other_organisations_do_not_show_in_items_counts_or_filters() {
    on_both(async |register| {
        fill(register).await;
        let page = register.read(Caller::BranchKeeper, "/cis").await;
        assert_eq!((names(&page), &page["total"]), (vec!["/srv".into(), "Printer".into(), "db-1".into()], &json!(3)));
        for query in ["q=web", "attr.os_id=ubuntu", &format!("organisation={}", register.subsidiary)] {
            let page = register.read(Caller::BranchKeeper, &format!("/cis?{query}")).await;
            assert_eq!((&page["total"], &page["items"]), (&json!(0), &json!([])), "{query}");
        }
        assert_eq!(register.get(Caller::Powerless, "/cis").await.code(), "forbidden");
    });
}

#[test]
fn a_page_costs_the_same_number_of_statements_for_one_row_as_for_two_hundred() {
    on_both(async |register| {
        let values = [("os_id", json!("debian")), ("hostname", json!("h")), ("os_name", json!("Debian"))];
        for number in 0..100 {
            let host = register.estate().host(register.branch, &format!("host-{number}"), &values);
            register.estate().dependent(host, "filesystem", "/srv");
        }
        let filter = RawFilter { class: vec!["host".into(), "filesystem".into()], ..RawFilter::default() };
        let count = |limit| {
            let (filter, clock) = (filter.clone(), register.clock.clone());
            register.store().read_blocking(|conn| statements(conn, &Ctx::system(&clock), &filter, limit)).unwrap()
        };
        let (one, many) = (count(1), count(200));
        assert_eq!((one.0, many.0), (1, 200));
        assert_eq!(one.1, many.1, "{:?}", register.backend);
        assert!(many.1 <= 10, "{} statements", many.1);
    });
}

/// How many rows a page holds and how many statements it took.
fn statements(conn: &mut Conn, ctx: &Ctx, filter: &RawFilter, limit: u32) -> Result<(usize, usize), Error> {
    let statements = Statements::default();
    statements.watch(conn);
    let request = PageRequest { limit, after: None };
    let found = list::page(conn, ctx, Freshness::of_interval(300), (filter, Sort::DEFAULT), &request)?;
    Ok((found.page.items.len(), statements.count()))
}
