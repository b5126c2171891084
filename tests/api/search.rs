//! The box over everything: spellings, ranks, reasons, filters, other organisations, hostile queries.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::{Value, json};
use terrier_server::cmdb::list::{self, RawFilter, Sort};
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::index::model::fold::fold;
use terrier_server::index::model::term::Term;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::page::PageRequest;
use terrier_server::search::indexer;
use terrier_server::store::schema::{index_address, index_change, index_document};
use terrier_server::store::{Conn, StoreError};

use crate::harness::register::{Caller, Register, encoded, on_both};
use crate::harness::statements::Statements;

fn index(register: &Register) {
    indexer::drain(register.store()).unwrap();
}

async fn search(register: &Register, caller: Caller, query: &str) -> Value {
    register.read(caller, &format!("/search?q={}", encoded(query))).await
}

/// Names of the items of a kind that a query finds, best first.
async fn found(register: &Register, caller: Caller, kind: &str, query: &str) -> Vec<String> {
    let answer = search(register, caller, query).await;
    let groups = answer["groups"].as_array().unwrap();
    let Some(group) = groups.iter().find(|group| group["kind"] == kind) else { return Vec::new() };
    group["items"].as_array().unwrap().iter().map(|item| whole(&item["name"])).collect()
}

fn whole(parts: &Value) -> String {
    parts.as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap()).collect()
}

fn marked(parts: &Value) -> Vec<&str> {
    let parts = parts.as_array().unwrap().iter().filter(|part| part["matched"] == true);
    parts.map(|part| part["text"].as_str().unwrap()).collect()
}

async fn listed(register: &Register, caller: Caller, query: &str) -> Vec<String> {
    let page = register.read(caller, &format!("/cis?limit=200&q={}", encoded(query))).await;
    let names: Vec<String> =
        page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(page["total"], names.len(), "what is counted is what is there: {query}");
    names
}

fn fill(register: &Register) {
    let estate = register.estate();
    let web = [("os_id", json!("debian")), ("os_name", json!("Debian GNU/Linux 13")), ("hostname", json!("web-01"))];
    let web = estate.host(register.root, "web-01", &web);
    for (kind, value) in [
        ("mac", "aa:bb:cc:00:11:22"),
        ("serial", "CZ-100-4711"),
        ("address", "10.1.2.3"),
        ("address", "2001:db8:0:1::5"),
        ("fqdn", "web-01.example.com"),
    ] {
        estate.identified(web, kind, value);
    }
    estate.dependent(web, "filesystem", "/srv/web-01");
    let db =
        estate.host(register.branch, "결제서버01", &[("os_id", json!("rocky")), ("os_name", json!("Rocky Linux"))]);
    estate.identified(db, "address", "10.1.32.7");
    estate.identified(db, "serial", "web");
    let other = estate.host(register.subsidiary, "web-secret", &[("os_id", json!("debian"))]);
    estate.identified(other, "address", "10.9.9.9");
    estate.packages(web, &[("deb", "openssl", "3.0.6-1", "amd64"), ("deb", "curl", "8.0", "amd64")]);
    estate.packages(db, &[("deb", "openssl", "3.0.10-1", "amd64")]);
    estate.packages(other, &[("deb", "secretd", "1.0", "amd64")]);
}

#[test]
fn whatever_is_known_of_an_item_finds_it_however_it_is_written() {
    on_both(async |register| {
        fill(register);
        index(register);
        for query in [
            "WEB-01",
            "ｗｅｂ－０１",
            "AA-BB-CC-00-11-22",
            "aabb.cc00.1122",
            "aa:bb:cc:00:11:22",
            "aabbcc001122",
            "bb:cc:00",
            "cz1004711",
            "CZ-100",
            "cz 100",
            "10.1.2.3",
            "10.1.2.",
            "2001:db8:0:1::5",
            "example.com",
            "debian gnu",
            "\"GNU/Linux 13\"",
            "web 10.1.2.3",
        ] {
            let names = found(register, Caller::Keeper, "ci", query).await;
            assert!(names.contains(&"web-01".to_owned()), "{:?} {query}: {names:?}", register.backend);
        }
        for query in ["결제", "제서", "서버01", "\u{1100}\u{1167}\u{11af}제", "결"] {
            assert_eq!(found(register, Caller::Keeper, "ci", query).await, ["결제서버01"], "{query}");
        }
        for query in ["absent", "제결", "버0결", "\"web 01\"", "web absent", "10.1.2.4"] {
            assert_eq!(found(register, Caller::Keeper, "ci", query).await, [""; 0], "{query}");
        }
        assert_eq!(found(register, Caller::Keeper, "software", "ssl").await, ["openssl"]);
        assert_eq!(found(register, Caller::Keeper, "agent", "결제").await, ["결제서버01"]);
        assert_eq!(found(register, Caller::Keeper, "organisation", "BRANCH").await, ["Branch"]);
        assert_eq!(found(register, Caller::Keeper, "user", "subsidiary").await, ["SubsidiaryKeeper"]);
        let of_branch = found(register, Caller::BranchKeeper, "user", "subsidiary").await;
        assert_eq!(of_branch, [""; 0], "who has no grants there is not in scope");
    });
}

