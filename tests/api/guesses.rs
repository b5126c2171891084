//! Guessing enrolment tokens, from many addresses: nobody gets in, and who has one is not kept out.

use std::net::{Ipv4Addr, SocketAddr};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use rcgen::KeyPair;
use sha2::{Digest as _, Sha256};
use terrier_server::config::Enrolment;
use terrier_server::fleet::token::Wish;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, fleet_agent, fleet_certificate, fleet_enrolment_token};
use terrier_shared::latest::paths;
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use crate::harness::agent::{application, gzip, message, signing_request, token};
use crate::harness::database::Backend;
use crate::harness::http::{Connection, Response, request};
use crate::harness::server::TestServer;

/// Addresses that guess.
const ADDRESSES: u16 = 250;
/// Guesses of each.
const EACH: u16 = 12;
/// How many addresses guess at once.
const AT_ONCE: usize = 50;

/// A server with the limits of one that nobody has configured.
async fn server(backend: Backend) -> TestServer {
    TestServer::start_with(backend, |config| config.enrolment = Enrolment::default()).await
}

/// Whoever sends this from the loopback address with this number.
async fn send(from: u16, server: &TestServer, bytes: &[u8]) -> Response {
    let (to, tls) = (server.agents, server.tls());
    send_to(from, to, &tls, bytes).await
}

async fn send_to(from: u16, to: SocketAddr, tls: &std::sync::Arc<rustls::ClientConfig>, bytes: &[u8]) -> Response {
    let [high, low] = from.to_be_bytes();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 77, high, low), 0).into()).unwrap();
    let mut connection = Connection::open_on(socket.connect(to).await.unwrap(), tls).await.unwrap();
    connection.send(bytes).await.unwrap();
    connection.receive().await.unwrap()
}

fn enrolment(token: &str) -> Vec<u8> {
    let csr = signing_request(&KeyPair::generate().unwrap());
    message(paths::ENROL, &gzip(application(token, &csr, "web-1").to_string().as_bytes()), &[])
}

/// The `n`th guess: of the secret of a token that there is, or of a token altogether.
fn guess(token: &str, number: u16) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let &[prefix, id, _, pin] = parts.as_slice() else { panic!("{token}") };
    let random = Sha256::digest(number.to_be_bytes());
    let secret = URL_SAFE_NO_PAD.encode(random);
    let other = uuid::Uuid::from_slice(&random[..16]).unwrap().simple().to_string();
    let id = if number.is_multiple_of(2) { id } else { other.as_str() };
    format!("{prefix}.{id}.{secret}.{pin}")
}

/// Agents, certificates, entries of the audit trail about agents, and uses that the token has left.
async fn traces(server: &TestServer) -> (i64, i64, i64, i32) {
    let counted = server.store().read::<_, StoreError>(|conn| {
        let agents = fleet_agent::table.count().get_result(conn)?;
        let certificates = fleet_certificate::table.count().get_result(conn)?;
        let trail = audit_entry::table.filter(audit_entry::object_kind.eq("agent")).count().get_result(conn)?;
        Ok((
            agents,
            certificates,
            trail,
            fleet_enrolment_token::table.select(fleet_enrolment_token::uses_left).first(conn)?,
        ))
    });
    counted.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_thousand_guesses_at_once_a_hundred_are_looked_at_and_none_lets_anybody_in() {
    for backend in Backend::BOTH {
        let mut server = server(backend).await;
        let token = token(&server, Wish::default()).await;
        let (mut guessing, mut statuses) = (JoinSet::new(), Vec::new());
        for address in 0..ADDRESSES {
            let (to, tls) = (server.agents, server.tls());
            let guesses: Vec<_> = (0..EACH).map(|n| enrolment(&guess(&token, address * EACH + n))).collect();
            guessing.spawn(async move {
                let mut statuses = Vec::new();
                for guess in guesses {
                    statuses.push(send_to(address, to, &tls, &guess).await.status);
                }
                statuses
            });
            if guessing.len() == AT_ONCE {
                statuses.extend(guessing.join_next().await.unwrap().unwrap());
            }
        }
        statuses.extend(guessing.join_all().await.concat());
        let (refused, limited): (Vec<u16>, Vec<u16>) = statuses.into_iter().partition(|status| *status == 403);
        assert_eq!((refused.len(), limited.len()), (100, 2_900), "{backend:?}");
        assert!(limited.iter().all(|status| *status == 429), "{backend:?}");
        assert_eq!(traces(&server).await, (0, 0, 0, 1), "{backend:?}");

        // A tenth of a second later there is room for one again, from wherever he comes.
        let honest = enrolment(&token);
        assert_eq!(send(ADDRESSES, &server, &honest).await.status, 429, "{backend:?}");
        server.clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(send(ADDRESSES, &server, &honest).await.status, 200, "{backend:?}");
        assert_eq!(traces(&server).await, (1, 1, 2, 0), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_guesses_as_fast_as_it_can_is_in_nobodys_way() {
    let mut server = server(Backend::Sqlite).await;
    let token = token(&server, Wish { uses: Some(50), ..Wish::default() }).await;
    for round in 0..50 {
        let guesses = [(); 4].map(|()| enrolment(&guess(&token, round)));
        let mut statuses = Vec::new();
        for guess in &guesses {
            statuses.push(send(0, &server, guess).await.status);
        }
        assert_eq!(statuses, [403, 429, 429, 429], "round {round}");
        assert_eq!(send(1 + round, &server, &enrolment(&token)).await.status, 200, "round {round}");
        server.clock.advance(std::time::Duration::from_secs(1));
    }
    assert_eq!(traces(&server).await, (50, 50, 100, 0));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_too_often_is_answered_before_his_body_is_read() {
    let mut server = server(Backend::Sqlite).await;
    let token = token(&server, Wish::default()).await;
    assert_eq!(send(0, &server, &enrolment(&guess(&token, 0))).await.status, 403);
    // A body of which not one byte comes.
    let headers = [("Content-Length", "30000"), ("Content-Type", "application/json")];
    let answer = send(0, &server, &request("POST", paths::ENROL, &headers, b"")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")));
    server.stop().await;
}
