//! Texts that have broken programs, in every place where an agent may put one: stored to the byte on both databases,
//! through everything that is done with them afterwards.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use terrier_server::ingest::inbox;
use terrier_server::kernel::permission::Role;
use terrier_shared::latest::hash::Hash;

use crate::harness::agent::{TestAgent, batch, gzip, outcomes, report};
use crate::harness::database::Backend;
use crate::harness::hostile::{BROKEN_JSON, stored, texts};
use crate::harness::http::{Response, percent_encoded};
use crate::harness::server::{Caller, TestServer};

/// Names and keys are cut to this many bytes, with a digest of the whole behind.
const KEY_BYTES: usize = 255;

/// What one host says, with every text in every kind of place.
fn sections(texts: &[String]) -> Vec<Value> {
    let each = |make: &dyn Fn(&String) -> Value| texts.iter().map(make).collect::<Vec<_>>();
    let package = |text: &String| json!({"ecosystem": "deb", "name": text, "version": text, "vendor": text});
    let filesystem = |text: &String| json!({"mount_point": text, "kind": text, "source": text});
    let process = |text: &String| json!({"pid": 1, "name": text, "command_line": text, "user": text, "unit": text});
    let fact = |text: &String| json!({"namespace": "n", "name": text, "value": text});
    let listener = |text: &String| json!({"transport": "tcp", "address": "0.0.0.0", "port": 80, "owner": {"unit": text, "executable": text}});
    [
        ("software", json!({"packages": each(&package)})),
        ("storage", json!({"filesystems": each(&filesystem)})),
        ("processes", json!({"processes": each(&process)})),
        ("custom", json!({"facts": each(&fact)})),
        ("sockets", json!({"listeners": each(&listener)})),
    ]
    .into_iter()
    .zip(2..)
    .map(|((section, body), seq)| report(seq, "full", Some(section), &body))
    .collect()
}

/// What an administrator reads of it afterwards.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    names: BTreeSet<String>,
    packages: BTreeSet<(String, String)>,
    command_lines: Vec<String>,
    facts: Vec<(String, String)>,
    cells: BTreeSet<String>,
    found: BTreeMap<String, usize>,
    history: Vec<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

fn rows(answer: &Response) -> BTreeSet<String> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let body = String::from_utf8(answer.body.clone()).unwrap();
    let rows = csv::Reader::from_reader(body.trim_start_matches('\u{feff}').as_bytes()).into_records();
    rows.map(|row| row.unwrap()[0].to_owned()).collect()
}

async fn host(server: &TestServer, admin: &Caller, texts: &[String]) -> String {
    let agent = TestAgent::enrol(server, &texts[0]).await;
    let identity = json!({"hostname": texts[0], "fqdn": texts[1], "system": {"vendor": texts[2], "serial": texts[3]}});
    assert_eq!(outcomes(&agent.send(&[report(1, "full", Some("identity"), &identity)]).await), ["stored"]);
    for section in sections(texts) {
        assert_eq!(outcomes(&agent.send(&[section]).await), ["stored"]);
    }
    let path = format!("/agents/{}", agent.id);
    let known = admin.wait_for(&path, |agent| agent["ci"].is_object()).await;
    let ci = text(&known["ci"]["id"]);
    let is_complete = |ci: &Value| ci["sections"].as_array().is_some_and(|sections| sections.len() == 6);
    admin.wait_for(&format!("/cis/{ci}"), is_complete).await;
    admin.wait_for("/search?q=x", |answer| answer["waiting"] == 0).await;
    ci
}

/// A text that means nothing but itself in a query.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

