//! Reports that were set aside, as people and programs see them.

use serde_json::{Value, json};
use terrier_server::ingest::inbox;
use terrier_server::kernel::permission::Role;
use terrier_server::store::StoreError;
use terrier_shared::latest::hash::Hash;

use crate::harness::agent::{TestAgent, batch, hash, outcomes, report};
use crate::harness::database::Backend;
use crate::harness::server::{Caller, TestServer};

fn full(seq: u64, body: &Value) -> Value {
    report(seq, "full", Some("os"), body)
}

fn memory(bytes: i64) -> Value {
    json!({"total_bytes": bytes})
}

async fn items(caller: &Caller, path: &str) -> Vec<Value> {
    let answer = caller.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {:?}", answer.json());
    answer.json()["items"].as_array().unwrap().clone()
}

/// Sets aside all that waits to be reconciled.
async fn park(server: &TestServer) {
    let parked = server.store().write::<_, StoreError>(|conn| {
        for received in inbox::next_batch(conn, &[], 100)? {
            inbox::park(conn, received.inbox_id, "the register is full")?;
        }
        Ok(())
    });
    parked.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_aside_is_listed_with_its_reason_and_shown_byte_for_byte() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = false).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let (web, db) = (TestAgent::enrol(&server, "web-1").await, TestAgent::enrol(&server, "db-1").await);
        let script = json!({"id": "<img src=x onerror=alert(1)>"});
        assert_eq!(outcomes(&web.send(&[full(1, &script)]).await), ["stored"], "{backend:?}");
        assert_eq!(outcomes(&web.send(&[full(1, &json!({"id": "debian"}))]).await), ["quarantined"], "{backend:?}");
        let poor = report(1, "full", Some("memory"), &memory(-1));
        assert_eq!(outcomes(&db.send(&[poor]).await), ["rejected"], "{backend:?}");
        park(&server).await;

        let page = admin.get("/dead-letters").await.json();
        assert_eq!(page["counts"], json!({"rejected": 1, "quarantined": 1, "poison": 1}), "{backend:?}");
        let seen: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|letter| (letter["agent"]["hostname"].as_str().unwrap(), letter["cause"].as_str().unwrap()))
            .collect();
        assert_eq!(seen, [("web-1", "poison"), ("db-1", "rejected"), ("web-1", "quarantined")], "{backend:?}");
        let rejected = &page["items"][1];
        assert!(rejected["reason"].as_str().unwrap().contains("total_bytes"), "{rejected}");
        assert_eq!((&rejected["section"], &rejected["seq"]), (&json!("memory"), &json!(1)), "{backend:?}");

        let poison = &page["items"][0];
        assert_eq!(poison["reason"], "the register is full", "{backend:?}");
        let path = format!("/dead-letters/{}", poison["id"]);
        let one = admin.get(&path).await.json();
        assert_eq!(one["content"], script.to_string(), "{backend:?}");
        assert_eq!(one["content_bytes"], script.to_string().len(), "{backend:?}");
        let download = admin.get(&format!("{path}/content")).await;
        assert_eq!(download.body, script.to_string().as_bytes(), "{backend:?}");
        assert_eq!(download.header("content-type"), Some("application/octet-stream"), "{backend:?}");
        assert!(download.header("content-disposition").unwrap().starts_with("attachment"), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_and_read_page_by_page() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = false).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let (web, db) = (TestAgent::enrol(&server, "web-1").await, TestAgent::enrol(&server, "db-1").await);
        for (agent, count) in [(&web, 5), (&db, 2)] {
            let reports: Vec<_> = (1..=count).map(|seq| report(seq, "full", Some("memory"), &memory(-1))).collect();
            agent.send(&reports).await;
        }
        let mut cursor = String::new();
        let mut numbers = Vec::new();
        loop {
            let page = admin.get(&format!("/dead-letters?q=WEB&limit=2{cursor}")).await.json();
            numbers.extend(page["items"].as_array().unwrap().iter().map(|letter| letter["seq"].as_i64().unwrap()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(numbers, [5, 4, 3, 2, 1], "{backend:?}");
        let of = |query: String| {
            let admin = &admin;
            async move { items(admin, &query).await.len() }
        };
        assert_eq!(of(format!("/dead-letters?agent={}", db.id)).await, 2, "{backend:?}");
        assert_eq!(of("/dead-letters?cause=poison".to_owned()).await, 0, "{backend:?}");
        assert_eq!(of("/dead-letters?cause=rejected".to_owned()).await, 7, "{backend:?}");
        assert_eq!(admin.get("/dead-letters?cause=bad").await.json()["errors"][0]["field"], "cause", "{backend:?}");
        let file = admin.get("/dead-letters?q=WEB&format=ndjson").await;
        let lines = String::from_utf8(file.body).unwrap();
        assert_eq!((file.status, lines.lines().count()), (200, 5), "{backend:?}: {lines}");
        assert!(lines.lines().all(|line| line.contains("\"agent_hostname\":\"web-1\"")), "{backend:?}: {lines}");
        let nobody = "00000000-0000-7000-8000-000000000000";
        assert_eq!(admin.get(&format!("/dead-letters?agent={nobody}")).await.status, 404, "{backend:?}");
        assert_eq!(admin.get("/dead-letters/9223372036854775807").await.status, 404, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throwing_away_takes_what_was_seen_and_nothing_that_came_later() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = false).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let viewer = server.caller("viewer", Role::Viewer).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let bad = |seq| report(seq, "full", Some("memory"), &memory(-1));
        agent.send(&[bad(1), bad(2), bad(3)]).await;
        let seen = items(&admin, "/dead-letters").await;
        agent.send(&[bad(4)]).await;
        let (newest, oldest) = (&seen[0]["id"], &seen[2]["id"]);

        assert_eq!(seen[0]["allowed_actions"][0], json!({"action": "discard", "allowed": true}), "{backend:?}");
        let for_viewer = &items(&viewer, "/dead-letters").await[0]["allowed_actions"][0];
        assert_eq!(for_viewer["reason"], "needs_permission", "{backend:?}");
        assert_eq!(viewer.delete(&format!("/dead-letters/{oldest}")).await.status, 403, "{backend:?}");

        assert_eq!(admin.delete(&format!("/dead-letters/{oldest}")).await.status, 204, "{backend:?}");
        assert_eq!(admin.delete(&format!("/dead-letters/{oldest}")).await.status, 404, "{backend:?}");
        let other = json!({"up_to": newest, "cause": "poison"});
        assert_eq!(admin.post("/dead-letters/discard", &other).await.json()["discarded"], 0, "{backend:?}");
        let all = json!({"up_to": newest, "agent": agent.id});
        assert_eq!(admin.post("/dead-letters/discard", &all).await.json()["discarded"], 2, "{backend:?}");
        let left = items(&admin, "/dead-letters").await;
        assert_eq!((left.len(), &left[0]["seq"]), (1, &json!(4)), "{backend:?}");
        let trail = items(&admin, "/audit?action=dead_letter.").await;
        let actions: Vec<_> = trail.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["dead_letter.all_discarded", "dead_letter.discarded"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_was_set_aside_is_asked_for_anew_and_nothing_older_comes_in() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = false).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let os = json!({"id": "debian"});
        agent.send(&[full(5, &os)]).await;
        park(&server).await;
        let mut heartbeat =
            batch(&[report(6, "metrics", None, &json!({"window_start_ms": 1, "window_s": 300, "samples": []}))]);
        heartbeat["inventory_root"] = Hash::root([("os", hash(&os).parse().unwrap())]).to_string().into();
        assert!(agent.send_batch(&heartbeat).await.json().get("want_full").is_none(), "{backend:?}");

        let letter = &items(&admin, "/dead-letters").await[0];
        let path = format!("/dead-letters/{}/ask-again", letter["id"]);
        assert_eq!(admin.post(&path, &json!({})).await.status, 200, "{backend:?}");
        let mut next =
            batch(&[report(7, "metrics", None, &json!({"window_start_ms": 2, "window_s": 300, "samples": []}))]);
        next["inventory_root"] = heartbeat["inventory_root"].clone();
        let wanted = agent.send_batch(&next).await.json()["want_full"].clone();
        assert!(wanted.as_array().unwrap().contains(&json!("os")), "{backend:?}: {wanted}");
        assert_eq!(outcomes(&agent.send(&[full(4, &json!({"id": "older"})), full(8, &os)]).await), ["stored"; 2]);
        assert_eq!(crate::api::reports::waiting(&server).await.last().unwrap(), "1/8 os", "{backend:?}");
        assert!(!crate::api::reports::waiting(&server).await.contains(&"1/4 os".to_owned()), "{backend:?}");

        let metrics = report(9, "metrics", None, &json!({"window_start_ms": "x"}));
        agent.send(&[metrics]).await;
        let letter = &items(&admin, "/dead-letters?cause=rejected").await[0];
        assert_eq!(letter["allowed_actions"][1]["reason"], "no_section", "{backend:?}: {letter}");
        let refused = admin.post(&format!("/dead-letters/{}/ask-again", letter["id"]), &json!({})).await;
        assert_eq!(refused.status, 409, "{backend:?}");
        server.stop().await;
    }
}
