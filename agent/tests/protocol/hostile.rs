//! What an agent makes of a server, a proxy or a portal that is not what it should be.

use std::fs;

use terrier_agent::run::{Agent, Delivery};
use terrier_shared::latest::report::{Outcome, ReportKind};
use terrier_shared::latest::section::SectionKind;

use crate::estate::{Estate, window};
use crate::server::{Turn, answer, problem};

/// The shortest wait and the longest that no server asked for, in milliseconds.
const BOUNDS: std::ops::RangeInclusive<u64> = 7_500..=1_020_000;

async fn wait_after(agent: &mut Agent) -> u64 {
    match agent.deliver().await {
        Delivery::Failed { wait_ms } => wait_ms,
        Delivery::Done => panic!("it was taken for an answer"),
    }
}

fn json(body: &str) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", body.as_bytes())
}

#[tokio::test]
async fn one_refusal_of_the_identity_costs_neither_key_nor_spool() {
    for status in [401, 403] {
        let (estate, mut agent) = Estate::enrolled().await;
        agent.observe().await;
        let credentials = fs::read(estate.state_file("credentials.json")).unwrap();
        estate.server.next(Turn::Raw(problem(status, "unauthenticated", None)));
        assert!(BOUNDS.contains(&wait_after(&mut agent).await));
        assert_eq!(fs::read(estate.state_file("credentials.json")).unwrap(), credentials);
        assert_eq!(agent.outlook().unwrap().pending, 2);
        assert_eq!(agent.deliver().await, Delivery::Done);
        assert_eq!(estate.server.held().applied.len(), 2);
    }
}

#[tokio::test]
async fn what_is_no_answer_of_this_protocol_is_a_broken_network() {
    let oversize = format!("[{}]", "1,".repeat(200_000));
    let endless = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let empty_results = r#"{"results":[],"incarnation":"x","next_s":300,"server_time_ms":0}"#;
    let foreign_results = r#"{"results":[{"epoch":"ffffffffffffffff","seq":1,"outcome":"stored"}],"incarnation":"x","next_s":300,"server_time_ms":0}"#;
    let cases = [
        ("redirect", answer("301 Moved", "location: http://127.0.0.1:1/\r\n", b"")),
        ("portal", answer("200 OK", "content-type: text/html\r\n", b"<html>sign in</html>")),
        ("nothing", answer("204 No Content", "", b"")),
        ("not found", answer("404 Not Found", "content-type: application/json\r\n", b"{}")),
        ("other json", json("{\"ok\":true}")),
        ("no json", json("<html>")),
        ("compressed", answer("200 OK", "content-type: application/json\r\ncontent-encoding: gzip\r\n", b"\x1f\x8b")),
        ("oversize", json(&oversize)),
        ("endless", endless),
        ("no http", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        ("a page as refusal", answer("400 Bad Request", "content-type: text/html\r\n", b"<html>")),
        ("no results", json(empty_results)),
        ("results for others", json(foreign_results)),
    ];
    for (case, bytes) in cases {
        let (estate, mut agent) = Estate::enrolled().await;
        agent.observe().await;
        estate.server.next(Turn::Raw(bytes));
        let wait_ms = wait_after(&mut agent).await;
        assert!(BOUNDS.contains(&wait_ms), "{case}: {wait_ms}");
        let outlook = agent.outlook().unwrap();
        assert_eq!((outlook.pending, outlook.dead, outlook.dropped), (2, 0, 0), "{case}");
        assert_eq!(agent.deliver().await, Delivery::Done, "{case}");
        assert_eq!(estate.server.held().applied.len(), 2, "{case}");
    }
}

#[tokio::test]
async fn an_answer_of_ten_gigabytes_is_not_read() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    estate.server.next(Turn::Flood);
    assert!(BOUNDS.contains(&wait_after(&mut agent).await));
    estate.server.wait_until(|held| held.flooded > 0);
    let taken = estate.server.held().flooded;
    assert!(taken < 32 << 20, "{taken} bytes, and most of those by the sockets");
    assert_eq!(agent.outlook().unwrap().pending, 2);
    assert_eq!(agent.deliver().await, Delivery::Done);
}

#[tokio::test]
async fn an_answer_can_set_the_interval_and_ask_for_sections_and_nothing_else() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    agent.deliver().await;
    let config = fs::read(estate.state_file("credentials.json")).unwrap();
    let greedy = r#"{"results":[],"incarnation":"first","next_s":0,"server_time_ms":-1,"run":"/bin/sh",
        "config":{"server":"https://elsewhere","sections":{"os":false}},"want_full":["os","everything","processes"]}"#;
    estate.server.next(Turn::Raw(json(greedy)));
    estate.server.held().next_s = 0;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(agent.interval_s(), 60);
    let batch = estate.server.last_batch();
    let told: Vec<_> = batch.reports.iter().map(|report| (report.kind, report.section)).collect();
    assert_eq!(told, [(ReportKind::Full, Some(SectionKind::Os))], "what is switched off here stays off");
    assert_eq!(fs::read(estate.state_file("credentials.json")).unwrap(), config);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    estate.server.next(Turn::Silence);
    assert!(BOUNDS.contains(&wait_after(&mut agent).await));
    assert_eq!(agent.deliver().await, Delivery::Done);
}

