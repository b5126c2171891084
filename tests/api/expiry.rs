//! A certificate ends in the middle of what an agent does: it gets the next one with it all the same, and nothing else.

use std::time::Duration;

use rcgen::KeyPair;
use serde_json::{Value, json};
use terrier_shared::latest::paths;

use super::reports::waiting;
use crate::harness::agent::{TestAgent, batch, evidence, gzip, message, report, signing_request};
use crate::harness::database::Backend;
use crate::harness::http::Connection;
use crate::harness::server::TestServer;

/// A minute less than an agent's certificate lasts.
const ALMOST: Duration = Duration::from_mins(14 * 24 * 60 - 1);
const A_LITTLE: Duration = Duration::from_mins(2);
/// Whoever sends this is told when the server has read the head.
const WAITS: [(&str, &str); 1] = [("Expect", "100-continue")];

fn renewal(key: &KeyPair, headers: &[(&str, &str)]) -> Vec<u8> {
    let body = json!({"csr_pem": signing_request(key), "evidence": evidence("web-1")});
    message(paths::RENEW, &gzip(body.to_string().as_bytes()), headers)
}

fn one_report(headers: &[(&str, &str)]) -> Vec<u8> {
    let report = report(1, "full", Some("os"), &json!({"id": "debian"}));
    message(paths::REPORTS, &gzip(batch(&[report]).to_string().as_bytes()), headers)
}

/// Sends all but the end of a request; the server has decided by then whether it wants the rest.
async fn begin(agent: &TestAgent, request: &[u8]) -> Connection {
    let mut connection = agent.connect().await;
    connection.send(&request[..request.len() - 10]).await.unwrap();
    assert_eq!(connection.receive().await.unwrap().status, 100);
    connection
}

async fn end(mut connection: Connection, request: &[u8]) -> Value {
    connection.send(&request[request.len() - 10..]).await.unwrap();
    let answer = connection.receive().await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

/// An agent whose certificate ends within a minute.
async fn at_the_last_minute(server: &TestServer) -> TestAgent {
    let agent = TestAgent::enrol(server, "web-1").await;
    server.clock.advance(ALMOST);
    agent
}

/// The agent that this answer makes may report, as itself.
async fn is_back(server: &TestServer, agent: &TestAgent, key: KeyPair, issued: Value) -> TestAgent {
    let back = TestAgent::with(server, key, issued);
    assert_eq!((&back.id, back.send(&[]).await.status), (&agent.id, 200));
    back
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_after_the_handshake_is_good_for_the_next_and_for_no_report() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = at_the_last_minute(&server).await;
        let (mut reporting, mut renewing) = (agent.connect().await, agent.connect().await);
        server.clock.advance(A_LITTLE);
        reporting.send(&one_report(&[])).await.unwrap();
        let refused = reporting.receive().await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (401, "certificate_required"), "{backend:?}");
        assert!(waiting(&server).await.is_empty(), "{backend:?}");
        let key = KeyPair::generate().unwrap();
        renewing.send(&renewal(&key, &[])).await.unwrap();
        let issued = renewing.receive().await.unwrap().json();
        is_back(&server, &agent, key, issued).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_while_a_certificate_was_good_is_taken_to_its_end() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let other = TestAgent::enrol(&server, "web-2").await;
        let (agent, key) = (at_the_last_minute(&server).await, KeyPair::generate().unwrap());
        let (batch, request) = (one_report(&WAITS), renewal(&key, &WAITS));
        let (reporting, renewing) = (begin(&other, &batch).await, begin(&agent, &request).await);
        server.clock.advance(A_LITTLE);
        let results = end(reporting, &batch).await["results"].clone();
        assert_eq!(results[0]["outcome"], "stored", "{backend:?}: {results}");
        let issued = end(renewing, &request).await;
        is_back(&server, &agent, key, issued).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_given_again_after_both_certificates_have_ended() {
    for backend in Backend::BOTH {
        for days_later in [0, 1, 14, 15, 89] {
            let mut server = TestServer::start(backend).await;
            let agent = at_the_last_minute(&server).await;
            let key = KeyPair::generate().unwrap();
            assert_eq!(agent.renew(&key).await.json()["status"], "issued", "{backend:?}");
            server.clock.advance(A_LITTLE + Duration::from_hours(24 * days_later));
            server.restart().await;
            let agent = TestAgent::with(&server, agent.key, agent.issued);
            assert_eq!(agent.send(&[]).await.status, 401, "{backend:?}, {days_later} days");
            let again = agent.renew(&key).await.json();
            assert_eq!(again["generation"], 2, "{backend:?}, {days_later} days: {again}");
            is_back(&server, &agent, key, again).await;
            server.stop().await;
        }
    }
}
