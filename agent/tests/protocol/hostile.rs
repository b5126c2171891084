//! What an agent makes of a server, a proxy or a portal that is not what it should be.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;

use flate2::Compression;
use flate2::write::GzEncoder;
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
async fn no_refusal_of_the_identity_costs_key_or_spool_neither_one_nor_many() {
    for (status, times) in [(401, 1), (403, 1), (401, 20), (403, 20)] {
        let (estate, mut agent) = Estate::enrolled().await;
        agent.observe().await;
        let credentials = fs::read(estate.state_file("credentials.json")).unwrap();
        for _ in 0..times {
            estate.server.next(Turn::Raw(problem(status, "unauthenticated", None)));
            assert!(BOUNDS.contains(&wait_after(&mut agent).await));
        }
        assert_eq!(estate.server.held().enrolments.len(), 1);
        assert_eq!(fs::read(estate.state_file("credentials.json")).unwrap(), credentials);
        assert_eq!(agent.outlook().unwrap().pending, 2);
        assert_eq!(agent.deliver().await, Delivery::Done);
        assert_eq!(estate.server.held().applied.len(), 2);
    }
}

/// Whoever answered so is taken for a broken network: the agent waits, and keeps and sends what it has.
async fn is_a_broken_network(bytes: Vec<u8>) {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    let credentials = fs::read(estate.state_file("credentials.json")).unwrap();
    let said = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    estate.server.next(Turn::Raw(bytes));
    let wait_ms = wait_after(&mut agent).await;
    assert!(BOUNDS.contains(&wait_ms), "{said}: {wait_ms}");
    let outlook = agent.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.dead, outlook.dropped), (2, 0, 0), "{said}");
    assert_eq!(agent.interval_s(), 300, "{said}");
    assert_eq!(agent.deliver().await, Delivery::Done, "{said}");
    let held = estate.server.held();
    assert_eq!((held.applied.len(), held.enrolments.len()), (2, 1), "{said}");
    assert_eq!(fs::read(estate.state_file("credentials.json")).unwrap(), credentials, "{said}");
}

#[tokio::test]
async fn a_redirect_is_followed_neither_to_plain_http_nor_anywhere_else() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        for scheme in ["http", "https"] {
            is_a_broken_network(answer(status, &format!("location: {scheme}://127.0.0.1:{port}/\r\n"), b"")).await;
        }
    }
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[tokio::test]
async fn the_page_of_a_captive_portal_is_no_answer_though_it_says_200() {
    is_a_broken_network(answer("200 OK", "content-type: text/html\r\n", b"<html>sign in</html>")).await;
    is_a_broken_network(answer("200 OK", "", b"<html>sign in</html>")).await;
    is_a_broken_network(json("<html>sign in</html>")).await;
}

#[tokio::test]
async fn an_answer_of_another_content_type_is_none_whatever_it_holds() {
    let good = br#"{"results":[],"incarnation":"x","next_s":60,"server_time_ms":0}"#;
    for content_type in
        ["text/plain", "text/json", "application/problem+json", "application/octet-stream", "application/jsonx"]
    {
        is_a_broken_network(answer("200 OK", &format!("content-type: {content_type}\r\n"), good)).await;
    }
    is_a_broken_network(answer("400 Bad Request", "content-type: text/html\r\n", b"<html>")).await;
    is_a_broken_network(answer("401 Unauthorized", "content-type: text/html\r\n", b"<html>")).await;
}

#[tokio::test]
async fn a_compressed_answer_is_not_decompressed_however_small_it_is() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 64 << 20]).unwrap();
    bomb.write_all(br#"{"results":[],"incarnation":"x","next_s":60,"server_time_ms":0}"#).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 256 << 10);
    for encoding in ["gzip", "gzip, gzip", "zstd", "br", "identity"] {
        let headers = format!("content-type: application/json\r\ncontent-encoding: {encoding}\r\n");
        is_a_broken_network(answer("200 OK", &headers, &bomb)).await;
    }
}

