//! An agent can only speak for itself, whatever its messages say.

use diesel::prelude::*;
use rcgen::KeyPair;
use serde_json::{Value, json};
use terrier_server::ingest::inbox;
use terrier_server::kernel::permission::Role;
use terrier_server::store::StoreError;
use terrier_server::store::schema::fleet_agent;
use terrier_shared::latest::paths;

use super::reports::waiting;
use crate::harness::agent::{TestAgent, batch, evidence, gzip, outcomes, post, report, signing_request};
use crate::harness::database::Backend;
use crate::harness::server::TestServer;

/// All that is stored of an agent, but for when it was seen.
async fn row(server: &TestServer, id: &str) -> (String, String, i32, i32, Vec<u8>) {
    use fleet_agent as a;
    let id = uuid::Uuid::parse_str(id).unwrap();
    let row = server.store().read::<_, StoreError>(move |conn| {
        let agent = a::table.filter(a::id.eq(terrier_server::store::column::Key16(id)));
        Ok(agent.select((a::state, a::hostname, a::generation, a::version, a::public_key_hash)).first(conn)?)
    });
    row.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_names_another_agent_is_refused_and_written_down() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let admin = server.caller("admin", Role::Administrator).await;
        let (one, other) = (TestAgent::enrol(&server, "one").await, TestAgent::enrol(&server, "other").await);
        let before = row(&server, &other.id).await;
        let reports = gzip(batch(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).to_string().as_bytes());
        let renewal = json!({"csr_pem": signing_request(&KeyPair::generate().unwrap()), "evidence": evidence("one")});
        let renewal = gzip(renewal.to_string().as_bytes());
        for (path, body) in [(paths::REPORTS, &reports), (paths::RENEW, &renewal)] {
            for header in ["X-Forwarded-Client-Cert", "X-SSL-Cert", "x-client-cert"] {
                let refused = post(one.agents, &one.tls, path, body, &[(header, &other.id)]).await;
                assert_eq!(
                    (refused.status, refused.code().as_str()),
                    (403, "forbidden"),
                    "{backend:?} {path} {header}"
                );
            }
        }
        let anonymous = post(server.agents, &server.tls(), paths::ENROL, b"{}", &[("X-Client-Cert", &other.id)]).await;
        assert_eq!(anonymous.status, 403, "{backend:?}");
        let trail = admin.get("/audit?action=agent.pretended").await.json()["items"].clone();
        let entries = trail.as_array().unwrap();
        assert_eq!(entries.len(), 6, "{backend:?}: of an agent, and of nobody else");
        for entry in entries {
            assert_eq!((&entry["object"]["id"], &entry["actor"]["id"]), (&json!(one.id), &json!(one.id)), "{entry}");
        }
        assert!(waiting(&server).await.is_empty(), "{backend:?}");
        assert_eq!(row(&server, &other.id).await, before, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_message_makes_an_agent_somebody_else() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let (one, other) = (TestAgent::enrol(&server, "one").await, TestAgent::enrol(&server, "other").await);
        let before = row(&server, &other.id).await;
        let named = [
            ("agent_id", json!(other.id)),
            ("agent", json!({"id": other.id})),
            ("organisation_id", json!("00000000-0000-7000-8000-000000000000")),
            ("epoch", json!("0000000000000001")),
            ("server_incarnation", json!("somebody else's")),
        ];
        for (seq, (field, value)) in (1..).zip(&named) {
            let mut body = batch(&[report(seq, "full", Some("os"), &with(field, value, seq))]);
            body[*field] = value.clone();
            let headers =
                [("X-Agent-Id", other.id.as_str()), ("X-Forwarded-For", "192.0.2.9"), ("Authorization", "Bearer x")];
            let answer = one.send_body(&gzip(body.to_string().as_bytes()), &headers).await;
            assert_eq!(outcomes(&answer), ["stored"], "{backend:?} {field}");
        }
        let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], 100)).await.unwrap();
        assert!(received.iter().all(|received| received.agent.to_string() == one.id), "{backend:?}");
        assert_eq!(received.len(), named.len(), "{backend:?}");

        // Its own name of itself is data, too: whoever renews under another's name stays himself.
        let key = KeyPair::generate().unwrap();
        let mut renewal =
            json!({"csr_pem": signing_request(&key), "evidence": evidence("other"), "agent_id": other.id});
        renewal["evidence"]["serial"] = other.id.clone().into();
        let renewed = post(one.agents, &one.tls, paths::RENEW, &gzip(renewal.to_string().as_bytes()), &[]).await.json();
        assert_eq!(renewed["agent_id"], one.id.as_str(), "{backend:?}: {renewed}");
        // Nor does it get a certificate for a key that is another's.
        let stolen = json!({"csr_pem": signing_request(&other.key), "evidence": evidence("one")});
        let one = TestAgent::with(&server, key, renewed);
        let refused = post(one.agents, &one.tls, paths::RENEW, &gzip(stolen.to_string().as_bytes()), &[]).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "conflict"), "{backend:?}");
        assert_eq!(row(&server, &other.id).await, before, "{backend:?}");
        server.stop().await;
    }
}

/// A section that says in every place that it is somebody else's.
fn with(field: &str, value: &Value, seq: u64) -> Value {
    let mut body = json!({"id": format!("debian-{seq}"), "zz": {}});
    body["zz"][field] = value.clone();
    body
}
