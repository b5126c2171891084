//! Signing requests that ask for what they must not have, or that are none.
//!
//! Does: hold what the server answers to each, when an agent enrols and when it renews, and what stands in the
//! certificates that come of them.
//! Does not: try bytes at random; that is for `tests/fuzz`.

mod draft;
mod hostile;

use std::collections::BTreeSet;

use rcgen::KeyPair;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use terrier_server::fleet::token::Wish;
use terrier_shared::latest::paths;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use self::hostile::{Outcome, Request};
use crate::harness::agent::{TestAgent, application, apply, evidence, gzip, post, token};
use crate::harness::database::Backend;
use crate::harness::http::Response;
use crate::harness::server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_enrols_gets_nothing_of_what_a_request_asks_for_or_hears_what_is_wrong_with_it() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let token = token(&server, Wish { uses: Some(1_000), ..Wish::default() }).await;
        let honest = TestAgent::enrol(&server, "honest").await;
        let asked = hostile::requests(&Names::of(&server, &honest));
        for request in &asked {
            let answer = apply(&server, &application(&token, &request.pem, "hostile")).await;
            judge(request, &answer, &server, &honest);
        }
        assert!(asked.len() >= 80, "{}", asked.len());
        assert_eq!(honest.send(&[]).await.status, 200, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_renews_gets_nothing_of_what_a_request_asks_for_or_hears_what_is_wrong_with_it() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let honest = TestAgent::enrol(&server, "honest").await;
        for request in hostile::requests(&Names::of(&server, &honest)) {
            let agent = TestAgent::enrol(&server, "hostile").await;
            let body = json!({"csr_pem": request.pem, "evidence": evidence("hostile")});
            let answer = post(agent.agents, &agent.tls, paths::RENEW, &gzip(body.to_string().as_bytes()), &[]).await;
            judge(&request, &answer, &server, &honest);
            match request.outcome {
                Outcome::OnlyTheKey(_) => assert_eq!(answer.json()["agent_id"], agent.id.as_str(), "{}", request.name),
                // What is refused changes nothing.
                Outcome::Refused(_) => {
                    let renewed = agent.renew(&KeyPair::generate().unwrap()).await.json();
                    assert_eq!(renewed["generation"], 2, "{}: {renewed}", request.name);
                }
            }
        }
        server.stop().await;
    }
}

/// Names that requests ask for.
struct Names {
    installation: String,
    /// Another agent's id.
    other: String,
}

impl Names {
    fn of(server: &TestServer, other: &TestAgent) -> Self {
        let root = CertificateDer::from_pem_file(server.data_dir().join("pki/root.pem")).unwrap();
        let (_, root) = X509Certificate::from_der(&root).unwrap();
        let subject = root.subject().to_string();
        Self { installation: subject.rsplit(' ').next().unwrap().to_owned(), other: other.id.clone() }
    }
}

fn judge(request: &Request, answer: &Response, server: &TestServer, honest: &TestAgent) {
    let (name, said) = (&request.name, answer.json());
    match &request.outcome {
        Outcome::Refused(detail) => {
            assert_eq!((answer.status, answer.code().as_str()), (422, "validation_failed"), "{name}: {said}");
            let error = &said["errors"][0];
            assert_eq!((&error["field"], &error["detail"]), (&json!("csr_pem"), &json!(detail)), "{name}");
        }
        Outcome::OnlyTheKey(key) => {
            assert_eq!(answer.status, 200, "{name}: {said}");
            let names = Names::of(server, honest);
            says_only_what_the_server_decided(name, &said, key, (&names.installation, server, honest));
        }
    }
}

/// Reads the certificate field by field: nothing is as the request wants it, but for the key.
fn says_only_what_the_server_decided(
    name: &str,
    said: &Value,
    key: &[u8],
    (installation, server, honest): (&str, &TestServer, &TestAgent),
) {
    let id = said["agent_id"].as_str().unwrap();
    let pem = said["certificate_pem"].as_str().unwrap();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect();
    let [leaf, issuing] = chain.as_slice() else { panic!("{name}: {} certificates", chain.len()) };
    let (leaf, issuing) = (parsed(leaf), parsed(issuing));
    leaf.verify_signature(Some(issuing.public_key())).unwrap();
    assert_ne!(id, honest.id, "{name}");
    assert_eq!(leaf.subject().to_string(), format!("CN={id}"), "{name}");
    assert_eq!(leaf.public_key().raw, key, "{name}");
    let names = leaf.subject_alternative_name().unwrap().unwrap();
    let uri = format!("spiffe://{installation}/agent/{id}");
    assert_eq!(names.value.general_names, [GeneralName::URI(&uri)], "{name}");
    let usage = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.client_auth && usage.other.is_empty(), "{name}: {usage:?}");
    let others = [usage.any, usage.server_auth, usage.code_signing, usage.email_protection, usage.time_stamping];
    assert_eq!((others, usage.ocsp_signing), ([false; 5], false), "{name}");
    // Digital signatures are the first bit of all (RFC 5280, section 4.2.1.3).
    assert_eq!(leaf.key_usage().unwrap().unwrap().value.flags, 1, "{name}");
    assert!(!leaf.is_ca(), "{name}");
    let now = server.clock.now().as_second();
    let validity = leaf.validity();
    assert_eq!(validity.not_before.timestamp(), now - 3_600, "{name}");
    assert_eq!(validity.not_after.timestamp(), now + 14 * 86_400, "{name}");
    let usual = CertificateDer::from_pem_slice(honest.issued["certificate_pem"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(extensions(&leaf), extensions(&parsed(&usual)), "{name}");
}

fn parsed<'a>(der: &'a CertificateDer<'_>) -> X509Certificate<'a> {
    let (rest, certificate) = X509Certificate::from_der(der).unwrap();
    assert!(rest.is_empty());
    certificate
}

fn extensions(certificate: &X509Certificate<'_>) -> BTreeSet<(String, bool)> {
    let named = certificate.extensions().iter().map(|one| (one.oid.to_string(), one.critical));
    named.collect()
}
