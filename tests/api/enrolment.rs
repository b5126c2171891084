//! How agents get in, and who does not.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use rcgen::{CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P384_SHA384, SanType};
use serde_json::{Value, json};
use terrier_server::fleet::token::Wish;
use terrier_server::fleet::{cli, service};
use terrier_server::kernel::id::AgentId;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, fleet_agent, fleet_certificate, fleet_enrolment_token};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::paths;

use crate::harness::agent::{TestAgent, application, apply, client, gzip, message, post, signing_request, token};
use crate::harness::database::Backend;
use crate::harness::http::Connection;
use crate::harness::server::TestServer;

fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

async fn agents_and_uses_left(server: &TestServer) -> (i64, i32) {
    let counted = server.store().read::<_, StoreError>(|conn| {
        let agents = fleet_agent::table.count().get_result(conn)?;
        let uses = fleet_enrolment_token::table.select(fleet_enrolment_token::uses_left).first(conn)?;
        Ok((agents, uses))
    });
    counted.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_a_key_make_an_agent_that_may_report() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        assert_eq!(agent.issued["generation"], 1, "{backend:?}");
        assert_eq!(agent.send(&[]).await.status, 200, "{backend:?}");
        assert_eq!(agents_and_uses_left(&server).await, (1, 0), "{backend:?}");
        let actions = server.store().read::<_, StoreError>(|conn| {
            let query = audit_entry::table.filter(audit_entry::object_kind.eq("agent")).order(audit_entry::seq);
            Ok(query.select(audit_entry::action).load::<String>(conn)?)
        });
        assert_eq!(actions.await.unwrap(), ["agent.enrolled", "agent.certified"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_use_token_tried_by_a_thousand_machines_at_once_lets_exactly_one_in() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let token = Arc::new(token(&server, Wish::default()).await);
        let (address, tls) = (server.agents, server.tls());
        let mut attempts = tokio::task::JoinSet::new();
        for number in 0..1_000 {
            let (token, tls) = (Arc::clone(&token), Arc::clone(&tls));
            attempts.spawn(async move {
                let csr = signing_request(&KeyPair::generate().unwrap());
                let body = application(&token, &csr, &format!("host-{number}")).to_string();
                // A machine whose connection was not taken in time tries again, as agents do.
                loop {
                    let Ok(mut connection) = Connection::open(address, &tls).await else { continue };
                    if connection.send(&message(paths::ENROL, &gzip(body.as_bytes()), &[])).await.is_err() {
                        continue;
                    }
                    if let Some(answer) = connection.receive().await {
                        return answer.status;
                    }
                }
            });
        }
        let statuses = attempts.join_all().await;
        let (let_in, refused): (Vec<u16>, Vec<u16>) = statuses.into_iter().partition(|status| *status == 200);
        assert_eq!(let_in.len(), 1, "{backend:?}");
        assert!(refused.iter().all(|status| *status == 403), "{backend:?}: {refused:?}");
        assert_eq!(agents_and_uses_left(&server).await, (1, 0), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_the_same_token_is_the_same_agent_though_its_uses_and_its_time_are_gone() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let (token, key) = (token(&server, Wish::default()).await, KeyPair::generate().unwrap());
        let body = application(&token, &signing_request(&key), "web-1");
        let first = apply(&server, &body).await.json();
        let again = apply(&server, &body).await.json();
        server.clock.advance(days(2));
        let late = apply(&server, &body).await.json();
        assert_eq!([&first["agent_id"], &first["agent_id"]], [&again["agent_id"], &late["agent_id"]], "{backend:?}");
        assert_eq!([&first["generation"], &late["generation"]], [1, 3], "{backend:?}");
        assert_eq!(agents_and_uses_left(&server).await, (1, 0), "{backend:?}");
        let other = application(&token, &signing_request(&KeyPair::generate().unwrap()), "web-2");
        assert_eq!(apply(&server, &other).await.status, 403, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_expired_revoked_unknown_or_for_elsewhere_lets_nobody_in_and_loses_no_use() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let csr = signing_request(&KeyPair::generate().unwrap());
        let elsewhere = Wish { cidrs: vec!["192.0.2.0/24".to_owned()], ..Wish::default() };
        let foreign = token(&server, elsewhere).await;
        assert_eq!(detail(&server, &foreign, &csr).await, "the token is not for this address", "{backend:?}");
        let from_here = Wish { cidrs: vec!["127.0.0.0/8".to_owned()], ..Wish::default() };
        let expired = token(&server, from_here).await;
        server.clock.advance(Duration::from_hours(1));
        assert_eq!(detail(&server, &expired, &csr).await, "the token has expired", "{backend:?}");

        let revoked = token(&server, Wish::default()).await;
        let (store, clock) = (server.store().clone(), server.clock.clone());
        let revoking = tokio::task::spawn_blocking(move || {
            let latest = cli::list_tokens(&store, &clock).unwrap()[0].id;
            cli::revoke_token(&store, &clock, latest).unwrap();
        });
        revoking.await.unwrap();
        assert_eq!(detail(&server, &revoked, &csr).await, "the token has been revoked", "{backend:?}");

        let good = token(&server, Wish::default()).await;
        let (head, pin) = good.rsplit_once('.').unwrap();
        let guessed = format!("{}{}.{pin}", &head[..head.len() - 43], "A".repeat(43));
        for unknown in [guessed.as_str(), "ter1.x.y.z", "", "ter1.00000000000000000000000000000000.y.z", "a\0b"] {
            assert_eq!(detail(&server, unknown, &csr).await, "the token is not known", "{backend:?}");
        }
        let left = server.store().read::<_, StoreError>(|conn| {
            Ok(fleet_enrolment_token::table.select(fleet_enrolment_token::uses_left).load::<i32>(conn)?)
        });
        assert_eq!(left.await.unwrap(), [1; 4], "{backend:?}");
        server.stop().await;
    }
}

async fn detail(server: &TestServer, token: &str, csr: &str) -> String {
    let answer = apply(server, &application(token, csr, "web-1")).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"));
    answer.json()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_signing_request_only_the_key_counts_and_a_bad_one_is_refused_by_name() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let token = token(&server, Wish { uses: Some(10), ..Wish::default() }).await;
    let mut greedy = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    greedy.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    greedy.subject_alt_names.push(SanType::URI("spiffe://x/agent/y".try_into().unwrap()));
    greedy.distinguished_name.push(rcgen::DnType::CommonName, "a\nb/../../x");
    let key = KeyPair::generate().unwrap();
    let csr = greedy.serialize_request(&key).unwrap().pem().unwrap();
    let answer = apply(&server, &application(&token, &csr, "greedy")).await;
    assert_eq!(answer.status, 200);
    let agent = TestAgent::with(&server, key, answer.json());
    assert_eq!(agent.send(&[]).await.status, 200);

    let weak = signing_request(&KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap());
    let forged = {
        let request = CertificateParams::default().serialize_request(&KeyPair::generate().unwrap()).unwrap();
        let mut der = request.der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
        format!("-----BEGIN CERTIFICATE REQUEST-----\n{encoded}\n-----END CERTIFICATE REQUEST-----\n")
    };
    for bad in [weak, forged, "x".repeat(10_000), String::new()] {
        let answer = apply(&server, &application(&token, &bad, "bad")).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "validation_failed"));
        assert_eq!(answer.json()["errors"][0]["field"], "csr_pem");
    }
    let long = application(&token, &signing_request(&KeyPair::generate().unwrap()), &"h".repeat(2_000));
    assert_eq!(apply(&server, &long).await.json()["errors"][0]["field"], "evidence.hostname");
    assert_eq!(agents_and_uses_left(&server).await, (1, 9));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_a_person_has_to_approve_waits_and_is_then_let_in() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let wish = Wish { mode: Some("approve".to_owned()), ..Wish::default() };
        let (token, key) = (token(&server, wish).await, KeyPair::generate().unwrap());
        let body = application(&token, &signing_request(&key), "web-1");
        let waiting = apply(&server, &body).await.json();
        assert_eq!(waiting["status"], "pending", "{backend:?}");
        assert_eq!(apply(&server, &body).await.json()["agent_id"], waiting["agent_id"], "{backend:?}");
        let id: AgentId = waiting["agent_id"].as_str().unwrap().parse().unwrap();
        let (store, clock) = (server.store().clone(), server.clock.clone());
        let approved = tokio::task::spawn_blocking(move || {
            cli::approve(&store, &clock, id).unwrap();
            cli::approve(&store, &clock, id).unwrap_err()
        });
        assert!(matches!(approved.await.unwrap(), service::Error::State("not_pending")), "{backend:?}");
        let agent = TestAgent::with(&server, key, apply(&server, &body).await.json());
        assert_eq!(agent.send(&[]).await.status, 200, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn renewing_raises_the_generation_a_lost_answer_is_given_again_and_a_copy_is_sent_away() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let original = TestAgent::enrol(&server, "web-1").await;
        let next_key = KeyPair::generate().unwrap();
        let renewed = original.renew(&next_key).await.json();
        assert_eq!(renewed["generation"], 2, "{backend:?}: {renewed}");
        let again = original.renew(&next_key).await.json();
        assert_eq!((&again["generation"], &again["agent_id"]), (&json!(2), &renewed["agent_id"]), "{backend:?}");

        let copy = original.renew(&KeyPair::generate().unwrap()).await;
        assert_eq!((copy.status, &copy.json()["action"]), (409, &json!("re_enrol_as_new")), "{backend:?}");
        let renewed = TestAgent::with(&server, next_key, again);
        assert_eq!(renewed.send(&[]).await.status, 200, "{backend:?}");
        let third = renewed.renew(&KeyPair::generate().unwrap()).await.json();
        assert_eq!(third["generation"], 3, "{backend:?}");
        let certificates = server
            .store()
            .read::<_, StoreError>(|conn| Ok(fleet_certificate::table.count().get_result::<i64>(conn)?));
        assert_eq!(certificates.await.unwrap(), 4, "{backend:?}");
        server.stop().await;
    }
}

/// A certificate of an agent lasts this many days.
const LIFETIME: u64 = 14;

/// The server and the agent as they are that many days later. Certificates of servers are shorter-lived than that; this
/// one renews its own in the background.
async fn later(server: &mut TestServer, agent: TestAgent, days_later: u64) -> TestAgent {
    server.clock.advance(days(days_later));
    server.restart().await;
    TestAgent::with(server, agent.key, agent.issued)
}

/// The agent with its next certificate.
async fn renewed(server: &TestServer, agent: &TestAgent) -> TestAgent {
    let key = KeyPair::generate().unwrap();
    let answer = agent.renew(&key).await.json();
    TestAgent::with(server, key, answer)
}

async fn approve(server: &TestServer, agent: &TestAgent) {
    let (store, clock, id) = (server.store().clone(), server.clock.clone(), agent.id.parse::<AgentId>().unwrap());
    tokio::task::spawn_blocking(move || cli::approve(&store, &clock, id).unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_comes_back_by_itself_89_days_after_the_end_of_its_certificate() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "laptop").await;
        let agent = later(&mut server, agent, LIFETIME + 89).await;
        let refused = agent.send(&[]).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "certificate_required"), "{backend:?}");
        let next_key = KeyPair::generate().unwrap();
        let first = agent.renew(&next_key).await.json();
        let again = agent.renew(&next_key).await.json();
        assert_eq!([&first["generation"], &again["generation"]], [2, 2], "{backend:?}: {again}");
        assert_eq!(again["agent_id"], agent.id.as_str(), "{backend:?}");
        assert_eq!(TestAgent::with(&server, next_key, again).send(&[]).await.status, 200, "{backend:?}");
        assert_eq!(recoveries(&server).await, 1, "{backend:?}: an answer given again is not counted");
        server.stop().await;
    }
}

