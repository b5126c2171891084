//! Connections to the agents' port of those who show no certificate.

use rcgen::KeyPair;
use terrier_server::fleet::token::Wish;
use terrier_shared::latest::paths;

use crate::harness::agent::{TestAgent, application, apply, gzip, message, signing_request, token};
use crate::harness::database::Backend;
use crate::harness::http::Connection;
use crate::harness::server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_few_connections_without_a_certificate_and_agents_do_not_notice() {
    let mut server = TestServer::start_with(Backend::Sqlite, |config| config.agents.strangers_per_address = 3).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let (token, key) = (token(&server, Wish::default()).await, KeyPair::generate().unwrap());
    let body = application(&token, &signing_request(&key), "web-2");
    let enrols = message(paths::ENROL, &gzip(body.to_string().as_bytes()), &[]);

    let waits = message(paths::ENROL, &gzip(body.to_string().as_bytes()), &[("Expect", "100-continue")]);
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = Connection::open(server.agents, &server.tls()).await.unwrap();
        connection.send(&waits[..waits.len() - 10]).await.unwrap();
        assert_eq!(connection.receive().await.unwrap().status, 100);
        held.push(connection);
    }
    let mut one_too_many = Connection::open(server.agents, &server.tls()).await.unwrap();
    let _refused = one_too_many.send(&enrols).await;
    assert!(one_too_many.receive().await.is_none());
    assert_eq!(agent.send(&[]).await.status, 200);

    held.clear();
    // Once the server has seen that they are gone.
    let let_in = loop {
        let mut connection = Connection::open(server.agents, &server.tls()).await.unwrap();
        let _refused = connection.send(&enrols).await;
        if let Some(answer) = connection.receive().await {
            break answer;
        }
    };
    assert_eq!(let_in.status, 200);
    assert_eq!(apply(&server, &body).await.json()["status"], "issued", "it is the same agent");
    server.stop().await;
}
