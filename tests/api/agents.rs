//! Enrolment tokens and agents, as people and programs see them.

use std::time::Duration;

use rcgen::KeyPair;
use serde_json::{Value, json};
use terrier_server::kernel::permission::Role;

use crate::harness::agent::{TestAgent, application, apply, batch, report, signing_request};
use crate::harness::database::Backend;
use crate::harness::server::{Caller, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_with_commands_to_copy_and_lets_a_host_in() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let wish = json!({"name": "rack 7", "uses": 2, "expires_in_minutes": 10, "cidrs": ["127.0.0.0/8"]});
        let made = admin.post("/enrolment-tokens", &wish).await;
        assert_eq!(made.status, 201, "{backend:?}: {:?}", made.json());
        let made = made.json();
        let secret = made["secret"].as_str().unwrap();
        let url = made["agent_url"].as_str().unwrap();
        assert!(url.starts_with("https://") && url.ends_with(&format!(":{}", server.agents.port())), "{url}");
        for command in made["commands"].as_array().unwrap() {
            let text = command["command"].as_str().unwrap();
            assert!(text.contains(secret) && text.contains(url) && text.contains("--token-file -"), "{text}");
        }
        let key = KeyPair::generate().unwrap();
        let answer = apply(&server, &application(secret, &signing_request(&key), "web-1")).await;
        assert_eq!(answer.status, 200, "{backend:?}");

        let listed = admin.get("/enrolment-tokens").await.json();
        let token = &listed["items"][0];
        assert_eq!(
            (&token["name"], &token["uses_left"], &token["state"]),
            (&json!("rack 7"), &json!(1), &json!("usable"))
        );
        assert_eq!(token["created_by"]["display_name"], "admin", "{backend:?}");
        assert!(token.get("secret").is_none() && !listed.to_string().contains(secret), "{backend:?}");
        let path = format!("/enrolment-tokens/{}", token["id"].as_str().unwrap());
        assert_eq!((admin.delete(&path).await.status, admin.delete(&path).await.status), (204, 204), "{backend:?}");
        assert_eq!(admin.get("/enrolment-tokens").await.json()["items"][0]["state"], "revoked", "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_wish_is_named() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let admin = server.caller("admin", Role::Administrator).await;
    let wish = json!({"uses": 0, "expires_in_minutes": 1_441, "mode": "always", "cidrs": ["x"]});
    let refused = admin.post("/enrolment-tokens", &wish).await;
    let fields: Vec<_> = refused.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{} {}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(fields, ["mode unknown", "uses out_of_range", "expires_in_minutes out_of_range", "cidrs[0] invalid"]);
    let foreign = json!({"organisation_id": "00000000-0000-7000-8000-000000000000"});
    let refused = admin.post("/enrolment-tokens", &foreign).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("organisation_id")));
    assert_eq!(admin.post("/enrolment-tokens", &json!({"secret": "mine"})).await.code(), "malformed_request");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_are_listed_with_what_may_be_done_with_them() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let live = TestAgent::enrol(&server, "alpha").await;
        let silent = TestAgent::enrol(&server, "beta").await;
        let mut heartbeat = batch(&[]);
        heartbeat["pending_reports"] = 7.into();
        heartbeat["dropped_reports"] = 3.into();
        assert_eq!(live.send_batch(&heartbeat).await.status, 200, "{backend:?}");
        let approve = json!({"mode": "approve"});
        let secret = admin.post("/enrolment-tokens", &approve).await.json()["secret"].as_str().unwrap().to_owned();
        let waiting = application(&secret, &signing_request(&KeyPair::generate().unwrap()), "gamma");
        let pending = apply(&server, &waiting).await.json()["agent_id"].as_str().unwrap().to_owned();

        let page = admin.get("/agents").await.json();
        let seen: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|agent| ["hostname", "state", "presence"].map(|field| agent[field].as_str().unwrap().to_owned()))
            .collect();
        let expected = [["alpha", "active", "live"], ["beta", "active", "never"], ["gamma", "pending", "never"]];
        assert_eq!(seen, expected.map(|row| row.map(ToOwned::to_owned)), "{backend:?}");
        let first = &page["items"][0];
        assert_eq!(
            ["pending_reports", "dropped_reports", "version", "address"].map(|field| first[field].clone()),
            [json!(7), json!(3), json!("0.1.0"), json!("127.0.0.1")]
        );
        assert_eq!(
            page["counts"],
            json!({"live": 1, "late": 0, "silent": 1, "pending": 1, "revoked": 0}),
            "{backend:?}"
        );
        assert_eq!(actions(first), [("approve", Some("not_pending")), ("revoke", None)], "{backend:?}");

        let approved = admin.post(&format!("/agents/{pending}/approve"), &json!({})).await.json();
        assert_eq!(approved["state"], "active", "{backend:?}: {approved}");
        assert_eq!(admin.post(&format!("/agents/{pending}/approve"), &json!({})).await.code(), "conflict");
        let path = format!("/agents/{}/revoke", silent.id);
        assert_eq!(admin.post(&path, &json!({"reason": "sold"})).await.json()["state"], "revoked", "{backend:?}");
        let refused = admin.post(&path, &json!({})).await;
        assert_eq!((refused.status, &refused.json()["detail"]), (409, &json!("already_revoked")), "{backend:?}");
        assert_eq!(names(&admin.get("/agents?state=revoked").await.json()), ["beta"], "{backend:?}");
        assert_eq!(names(&admin.get("/agents?q=ALPH").await.json()), ["alpha"], "{backend:?}");
        assert_eq!(admin.get("/agents?state=lost").await.code(), "validation_failed", "{backend:?}");
        assert_eq!(admin.get("/agents?presence=here").await.code(), "validation_failed", "{backend:?}");

        server.pass(Duration::from_hours(2));
        let one = admin.get(&format!("/agents/{}", live.id)).await.json();
        assert_eq!(one["presence"], "late", "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_of_a_presence_are_as_many_as_are_counted_of_it() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let admin = server.caller("admin", Role::Administrator).await;
        TestAgent::enrol(&server, "delta").await;
        let mut agents = Vec::new();
        for name in ["Beta", "alpha", "gamma"] {
            agents.push(TestAgent::enrol(&server, name).await);
        }
        for agent in &agents {
            assert_eq!(agent.send(&[]).await.status, 200, "{backend:?}");
        }
        server.pass(Duration::from_hours(2));
        assert_eq!(agents[0].send(&[]).await.status, 200, "{backend:?}");

        let of = async |query: &str| admin.get(&format!("/agents?presence={query}")).await.json();
        let live = of("live").await;
        assert_eq!(names(&live), ["Beta"], "{backend:?}");
        assert_eq!(names(&of("late").await), ["alpha", "gamma"], "{backend:?}");
        assert_eq!(names(&of("silent").await), ["delta"], "{backend:?}: one that was never seen is silent");
        assert_eq!(names(&of("never").await), ["delta"], "{backend:?}");
        assert_eq!(names(&of("late&q=GAM").await), ["gamma"], "{backend:?}");
        assert_eq!(names(&of("late&state=revoked").await), [""; 0], "{backend:?}");
        let counts = json!({"live": 1, "late": 2, "silent": 1, "pending": 0, "revoked": 0});
        assert_eq!(live["counts"], counts, "{backend:?}: of all agents, whatever the filter");

        let first = of("late&limit=1").await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = of(&format!("late&limit=1&cursor={cursor}")).await;
        assert_eq!(
            (names(&first), names(&second)),
            (vec!["alpha".to_owned()], vec!["gamma".to_owned()]),
            "{backend:?}"
        );
        assert_eq!(second["next_cursor"], Value::Null, "{backend:?}");
        server.stop().await;
    }
}