#[tokio::test]
async fn no_retry_after_hurries_an_agent_or_puts_it_to_sleep() {
    for asked in ["0", "-1", "1000000000", "99999999999999999999", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"] {
        let (estate, mut agent) = Estate::enrolled().await;
        agent.observe().await;
        estate.server.next(Turn::Raw(answer("503 Busy", &format!("retry-after: {asked}\r\n"), b"")));
        let wait_ms = wait_after(&mut agent).await;
        assert!(BOUNDS.contains(&wait_ms), "{asked}: {wait_ms}");
    }
}

#[tokio::test]
async fn an_agent_waits_as_long_as_a_busy_server_asks_and_up_to_a_fifth_longer() {
    for status in ["429 Slow", "503 Busy"] {
        let (estate, mut agent) = Estate::enrolled().await;
        agent.observe().await;
        estate.server.next(Turn::Raw(answer(status, "retry-after: 3000\r\n", b"")));
        let wait_ms = wait_after(&mut agent).await;
        assert!((3_000_000..=3_600_000).contains(&wait_ms), "{wait_ms}");
        assert_eq!(agent.outlook().unwrap().pending, 2);
    }
}

#[tokio::test]
async fn a_poison_report_is_found_and_takes_no_other_with_it() {
    let (estate, mut agent) = Estate::enrolled().await;
    for window_number in 0..6 {
        agent.record_metrics(&window(window_number * 300_000));
    }
    agent.observe().await;
    for _ in 0..4 {
        estate.server.next(Turn::Raw(problem(422, "malformed_report", None)));
    }
    assert_eq!(agent.deliver().await, Delivery::Done);
    let outlook = agent.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.dead), (0, 1), "8 reports: refused as 8, 4, 2 and 1");
    assert_eq!(estate.server.held().applied.len(), 7);
}

#[tokio::test]
async fn a_report_refused_for_good_is_not_sent_again_before_it_changes() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    estate.server.next(Turn::Reject(Outcome::Rejected));
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(agent.outlook().unwrap().dead, 2);
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert!(estate.server.last_batch().reports.is_empty());
    estate.write("etc/os-release", "ID=debian\nNAME=Debian\nVERSION_ID=13\n");
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    let batch = estate.server.last_batch();
    assert_eq!(batch.reports.iter().map(|report| report.kind).collect::<Vec<_>>(), [ReportKind::Full]);
}

#[tokio::test]
async fn a_known_epoch_is_left_and_what_was_not_answered_gets_new_names() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    estate.server.next(Turn::Raw(problem(409, "epoch_known", Some("new_epoch"))));
    assert_eq!(agent.deliver().await, Delivery::Done);
    let names: Vec<(u64, u64)> =
        estate.server.last_batch().reports.iter().map(|report| (report.epoch.0, report.seq)).collect();
    assert_eq!(names, [(2, 1), (2, 2)]);
    assert_eq!(agent.outlook().unwrap().pending, 0);
}

#[tokio::test]
async fn a_server_may_ask_for_everything() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    agent.deliver().await;
    estate.server.next(Turn::Raw(problem(409, "unknown_state", Some("send_full"))));
    assert_eq!(agent.deliver().await, Delivery::Done);
    let batch = estate.server.last_batch();
    assert!(batch.reports.len() == 2 && batch.reports.iter().all(|report| report.kind == ReportKind::Full));
}

#[tokio::test]
async fn an_identity_that_is_taken_is_not_given_up_by_the_agent_itself() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    for action in [Some("re_enrol_as_new"), Some("dance"), None] {
        estate.server.next(Turn::Raw(problem(409, "identity_conflict", action)));
        assert!(BOUNDS.contains(&wait_after(&mut agent).await));
    }
    assert!(estate.state_file("credentials.json").exists());
    assert_eq!(agent.outlook().unwrap().pending, 2);
    assert_eq!(agent.deliver().await, Delivery::Done);
}

#[tokio::test]
async fn a_server_that_never_has_enough_is_answered_a_few_times_and_then_at_the_next_turn() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.server.held().is_greedy = true;
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert!(estate.server.held().batches.len() <= 5, "{}", estate.server.held().batches.len());
}