#[tokio::test]
async fn an_answer_of_more_than_256_kib_is_none() {
    let reply = |padding: usize| {
        format!(
            r#"{{"results":[],"incarnation":"x","next_s":60,"server_time_ms":0,"padding":"{}"}}"#,
            "x".repeat(padding)
        )
    };
    is_a_broken_network(json(&reply(256 << 10))).await;
    is_a_broken_network(answer(
        "400 Bad Request",
        "content-type: application/problem+json\r\n",
        &vec![b' '; 300 << 10],
    ))
    .await;
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    is_a_broken_network(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
    )
    .await;
    is_a_broken_network(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{".to_vec())
        .await;
    is_a_broken_network(b"HTTP/1.1 200 OK\r\ncontent-type: appl".to_vec()).await;
}

#[tokio::test]
async fn headers_without_end_or_sense_are_no_answer() {
    is_a_broken_network([b"HTTP/1.1 200 OK\r\n".as_slice(), &b"x: y\r\n".repeat(100_000)].concat()).await;
    is_a_broken_network([b"HTTP/1.1 200 OK\r\nx: ".as_slice(), &b"y".repeat(300 << 10)].concat()).await;
    is_a_broken_network(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await;
    is_a_broken_network(b"HTTP/1.1 999 Beyond\r\ncontent-length: -1\r\n\r\n".to_vec()).await;
}

#[tokio::test]
async fn a_status_that_this_protocol_does_not_have_is_no_answer() {
    for status in ["201 Created", "204 No Content", "206 Partial Content", "404 Not Found", "405 X", "418 X", "451 X"] {
        is_a_broken_network(answer(status, "content-type: application/json\r\n", b"{}")).await;
    }
}

#[tokio::test]
async fn json_that_is_not_the_document_is_no_answer() {
    for body in [
        "",
        "null",
        "[]",
        "{\"ok\":true}",
        "{",
        "\u{feff}{}",
        r#"{"results":{},"incarnation":"x","next_s":60,"server_time_ms":0}"#,
        r#"{"results":[],"incarnation":"x","next_s":-1,"server_time_ms":0}"#,
        r#"{"results":[],"incarnation":"x","next_s":1e99,"server_time_ms":0}"#,
        r#"{"results":[],"incarnation":7,"next_s":60,"server_time_ms":0}"#,
        r#"{"results":[],"incarnation":"x","next_s":60,"server_time_ms":0} and more"#,
    ] {
        is_a_broken_network(json(body)).await;
    }
    is_a_broken_network(json(&"[".repeat(200_000))).await;
}

#[tokio::test]
async fn results_for_other_reports_settle_none_of_those_that_were_sent() {
    for results in [
        "",
        r#"{"epoch":"ffffffffffffffff","seq":1,"outcome":"stored"}"#,
        r#"{"epoch":"0000000000000001","seq":0,"outcome":"stored"},{"epoch":"0000000000000001","seq":3,"outcome":"rejected"}"#,
        r#"{"epoch":"0000000000000001","seq":18446744073709551615,"outcome":"stored"}"#,
    ] {
        let body = format!(r#"{{"results":[{results}],"incarnation":"x","next_s":300,"server_time_ms":0}}"#);
        is_a_broken_network(json(&body)).await;
    }
}

#[tokio::test]
async fn of_fewer_results_than_reports_the_rest_is_sent_again_under_the_same_names() {
    let (estate, mut agent) = Estate::enrolled().await;
    for window_number in 0..4 {
        agent.record_metrics(&window(window_number * 300_000));
    }
    agent.observe().await;
    let half = r#"{"results":[{"epoch":"0000000000000001","seq":2,"outcome":"stored"},{"epoch":"0000000000000001","seq":5,"outcome":"hologram"},
        {"epoch":"0000000000000001","seq":5,"outcome":"rejected"}],"incarnation":"first","next_s":300,"server_time_ms":0}"#;
    estate.server.next(Turn::Raw(json(half)));
    assert_eq!(agent.deliver().await, Delivery::Done);
    let again: Vec<u64> = estate.server.held().batches[0].reports.iter().map(|report| report.seq).collect();
    assert_eq!(again, [1, 3, 4, 6], "once answered for is answered for");
    let outlook = agent.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.dead), (0, 0));
}

#[tokio::test]
async fn an_answer_with_keys_of_a_later_version_is_understood_and_the_keys_are_not() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    let later = r#"{"results":[{"epoch":"0000000000000001","seq":1,"outcome":"stored","weight":7},
        {"epoch":"0000000000000001","seq":2,"outcome":"stored"}],"incarnation":"first","next_s":4294967295,"server_time_ms":9223372036854775807,
        "retry_after":0,"re_enrol":true,"forget_spool":true,"config":{"state_dir":"/"},"exec":["/bin/sh"],"want_full":["hologram"]}"#;
    estate.server.next(Turn::Raw(json(later)));
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(agent.interval_s(), 86_400, "an interval beyond any is a day");
    assert_eq!(agent.outlook().unwrap().pending, 0);
    assert_eq!(estate.server.held().enrolments.len(), 1);
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
    for asked in [
        "0",
        "-1",
        "1000000000",
        "99999999999999999999",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 (a (nested) comment) GMT",
        "1.5",
        "0x10",
        "",
        "soon",
    ] {
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
