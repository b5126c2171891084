//! Policies that delete for good what was disposed of.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::schema::{
    capacity_sample, catalogue_installation_set, cmdb_ci, cmdb_relation, cmdb_revision, index_document,
};

use super::imports::computer;
use super::policies::{DAY, counts, go, made, runs, undo};
use crate::harness::register::{Caller, Register, on_both};

/// Moves an item to the end of its life.
async fn dispose(register: &Register, id: &str) {
    for lifecycle in ["retired", "disposed"] {
        let tag = register.get(Caller::Keeper, &format!("/cis/{id}")).await.etag.unwrap();
        let body = json!({"lifecycle": lifecycle, "reason": "scrapped"});
        let path = format!("/cis/{id}/lifecycle");
        let answer = register.change(Method::POST, (Caller::Keeper, &path), &tag, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

async fn status(register: &Register, id: &str) -> u16 {
    register.get(Caller::Keeper, &format!("/cis/{id}")).await.status
}

/// A device of an inventory with packages, a file system and a monitor; its id.
async fn device(register: &Register, name: &str, serial: &str) -> String {
    let file = computer(name, name, serial, "");
    let made = register.upload(Caller::Keeper, "/imports", file.as_bytes(), &[]).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["items"][0]["ci_id"].as_str().unwrap().to_owned()
}

async fn uses(register: &Register, source: &str, target: &str) {
    let body = json!({"items": [{"relation": {"type": "uses", "source": {"id": source}, "target": {"id": target}}}]});
    assert_eq!(register.post(Caller::Keeper, "/bulk", &body).await.json()["totals"]["refused"], 0);
}

/// Rows of items, packages, samples and documents.
fn left(register: &Register) -> [i64; 4] {
    let read = |conn: &mut _| -> Result<_, StoreError> {
        Ok([
            cmdb_ci::table.count().get_result(conn)?,
            catalogue_installation_set::table.count().get_result(conn)?,
            capacity_sample::table.count().get_result(conn)?,
            index_document::table.filter(index_document::kind.eq(1)).count().get_result(conn)?,
        ])
    };
    register.store().read_blocking(read).unwrap()
}

#[test]
fn what_was_disposed_of_goes_with_all_that_was_said_of_it_and_others_keep_theirs() {
    on_both(async |register| {
        let [shop, tills] = [("shop", "business_service"), ("tills", "business_service")];
        let shop = register.create(&json!({"class": shop.1, "name": shop.0})).await;
        let tills = register.create(&json!({"class": tills.1, "name": tills.0})).await;
        super::search::index(register);
        let before = left(register);
        let old = device(register, "old", "ABC123").await;
        let part = device(register, "part", "ZZZ999").await;
        let merged = register.post(Caller::Keeper, &format!("/cis/{old}/merge"), &json!({"with": part})).await;
        assert_eq!(merged.status, 200, "{}", merged.text());
        uses(register, &shop, &old).await;
        uses(register, &shop, &tills).await;
        told_by(register, "uses", &old);
        dispose(register, &old).await;
        super::search::index(register);
        let policy = made(register, "class:host", "delete", 30).await;
        go(register).await;
        assert_eq!((counts(register, Caller::Keeper, &policy).await, status(register, &old).await), ([1, 0, 0], 200));
        register.pass(31 * DAY);
        go(register).await;
        super::search::index(register);
        assert_eq!((status(register, &old).await, status(register, &part).await), (404, 404), "{:?}", register.backend);
        assert_eq!(left(register), before, "{:?}: items, packages, samples, documents", register.backend);
        let relations = register.read(Caller::Keeper, &format!("/cis/{shop}/relations")).await;
        let others: Vec<_> = relations["items"].as_array().unwrap().iter().map(|one| &one["other"]["name"]).collect();
        assert_eq!(others, ["tills"], "what it told of others stays: {relations}");
        assert_eq!(register.get(Caller::Keeper, &format!("/cis/{shop}/history")).await.status, 200);
        let trail = register.read(Caller::Keeper, "/audit?action=ci.deleted").await;
        let entry = &trail["items"][0];
        assert_eq!((&entry["object"]["name"], &entry["actor"]["name"]), (&json!("old"), &policy["name"]), "{trail}");

        let [run] = runs(register).await.try_into().unwrap();
        assert_eq!((&run["items"], &run["action"]), (&json!(1), &json!("delete")));
        assert_eq!(run["allowed_actions"], json!([{"action": "undo", "allowed": false, "reason": "deleted_for_good"}]));
        assert_eq!(undo(register, &run, "please").await.faults(), [(String::new(), "deleted_for_good".to_owned())]);
        let anew = device(register, "old", "ABC123").await;
        assert_ne!(anew, old, "its reporter reports of a new item");
    });
}

/// As if the first open relation of this type had been told of by a report of this item, as cabling is.
fn told_by(register: &Register, kind: &str, id: &str) {
    let id: uuid::Uuid = id.parse().unwrap();
    let write = |conn: &mut _| -> Result<_, StoreError> {
        let key: i32 = cmdb_ci::table
            .filter(cmdb_ci::id.eq(terrier_server::store::column::Key16(id)))
            .select(cmdb_ci::key)
            .first(conn)?;
        let revision: i64 = cmdb_revision::table
            .filter(cmdb_revision::subject_key.eq(key))
            .order(cmdb_revision::id.desc())
            .select(cmdb_revision::id)
            .first(conn)?;
        let between = cmdb_relation::type_.eq(kind).and(cmdb_relation::target_key.ne(key));
        let changed = diesel::update(cmdb_relation::table.filter(between))
            .set(cmdb_relation::opened_by.eq(revision))
            .execute(conn)?;
        Ok(changed)
    };
    assert_eq!(register.store().write_blocking(write).unwrap(), 1);
}

#[test]
fn what_an_agent_may_report_of_or_a_baseline_names_is_not_deleted_and_says_why() {
    on_both(async |register| {
        let spoken = register.estate().host(register.root, "spoken", &[]).id.to_string();
        let named = register.create(&json!({"class": "host", "name": "named"})).await;
        let baseline = json!({"name": "before", "filter": {"q": "named"}});
        assert_eq!(register.post(Caller::Keeper, "/baselines", &baseline).await.status, 201);
        dispose(register, &spoken).await;
        dispose(register, &named).await;
        let policy = made(register, "class:host", "delete", 1).await;
        go(register).await;
        register.pass(2 * DAY);
        go(register).await;
        assert_eq!((status(register, &spoken).await, status(register, &named).await), (200, 200));
        let path = format!("/policies/{}/cis", policy["id"].as_str().unwrap());
        let page = register.read(Caller::Keeper, &path).await;
        let told = |name: &str| -> Value {
            let items = page["items"].as_array().unwrap();
            items.iter().find(|one| one["ci"]["name"] == name).unwrap()["obstacle"].clone()
        };
        assert_eq!((told("spoken"), told("named")), (json!("has_agent"), json!("in_baseline")), "{page}");
        assert_eq!(runs(register).await.len(), 0, "{:?}: nothing was done", register.backend);
    });
}

#[test]
fn a_policy_that_deletes_needs_a_day_of_grace_and_the_permission() {
    on_both(async |register| {
        let body = json!({"name": "d", "query": "class:host", "action": "delete", "grace_s": 3600, "enabled": true});
        let short = register.post(Caller::Keeper, "/policies", &body).await;
        assert_eq!(short.faults(), [("grace_s".to_owned(), "out_of_range".to_owned())]);
        assert_eq!(short.json()["errors"][0]["limit"], DAY);
        assert_eq!(register.post(Caller::Reader, "/policies", &body).await.status, 403);
    });
}
