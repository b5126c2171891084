//! What people say of an item, and its way through life.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, cmdb_revision, cmdb_value};

use crate::harness::register::{Answer, Caller, Register, on_both};

async fn patch(register: &Register, id: &str, etag: &str, change: &Value) -> Answer {
    register.change(Method::PATCH, (Caller::Keeper, &format!("/cis/{id}")), etag, change).await
}

async fn become_(register: &Register, id: &str, etag: &str, body: &Value) -> Answer {
    register.change(Method::POST, (Caller::Keeper, &format!("/cis/{id}/lifecycle")), etag, body).await
}

/// Rows of history and of the audit trail.
fn rows(register: &Register) -> (i64, i64, i64) {
    let count = register.store().read_blocking::<_, StoreError>(|conn| {
        Ok((
            cmdb_value::table.count().get_result(conn)?,
            cmdb_revision::table.count().get_result(conn)?,
            audit_entry::table.count().get_result(conn)?,
        ))
    });
    count.unwrap()
}

#[test]
fn an_edit_needs_the_version_it_was_made_from() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P"})).await;
        let before = rows(register);
        let path = format!("/cis/{id}");
        let stale = patch(register, &id, "\"v7\"", &json!({"owner": "Lee"})).await;
        assert_eq!((stale.status, stale.code().as_str(), stale.etag.as_deref()), (412, "stale", Some("\"v1\"")));
        for wrong in ["*", "v1", "W/\"v1\""] {
            assert_eq!(patch(register, &id, wrong, &json!({"owner": "Lee"})).await.status, 400, "{wrong}");
        }
        let retire = json!({"lifecycle": "retired"});
        let missing = register.post(Caller::Keeper, &format!("{path}/lifecycle"), &retire).await;
        assert_eq!(missing.code(), "precondition_required");
        assert_eq!(rows(register), before, "a refused change leaves no trace");
        assert_eq!(patch(register, &id, "\"v1\"", &json!({"owner": "Lee"})).await.etag.as_deref(), Some("\"v2\""));
        assert_eq!(patch(register, &id, "\"v1\"", &json!({"owner": "Park"})).await.code(), "stale");
        assert_eq!(register.read(Caller::Keeper, &path).await["owner"], "Lee");
    });
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    on_both(async |register| {
        let new = json!({"class": "printer", "name": "P", "owner": "Kim", "attributes": {"serial_number": "S"}});
        let id = register.create(&new).await;
        let before = rows(register);
        let same = json!({"name": "P", "owner": "Kim", "support_team": null, "attributes": {"serial_number": "S"}});
        let answer = patch(register, &id, "\"v1\"", &same).await;
        assert_eq!((answer.status, answer.etag.as_deref()), (200, Some("\"v1\"")), "{}", answer.text());
        assert_eq!(patch(register, &id, "\"v1\"", &json!({})).await.status, 200);
        assert_eq!(rows(register), before);
    });
}

#[test]
fn an_edit_is_one_revision_and_one_audit_row() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P", "owner": "Kim"})).await;
        let (values, revisions, audited) = rows(register);
        let change = json!({"owner": "Lee", "criticality": 2, "attributes": {"serial_number": "S"}});
        assert_eq!(patch(register, &id, "\"v1\"", &change).await.status, 200);
        assert_eq!(rows(register), (values + 3, revisions + 1, audited + 1));
        let entry = register.store().read_blocking::<_, StoreError>(|conn| {
            let newest = audit_entry::table.order(audit_entry::seq.desc());
            Ok(newest.select((audit_entry::action, audit_entry::object_id, audit_entry::details)).first::<(
                String,
                String,
                String,
            )>(conn)?)
        });
        let (action, object, details) = entry.unwrap();
        assert_eq!((action.as_str(), object.as_str()), ("ci.edited", id.as_str()));
        let details: Value = serde_json::from_str(&details).unwrap();
        assert_eq!(details["before"], json!({"owner": "Kim", "criticality": null, "serial_number": null}));
        assert_eq!(details["after"], json!({"owner": "Lee", "criticality": 2, "serial_number": "S"}));
    });
}

