//! The box over everything: spellings, ranks, reasons, other organisations, hostile queries, completion.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::{Value, json};
use terrier_server::search::indexer;

use crate::harness::register::{Caller, Register, encoded, on_both};

pub(super) fn index(register: &Register) {
    indexer::drain(register.store()).unwrap();
}

async fn search(register: &Register, caller: Caller, query: &str) -> Value {
    register.read(caller, &format!("/search?q={}", encoded(query))).await
}

/// Names of the items of a kind that a query finds, best first.
pub(super) async fn found(register: &Register, caller: Caller, kind: &str, query: &str) -> Vec<String> {
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

pub(super) async fn listed(register: &Register, caller: Caller, query: &str) -> Vec<String> {
    let page = register.read(caller, &format!("/cis?limit=200&q={}", encoded(query))).await;
    let names: Vec<String> =
        page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(page["total"], names.len(), "what is counted is what is there: {query}");
    names
}

pub(super) fn fill(register: &Register) {
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

#[test]
fn items_are_found_by_what_they_were_then() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "host", "name": "before", "owner": "mina"})).await;
        index(register);
        let then = encoded(&register.pass(60).to_string());
        register.pass(60);
        let path = format!("/cis/{id}");
        let tag = register.get(Caller::Keeper, &path).await.etag.unwrap();
        let body = json!({"name": "after", "owner": "jun"});
        let edited = register.change(Method::PATCH, (Caller::Keeper, &path), &tag, &body).await;
        assert_eq!(edited.status, 200, "{}", edited.text());
        index(register);
        for (query, now, past) in [("before", 0, 1), ("after", 1, 0), ("owner:mina", 0, 1), ("class:host", 1, 1)] {
            let query = encoded(query);
            let hits = |answer: &Value| answer["groups"][0]["items"].as_array().map_or(0, Vec::len);
            let today = register.read(Caller::Keeper, &format!("/search?q={query}")).await;
            let of_then = register.read(Caller::Keeper, &format!("/search?q={query}&as_of={then}")).await;
            assert_eq!((hits(&today), hits(&of_then)), (now, past), "{:?} {query}: {of_then}", register.backend);
        }
        let of_then = register.read(Caller::Keeper, &format!("/search?q=before&as_of={then}")).await;
        assert_eq!(whole(&of_then["groups"][0]["items"][0]["name"]), "before");
        let wrong = register.get(Caller::Keeper, "/search?q=before&as_of=yesterday").await;
        assert_eq!(wrong.faults()[0].0, "as_of");
    });
}
