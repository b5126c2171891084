//! Lists as files: as many rows as the list has, whatever the list is of, and nothing beyond the caller's reach.

use serde_json::{Value, json};

use super::audit::busy_trail;
use super::changes::{edit, host};
use super::tables::import_of;
use crate::harness::api::TestApi;
use crate::harness::database::Backend;
use crate::harness::register::{Caller, Register, encoded, on_both};

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The rows of a list as lines of JSON, after a look at what it is as a table.
async fn rows(register: &Register, path: &str) -> Vec<Value> {
    let and = if path.contains('?') { '&' } else { '?' };
    let lines = register.get(Caller::Keeper, &format!("{path}{and}format=ndjson")).await;
    assert_eq!(lines.status, 200, "{path}: {}", lines.text());
    let rows = objects(&lines.text());
    let table = register.get(Caller::Keeper, &format!("{path}{and}format=csv")).await;
    assert_eq!(table.status, 200, "{path}");
    assert_eq!(csv_rows(&table.text()), rows.len(), "{path}: {}", table.text());
    assert_eq!(register.get(Caller::Powerless, &format!("{path}{and}format=csv")).await.code(), "forbidden", "{path}");
    assert_eq!(register.get(Caller::Keeper, &format!("{path}{and}format=doc")).await.faults()[0].0, "format", "{path}");
    rows
}

/// How many records are below the headings.
fn csv_rows(text: &str) -> usize {
    let text = text.strip_prefix('\u{feff}').unwrap();
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).count()
}

#[test]
fn history_changes_and_drift_are_files_with_a_row_for_each_difference() {
    on_both(async |register| {
        let id = host(register, "web-1", &json!({"os_id": "debian"})).await;
        let other = host(register, "=web-2", &json!({"os_id": "debian"})).await;
        let relation =
            json!({"items": [{"relation": {"type": "uses", "source": {"id": id}, "target": {"id": other}}}]});
        assert_eq!(register.post(Caller::Keeper, "/bulk", &relation).await.status, 200);
        let relations = rows(register, &format!("/cis/{id}/relations")).await;
        assert_eq!((relations.len(), &relations[0]["other_name"]), (1, &json!("=web-2")));
        register.pass(1);
        let baseline = json!({"name": "before", "filter": {"q": "class:host"}});
        let baseline = register.post(Caller::Keeper, "/baselines", &baseline).await;
        assert_eq!(baseline.status, 201, "{}", baseline.text());
        let baseline = baseline.json()["id"].as_str().unwrap().to_owned();
        let from = register.pass(60);
        register.pass(60);
        edit(register, &id, json!({"owner": "mina", "attributes": {"os_id": "ubuntu"}})).await;
        edit(register, &other, json!({"owner": "jun"})).await;
        let history = rows(register, &format!("/cis/{id}/history")).await;
        assert_eq!(history.len(), register.walk(&format!("/cis/{id}/history"), 50).await.len());
        let owner = history.iter().find(|row| row["subject"] == "owner").unwrap();
        assert_eq!((&owner["after"], &owner["source"]), (&json!("mina"), &json!("person")), "{owner}");
        let from = encoded(&from.to_string());
        for path in [format!("/cis/changes?from={from}&class=host"), format!("/baselines/{baseline}/drift")] {
            let told = rows(register, &path).await;
            let brief: Vec<_> = told.iter().map(|row| [&row["ci_name"], &row["topic"], &row["after"]]).collect();
            assert_eq!(brief.len(), 3, "{:?} {path}: {told:?}", register.backend);
            assert!(brief.contains(&[&json!("web-1"), &json!("attribute.os_id"), &json!("ubuntu")]), "{told:?}");
            assert!(brief.contains(&[&json!("=web-2"), &json!("attribute.owner"), &json!("jun")]), "{told:?}");
        }
        let table = register.get(Caller::Keeper, &format!("/baselines/{baseline}/drift?format=csv")).await;
        assert!(table.text().contains(",'=web-2,"), "no formula: {}", table.text());
        let hidden = format!("/cis/{id}/history?format=csv");
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &hidden).await.status, 404, "refused before the file begins");
    });
}

#[test]
fn what_would_become_of_the_items_of_an_edit_is_a_file() {
    on_both(async |register| {
        for number in 0..3 {
            host(register, &format!("web-{number}"), &json!({})).await;
        }
        let body = json!({"filter": {"class": ["host"]}, "changes": {"owner": {"set": "mina"}}});
        let edit = register.post(Caller::Keeper, "/cis/edits", &body).await;
        assert_eq!(edit.status, 201, "{}", edit.text());
        let path = format!("/cis/edits/{}/items", edit.json()["id"].as_str().unwrap());
        let items = rows(register, &path).await;
        assert_eq!((items.len(), &items[0]["outcome"]), (3, &json!("change")));
        assert_eq!(items[0]["differences"], json!([{"attribute": "owner", "before": null, "after": "mina"}]));
        assert_eq!(rows(register, &format!("{path}?outcome=refused")).await, Vec::<Value>::new());
        let hidden = format!("{path}?format=csv");
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &hidden).await.status, 404);
    });
}

#[test]
fn imports_and_what_became_of_their_rows_are_files() {
    on_both(async |register| {
        let import = import_of(register, 250).await;
        let runs = rows(register, "/imports").await;
        assert_eq!((runs.len(), &runs[0]["totals_items"], &runs[0]["format"]), (1, &json!(250), &json!("csv")));
        let items = rows(register, &format!("/imports/{import}")).await;
        assert_eq!((items.len(), &items[0]["outcome"], &items[0]["line"]), (250, &json!("created"), &json!(2)));
        let hidden = format!("/imports/{import}?format=csv");
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &hidden).await.status, 404);
        assert_eq!(rows(register, "/proposals").await, Vec::<Value>::new());
    });
}

#[actix_web::test]
async fn the_trail_accounts_and_agents_are_files_for_those_who_may_read_them() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = busy_trail(&api).await;
        let users = admin.get("/users?format=ndjson").await;
        let users = objects(&users.text);
        let listed = admin.get("/users?limit=200").await.expect(200);
        assert_eq!(users.len(), listed["items"].as_array().unwrap().len(), "{backend:?}");
        assert!(users.iter().any(|user| user["login"] == "u3" && user["language"] == "ko"), "{users:?}");
        let trail = objects(&admin.get("/audit?action=user.&format=ndjson").await.text);
        assert_eq!(trail.len(), 8, "{backend:?}");
        assert_eq!((&trail[7]["action"], &trail[7]["object_name"]), (&json!("user.created"), &json!("u0")));
        let agents = admin.get("/agents?format=csv").await;
        assert_eq!((agents.status, csv_rows(&agents.text)), (200, 0), "{backend:?}");
        assert!(agents.text.contains("id,hostname,state,presence"), "{}", agents.text);
        let viewer = api.signed_in("viewer").await;
        viewer.get("/audit?format=csv").await.refused("forbidden");
        viewer.get("/users?format=csv").await.refused("forbidden");
    }
}
