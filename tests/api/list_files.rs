//! Lists as files: as many rows as the list has, whatever the list is of, and nothing beyond the caller's reach.

use serde_json::{Value, json};

use super::audit::busy_trail;
use super::changes::{edit, host};
use super::policies::{go, made};
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

/// The rows of a list that has something in it, as many as it has items on its page.
async fn all(register: &Register, path: &str) -> Vec<Value> {
    let told = rows(register, path).await;
    let listed = register.read(Caller::Keeper, path).await["items"].as_array().unwrap().len();
    assert!(listed > 0 && told.len() == listed, "{:?} {path}: {listed} {told:?}", register.backend);
    told
}

/// Makes something of which there is a list.
async fn post(register: &Register, path: &str, body: &Value) {
    let answer = register.post(Caller::Keeper, path, body).await;
    assert!(matches!(answer.status, 201 | 204), "{path}: {}", answer.text());
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
fn what_is_kept_beside_the_items_is_a_file_list_by_list() {
    on_both(async |register| {
        host(register, "web-1", &json!({})).await;
        register.create(&json!({"class": "printer", "name": "lp-1", "owner": "kim"})).await;
        let serial = json!({"kind": "serial", "value": "SN-0815", "organisation_id": register.root, "trusted": false});
        post(register, "/saved-searches", &json!({"name": "mine", "query": "class:host"})).await;
        post(register, "/baselines", &json!({"name": "now", "filter": {"q": "class:host"}})).await;
        post(register, "/cis/edits", &json!({"filter": {"class": ["host"]}, "changes": {"owner": {"set": "mina"}}}))
            .await;
        post(register, "/identification/shared-identifiers", &serial).await;
        assert_eq!(all(register, "/saved-searches").await[0]["owner_name"], "Keeper");
        assert_eq!(all(register, "/baselines").await[0]["members"], 1);
        let edits = all(register, "/cis/edits").await;
        assert_eq!((&edits[0]["state"], &edits[0]["totals_change"]), (&json!("preview"), &json!(1)), "{edits:?}");
        assert_eq!(all(register, "/identification/shared-identifiers").await[0]["value"], "sn-0815");
        assert!(all(register, "/sources").await.iter().any(|source| source["name"] == "person"));
        for nothing_yet in ["/identification/waiting", "/dead-letters", "/policy-runs", "/silences"] {
            assert_eq!(rows(register, nothing_yet).await, Vec::<Value>::new(), "{nothing_yet}");
        }
        made(register, "class:printer", "attest", 7).await;
        made(register, "name:web*", "retire", 0).await;
        go(register).await;
        assert!(all(register, "/policies").await.iter().any(|policy| policy["query"] == "name:web*"));
        assert_eq!(all(register, "/policy-runs").await[0]["action"], "retire");
        assert_eq!(all(register, "/attestations").await[0]["ci_name"], "lp-1");
        assert_eq!(rows(register, "/attestations?mine=true").await, Vec::<Value>::new());
    });
}

#[test]
fn hosts_that_fell_silent_are_a_file_with_what_is_known_of_each() {
    on_both(async |register| {
        for name in ["a", "b", "c"] {
            register.estate().host(register.root, name, &[]);
        }
        register.pass(2 * 24 * 3600);
        let silent = all(register, "/silences").await;
        assert_eq!((silent.len(), &silent[0]["ci_class"]), (3, &json!("physical_server")));
        assert!(silent.iter().all(|one| one["silence_verdict"].is_string() && one["silence_since"].is_string()));
        assert_eq!(rows(register, "/silences?q=name:a").await.len(), 1);
        let past = "/silences?as_of=2026-01-01T00:00:00Z&format=csv";
        assert_eq!(register.get(Caller::Keeper, past).await.status, 422, "refused before the file begins");
    });
}

#[test]
fn tokens_are_a_file_without_their_secrets() {
    on_both(async |register| {
        for (path, body) in [
            ("/tokens", json!({"name": "=script", "scopes": ["ci.read", "ci.write"]})),
            ("/inventory-tokens", json!({"name": "=script", "cidrs": ["192.0.2.0/24", "198.51.100.0/24"]})),
        ] {
            let token = register.post(Caller::Keeper, path, &body).await;
            assert_eq!(token.status, 201, "{path}: {}", token.text());
            let secret = token.json()["secret"].as_str().unwrap().to_owned();
            assert_eq!(all(register, path).await[0]["name"], "=script");
            for format in ["csv", "ndjson"] {
                let file = register.get(Caller::Keeper, &format!("{path}?format={format}")).await.text();
                assert!(!file.contains(&secret) && !file.contains("secret"), "{path}: {file}");
            }
            let by_header = register.get_with(Caller::Keeper, path, ("Accept", "text/csv")).await;
            assert!(by_header.text().contains(",'=script,"), "{path}: {}", by_header.text());
            let as_json =
                register.get_with(Caller::Keeper, &format!("{path}?format=json"), ("Accept", "text/csv")).await;
            assert_eq!(as_json.json()["items"][0]["name"], "=script", "{path}");
        }
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
        admin.post("/organisations", json!({"name": "East", "parent_id": api.root})).await.expect(201);
        let token = admin.post("/enrolment-tokens", json!({"name": "rack 7"})).await.expect(201);
        for (path, count) in [("/organisations", 2), ("/enrolment-tokens", 1)] {
            let listed = admin.get(path).await.expect(200)["items"].as_array().unwrap().len();
            let lines = admin.get(&format!("{path}?format=ndjson")).await.text;
            let table = admin.get(&format!("{path}?format=csv")).await.text;
            assert_eq!((listed, objects(&lines).len(), csv_rows(&table)), (count, count, count), "{backend:?} {path}");
            assert!(!lines.contains(token["secret"].as_str().unwrap()), "{lines}");
            assert_eq!(admin.get(&format!("{path}?format=doc")).await.wrong_fields(), [("format", "unknown")]);
        }
        let viewer = api.signed_in("viewer").await;
        viewer.get("/enrolment-tokens?format=csv").await.refused("forbidden");
        viewer.get("/audit?format=csv").await.refused("forbidden");
        viewer.get("/users?format=csv").await.refused("forbidden");
    }
}