#[test]
fn withdrawing_a_value_shows_what_the_next_source_says() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "agent-name", &[]);
        let id = host.id.to_string();
        let said = json!({"name": "person-name", "owner": "Kim"});
        assert_eq!(patch(register, &id, "\"v1\"", &said).await.json()["name"], "person-name");
        register.pass(1);
        let withdrawn = patch(register, &id, "\"v2\"", &json!({"name": null, "owner": null})).await.json();
        assert_eq!((&withdrawn["name"], &withdrawn["owner"]), (&json!("agent-name"), &Value::Null));
        let printer = register.create(&json!({"class": "printer", "name": "P"})).await;
        let refused = patch(register, &printer, "\"v1\"", &json!({"name": null})).await;
        assert_eq!(refused.faults(), [("name".to_owned(), "required".to_owned())], "nobody else names it");
        assert_eq!(register.read(Caller::Keeper, &format!("/cis/{printer}")).await["version"], 1);
    });
}

#[test]
fn edits_within_one_microsecond_keep_their_order() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P"})).await;
        for version in 1..=5 {
            let change = json!({"owner": format!("owner {version}")});
            assert_eq!(patch(register, &id, &format!("\"v{version}\""), &change).await.status, 200, "{version}");
        }
        let events = register.walk(&format!("/cis/{id}/history"), 2).await;
        let owners: Vec<_> =
            events.iter().filter(|event| event["subject"] == "owner").map(|event| event["after"].clone()).collect();
        assert_eq!(owners, (1..=5).rev().map(|number| json!(format!("owner {number}"))).collect::<Vec<_>>());
    });
}

#[test]
fn one_of_two_edits_from_the_same_version_is_stale() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P"})).await;
        let (left, right) = (json!({"owner": "left"}), json!({"owner": "right"}));
        let (left, right) =
            futures_util::future::join(patch(register, &id, "\"v1\"", &left), patch(register, &id, "\"v1\"", &right))
                .await;
        let mut statuses = [left.status, right.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{:?}: {} {}", register.backend, left.text(), right.text());
    });
}

#[test]
fn a_life_ends_and_begins_again_with_reasons_only() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P"})).await;
        let no_reason = become_(register, &id, "\"v1\"", &json!({"lifecycle": "retired", "reason": " "})).await;
        assert_eq!(no_reason.faults(), [("reason".to_owned(), "required".to_owned())]);
        let no_way = become_(register, &id, "\"v1\"", &json!({"lifecycle": "planned"})).await;
        assert_eq!((no_way.code().as_str(), no_way.faults()[0].1.as_str()), ("rule_violated", "no_way_from_lifecycle"));
        let unknown = become_(register, &id, "\"v1\"", &json!({"lifecycle": "lost"})).await;
        assert_eq!(unknown.faults(), [("lifecycle".to_owned(), "unknown".to_owned())]);
        let retired = become_(register, &id, "\"v1\"", &json!({"lifecycle": "retired", "reason": "worn out"})).await;
        assert_eq!((retired.status, &retired.json()["lifecycle"]), (200, &json!("retired")));
        let again = become_(register, &id, "\"v2\"", &json!({"lifecycle": "retired", "reason": "twice"})).await;
        assert_eq!(again.faults()[0].1, "current_lifecycle");
        let edited = patch(register, &id, "\"v2\"", &json!({"owner": "Lee"})).await;
        assert_eq!((edited.code().as_str(), edited.status), ("rule_violated", 422), "a retired item is a record");
        let back =
            become_(register, &id, "\"v2\"", &json!({"lifecycle": "in_use", "reason": "needed after all"})).await;
        assert_eq!(back.status, 200, "{}", back.text());
        let path = format!("/cis/{id}/history?kind=lifecycle");
        let events = register.read(Caller::Keeper, &path).await;
        let told: Vec<_> =
            events["items"].as_array().unwrap().iter().map(|one| (&one["before"], &one["after"])).collect();
        let (in_use, gone) = (json!("in_use"), json!("retired"));
        assert_eq!(told, [(&gone, &in_use), (&in_use, &gone), (&Value::Null, &in_use)]);
    });
}