#[test]
fn the_best_comes_first_with_its_reason_and_the_match_marked() {
    on_both(async |register| {
        fill(register);
        index(register);
        let names = found(register, Caller::Keeper, "ci", "web").await;
        assert_eq!(names, ["결제서버01", "web-01", "web-secret", "/srv/web-01"], "exact, prefix, word, within");
        let answer = search(register, Caller::Keeper, "web").await;
        let items = answer["groups"][0]["items"].as_array().unwrap();
        assert_eq!(items[0]["reason"]["rank"], "exact");
        assert_eq!(items[0]["reason"]["field"], "serial");
        assert_eq!(items[1]["reason"]["rank"], "prefix");
        assert_eq!(marked(&items[1]["name"]), ["web"]);
        assert_eq!(items[3]["within"], "web-01");
        assert_eq!(items[3]["class"], "filesystem");
        let mac = search(register, Caller::Keeper, "AABB.CC00").await;
        let reason = &mac["groups"][0]["items"][0]["reason"];
        assert_eq!((&reason["field"], &reason["rank"]), (&json!("mac"), &json!("part")));
        assert_eq!(answer["waiting"], 0);
    });
}

/// A query of filters, and what is found by it of what [`fill`] makes and a printer.
const FILTERS: &[(&str, &[&str])] = &[
    ("", &["/srv/web-01", "Printer (2F)", "web-01", "web-secret", "결제서버01"]),
    ("class:host", &["web-01", "web-secret", "결제서버01"]),
    ("class:printer,filesystem", &["/srv/web-01", "Printer (2F)"]),
    ("-class:host", &["/srv/web-01", "Printer (2F)"]),
    ("os:debian", &["web-01", "web-secret"]),
    ("os:\"rocky\"", &["결제서버01"]),
    ("os_name:*linux*", &["web-01", "결제서버01"]),
    ("os_id:none class:host", &[]),
    ("os_id:any", &["web-01", "web-secret", "결제서버01"]),
    ("owner:none class:printer", &[]),
    ("owner:\"김 대리\"", &["Printer (2F)"]),
    ("owner:김*", &["Printer (2F)"]),
    ("-owner:김*", &["/srv/web-01", "web-01", "web-secret", "결제서버01"]),
    ("owner:none class:host web-01", &["web-01"]),
    ("team:OPS", &["Printer (2F)"]),
    ("criticality:2", &["Printer (2F)"]),
    ("criticality:<=2", &["Printer (2F)"]),
    ("criticality:>2", &[]),
    ("criticality:any", &["Printer (2F)"]),
    ("env:test", &["Printer (2F)"]),
    ("lifecycle:planned", &["Printer (2F)"]),
    ("name:\"printer (2f)\"", &["Printer (2F)"]),
    ("name:web*", &["web-01", "web-secret"]),
    ("serial:cz-100-4711", &["web-01"]),
    ("serial:CZ*", &["web-01"]),
    ("serial:cz", &[]),
    ("mac:AABB.CC00.1122", &["web-01"]),
    ("mac:aa-bb", &["web-01"]),
    ("mac:none class:host", &["web-secret", "결제서버01"]),
    ("host:web-01.example.com", &["web-01"]),
    ("class:host (web-01 OR 결제)", &["web-01", "결제서버01"]),
    ("class:host -web", &["결제서버01"]),
    ("org:branch", &["결제서버01"]),
    ("org:terrier -class:host", &["/srv/web-01", "Printer (2F)"]),
    ("seen:<2d class:host", &["web-01", "web-secret", "결제서버01"]),
    ("stale:>7d", &[]),
    ("created:<1d class:printer", &["Printer (2F)"]),
    ("observation:live class:host web-01", &["web-01"]),
    ("software:openssl", &["web-01", "결제서버01"]),
    ("software:openssl<3.0.7", &["web-01"]),
    ("software:openssl>=3.0.7", &["결제서버01"]),
    ("software:OPEN* -software:curl", &["결제서버01"]),
    ("software:absent", &[]),
];

