//! A database that is put back from a backup under agents that have gone on.

use std::time::Duration;

use rcgen::KeyPair;
use serde_json::{Value, json};
use terrier_server::fleet::token::Wish;
use terrier_server::kernel::permission::Role;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::section::SectionKind;

use crate::harness::agent::{TestAgent, application, apply, batch, hash, outcomes, report, signing_request, token};
use crate::harness::database::Backend;
use crate::harness::server::{Caller, TestServer};

/// How old the backup is when it is put back.
const OLD: Duration = Duration::from_hours(6);

fn os(name: &str) -> Value {
    json!({"id": name, "name": name})
}

/// The same agent, whose server listens elsewhere now.
fn again(server: &TestServer, agent: TestAgent) -> TestAgent {
    TestAgent::with(server, agent.key, agent.issued)
}

async fn renewed(server: &TestServer, agent: &TestAgent) -> TestAgent {
    let key = KeyPair::generate().unwrap();
    let answer = agent.renew(&key).await.json();
    TestAgent::with(server, key, answer)
}

const fn caller_again(server: &TestServer, mut caller: Caller) -> Caller {
    caller.people = server.people;
    caller
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_agents_bring_back_what_is_missing_and_who_was_shut_out_stays_out() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let other = server.caller("other", Role::Administrator).await;
        let (stays, goes) = (TestAgent::enrol(&server, "web-1").await, TestAgent::enrol(&server, "web-2").await);
        let (single, revoked) = (token(&server, Wish::default()).await, token(&server, Wish::default()).await);
        assert_eq!(outcomes(&stays.send(&[report(1, "full", Some("os"), &os("debian"))]).await), ["stored"]);
        server.stop().await;
        let mut backup = server.back_up();
        server.restart().await;

        // What happens after the backup.
        let (admin, other) = (caller_again(&server, admin), caller_again(&server, other));
        server.clock.advance(Duration::from_mins(20));
        let (stays, goes) = (again(&server, stays), again(&server, goes));
        let since = report(2, "full", Some("os"), &os("ubuntu"));
        let answer = stays.send(std::slice::from_ref(&since)).await;
        assert_eq!(outcomes(&answer), ["stored"], "{backend:?}");
        let before = answer.json()["incarnation"].clone();
        let stays = renewed(&server, &stays).await;
        let path = format!("/agents/{}/revoke", goes.id);
        assert_eq!(admin.post(&path, &json!({})).await.status, 200, "{backend:?}");
        let applies = application(&single, &signing_request(&KeyPair::generate().unwrap()), "web-3");
        assert_eq!(apply(&server, &applies).await.status, 200, "{backend:?}");
        let path = format!("/enrolment-tokens/{}", revoked.split('.').nth(1).unwrap());
        assert_eq!(admin.delete(&path).await.status, 204, "{backend:?}");
        let tokens = other.get("/tokens").await.json();
        let path = format!("/tokens/{}", tokens["items"][0]["id"].as_str().unwrap());
        assert_eq!(other.delete(&path).await.status, 204, "{backend:?}");

        server.clock.advance(OLD);
        server.stop().await;
        server.put_back(&mut backup);
        server.restart().await;

        let (admin, other) = (caller_again(&server, admin), caller_again(&server, other));
        let (stays, goes) = (again(&server, stays), again(&server, goes));
        let mut heartbeat = batch(&[]);
        heartbeat["inventory_root"] = Hash::root([("os", hash(&os("ubuntu")).parse().unwrap())]).to_string().into();
        let answer = stays.send_batch(&heartbeat).await.json();
        assert_ne!(answer["incarnation"], before, "{backend:?}");
        assert_eq!(answer["want_full"].as_array().unwrap().len(), SectionKind::ALL.len(), "{backend:?}");
        assert_eq!(outcomes(&stays.send(&[since]).await), ["stored"], "{backend:?}: it had been acknowledged");
        let stays = renewed(&server, &stays).await;
        assert_eq!(stays.send(&[]).await.status, 200, "{backend:?}: its certificate was made after the backup");

        assert_eq!(goes.send(&[]).await.code(), "agent_revoked", "{backend:?}");
        for token in [&single, &revoked] {
            let key = KeyPair::generate().unwrap();
            let answer = apply(&server, &application(token, &signing_request(&key), "web-4")).await;
            assert_eq!(answer.status, 403, "{backend:?}: {:?}", answer.json());
        }
        assert_eq!(other.get("/tokens").await.status, 401, "{backend:?}");

        let trail = admin.get("/audit?limit=200").await.json();
        let entry = trail["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "installation.restored");
        let again = &entry.expect("it stands in the audit trail")["details"]["shut_out_again"];
        assert_eq!(*again, json!({"agents": 1, "enrolment_tokens": 2, "api_tokens": 1}), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_again_or_beside_another_takes_nothing_for_a_restore() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let incarnation = agent.send(&[]).await.json()["incarnation"].clone();
        server.stop().await;
        server.clock.advance(OLD);
        server.restart().await;
        let agent = again(&server, agent);
        assert_eq!(agent.send(&[]).await.json()["incarnation"], incarnation, "{backend:?}");
        let mut other = server.another().await;
        let agent = again(&other, agent);
        assert_eq!(agent.send(&[]).await.json()["incarnation"], incarnation, "{backend:?}");
        other.stop().await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_put_back_with_the_whole_data_directory_is_noticed_too() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let incarnation = agent.send(&[]).await.json()["incarnation"].clone();
    server.stop().await;
    server.clock.advance(OLD);
    let mark = server.data_dir().join("high-water.json");
    let copied = std::fs::read(&mark).unwrap();
    // Both files are there at once, so that they are two.
    std::fs::write(server.data_dir().join("copy"), copied).unwrap();
    std::fs::rename(server.data_dir().join("copy"), &mark).unwrap();
    server.restart().await;
    let agent = again(&server, agent);
    assert_ne!(agent.send(&[]).await.json()["incarnation"], incarnation);
    server.stop().await;
}
