//! Signing requests, as PEM or as the DER inside it, and certificates that agents show.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::id::AgentId;
use terrier_server::pki::{Authority, PeerCertificate, PublicKey};

use crate::report::RECEIVED_S;

const INSTALLATION: &str = "0192e000-0000-7000-8000-000000000001";

pub(crate) fn run(bytes: &[u8]) {
    // Whatever a certificate says, reading it ends.
    let _any_outcome = PeerCertificate::read(&CertificateDer::from(bytes), INSTALLATION);
    let pem = match str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN") => text.to_owned(),
        _ => {
            let encoded = STANDARD.encode(bytes);
            format!("-----BEGIN CERTIFICATE REQUEST-----\n{encoded}\n-----END CERTIFICATE REQUEST-----\n")
        }
    };
    if let Ok(key) = PublicKey::of_request(&pem) {
        says_only_what_the_server_decided(&key);
    }
}

fn says_only_what_the_server_decided(key: &PublicKey) {
    let Some((authority, clock)) = authority() else { return };
    let agent: AgentId = clock.new_id();
    let Ok(issued) = authority.issue_agent(key, agent) else { return };
    let leaf = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes());
    let read = leaf.ok().and_then(|leaf| PeerCertificate::read(&leaf, INSTALLATION));
    assert_eq!(read.map(|read| read.agent), Some(agent), "a certificate that names somebody else");
}

/// One authority for all of a run; its files are gone once it is open.
fn authority() -> Option<&'static (Authority, Clock)> {
    static AUTHORITY: OnceLock<Option<(Authority, Clock)>> = OnceLock::new();
    let open = || {
        let directory = tempfile::tempdir().ok()?;
        let clock = Clock::manual(Timestamp::from_second(RECEIVED_S).ok()?);
        Some((Authority::open(&directory.path().join("pki"), INSTALLATION, &clock).ok()?, clock))
    };
    AUTHORITY.get_or_init(open).as_ref()
}