#[test]
fn filters_find_what_they_say_in_the_list_and_in_the_box() {
    on_both(async |register| {
        fill(register);
        let printer = json!({"class": "printer", "name": "Printer (2F)", "owner": "김 대리", "support_team": "Ops",
            "criticality": 2, "environment": "test", "lifecycle": "planned"});
        register.create(&printer).await;
        for pass in ["before it is indexed", "after"] {
            for (query, expected) in FILTERS {
                let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
                // A serial that is `web` is a text, too; before it is indexed it is looked for as it is.
                if *query == "class:host -web" {
                    expected.clear();
                }
                assert_eq!(
                    listed(register, Caller::Keeper, query).await,
                    expected,
                    "{:?} {pass}: {query}",
                    register.backend
                );
            }
            index(register);
        }
        for (query, expected) in [
            ("ip:10.1.2.3", vec!["web-01"]),
            ("ip:10.0.0.0/8", vec!["web-01", "web-secret", "결제서버01"]),
            ("ip:10.1.0.0/19", vec!["web-01"]),
            ("ip:2001:db8::/32", vec!["web-01"]),
            ("ip:none class:printer", vec!["Printer (2F)"]),
        ] {
            assert_eq!(listed(register, Caller::Keeper, query).await, expected, "{query}");
        }
        assert_eq!(found(register, Caller::Keeper, "ci", "class:host os:debian").await, ["web-01", "web-secret"]);
    });
}

#[test]
fn time_passes_and_filters_look_at_other_times() {
    on_both(async |register| {
        let estate = register.estate();
        let host = estate.host(register.root, "old-name", &[("os_id", json!("debian"))]);
        estate.identified(host, "address", "192.0.2.17");
        let then: Timestamp = register.clock.now();
        register.pass(8 * 24 * 3_600);
        let revision = estate.revision(host.key, register.clock.now());
        estate.says(host.key, revision, register.clock.now(), "os_id", &json!("ubuntu"));
        index(register);
        assert_eq!(listed(register, Caller::Keeper, "stale:>7d").await, ["old-name"]);
        assert_eq!(listed(register, Caller::Keeper, "seen:<7d").await, [""; 0]);
        assert_eq!(listed(register, Caller::Keeper, "os:debian").await, [""; 0]);
        for (query, total) in [
            ("os:debian", 1),
            ("os:ubuntu", 0),
            ("old", 1),
            ("ip:192.0.2.0/24", 1),
            ("-ip:192.0.2.0/24", 0),
            ("owner:none", 1),
            ("lifecycle:in_use", 1),
            ("name:old*", 1),
        ] {
            let page = register.read(Caller::Keeper, &format!("/cis?as_of={then}&q={}", encoded(query))).await;
            assert_eq!(page["total"], total, "{:?} {query}", register.backend);
        }
    });
}

#[test]
fn a_fault_says_where_it_is_and_what_could_stand_there() {
    on_both(async |register| {
        for (query, code, detail) in [
            ("web hue:red", "unknown", "column 5"),
            ("class:submarine", "unknown", "allowed: "),
            ("os:", "required", "column 4"),
            ("(a", "invalid", "column 1"),
            ("ip:10.0.0.0/33", "invalid", "10.0.0.0/8"),
            ("criticality:9", "unknown", "1, 2, 3, 4"),
            ("stale:soon", "invalid", ">7d"),
            ("group:nothing", "unknown", "no saved search"),
            ("software:<3", "invalid", "openssl<3.0.7"),
            ("mac:xyz", "invalid", "MAC"),
        ] {
            let answer = register.get(Caller::Keeper, &format!("/cis?q={}", encoded(query))).await;
            assert_eq!(answer.faults(), [("q".to_owned(), code.to_owned())], "{query}: {}", answer.text());
            assert!(answer.text().contains(detail), "{query}: {}", answer.text());
            let path = format!("/search/suggestions?q={}", encoded(query));
            let fault = &register.read(Caller::Keeper, &path).await["fault"];
            assert_eq!(fault["code"], code, "{query}");
        }
    });
}

