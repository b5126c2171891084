//! A revoked agent is out: at once here, within seconds on another server, and without a way around the handshake.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::KeyPair;
use rustls::HandshakeKind;
use rustls::client::Resumption;
use serde_json::json;
use terrier_server::fleet::cli;
use terrier_server::store::StoreError;
use terrier_server::store::schema::fleet_certificate;
use terrier_shared::latest::paths;

use super::reports::waiting;
use crate::harness::agent::{TestAgent, batch, evidence, gzip, message, outcomes, report, signing_request};
use crate::harness::database::Backend;
use crate::harness::http::Connection;
use crate::harness::server::TestServer;

/// Longest that a revocation may take to be known everywhere.
const EVERYWHERE: Duration = Duration::from_secs(10);

async fn revoke(server: &TestServer, agent: &TestAgent) {
    let (store, clock, id) = (server.store().clone(), server.clock.clone(), agent.id.parse().unwrap());
    tokio::task::spawn_blocking(move || cli::revoke(&store, &clock, id, None).unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_is_resumed_so_that_no_certificate_goes_unchecked() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let mut eager = (*agent.tls).clone();
    eager.resumption = Resumption::in_memory_sessions(16);
    eager.enable_early_data = true;
    let eager = Arc::new(eager);
    for _ in 0..3 {
        let mut connection = Connection::open(agent.agents, &eager).await.unwrap();
        connection.send(&message(paths::REPORTS, &gzip(batch(&[]).to_string().as_bytes()), &[])).await.unwrap();
        assert_eq!(connection.receive().await.unwrap().status, 200);
        // Tickets would have come before the answer.
        assert_eq!(connection.handshake(), (Some(HandshakeKind::Full), 0));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_revoked_while_it_renews_gets_no_certificate() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let body = json!({"csr_pem": signing_request(&KeyPair::generate().unwrap()), "evidence": evidence("web-1")});
        let renewal = message(paths::RENEW, &gzip(body.to_string().as_bytes()), &[("Expect", "100-continue")]);
        let (begin, rest) = renewal.split_at(renewal.len() - 10);
        let mut renewing = agent.connect().await;
        renewing.send(begin).await.unwrap();
        assert_eq!(renewing.receive().await.unwrap().status, 100, "{backend:?}");
        revoke(&server, &agent).await;
        renewing.send(rest).await.unwrap();
        let answer = renewing.receive().await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (403, "agent_revoked"), "{backend:?}");
        let certificates = server.store().read::<_, StoreError>(|conn| {
            use diesel::prelude::*;
            Ok(fleet_certificate::table.count().get_result::<i64>(conn)?)
        });
        assert_eq!(certificates.await.unwrap(), 1, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_one_server_revokes_is_refused_by_another_on_its_open_connection() {
    let mut first = TestServer::start(Backend::Postgres).await;
    let mut second = first.another().await;
    let agent = TestAgent::enrol(&first, "web-1").await;
    let there = TestAgent { agents: second.agents, ..TestAgent::with(&first, agent.key, agent.issued) };
    let heartbeat = message(paths::REPORTS, &gzip(batch(&[]).to_string().as_bytes()), &[]);
    let started = Instant::now();
    // The other server hears of a new agent as it does of a revoked one.
    while there.send(&[]).await.status != 200 {
        assert!(started.elapsed() < EVERYWHERE);
        tokio::task::yield_now().await;
    }
    let mut open = there.connect().await;
    open.send(&heartbeat).await.unwrap();
    assert_eq!(open.receive().await.unwrap().status, 200);

    revoke(&first, &there).await;
    // What would be stored is refused by the transaction itself, at once.
    let late = there.send(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).await;
    assert_eq!((late.status, late.code().as_str()), (403, "agent_revoked"));
    let revoked = Instant::now();
    let refused = loop {
        open.send(&heartbeat).await.unwrap();
        let answer = open.receive().await.unwrap();
        if answer.status != 200 {
            break answer;
        }
        assert!(revoked.elapsed() < EVERYWHERE, "a revoked agent is still listened to");
        tokio::task::yield_now().await;
    };
    assert_eq!((refused.status, refused.code().as_str()), (403, "agent_revoked"));
    assert!(open.is_closed().await);
    assert!(waiting(&first).await.is_empty());
    let honest = TestAgent::enrol(&first, "web-2").await;
    assert_eq!(outcomes(&honest.send(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).await), ["stored"]);
    second.stop().await;
    first.stop().await;
}
