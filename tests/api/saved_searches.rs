//! Searches that people keep, and groups in queries.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::register::{Answer, Caller, Register, encoded, on_both};

async fn save(register: &Register, caller: Caller, name: &str, query: &str, shared: bool) -> Answer {
    register.post(caller, "/saved-searches", &json!({"name": name, "query": query, "shared": shared})).await
}

async fn saved(register: &Register, name: &str, query: &str, shared: bool) -> Value {
    let answer = save(register, Caller::Keeper, name, query, shared).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

fn path(saved: &Value) -> String {
    format!("/saved-searches/{}", saved["id"].as_str().unwrap())
}

async fn total(register: &Register, caller: Caller, query: &str) -> i64 {
    register.read(caller, &format!("/cis?q={}", encoded(query))).await["total"].as_i64().unwrap()
}

async fn names(register: &Register, caller: Caller) -> Vec<String> {
    let list = register.read(caller, "/saved-searches").await;
    list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn fill(register: &Register) {
    let places = [("a", register.root), ("b", register.branch), ("c", register.subsidiary)];
    for (name, organisation) in places {
        register.create(&json!({"class": "printer", "name": name, "organisation_id": organisation})).await;
    }
}

#[test]
fn a_saved_search_is_a_group_that_follows_what_is_true() {
    on_both(async |register| {
        fill(register).await;
        let printers = saved(register, "Printers", "class:printer", true).await;
        assert_eq!(total(register, Caller::Keeper, "group:printers -name:a").await, 2);
        register.create(&json!({"class": "printer", "name": "d"})).await;
        assert_eq!(register.read(Caller::Keeper, &path(&printers)).await["count"], 4);
        let page = register.read(Caller::Keeper, &format!("{}/cis?limit=2", path(&printers))).await;
        assert_eq!((&page["total"], page["items"].as_array().unwrap().len()), (&json!(4), 2));
        let next = page["next_cursor"].as_str().unwrap();
        let rest = register.read(Caller::Keeper, &format!("{}/cis?limit=2&cursor={next}", path(&printers))).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn what_is_shared_is_seen_in_scope_and_what_is_private_by_its_owner() {
    on_both(async |register| {
        fill(register).await;
        let shared =
            json!({"name": "shared", "query": "class:printer", "shared": true, "organisation_id": register.branch});
        assert_eq!(register.post(Caller::Keeper, "/saved-searches", &shared).await.status, 201);
        let private = saved(register, "private", "class:printer", false).await;
        assert_eq!(names(register, Caller::Keeper).await, ["private", "shared"]);
        assert_eq!(names(register, Caller::BranchKeeper).await, ["shared"]);
        assert_eq!(names(register, Caller::SubsidiaryKeeper).await, [""; 0]);
        assert_eq!(total(register, Caller::BranchKeeper, "group:shared").await, 1, "no more than the own scope holds");
        let absent = register.get(Caller::BranchKeeper, "/saved-searches/0192f0c1-2345-7000-8000-0123456789ab").await;
        for route in [path(&private), format!("{}/cis", path(&private))] {
            let answer = register.get(Caller::BranchKeeper, &route).await;
            assert_eq!((answer.status, answer.anonymous()), (absent.status, absent.anonymous()), "{route}");
        }
        let query = format!("/cis?q={}", encoded("group:private"));
        assert_eq!(register.get(Caller::BranchKeeper, &query).await.faults()[0].1, "unknown");
        // The reader keeps what is his own, and shares nothing.
        assert_eq!(save(register, Caller::Reader, "mine", "class:host", false).await.status, 201);
        let own = json!({"name": "ours", "query": "class:host", "shared": true, "organisation_id": register.root});
        assert_eq!(register.post(Caller::Reader, "/saved-searches", &own).await.faults()[0].0, "shared");
        let id = register.read(Caller::Reader, "/saved-searches").await["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "shared")
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let change = (Caller::Reader, format!("/saved-searches/{id}"));
        let answer = register.change(Method::PATCH, (change.0, &change.1), "\"v1\"", &json!({"name": "x"})).await;
        assert_eq!(answer.code(), "forbidden");
    });
}

#[test]
fn none_contains_itself_and_none_that_is_spoken_of_goes_away() {
    on_both(async |register| {
        let a = saved(register, "a", "class:printer", true).await;
        let b = saved(register, "b", "group:a OR class:host", true).await;
        for (one, query) in [(&a, "group:a"), (&a, "group:b"), (&b, "group:\"B\" x")] {
            let change = json!({"query": query});
            let answer = register.change(Method::PATCH, (Caller::Keeper, &path(one)), "\"v1\"", &change).await;
            assert_eq!(answer.faults(), [("query".to_owned(), "invalid".to_owned())], "{query}: {}", answer.text());
        }
        assert_eq!(save(register, Caller::Keeper, "c", "group:c", false).await.faults()[0].0, "query");
        assert_eq!(
            save(register, Caller::Keeper, "A", "x", false).await.faults(),
            [("name".to_owned(), "taken".to_owned())]
        );
        for body in [json!({"name": "other"}), json!({"shared": false})] {
            let answer = register.change(Method::PATCH, (Caller::Keeper, &path(&a)), "\"v1\"", &body).await;
            assert_eq!(answer.status, 422, "{}", answer.text());
        }
        let delete = async |one: &Value| {
            register.change(Method::DELETE, (Caller::Keeper, &path(one)), "\"v1\"", &json!({})).await
        };
        assert_eq!(delete(&a).await.faults(), [("name".to_owned(), "in_use".to_owned())]);
        assert_eq!(delete(&b).await.status, 204);
        assert_eq!(delete(&a).await.status, 204);
        assert_eq!(names(register, Caller::Keeper).await, [""; 0]);
        let trail = register.read(Caller::Keeper, "/audit?limit=200").await.to_string();
        for action in ["saved_search.created", "saved_search.deleted"] {
            assert!(trail.contains(action), "{action}");
        }
    });
}

#[test]
fn what_cannot_be_kept_is_named() {
    on_both(async |register| {
        for (name, query, field, code) in [
            (" ", "x", "name", "required"),
            (&"x".repeat(101), "x", "name", "too_long"),
            ("x", " ", "query", "required"),
            ("x", "hue:red", "query", "unknown"),
            ("x", "(a", "query", "invalid"),
        ] {
            let answer = save(register, Caller::Keeper, name, query, false).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{name:.10} {query}");
        }
        let one = saved(register, "계속 볼 것", "class:host", false).await;
        let change = json!({"name": "이름", "query": "class:printer"});
        let answer = register.change(Method::PATCH, (Caller::Keeper, &path(&one)), "\"v1\"", &change).await;
        assert_eq!((answer.status, &answer.json()["name"]), (200, &json!("이름")), "{}", answer.text());
        let stale = register.change(Method::PATCH, (Caller::Keeper, &path(&one)), "\"v1\"", &change).await;
        assert_eq!(stale.code(), "stale");
    });
}
