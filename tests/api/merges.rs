//! Two items that are one, over HTTP.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::register::{Answer, Caller, Register, on_both};

async fn host(register: &Register, name: &str, values: Value) -> String {
    register.create(&json!({"class": "host", "name": name, "attributes": values})).await
}

async fn merge(register: &Register, caller: Caller, survivor: &str, with: &str) -> Answer {
    register.post(caller, &format!("/cis/{survivor}/merge"), &json!({"with": with, "reason": "the same box"})).await
}

async fn names(register: &Register, query: &str) -> Vec<String> {
    let items = register.walk(&format!("/cis?class=host&sort=name{query}"), 50).await;
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_merged_item_is_found_by_either_id_and_listed_once() {
    on_both(async |register| {
        let kept = host(register, "db-1", json!({"os_name": "Debian"})).await;
        let gone = host(register, "db-1-old", json!({"product": "R640"})).await;
        let before = register.pass(10);
        register.pass(10);
        let answer = merge(register, Caller::Keeper, &kept, &gone).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(names(register, "").await, ["db-1"], "{:?}", register.backend);
        let one = register.read(Caller::Keeper, &format!("/cis/{gone}")).await;
        assert_eq!((&one["id"], &one["attributes"]["product"]), (&json!(kept), &json!("R640")));
        assert_eq!(one["attributes"]["os_name"], "Debian");
        let then = format!("&as_of={before}");
        assert_eq!(names(register, &then).await, ["db-1", "db-1-old"], "two items were known then");
        let past = register.read(Caller::Keeper, &format!("/cis/{gone}?as_of={before}")).await;
        assert_eq!(past["name"], "db-1-old");
    });
}

#[test]
fn taking_a_merge_back_makes_two_items_again_and_is_told() {
    on_both(async |register| {
        let kept = host(register, "db-1", json!({})).await;
        let gone = host(register, "db-2", json!({})).await;
        let merged = merge(register, Caller::Keeper, &kept, &gone).await.json();
        let id = merged["items"][0]["id"].as_str().unwrap().to_owned();
        register.pass(10);
        let path = format!("/merges/{id}/undo");
        let undone = register.post(Caller::Keeper, &path, &json!({"reason": "two after all"})).await;
        assert_eq!(undone.status, 200, "{}", undone.text());
        assert_eq!(names(register, "").await, ["db-1", "db-2"], "{:?}", register.backend);
        let told = register.read(Caller::Keeper, &format!("/cis/{kept}/merges")).await;
        assert_eq!(told["items"][0]["undo_reason"], "two after all");
        let again = register.post(Caller::Keeper, &path, &json!({})).await;
        assert_eq!((again.status, again.faults()), (422, vec![("id".into(), "conflict".into())]));
    });
}

#[test]
fn what_cannot_be_one_is_refused_and_nothing_changes() {
    on_both(async |register| {
        let kept = host(register, "db-1", json!({})).await;
        let service = register.create(&json!({"class": "business_service", "name": "shop"})).await;
        let elsewhere =
            register.create(&json!({"class": "host", "name": "db-1", "organisation_id": register.branch})).await;
        let nobody = "00000000-0000-4000-8000-000000000000".to_owned();
        for (with, status) in [(&kept, 422), (&service, 422), (&elsewhere, 422), (&nobody, 404)] {
            let answer = merge(register, Caller::Keeper, &kept, with).await;
            assert_eq!(answer.status, status, "{with}: {}", answer.text());
        }
        let long = json!({"with": elsewhere, "reason": "x".repeat(5_000)});
        let answer = register.post(Caller::Keeper, &format!("/cis/{kept}/merge"), &long).await;
        assert_eq!(answer.faults(), [("reason".to_owned(), "too_long".to_owned())]);
        assert_eq!(merge(register, Caller::Reader, &kept, &elsewhere).await.status, 403);
        assert_eq!(merge(register, Caller::BranchKeeper, &elsewhere, &kept).await.status, 404, "out of scope");
        let told = register.read(Caller::Keeper, &format!("/cis/{kept}/merges")).await;
        assert_eq!(told["items"], json!([]), "{:?}", register.backend);
    });
}

#[test]
fn rules_are_added_changed_put_in_order_and_taken_out() {
    on_both(async |register| {
        let rules = register.read(Caller::Reader, "/identification/rules").await;
        assert_eq!(
            rules["allowed_actions"],
            json!([{"action": "edit", "allowed": false, "reason": "needs_permission"}])
        );
        let shipped = rules["items"][0].clone();
        let body = json!({"class": "workstation", "label": {"en": "Serial", "ko": "일련번호"}, "needs": ["serial"],
            "vetoes": ["retired", "live"], "outcome": "match", "enabled": true});
        assert_eq!(register.post(Caller::Reader, "/identification/rules", &body).await.status, 403);
        let added = register.post(Caller::Keeper, "/identification/rules", &body).await;
        assert_eq!(added.status, 201, "{}", added.text());
        let (id, etag) = (added.json()["id"].as_str().unwrap().to_owned(), added.etag.clone().unwrap());
        let path = format!("/identification/rules/{id}");
        let mut changed = body.clone();
        changed.as_object_mut().unwrap().remove("class");
        changed["outcome"] = json!("propose");
        let answer = register.change(Method::PUT, (Caller::Keeper, &path), &etag, &changed).await;
        assert_eq!((answer.status, &answer.json()["outcome"]), (200, &json!("propose")), "{}", answer.text());
        let late = register.change(Method::PUT, (Caller::Keeper, &path), &etag, &body_without_class(&body)).await;
        assert_eq!(late.code(), "stale");
        let order = json!({"class": "workstation", "order": [id]});
        let ordered =
            register.change(Method::PUT, (Caller::Keeper, "/identification/rules/order"), "\"v1\"", &order).await;
        assert_eq!(ordered.status, 200, "{}", ordered.text());
        let version = ordered.json()["items"][0]["version"].as_i64().unwrap();
        let gone =
            register.change(Method::DELETE, (Caller::Keeper, &path), &format!("\"v{version}\""), &json!({})).await;
        assert_eq!(gone.status, 204, "{}", gone.text());
        let path = format!("/identification/rules/{}", shipped["id"].as_str().unwrap());
        let kept = register.change(Method::DELETE, (Caller::Keeper, &path), "\"v1\"", &json!({})).await;
        assert_eq!(kept.code(), "conflict", "a shipped rule is switched off, not deleted");
    });
}

fn body_without_class(body: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("class");
    body
}

#[test]
fn a_rule_that_would_make_one_of_two_is_refused_with_the_field() {
    on_both(async |register| {
        let good = json!({"class": "host", "label": {"en": "x", "ko": "x"}, "needs": ["serial"],
            "vetoes": ["retired", "live"], "outcome": "match", "enabled": true});
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        let cases = [
            (with("needs", json!(["hostname", "fqdn"])), "needs"),
            (with("needs", json!([])), "needs"),
            (with("needs", json!(["serial", "serial"])), "needs"),
            (with("needs", json!(["colour"])), "needs"),
            (with("vetoes", json!(["live"])), "vetoes"),
            (with("outcome", json!("merge")), "outcome"),
            (with("label", json!({"en": "x", "ko": " "})), "label.ko"),
            (with("label", json!({"en": "x".repeat(300), "ko": "x"})), "label.en"),
            (with("class", json!("'; DROP TABLE cmdb_ci; --")), "class"),
        ];
        for (body, field) in cases {
            let answer = register.post(Caller::Keeper, "/identification/rules", &body).await;
            assert_eq!(
                answer.faults().first().map(|fault| fault.0.clone()),
                Some(field.to_owned()),
                "{}",
                answer.text()
            );
        }
    });
}

#[test]
fn explaining_a_report_tells_every_rule_and_writes_nothing() {
    on_both(async |register| {
        let identity = json!({"hostname": "db", "system": {"vendor": "Dell Inc.", "serial": "CZJ9510B2T"},
            "chassis_type": 23});
        let body = json!({"sections": {"identity": identity}});
        let answer = register.post(Caller::Reader, "/identification/explain", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let told = answer.json();
        assert_eq!((&told["verdict"], &told["evidence"]["serial"]), (&json!("new"), &json!(["czj9510b2t"])));
        let findings: Vec<&str> = told["trace"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|rule| rule["steps"].as_array().unwrap())
            .map(|step| step["finding"].as_str().unwrap())
            .collect();
        assert!(findings.contains(&"no_evidence") && findings.contains(&"no_match"), "{findings:?}");
        for (sections, field) in [(json!({}), "sections"), (json!({"identity": 7}), "sections.identity")] {
            let answer = register.post(Caller::Reader, "/identification/explain", &json!({"sections": sections})).await;
            assert_eq!(
                answer.faults().first().map(|fault| fault.0.clone()),
                Some(field.to_owned()),
                "{}",
                answer.text()
            );
        }
        assert_eq!(names(register, "").await, Vec::<String>::new(), "{:?}", register.backend);
    });
}

#[test]
fn an_identifier_can_be_said_to_tell_nothing_and_a_placeholder_need_not_be() {
    on_both(async |register| {
        let organisation = register.root.to_string();
        let say = |value: &str, kind: &str| json!({"kind": kind, "value": value, "organisation_id": organisation, "trusted": false});
        let path = "/identification/shared-identifiers";
        assert_eq!(register.post(Caller::Keeper, path, &say("SN-0815", "serial")).await.status, 204);
        let listed = register.read(Caller::Reader, path).await;
        assert_eq!(
            (&listed["items"][0]["value"], &listed["items"][0]["decided_by"]),
            (&json!("sn-0815"), &json!("Keeper"))
        );
        for (value, kind, field) in
            [("Default string", "serial", "value"), ("x", "hostname", "kind"), ("x", "?", "kind")]
        {
            let answer = register.post(Caller::Keeper, path, &say(value, kind)).await;
            assert_eq!(
                answer.faults().first().map(|fault| fault.0.clone()),
                Some(field.to_owned()),
                "{}",
                answer.text()
            );
        }
        assert_eq!(register.post(Caller::BranchKeeper, path, &say("SN-0816", "serial")).await.status, 404);
    });
}

#[test]
fn a_merged_item_is_found_by_what_any_of_its_rows_says() {
    on_both(async |register| {
        let kept = host(register, "db-1", json!({"os_name": "Debian"})).await;
        let gone = host(register, "db-2", json!({"product": "R640", "serial_number": "ABC123"})).await;
        let last = host(register, "db-3", json!({"vendor": "Dell Inc."})).await;
        assert_eq!(merge(register, Caller::Keeper, &gone, &last).await.status, 200);
        assert_eq!(merge(register, Caller::Keeper, &kept, &gone).await.status, 200);
        let queries = [
            "&attr.product=R640",
            "&attr.os_name=Debian&attr.product=R640",
            "&attr.vendor=Dell%20Inc.",
            "&q=serial_number:ABC123",
            "&q=product:R6*",
            "&q=product:R640%20os_name:Debian",
            "&q=-product:none",
        ];
        for query in queries {
            assert_eq!(names(register, query).await, ["db-1"], "{:?} {query}", register.backend);
        }
        assert_eq!(names(register, "&q=product:none").await, Vec::<String>::new(), "{:?}", register.backend);
        let merges = register.read(Caller::Keeper, &format!("/cis/{kept}/merges")).await;
        for merge in merges["items"].as_array().unwrap() {
            let path = format!("/merges/{}/undo", merge["id"].as_str().unwrap());
            assert_eq!(register.post(Caller::Keeper, &path, &json!({})).await.status, 200);
        }
        register.pass(10);
        assert_eq!(names(register, "&attr.product=R640").await, ["db-2"], "{:?}", register.backend);
    });
}