async fn read(admin: &Caller, ci: &str, texts: &[String]) -> Read {
    let filesystems = admin.all("/cis?class=filesystem&sort=-name").await;
    let software = admin.all(&format!("/cis/{ci}/software")).await;
    let processes = admin.get(&format!("/cis/{ci}/sections/processes")).await.json();
    let custom = admin.get(&format!("/cis/{ci}/sections/custom")).await.json();
    let mut found = BTreeMap::new();
    // What a database calls the same letter in another case differs from one to the other, so of ASCII only.
    for one in texts.iter().filter(|one| one.is_ascii() && one.len() < 100 && !one.contains('\0')) {
        let answer = admin.get(&format!("/cis?class=filesystem&limit=200&q={}", percent_encoded(&quoted(one)))).await;
        let items = if answer.status == 200 { answer.json()["items"].as_array().unwrap().len() } else { usize::MAX };
        found.insert(one.clone(), items);
    }
    Read {
        names: filesystems.iter().map(|one| text(&one["name"])).collect(),
        packages: software.iter().map(|one| (text(&one["product"]["name"]), text(&one["version"]))).collect(),
        command_lines: processes["body"]["processes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text(&one["command_line"]))
            .collect(),
        facts: custom["body"]["facts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (text(&one["name"]), text(&one["value"])))
            .collect(),
        cells: rows(&admin.get("/cis.csv?cols=name,class&class=filesystem").await),
        found,
        history: admin.all(&format!("/cis/{ci}/history")).await.iter().map(|one| text(&one["kind"])).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_hostile_texts_are_read_back_to_the_byte_and_alike_from_both_databases() {
    let texts = texts();
    assert!(texts.len() >= 200 && texts.iter().collect::<BTreeSet<_>>().len() == texts.len());
    let mut seen = Vec::new();
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = true).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let ci = host(&server, &admin, &texts).await;
        let read = read(&admin, &ci, &texts).await;
        let whole: Vec<String> = texts.iter().map(|text| stored(text)).collect();
        assert_eq!(read.command_lines, whole, "{backend:?}");
        assert_eq!(
            read.facts,
            whole.iter().map(|text| (text.clone(), text.clone())).collect::<Vec<_>>(),
            "{backend:?}"
        );
        for text in whole.iter().filter(|text| text.len() <= KEY_BYTES) {
            assert!(read.names.contains(text), "{backend:?}: {text:?} is not the name of a filesystem");
            assert!(read.packages.contains(&(text.clone(), text.clone())), "{backend:?}: {text:?} is no package");
        }
        assert_eq!((read.names.len(), read.packages.len()), (texts.len(), texts.len()), "{backend:?}");
        assert!(read.cells.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{backend:?}");
        assert_eq!(read.cells.len(), texts.len(), "{backend:?}");
        for (text, items) in &read.found {
            let is_there = *items >= 1 && *items < texts.len() || text.trim().is_empty();
            assert!(is_there, "{backend:?}: {text:?} finds {items} filesystems");
        }
        assert_eq!(admin.get("/dead-letters").await.json()["items"], json!([]), "{backend:?}");
        seen.push(read);
        server.stop().await;
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_a_statement_is_only_a_name_in_everything_that_is_done_with_it() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = true).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let texts: Vec<String> = texts().into_iter().take(24).collect();
        let ci = host(&server, &admin, &texts).await;
        let path = format!("/cis/{ci}");
        for name in &texts {
            let etag = admin.get(&path).await.header("etag").unwrap().to_owned();
            let change = json!({"name": name, "owner": name, "attributes": {"serial_number": name}});
            let changed = admin.change("PATCH", &path, &etag, &change).await;
            assert_eq!(
                (changed.status, &changed.json()["name"]),
                (200, &json!(name)),
                "{backend:?}: {:?}",
                changed.json()
            );
            let found = admin.get(&format!("/cis?limit=200&q={}", percent_encoded(&quoted(name)))).await.json();
            let is_it = |item: &Value| item["id"] == ci.as_str();
            assert!(found["items"].as_array().unwrap().iter().any(is_it), "{backend:?}: {name} is not found");
        }
        for sort in ["name;select pg_sleep(9)", "name desc", "(select 1)", "name,id"] {
            let refused = admin.get(&format!("/cis?sort={}", percent_encoded(sort))).await;
            assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("sort")), "{backend:?}");
        }
        let etag = admin.get(&path).await.header("etag").unwrap().to_owned();
        let retired = admin
            .change("POST", &format!("{path}/lifecycle"), &etag, &json!({"lifecycle": "retired", "reason": texts[0]}))
            .await;
        assert_eq!(retired.status, 200, "{backend:?}: {:?}", retired.json());
        let entries = admin.all("/audit").await;
        let named = |name: &String| entries.iter().any(|entry| entry["object"]["name"] == name.as_str());
        assert!(texts.iter().all(named), "{backend:?}: the audit trail names each");
        assert!(rows(&admin.get("/cis.csv?cols=name,owner").await).len() >= texts.len(), "{backend:?}");
        let revoked = admin.all("/agents").await;
        assert_eq!(revoked.len(), 1, "{backend:?}");
        let reason = json!({"reason": texts[0]});
        let id = text(&revoked[0]["id"]);
        assert_eq!(admin.post(&format!("/agents/{id}/revoke"), &reason).await.status, 200, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_no_text_in_unicode_is_taken_or_refused_alike_on_both_databases() {
    let mut seen = Vec::new();
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let mut outcomes = Vec::new();
        for (literal, seq) in BROKEN_JSON.iter().zip(1_u64..) {
            let body = format!("{{\"id\":{literal}}}");
            let mut one = report(seq, "full", Some("os"), &Value::Null);
            one["hash"] = Hash::of(body.as_bytes()).to_string().into();
            let text = batch(&[one]).to_string().replace("\"body\":null", &format!("\"body\":{body}"));
            let answer = agent.send_body(&gzip(text.as_bytes()), &[]).await;
            let outcome = answer.json()["results"][0]["outcome"].clone();
            assert!(matches!(answer.status, 200 | 400), "{backend:?} {literal}: {}", answer.status);
            outcomes.push((answer.status, outcome));
        }
        // None of them is stuck: what comes after is taken.
        let next = [report(99, "full", Some("os"), &json!({"id": "debian"}))];
        assert_eq!(agent.send(&next).await.json()["results"][0]["outcome"], "stored", "{backend:?}");
        seen.push((outcomes, server.store().read(inbox::count).await.unwrap()));
        server.stop().await;
    }
    assert_eq!(seen[0], seen[1]);
    let stored = seen[0].0.iter().filter(|(_, outcome)| outcome == "stored").count();
    assert_eq!(stored, 5, "{:?}", seen[0].0);
}
