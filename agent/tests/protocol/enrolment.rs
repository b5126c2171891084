//! Getting a certificate, and whom not to get it from.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use rcgen::date_time_ymd;
use terrier_agent::clock::{Clock as _, SystemClock};
use terrier_agent::config::Config;
use terrier_agent::run::{Agent, Delivery};
use terrier_agent::transport::client::ClientError;
use terrier_agent::transport::enrol::{EnrolError, Step};

use crate::authority::{Authority, Identity};
use crate::estate::Estate;
use crate::server::{AGENT_ID, TestServer, Turn, problem};

#[tokio::test]
async fn an_enrolled_agent_keeps_its_key_to_itself() {
    let estate = Estate::new();
    let Ok(Step::Enrolled(credentials)) = estate.ask().await else { panic!("not enrolled") };
    assert_eq!(credentials.issued.agent_id, AGENT_ID);
    let file = fs::metadata(estate.state_file("credentials.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(estate.state_dir()).unwrap().permissions().mode() & 0o777, 0o700);
    let request = estate.server.held().enrolments.remove(0);
    assert!(!request.csr_pem.contains("PRIVATE"));
}

#[tokio::test]
async fn an_enrolment_that_lost_its_answer_is_completed_by_the_same_key() {
    let estate = Estate::new();
    estate.server.next(Turn::LoseAnswer);
    assert!(estate.ask().await.is_err());
    assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
    let keys: Vec<String> =
        estate.server.held().enrolments.iter().map(|request| public_key(&request.csr_pem)).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    assert!(!estate.state_file("pending-key.pem").exists());
}

#[tokio::test]
async fn an_agent_that_waits_for_approval_asks_again_with_the_same_key() {
    let estate = Estate::new();
    estate.server.held().pending_enrolments = 1;
    let Ok(Step::Pending { agent_id, wait }) = estate.ask().await else { panic!("not pending") };
    assert_eq!((agent_id.as_str(), wait.as_secs()), (AGENT_ID, 5));
    assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
}

#[tokio::test]
async fn a_token_that_the_server_does_not_know_is_refused_in_its_words() {
    let estate = Estate::new();
    estate.server.next(Turn::Raw(problem(403, "token_expired", None)));
    let Err(EnrolError::Refused(refusal)) = estate.ask().await else { panic!("not refused") };
    assert_eq!((refusal.status, refusal.why.as_str()), (403, "token_expired"));
}

fn public_key(csr_pem: &str) -> String {
    use rcgen::PublicKeyData as _;
    let request = rcgen::CertificateSigningRequestParams::from_pem(csr_pem).unwrap();
    format!("{:?}", request.public_key.der_bytes())
}

/// Nobody the token does not name gets to see one byte of a request.
async fn is_refused(authority: Authority, identity: Identity, token: &str, case: &str) {
    let estate = Estate::with(TestServer::start_with(authority, identity));
    let refused = estate.ask_with(token).await;
    assert!(matches!(refused, Err(EnrolError::Client(ClientError::Connect(..)))), "{case}: {refused:?}");
    assert_eq!(estate.server.held().requests.len(), 0, "{case}");
}

#[tokio::test]
async fn a_server_of_another_authority_gets_no_byte_of_the_token() {
    let (right, wrong) = (Authority::new(), Authority::new());
    let token = right.token();
    let identity = wrong.server("127.0.0.1");
    is_refused(wrong, identity, &token, "another authority").await;
}

#[tokio::test]
async fn showing_the_pinned_authority_does_not_help_a_server_it_did_not_sign() {
    let (right, wrong) = (Authority::new(), Authority::new());
    let token = right.token();
    let (mut chain, key) = wrong.server("127.0.0.1");
    chain.push(right.der());
    is_refused(wrong, (chain, key), &token, "borrowed authority").await;
}

#[tokio::test]
async fn a_server_that_does_not_show_its_authority_is_refused() {
    let authority = Authority::new();
    let token = authority.token();
    let (mut chain, key) = authority.server("127.0.0.1");
    chain.truncate(1);
    is_refused(authority, (chain, key), &token, "no chain").await;
}

#[tokio::test]
async fn a_certificate_for_another_name_address_time_or_purpose_is_refused() {
    for name in ["127.0.0.2", "localhost"] {
        let authority = Authority::new();
        let (token, identity) = (authority.token(), authority.server(name));
        is_refused(authority, identity, &token, name).await;
    }
    let authority = Authority::new();
    let token = authority.token();
    let identity = authority.server_with("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1));
    is_refused(authority, identity, &token, "expired").await;

    let authority = Authority::new();
    let token = authority.token();
    let clients_only = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let identity = authority.server_with("127.0.0.1", |params| params.extended_key_usages = clients_only);
    is_refused(authority, identity, &token, "a client's certificate").await;
}

#[tokio::test]
async fn an_enrolled_agent_trusts_its_authority_and_no_other() {
    let (estate, mut agent) = Estate::enrolled().await;
    let wrong = Authority::new();
    let identity = wrong.server("127.0.0.1");
    let impostor = TestServer::start_with(wrong, identity);
    agent.reconfigure(Config { server: Some(impostor.url().parse().unwrap()), ..estate.config() }).unwrap();
    agent.observe().await;
    assert!(matches!(agent.deliver().await, Delivery::Failed { .. }));
    assert_eq!(impostor.held().requests.len(), 0);
    assert_eq!(impostor.held().connections, 1);
    agent.reconfigure(estate.config()).unwrap();
    assert_eq!(agent.deliver().await, Delivery::Done);
}

#[tokio::test]
async fn a_certificate_is_renewed_in_time_with_another_key() {
    let estate = Estate::new();
    estate.server.held().renew_at_s = 1;
    estate.ask().await.unwrap();
    let before = fs::read_to_string(estate.state_file("credentials.json")).unwrap();
    let mut agent = estate.agent();
    estate.write("etc/hostname", "h\n");
    estate.write("proc/sys/kernel/hostname", "h\n");
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().renewals, 1);
    assert_ne!(fs::read_to_string(estate.state_file("credentials.json")).unwrap(), before);
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().renewals, 1);
}

#[tokio::test]
async fn a_renewal_that_fails_is_tried_again_after_an_hour_and_costs_no_report() {
    let estate = Estate::new();
    estate.server.held().renew_at_s = 1;
    estate.ask().await.unwrap();
    let mut agent = estate.agent();
    estate.write("proc/sys/kernel/hostname", "h\n");
    agent.observe().await;
    estate.server.next(Turn::Honest);
    estate.server.next(Turn::Raw(problem(503, "unavailable", None)));
    assert_eq!(agent.deliver().await, Delivery::Done);
    estate.clock.advance(Duration::from_secs(3599));
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().renewals, 0);
    estate.clock.advance(Duration::from_secs(1));
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().renewals, 1);
}