#[test]
fn hostile_queries_are_answered_and_break_nothing() {
    on_both(async |register| {
        fill(register);
        index(register);
        let queries = [
            "x".repeat(10_000),
            "가".repeat(700),
            "\0".to_owned(),
            "we\0b".to_owned(),
            "\"unbalanced".to_owned(),
            "owner:\"unbalanced".to_owned(),
            "(".repeat(2_000),
            format!("{}a{}", "(".repeat(15), ")".repeat(15)),
            "-".repeat(500),
            "a OR ".repeat(100),
            "a ".repeat(60),
            "%".to_owned(),
            "_".to_owned(),
            "*".to_owned(),
            "name:*".to_owned(),
            "name:\"%\"".to_owned(),
            "serial:%*_".to_owned(),
            "'; DROP TABLE cmdb_ci; --".to_owned(),
            "index_gram MATCH".to_owned(),
            "\"a\" AND \"b\" NEAR(c)".to_owned(),
            "\u{202e}\u{feff}\u{10ffff}".to_owned(),
            "owner:\"a\\\"b\\\\c\"".to_owned(),
            "attr.x:1".to_owned(),
            "criticality:99999999999999999999".to_owned(),
            "seen:<99999y".to_owned(),
            "ip:::/0".to_owned(),
            "mac:%".to_owned(),
            "software:*".to_owned(),
            "software:openssl<\0".to_owned(),
            "e\u{301}\u{301}\u{301}\u{301}".to_owned(),
            "\u{fdfa}".repeat(50),
        ];
        for query in &queries {
            for path in ["/search?q=", "/cis?q=", "/search/suggestions?q="] {
                let answer = register.get(Caller::Keeper, &format!("{path}{}", encoded(query))).await;
                let status = answer.status;
                assert!([200, 422].contains(&status), "{:?} {path} {query:.40}: {}", register.backend, answer.text());
            }
        }
        for query in ["%", "_", "name:\"%\"", "serial:%"] {
            assert_eq!(listed(register, Caller::Keeper, query).await, [""; 0], "{query} means itself");
        }
        assert_eq!(listed(register, Caller::Keeper, "name:*").await.len(), 4);
    });
}

#[test]
fn nothing_outside_the_scope_is_found_counted_or_suggested() {
    on_both(async |register| {
        fill(register);
        let owned =
            json!({"class": "printer", "name": "p", "owner": "secret owner", "organisation_id": register.subsidiary});
        register.create(&owned).await;
        index(register);
        for query in ["web-secret", "secret", "10.9.9.9", "web"] {
            let answer = search(register, Caller::BranchKeeper, query).await.to_string();
            assert!(!answer.contains("secret"), "{query}: {answer}");
        }
        for query in ["ip:10.9.9.9", "os:debian", "-class:printer web-secret", "owner:secret*", "software:secretd"] {
            assert_eq!(listed(register, Caller::BranchKeeper, query).await, [""; 0], "{query}");
        }
        for typed in ["owner:s", "software:sec", "org:s", "group:"] {
            let path = format!("/search/suggestions?q={}", encoded(typed));
            let answer = register.read(Caller::BranchKeeper, &path).await;
            assert!(!answer.to_string().to_lowercase().contains("secret"), "{typed}: {answer}");
            assert!(!answer.to_string().contains("ubsidiary"), "{typed}: {answer}");
        }
        let path = format!("/search/suggestions?q={}", encoded("owner:s"));
        assert!(register.read(Caller::SubsidiaryKeeper, &path).await.to_string().contains("secret owner"));
        assert_eq!(register.get(Caller::Powerless, "/search?q=web").await.code(), "forbidden");
        let reader = search(register, Caller::Reader, "web").await;
        let kinds: BTreeSet<_> =
            reader["groups"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, BTreeSet::from(["ci"]), "agents take a permission of their own");
    });
}

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

#[test]
fn what_is_typed_is_completed() {
    on_both(async |register| {
        fill(register);
        let suggest = async |typed: &str| {
            let answer = register.read(Caller::Keeper, &format!("/search/suggestions?q={}", encoded(typed))).await;
            let texts: Vec<String> = answer["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["text"].as_str().unwrap().to_owned())
                .collect();
            (texts, answer["from"].as_u64().unwrap(), answer["to"].as_u64().unwrap())
        };
        assert_eq!(suggest("web clas").await.0.first().map(String::as_str), Some("class:"));
        assert!(suggest("os_").await.0.contains(&"os_name:".to_owned()), "attributes of the class book");
        let (classes, from, _) = suggest("-class:work").await;
        assert_eq!((classes, from), (vec!["workstation".to_owned()], 7));
        assert!(suggest("class:호스트").await.0.contains(&"host".to_owned()), "by its Korean name");
        assert!(suggest("env:").await.0.contains(&"production".to_owned()));
        assert_eq!(suggest("org:Br").await.0, ["Branch"]);
        assert_eq!(suggest("software:open").await.0, ["openssl"]);
        assert_eq!(suggest("lifecycle:in_u").await.0, ["in_use"]);
    });
}
