//! Tags: kept alike, found, counted, completed, out and in again.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::shipped;
use terrier_server::search::indexer;
use terrier_server::store::StoreError;
use terrier_server::store::schema::cmdb_attribute as a;

use crate::harness::register::{Answer, Caller, Register, encoded, on_both};

/// A printer with these tags; gives its id.
async fn tagged(register: &Register, name: &str, tags: &[&str]) -> String {
    register.create(&json!({"class": "printer", "name": name, "attributes": {"tags": tags}})).await
}

async fn say(register: &Register, id: &str, tags: Value) -> Answer {
    let etag = register.get(Caller::Keeper, &format!("/cis/{id}")).await.etag.unwrap();
    let body = json!({"attributes": {"tags": tags}});
    register.change(Method::PATCH, (Caller::Keeper, &format!("/cis/{id}")), &etag, &body).await
}

/// The names of the items that a query finds.
async fn found(register: &Register, query: &str) -> Vec<String> {
    let list = register.read(Caller::Keeper, &format!("/cis?sort=name&q={}", encoded(query))).await;
    list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn tags(register: &Register, caller: Caller, query: &str) -> Vec<(String, i64)> {
    let list = register.read(caller, &format!("/tags{query}")).await;
    let one = |one: &Value| (one["tag"].as_str().unwrap().to_owned(), one["cis"].as_i64().unwrap());
    list["items"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn tags_are_kept_alike_and_refused_beyond_their_limits() {
    on_both(async |register| {
        let id =
            tagged(register, "a", &[" Web ", "web", "PCI  dss", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"])
                .await;
        let read = register.read(Caller::Keeper, &format!("/cis/{id}")).await;
        assert_eq!(read["attributes"]["tags"], json!(["pci dss", "web", "한국"]));
        let long = "x".repeat(65);
        let many: Vec<String> = (0..51).map(|number| format!("t{number}")).collect();
        for (tags, code, limit) in [
            (json!([long]), "too_long", json!(64)),
            (json!(many), "too_long", json!(50)),
            (json!([" "]), "required", Value::Null),
            (json!(["a,b"]), "invalid", Value::Null),
            (json!(["a;b"]), "invalid", Value::Null),
            (json!("web"), "invalid", Value::Null),
        ] {
            let answer = say(register, &id, tags.clone()).await;
            assert_eq!(answer.faults(), [("attributes.tags".to_owned(), code.to_owned())], "{tags}");
            assert_eq!(answer.json()["errors"][0]["limit"], limit, "{}", answer.text());
        }
        assert_eq!(say(register, &id, json!([])).await.status, 200);
        assert_eq!(found(register, "tag:none").await, ["a"], "a list of nothing is no tag");
        assert_eq!(say(register, &id, Value::Null).await.status, 200);
        assert_eq!(found(register, "tag:none").await, ["a"]);
    });
}

#[test]
fn a_query_finds_items_by_tag_today_and_at_another_time() {
    on_both(async |register| {
        let a = tagged(register, "a", &["web", "prod"]).await;
        tagged(register, "b", &["web-2"]).await;
        tagged(register, "c", &["WEB", "100%"]).await;
        register.create(&json!({"class": "printer", "name": "d"})).await;
        for (query, expected) in [
            ("tag:web", &["a", "c"][..]),
            ("tag:Web", &["a", "c"]),
            ("tag:web*", &["a", "b", "c"]),
            ("tag:*o*", &["a"]),
            ("tag:\"web*\"", &[]),
            ("tag:prod,web-2", &["a", "b"]),
            ("-tag:web", &["b", "d"]),
            ("tag:none", &["d"]),
            ("-tag:none", &["a", "b", "c"]),
            ("tag:any", &["a", "b", "c"]),
            ("tag:web tag:prod", &["a"]),
            ("tag:\"100%\"", &["c"]),
            ("tag:we", &[]),
            ("class:printer tag:web OR name:d", &["a", "c", "d"]),
        ] {
            assert_eq!(found(register, query).await, expected, "{:?} {query}", register.backend);
        }
        let list = register.read(Caller::Keeper, "/cis?attr.tags=WEB&sort=name").await;
        assert_eq!(list["total"], 2, "a filter by the attribute reads tags alike");
        let before = register.clock.now();
        register.pass(60);
        assert_eq!(say(register, &a, json!(["prod"])).await.status, 200);
        assert_eq!(found(register, "tag:web").await, ["c"]);
        let then = register.read(Caller::Keeper, &format!("/cis?as_of={before}&q=tag:web&sort=name")).await;
        assert_eq!(then["total"], 2, "{then}");
        let none = register.read(Caller::Keeper, &format!("/cis?as_of={before}&q=tag:none")).await;
        assert_eq!((&none["total"], &none["items"][0]["name"]), (&json!(1), &json!("d")));
    });
}

#[test]
fn tags_are_counted_and_completed_within_the_callers_scope() {
    on_both(async |register| {
        for (name, organisation, tags) in [
            ("a", register.branch, json!(["web", "db"])),
            ("b", register.branch, json!(["web"])),
            ("c", register.subsidiary, json!(["web", "wan-secret"])),
        ] {
            let body = json!({"class": "printer", "name": name, "organisation_id": organisation,
                "attributes": {"tags": tags}});
            register.create(&body).await;
        }
        let pairs =
            |pairs: &[(&str, i64)]| pairs.iter().map(|(tag, cis)| ((*tag).to_owned(), *cis)).collect::<Vec<_>>();
        let all = tags(register, Caller::Keeper, "").await;
        assert_eq!(all, pairs(&[("web", 3), ("db", 1), ("wan-secret", 1)]));
        assert_eq!(tags(register, Caller::BranchKeeper, "").await, pairs(&[("web", 2), ("db", 1)]));
        assert_eq!(tags(register, Caller::Keeper, "?prefix=W").await, pairs(&[("web", 3), ("wan-secret", 1)]));
        assert_eq!(tags(register, Caller::Keeper, "?limit=1").await, pairs(&[("web", 3)]));
        assert_eq!(register.get(Caller::Keeper, "/tags?limit=201").await.faults()[0].1, "out_of_range");
        assert_eq!(register.get(Caller::Powerless, "/tags").await.code(), "forbidden");
        let suggested = register.read(Caller::BranchKeeper, "/search/suggestions?q=tag:w").await.to_string();
        assert!(suggested.contains("\"web\"") && !suggested.contains("secret"), "{suggested}");
        indexer::drain(register.store()).unwrap();
        let hits = register.read(Caller::Keeper, "/search?q=wan-secret").await.to_string();
        assert!(hits.contains("\"tags\"") || hits.contains("wan-secret"), "the box finds by tag: {hits}");
        assert!(
            !register.read(Caller::BranchKeeper, "/search?q=wan-secret").await["groups"].to_string().contains("\"c\"")
        );
    });
}

#[test]
fn tags_go_out_and_come_back_in_both_formats() {
    on_both(async |register| {
        tagged(register, "a", &["web", "=sum", "[x"]).await;
        tagged(register, "b", &["한국", "+1"]).await;
        let empty = tagged(register, "c", &["gone"]).await;
        assert_eq!(say(register, &empty, json!([])).await.status, 200);
        register.create(&json!({"class": "printer", "name": "d"})).await;
        for format in ["csv", "ndjson"] {
            let path = format!("/cis?format={format}&cols=id,name,class,tags&sort=name");
            let file = register.get(Caller::Keeper, &path).await;
            let table = register.upload(Caller::Keeper, "/imports/tables/inspect", &file.body, &[]).await.json();
            let mapping = &table["proposal"];
            assert!(mapping.to_string().contains("\"tags\""), "the column is known again: {mapping}");
            let path = format!("/imports/tables?mapping={}&dry_run=true", encoded(&mapping.to_string()));
            let report = register.upload(Caller::Keeper, &path, &file.body, &[]).await.json();
            assert_eq!(report["totals"]["unchanged"], 4, "{format}: {report}");
        }
        let call = json!({"source": "import", "items": [
            {"ci": {"key": "x", "class": "printer", "name": "x", "attributes": {"tags": ["B", "a", "b "]}}},
            {"ci": {"key": "y", "class": "printer", "name": "y", "attributes": {"tags": ["a,b"]}}},
        ]});
        let answer = register.post(Caller::Keeper, "/bulk", &call).await.json();
        assert_eq!(answer["items"][1]["errors"][0]["code"], "invalid", "{answer}");
        assert_eq!(found(register, "tag:a tag:b").await, ["x"]);
        let again = register.post(Caller::Keeper, "/bulk", &call).await.json();
        assert_eq!(again["items"][0]["outcome"], "unchanged");
    });
}

#[test]
fn an_installation_of_before_gets_the_attribute_when_it_starts() {
    on_both(async |register| {
        let older = |conn: &mut terrier_server::store::Conn| {
            diesel::delete(a::table.filter(a::class.eq("ci").and(a::name.eq("tags")))).execute(conn)?;
            Ok::<_, StoreError>(())
        };
        register.store().write_blocking(older).unwrap();
        let body = json!({"class": "printer", "name": "a", "attributes": {"tags": ["web"]}});
        assert_eq!(register.post(Caller::Keeper, "/cis", &body).await.faults()[0].1, "unknown");
        register.store().write_blocking(shipped::install).unwrap();
        register.create(&body).await;
        assert_eq!(found(register, "tag:web").await, ["a"]);
    });
}