/// An enrolled agent of a host with a name, whose certificate ends then.
async fn ending_at(not_after_s: i64) -> (Estate, Agent) {
    let estate = Estate::new();
    estate.write("proc/sys/kernel/hostname", "h\n");
    estate.server.held().not_after_s = not_after_s;
    estate.ask().await.unwrap();
    let mut agent = estate.agent();
    agent.observe().await;
    (estate, agent)
}

fn paths_asked(estate: &Estate) -> Vec<String> {
    let requests = estate.server.held().requests.clone();
    requests.iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_agent_whose_certificate_has_ended_gets_the_next_one_first_and_then_reports() {
    let (estate, mut agent) = ending_at(SystemClock.now().wall_s() - 3_600).await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(paths_asked(&estate), ["/agent/v1/enrol", "/agent/v1/renew", "/agent/v1/reports"]);
    assert_eq!(estate.server.held().applied.len(), 2);
}

#[tokio::test]
async fn an_agent_that_is_told_that_its_certificate_has_ended_believes_it_whatever_its_clock_says() {
    let (estate, mut agent) = ending_at(4_000_000_000).await;
    estate.server.next(Turn::Raw(problem(401, "certificate_required", None)));
    assert!(matches!(agent.deliver().await, Delivery::Failed { .. }));
    assert_eq!(agent.deliver().await, Delivery::Done);
    let held = estate.server.held();
    assert_eq!((held.renewals, held.applied.len()), (1, 2));
}

#[tokio::test]
async fn an_agent_that_was_away_for_too_long_waits_for_a_person_and_loses_nothing() {
    let (estate, mut agent) = ending_at(SystemClock.now().wall_s() - 3_600).await;
    let credentials = fs::read(estate.state_file("credentials.json")).unwrap();
    estate.server.held().pending_renewals = 2;
    for _ in 0..2 {
        let Delivery::Failed { wait_ms } = agent.deliver().await else { panic!("not waiting") };
        assert!(wait_ms >= 30_000, "{wait_ms}");
        assert_eq!(fs::read(estate.state_file("credentials.json")).unwrap(), credentials);
        assert_eq!(agent.outlook().unwrap().pending, 2);
    }
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().applied.len(), 2);
}

#[tokio::test]
async fn a_clock_that_is_a_month_ahead_has_the_certificate_renewed_once_and_costs_no_report() {
    let (estate, mut agent) = ending_at(SystemClock.now().wall_s() + 86_400).await;
    estate.clock.skew(30 * 86_400_000);
    for _ in 0..3 {
        estate.clock.advance(Duration::from_hours(2));
        assert_eq!(agent.deliver().await, Delivery::Done);
    }
    let held = estate.server.held();
    assert_eq!((held.renewals, held.applied.len()), (1, 2), "once the server has said what time it is, that counts");
}