fn actions(agent: &Value) -> Vec<(&str, Option<&str>)> {
    let actions = agent["allowed_actions"].as_array().unwrap();
    actions.iter().map(|action| (action["action"].as_str().unwrap(), action["reason"].as_str())).collect()
}

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|agent| agent["hostname"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_where_they_ended_without_loss_or_repetition() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let admin = server.caller("admin", Role::Administrator).await;
    for number in 0..5 {
        // Two of a name: the order is one all the same.
        TestAgent::enrol(&server, &format!("web-{}", number / 2)).await;
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/agents?limit=2{cursor}")).await.json();
        found.extend(names(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, ["web-0", "web-0", "web-1", "web-1", "web-2"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_reads_sees_agents_and_may_do_nothing_with_them() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let viewer = server.caller("viewer", Role::Viewer).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let seen = viewer.get(&format!("/agents/{}", agent.id)).await.json();
    assert_eq!(actions(&seen), [("approve", Some("needs_permission")), ("revoke", Some("needs_permission"))]);
    for path in [format!("/agents/{}/revoke", agent.id), format!("/agents/{}/approve", agent.id)] {
        assert_eq!(viewer.post(&path, &json!({})).await.code(), "forbidden", "{path}");
    }
    assert_eq!(viewer.get("/enrolment-tokens").await.code(), "forbidden");
    assert_eq!(viewer.post("/enrolment-tokens", &json!({})).await.code(), "forbidden");
    assert_eq!(server.get("/api/v1/agents").await.code(), "unauthenticated");
    assert_eq!(agent.send(&[]).await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_an_agent_was_last_seen_survives_a_restart() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        agent.send(&[]).await;
        // Stopping writes what was not written yet.
        server.restart().await;
        let admin = server.caller("admin", Role::Administrator).await;
        let seen = admin.get(&format!("/agents/{}", agent.id)).await.json();
        assert_eq!((&seen["presence"], &seen["address"]), (&json!("live"), &json!("127.0.0.1")), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_told_the_interval_of_its_organisation_and_judged_by_what_it_was_told() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let mut admin = server.caller("admin", Role::Administrator).await;
        let mut agent = TestAgent::enrol(&server, "web-1").await;
        let of = |seconds: u64, presence: &str| (seconds, presence.to_owned());
        assert_eq!(told(&agent).await, 300, "{backend:?}");
        assert_eq!(judged(&admin, &agent).await, of(300, "live"), "{backend:?}");

        set_interval(&server, 3_600);
        server.restart().await;
        (admin.people, agent.agents) = (server.people, server.agents);
        assert_eq!(judged(&admin, &agent).await, of(300, "live"), "{backend:?}: it has not heard of it");
        assert_eq!(told(&agent).await, 3_600, "{backend:?}");
        assert_eq!(judged(&admin, &agent).await, of(3_600, "live"), "{backend:?}");

        set_interval(&server, 60);
        server.restart().await;
        (admin.people, agent.agents) = (server.people, server.agents);
        server.pass(Duration::from_mins(182));
        assert_eq!(judged(&admin, &agent).await, of(3_600, "live"), "{backend:?}: it may go by the longer one");
        assert_eq!(told(&agent).await, 60, "{backend:?}");
        server.pass(Duration::from_mins(5));
        assert_eq!(judged(&admin, &agent).await, of(60, "live"), "{backend:?}");
        server.pass(Duration::from_secs(1));
        assert_eq!(judged(&admin, &agent).await, of(60, "late"), "{backend:?}");
        server.stop().await;
    }
}

/// Seconds after which an agent that speaks is to come again.
async fn told(agent: &TestAgent) -> u64 {
    agent.send(&[]).await.json()["next_s"].as_u64().unwrap()
}

/// By which interval an agent is judged, and how.
async fn judged(admin: &Caller, agent: &TestAgent) -> (u64, String) {
    let seen = admin.get(&format!("/agents/{}", agent.id)).await.json();
    (seen["interval_s"].as_u64().unwrap(), seen["presence"].as_str().unwrap().to_owned())
}

/// What a person sets for the organisation at the top; servers read it at the start and every four seconds.
fn set_interval(server: &TestServer, seconds: i32) {
    use diesel::prelude::*;
    use terrier_server::store::StoreError;
    use terrier_server::store::schema::access_organisation as o;
    let set = |conn: &mut _| Ok(diesel::update(o::table).set(o::agent_interval_s.eq(Some(seconds))).execute(conn)?);
    server.store().write_blocking::<_, StoreError>(set).unwrap();
}

/// What the server says of the clock of an agent's host.
async fn clock_behind_s(admin: &Caller, agent: &TestAgent) -> Value {
    admin.get(&format!("/agents/{}", agent.id)).await.json()["clock_behind_s"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_by_more_than_two_minutes_is_told_of_the_agent_and_of_its_host() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.reconcile = true).await;
        let mut admin = server.caller("admin", Role::Administrator).await;
        let mut agent = TestAgent::enrol(&server, "web-1").await;
        let now_ms = server.clock.now().as_millisecond();
        let identity = report(1, "full", Some("identity"), &json!({"hostname": "web-1"}));
        let cases = [
            (0, Value::Null),
            (120_000, Value::Null),
            (-120_000, Value::Null),
            (121_000, json!(121)),
            (now_ms, json!(now_ms / 1_000)),
            (-3_600_000, json!(-3_600)),
        ];
        for (behind_ms, expected) in cases {
            let mut says = batch(std::slice::from_ref(&identity));
            says["sent_wall_ms"] = (now_ms - behind_ms).into();
            assert_eq!(agent.send_batch(&says).await.status, 200, "{backend:?}");
            assert_eq!(clock_behind_s(&admin, &agent).await, expected, "{backend:?}, {behind_ms} ms");
        }
        let ci = loop {
            let known = admin.get(&format!("/agents/{}", agent.id)).await.json();
            if let Some(id) = known["ci"]["id"].as_str() {
                break id.to_owned();
            }
        };
        // Stopping writes what was not written yet.
        server.restart().await;
        (admin.people, agent.agents) = (server.people, server.agents);
        assert_eq!(clock_behind_s(&admin, &agent).await, json!(-3_600), "{backend:?}");
        let host = admin.get(&format!("/cis/{ci}")).await.json();
        assert_eq!(host["agent"]["clock_behind_s"], json!(-3_600), "{backend:?}");
        server.stop().await;
    }
}
