use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rcgen::{CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tempfile::TempDir;

use super::{Authority, InvalidRequest, PeerCertificate, PkiError, PublicKey, peer};
use crate::kernel::clock::Clock;
use crate::kernel::id::AgentId;

const INSTALLATION: &str = "0192e000-0000-7000-8000-000000000001";

fn clock() -> Clock {
    Clock::manual("2026-11-21T12:00:00Z".parse().unwrap())
}

fn open(directory: &Path, clock: &Clock) -> Result<Authority, PkiError> {
    Authority::open(&directory.join("pki"), INSTALLATION, clock)
}

fn request(key: &KeyPair, params: &CertificateParams) -> String {
    params.serialize_request(key).unwrap().pem().unwrap()
}

fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

#[test]
fn a_certificate_is_known_by_its_serial_number_whatever_that_begins_with() {
    let (directory, clock) = (TempDir::new().unwrap(), clock());
    let authority = open(directory.path(), &clock).unwrap();
    let key = PublicKey::of_request(&request(&KeyPair::generate().unwrap(), &CertificateParams::default())).unwrap();
    // One in 256 begins with a zero if nothing is done about it.
    for _ in 0..2_000 {
        let issued = authority.issue_agent(&key, clock.new_id()).unwrap();
        let leaf = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
        assert_eq!(PeerCertificate::read(&leaf, INSTALLATION).unwrap().serial, issued.serial);
    }
}

#[test]
fn an_agent_certificate_says_only_what_the_server_decided() {
    let directory = TempDir::new().unwrap();
    let clock = clock();
    let authority = open(directory.path(), &clock).unwrap();
    let agent: AgentId = clock.new_id();
    let mut greedy = CertificateParams::new(vec!["server.example".to_owned()]).unwrap();
    greedy.subject_alt_names.push(SanType::URI(format!("spiffe://{INSTALLATION}/agent/other").try_into().unwrap()));
    greedy.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    greedy.distinguished_name.push(rcgen::DnType::CommonName, "a\nb/../../x");
    for key in [KeyPair::generate().unwrap(), KeyPair::generate_for(&PKCS_ED25519).unwrap()] {
        let public = PublicKey::of_request(&request(&key, &greedy)).unwrap();
        let issued = authority.issue_agent(&public, agent).unwrap();
        let leaf = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
        let read = PeerCertificate::read(&leaf, INSTALLATION).unwrap();
        assert_eq!((read.agent, &read.serial), (agent, &issued.serial));
        assert_eq!(read.not_after.to_string(), "2026-12-05T12:00:00Z");
        assert_eq!(issued.renew_at.to_string(), "2026-11-28T12:00:00Z");
        let (_, parsed) = x509_parser::parse_x509_certificate(&leaf).unwrap();
        assert_eq!(parsed.subject().to_string(), format!("CN={agent}"));
        assert!(!parsed.is_ca() && !parsed.extended_key_usage().unwrap().unwrap().value.server_auth);
        assert_eq!(
            parsed.validity().not_before.timestamp(),
            "2026-11-21T11:00:00Z".parse::<Timestamp>().unwrap().as_second()
        );
        assert!(peer::is_issued_by(&leaf, &authority.issuing_der()));
    }
}

#[test]
fn a_certificate_of_another_installation_names_no_agent_here() {
    let directory = TempDir::new().unwrap();
    let clock = clock();
    let authority = open(directory.path(), &clock).unwrap();
    let key = PublicKey::of_request(&request(&KeyPair::generate().unwrap(), &CertificateParams::default())).unwrap();
    let issued = authority.issue_agent(&key, clock.new_id()).unwrap();
    let leaf = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
    assert_eq!(PeerCertificate::read(&leaf, "0192e000-0000-7000-8000-000000000002"), None);
    assert_eq!(PeerCertificate::read(&authority.issuing_der(), INSTALLATION), None);
}

#[test]
fn other_keys_and_requests_that_prove_nothing_are_refused() {
    let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let refused = |pem: &str| PublicKey::of_request(pem).unwrap_err();
    assert_eq!(refused(&request(&p384, &CertificateParams::default())), InvalidRequest::KeyKind);
    assert_eq!(refused(""), InvalidRequest::Malformed);
    assert_eq!(refused(&"x".repeat(9_000)), InvalidRequest::TooLarge);
    let honest = CertificateParams::default().serialize_request(&KeyPair::generate().unwrap()).unwrap();
    let mut forged = honest.der().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &forged);
    let pem = format!("-----BEGIN CERTIFICATE REQUEST-----\n{encoded}\n-----END CERTIFICATE REQUEST-----\n");
    assert_eq!(refused(&pem), InvalidRequest::Signature);
}

#[test]
fn the_authority_is_the_same_after_a_restart_and_renews_what_it_signs_with() {
    let directory = TempDir::new().unwrap();
    let clock = clock();
    let first = open(directory.path(), &clock).unwrap();
    let again = open(directory.path(), &clock).unwrap();
    assert_eq!((first.pin(), first.issuing_der()), (again.pin(), again.issuing_der()));
    clock.advance(days(180));
    assert!(!again.refresh().unwrap());
    clock.advance(days(5));
    assert!(again.refresh().unwrap());
    assert_eq!(first.pin(), again.pin());
    assert_ne!(first.issuing_der(), again.issuing_der());
}

#[test]
fn without_the_roots_key_the_authority_lasts_as_long_as_the_issuing_one() {
    let directory = TempDir::new().unwrap();
    let clock = clock();
    open(directory.path(), &clock).unwrap();
    std::fs::remove_file(directory.path().join("pki/root.key.pem")).unwrap();
    clock.advance(days(364));
    let authority = open(directory.path(), &clock).unwrap();
    assert!(!authority.refresh().unwrap());
    clock.advance(days(2));
    assert!(matches!(authority.refresh(), Err(PkiError::RootKeyMissing { .. })));
    assert!(matches!(open(directory.path(), &clock), Err(PkiError::RootKeyMissing { .. })));
}

#[test]
fn a_key_that_others_can_read_stops_the_start() {
    let directory = TempDir::new().unwrap();
    let clock = clock();
    open(directory.path(), &clock).unwrap();
    for name in ["root.key.pem", "issuing.pem"] {
        let path = directory.path().join("pki").join(name);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = open(directory.path(), &clock).unwrap_err();
        assert!(matches!(error, PkiError::Exposed { mode: 0o640, .. }), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let mode = std::fs::metadata(directory.path().join("pki")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn the_server_certificate_is_made_anew_for_other_names_or_when_half_of_its_time_is_over() {
    let directory = TempDir::new().unwrap();
    let clock = clock();
    let authority = open(directory.path(), &clock).unwrap();
    let stored = || std::fs::read_to_string(directory.path().join("pki/server.pem")).unwrap();
    let names = ["localhost".to_owned(), "192.0.2.1".to_owned(), "2001:db8::1".to_owned()];
    let certificate = super::ServerCertificate::own(&authority, &names).unwrap();
    let first = stored();
    certificate.refresh(&authority, &names).unwrap();
    assert_eq!(stored(), first);
    clock.advance(days(46));
    certificate.refresh(&authority, &names).unwrap();
    let second = stored();
    assert_ne!(second, first);
    certificate.refresh(&authority, &names[..1]).unwrap();
    assert_ne!(stored(), second);
}
