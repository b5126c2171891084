//! An agent that is real on the wire: its own key, a certificate of the server's, TLS 1.3.

use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};
use rustls::ClientConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use terrier_server::app::installation;
use terrier_server::fleet::cli;
use terrier_server::fleet::token::Wish;
use terrier_server::kernel::clock::Clock;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::paths;

use super::http::{Connection, Response, request};
use super::server::{TestServer, trusting};

/// An agent that has a certificate.
pub(crate) struct TestAgent {
    pub(crate) id: String,
    pub(crate) key: KeyPair,
    pub(crate) issued: Value,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) agents: std::net::SocketAddr,
}

/// Makes an enrolment token past the API.
pub(crate) async fn token(server: &TestServer, wish: Wish) -> String {
    let (store, clock) = (server.store().clone(), server.clock.clone());
    let made = tokio::task::spawn_blocking(move || {
        let pin = store.read_blocking(installation::pin).unwrap().unwrap();
        cli::create_token(&store, &clock, None, wish, &pin).unwrap().unwrap()
    });
    made.await.unwrap()
}

/// A signing request for `key` that asks for nothing.
pub(crate) fn signing_request(key: &KeyPair) -> String {
    CertificateParams::default().serialize_request(key).unwrap().pem().unwrap()
}

/// The body of an enrolment.
pub(crate) fn application(token: &str, csr_pem: &str, hostname: &str) -> Value {
    json!({"token": token, "csr_pem": csr_pem, "evidence": evidence(hostname)})
}

pub(crate) fn evidence(hostname: &str) -> Value {
    json!({"hostname": hostname, "machine_id": "0123456789abcdef0123456789abcdef", "agent_version": "0.1.0"})
}

/// Asks to be enrolled, once.
pub(crate) async fn apply(server: &TestServer, body: &Value) -> Response {
    post(server.agents, &server.tls(), paths::ENROL, &gzip(body.to_string().as_bytes()), &[]).await
}

impl TestAgent {
    /// An agent that came with a token of its own.
    pub(crate) async fn enrol(server: &TestServer, hostname: &str) -> Self {
        let token = token(server, Wish::default()).await;
        let key = KeyPair::generate().unwrap();
        let answer = apply(server, &application(&token, &signing_request(&key), hostname)).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json());
        Self::with(server, key, answer.json())
    }

    /// The agent that this answer makes of the holder of `key`.
    pub(crate) fn with(server: &TestServer, key: KeyPair, issued: Value) -> Self {
        Self::at(server.agents, key, issued, &server.clock)
    }

    /// The same, of a server at this address.
    pub(crate) fn at(agents: std::net::SocketAddr, key: KeyPair, issued: Value, clock: &Clock) -> Self {
        assert_eq!(issued["status"], "issued", "{issued}");
        let tls = client(
            issued["authorities_pem"].as_str().unwrap(),
            issued["certificate_pem"].as_str().unwrap(),
            &key.serialize_pem(),
            clock,
        );
        Self { id: issued["agent_id"].as_str().unwrap().to_owned(), key, issued, tls, agents }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.agents, &self.tls).await.unwrap()
    }

    /// Sends reports on a connection of their own.
    pub(crate) async fn send(&self, reports: &[Value]) -> Response {
        self.send_batch(&batch(reports)).await
    }

    pub(crate) async fn send_batch(&self, batch: &Value) -> Response {
        post(self.agents, &self.tls, paths::REPORTS, &gzip(batch.to_string().as_bytes()), &[]).await
    }

    /// Sends a body as it is.
    pub(crate) async fn send_body(&self, body: &[u8], headers: &[(&str, &str)]) -> Response {
        post(self.agents, &self.tls, paths::REPORTS, body, headers).await
    }

    /// Asks for the next certificate, for `key`.
    pub(crate) async fn renew(&self, key: &KeyPair) -> Response {
        let body = json!({"csr_pem": signing_request(key), "evidence": evidence("renewed")});
        post(self.agents, &self.tls, paths::RENEW, &gzip(body.to_string().as_bytes()), &[]).await
    }
}

/// TLS of a client that shows a certificate.
pub(crate) fn client(authority_pem: &str, chain_pem: &str, key_pem: &str, clock: &Clock) -> Arc<ClientConfig> {
    let chain = CertificateDer::pem_slice_iter(chain_pem.as_bytes()).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).unwrap();
    Arc::new(trusting(authority_pem, clock).with_client_auth_cert(chain, key).unwrap())
}

/// One request on a connection of its own; a body is taken for gzip unless a header says otherwise.
pub(crate) async fn post(
    address: std::net::SocketAddr,
    tls: &Arc<ClientConfig>,
    path: &str,
    body: &[u8],
    headers: &[(&str, &str)],
) -> Response {
    let mut connection = Connection::open(address, tls).await.unwrap();
    connection.send(&message(path, body, headers)).await.unwrap();
    connection.receive().await.unwrap()
}

/// The bytes of a request as an agent sends it; `headers` replace and add, and an empty one is left out.
pub(crate) fn message(path: &str, body: &[u8], headers: &[(&str, &str)]) -> Vec<u8> {
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
    let usual = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
        (paths::DIGEST_HEADER, digest.as_str()),
        (paths::PROTOCOL_HEADER, paths::PROTOCOL_VERSION),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !headers.iter().any(|(other, _)| other == name));
    let all: Vec<_> = kept.chain(headers.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    request("POST", path, &all, body)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(4));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A batch of these reports, sent an hour after boot.
pub(crate) fn batch(reports: &[Value]) -> Value {
    json!({
        "boot_id": "b0070000-0000-4000-8000-000000000001",
        "sent_wall_ms": 1_800_000_000_000_i64,
        "sent_mono_ms": 3_600_000,
        "agent_version": "0.1.0",
        "reports": reports,
    })
}

/// A report of epoch 1. The body is one whose text is the same however often it is written.
pub(crate) fn report(seq: u64, kind: &str, section: Option<&str>, body: &Value) -> Value {
    report_of(1, seq, kind, section, body)
}

pub(crate) fn report_of(epoch: u64, seq: u64, kind: &str, section: Option<&str>, body: &Value) -> Value {
    let mut report = json!({
        "epoch": format!("{epoch:016x}"),
        "seq": seq,
        "kind": kind,
        "hash": hash(body),
        "at_wall_ms": 1_800_000_000_000_i64,
        "at_mono_ms": 3_500_000 + epoch * 1_000 + seq,
        "body": body,
    });
    if let Some(section) = section {
        report["section"] = section.into();
    }
    report
}

/// The hash by which a body is known.
pub(crate) fn hash(body: &Value) -> String {
    Hash::of(body.to_string().as_bytes()).to_string()
}

/// What became of each report.
pub(crate) fn outcomes(answer: &Response) -> Vec<String> {
    assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.body));
    let answer = answer.json();
    answer["results"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect()
}