async fn recoveries(server: &TestServer) -> i32 {
    let counted = server
        .store()
        .read::<_, StoreError>(|conn| Ok(fleet_agent::table.select(fleet_agent::recoveries).first::<i32>(conn)?));
    counted.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_comes_back_after_91_days_waits_for_one_click_and_is_the_same_agent() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "laptop").await;
        let agent = later(&mut server, agent, LIFETIME + 91).await;
        let key = KeyPair::generate().unwrap();
        for _ in 0..2 {
            let waiting = agent.renew(&key).await.json();
            assert_eq!(
                (&waiting["status"], &waiting["agent_id"]),
                (&json!("pending"), &json!(agent.id)),
                "{backend:?}"
            );
        }
        assert_eq!(agent.send(&[]).await.status, 401, "{backend:?}");
        approve(&server, &agent).await;
        let agent = later(&mut server, agent, 1).await;
        let back =
            TestAgent::with(&server, KeyPair::from_pem(&key.serialize_pem()).unwrap(), agent.renew(&key).await.json());
        assert_eq!((&back.id, back.send(&[]).await.status), (&agent.id, 200), "{backend:?}");
        assert_eq!(agents_and_uses_left(&server).await, (1, 0), "{backend:?}");
        let actions = server.store().read::<_, StoreError>(|conn| {
            let query = audit_entry::table.filter(audit_entry::object_kind.eq("agent")).order(audit_entry::seq);
            Ok(query.select(audit_entry::action).load::<String>(conn)?)
        });
        let expected = ["agent.enrolled", "agent.certified", "agent.held", "agent.approved", "agent.recovered"];
        assert_eq!(actions.await.unwrap(), expected, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_comes_back_three_times_by_itself_and_then_only_after_a_person_has_looked() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let mut agent = TestAgent::enrol(&server, "laptop").await;
        for round in 1..=2 {
            for _ in 0..3 {
                agent = later(&mut server, agent, LIFETIME + 1).await;
                agent = renewed(&server, &agent).await;
                // What is renewed in time is no recovery.
                agent = renewed(&server, &agent).await;
            }
            agent = later(&mut server, agent, LIFETIME + 1).await;
            let waiting = agent.renew(&KeyPair::generate().unwrap()).await.json();
            assert_eq!(waiting["status"], "pending", "{backend:?}, round {round}: {waiting}");
            approve(&server, &agent).await;
        }
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_key_and_its_token_are_no_way_around_the_person_who_has_to_look() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let (token, key) = (token(&server, Wish::default()).await, KeyPair::generate().unwrap());
        let body = application(&token, &signing_request(&key), "laptop");
        let mut status = Vec::new();
        for _ in 0..6 {
            status.push(apply(&server, &body).await.json()["status"].clone());
            server.clock.advance(days(LIFETIME + 1));
            server.restart().await;
        }
        assert_eq!(status, ["issued", "issued", "issued", "issued", "pending", "pending"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_an_older_certificate_that_has_ended_neither_comes_back_nor_holds_up_its_owner() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let original = TestAgent::enrol(&server, "web-1").await;
        let owner = renewed(&server, &original).await;
        let copy = later(&mut server, original, LIFETIME + 91).await;
        let refused = copy.renew(&KeyPair::generate().unwrap()).await;
        assert_eq!((refused.status, &refused.json()["action"]), (409, &json!("re_enrol_as_new")), "{backend:?}");
        let owner = TestAgent::with(&server, owner.key, owner.issued);
        assert_eq!(owner.renew(&KeyPair::generate().unwrap()).await.json()["status"], "pending", "{backend:?}");
        server.stop().await;
    }
}

/// In TLS 1.3 a client learns after its handshake that the server did not take its certificate.
async fn is_shut_out(agent: &TestAgent) -> bool {
    let Ok(mut connection) = Connection::open(agent.agents, &agent.tls).await else { return true };
    let sent = connection.send(&message(paths::REPORTS, &gzip(b"{}"), &[])).await;
    sent.is_err() || connection.receive().await.is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority_is_not_taken() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let mut other = TestServer::start(Backend::Sqlite).await;
    let stranger = TestAgent::enrol(&other, "stranger").await;
    let root = std::fs::read_to_string(server.data_dir().join("pki/root.pem")).unwrap();
    let chain = stranger.issued["certificate_pem"].as_str().unwrap();
    let tls = client(&root, chain, &stranger.key.serialize_pem(), &server.clock);
    let here = TestAgent { tls, ..TestAgent::with(&server, stranger.key, stranger.issued) };
    assert!(is_shut_out(&here).await);
    server.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_limited_before_anything_is_looked_up() {
    let mut server = TestServer::start_with(Backend::Sqlite, |config| config.enrolment.per_address = 1).await;
    let body = application("ter1.00000000000000000000000000000000.y.z", "", "guess");
    assert_eq!(apply(&server, &body).await.status, 422);
    let limited = apply(&server, &body).await;
    assert_eq!((limited.status, limited.code().as_str()), (429, "too_many_requests"));
    assert_eq!(limited.header("retry-after"), Some("1"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_enrolment_is_named() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    for (body, status, part) in
        [(json!({"token": {"a": 1}}), 400, "token: invalid type"), (json!([1]), 400, "[0]"), (Value::Null, 400, ".")]
    {
        let answer = apply(&server, &body).await;
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(answer.status == status && detail.starts_with(part), "{detail}");
    }
    let plain = post(server.agents, &server.tls(), paths::ENROL, b"{}", &[("Content-Type", "text/plain")]).await;
    assert_eq!(plain.status, 415);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_of_more_than_32_kib_is_not_read_and_loses_no_use() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let token = token(&server, Wish::default()).await;
        // Digests do not compress to less than half of their digits.
        let digests: String = (0..1_100_u32).map(|n| Hash::of(&n.to_be_bytes()).to_string()).collect();
        let csr = signing_request(&KeyPair::generate().unwrap());
        let mut body = application(&token, &csr, "web-1");
        assert!(gzip(body.to_string().as_bytes()).len() < 32 << 10);
        body["evidence"]["serial"] = digests.into();
        let answer = apply(&server, &body).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"]),
            (413, &json!("at most 32768 bytes are read")),
            "{backend:?}"
        );
        assert_eq!(agents_and_uses_left(&server).await, (0, 1), "{backend:?}");
        server.stop().await;
    }
}
