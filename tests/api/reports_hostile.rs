//! What hostile, broken and strange agents send, and that nobody else notices.

use std::io::Write as _;

use serde_json::{Value, json};
use terrier_server::ingest::inbox;
use terrier_server::store::StoreError;
use terrier_shared::latest::paths;

use super::reports::waiting;
use crate::harness::agent::{TestAgent, batch, gzip, message, outcomes, post, report};
use crate::harness::database::Backend;
use crate::harness::http::{Connection, request};
use crate::harness::server::{TestServer, copy_private};

fn zstd(bytes: &[u8], window_log: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(window_log).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_no_certificate_is_refused_at_the_head() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    for path in [paths::REPORTS, paths::RENEW] {
        let mut connection = Connection::open(server.agents, &server.tls()).await.unwrap();
        // Not one byte of the body was sent, and none is waited for.
        let headers = [("Content-Length", "1000000"), (paths::PROTOCOL_HEADER, "1")];
        connection.send(&request("POST", path, &headers, b"")).await.unwrap();
        let answer = connection.receive().await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (401, "certificate_required"), "{path}");
        assert!(connection.is_closed().await, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_refused_and_the_next_request_is_served() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let zeroes = vec![b'0'; 200 << 20];
    let nested = gzip(&gzip(&zeroes[..1 << 20]));
    let brotli: &[(&str, &str)] = &[("Content-Encoding", "br")];
    for (body, headers, status) in [
        (gzip(&zeroes), &[][..], 413),
        (zstd(&zeroes, 20), &[("Content-Encoding", "zstd")], 413),
        (zstd(&zeroes, 27), &[("Content-Encoding", "zstd")], 413),
        (nested.clone(), &[], 400),
        (nested, &[("Content-Encoding", "gzip, gzip")], 415),
        (b"{}".to_vec(), brotli, 415),
        (b"{}".to_vec(), &[("Content-Type", "text/html")], 415),
        (b"no gzip".to_vec(), &[], 400),
        (vec![b'x'; (1 << 20) + 1], &[], 413),
    ] {
        assert_eq!(agent.send_body(&body, headers).await.status, status, "{headers:?}");
    }
    let chunked = [
        request(
            "POST",
            paths::REPORTS,
            &[("Transfer-Encoding", "chunked"), ("Content-Type", "application/json"), (paths::PROTOCOL_HEADER, "1")],
            b"",
        ),
        format!("{:x}\r\n", 2 << 20).into_bytes(),
        vec![b'x'; 2 << 20],
    ];
    let mut connection = agent.connect().await;
    let _cut_off = connection.send(&chunked.concat()).await;
    assert_eq!(connection.receive().await.map(|answer| answer.status), Some(413));
    let good = batch(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).to_string();
    let sent = agent.send_body(&zstd(good.as_bytes(), 20), &[("Content-Encoding", "zstd")]).await;
    assert_eq!(outcomes(&sent), ["stored"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_cut_off_while_others_are_served() {
    let mut server = TestServer::start_with(Backend::Sqlite, |config| config.ingest.slow_body_ms = 200).await;
    let (slow, honest) = (TestAgent::enrol(&server, "slow").await, TestAgent::enrol(&server, "honest").await);
    let body = gzip(batch(&[]).to_string().as_bytes());
    let whole = message(paths::REPORTS, &body, &[]);
    let mut connection = slow.connect().await;
    connection.send(&whole[..whole.len() - 1]).await.unwrap();
    assert_eq!(honest.send(&[]).await.status, 200);
    // One turn at a time: the slow one holds the turn of this agent and of no other.
    assert_eq!(slow.send(&[]).await.code(), "too_many_requests");
    let answer = connection.receive().await.unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (408, "request_timeout"));
    assert!(connection.is_closed().await);
    assert_eq!(slow.send(&[]).await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_lies_about_its_length_is_refused_and_nothing_behind_it_is_served() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let body = gzip(batch(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).to_string().as_bytes());
    let smuggled = message(paths::REPORTS, &body, &[]);
    let head = |extra: &str| {
        format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{extra}\r\n\r\n",
            paths::REPORTS
        )
    };
    for extra in [
        "Content-Length: 10\r\nTransfer-Encoding: chunked\r\nTerrier-Protocol: 1",
        "Content-Length: 10\r\nContent-Length: 11\r\nTerrier-Protocol: 1",
        "Content-Length: -1\r\nTerrier-Protocol: 1",
        "Content-Length: 99999999999999999999\r\nTerrier-Protocol: 1",
        "X-Folded: a\r\n b\r\nContent-Length: 10\r\nTerrier-Protocol: 1",
    ] {
        let mut connection = agent.connect().await;
        let _cut_off = connection.send(&[head(extra).into_bytes(), smuggled.clone()].concat()).await;
        let mut statuses = Vec::new();
        // `receive` gives nothing once the connection is closed.
        while let Some(answer) = connection.receive().await {
            statuses.push(answer.status);
        }
        assert!(matches!(statuses.as_slice(), [] | [400]), "{extra:?}: {statuses:?}");
    }
    let short = "Content-Length: 10\r\nTerrier-Protocol: 1";
    let mebibyte = [smuggled.clone(), vec![b'x'; 1 << 20], smuggled.clone()].concat();
    let aligned = [b"0123456789".to_vec(), smuggled.clone()].concat();
    for behind in [smuggled, mebibyte, aligned] {
        let mut connection = agent.connect().await;
        let _cut_off = connection.send(&[head(short).into_bytes(), behind].concat()).await;
        let mut statuses = Vec::new();
        // `receive` gives nothing once the connection is closed. One that is closed on bytes that nobody reads may take
        // the answer with it.
        while let Some(answer) = connection.receive().await {
            statuses.push(answer.status);
        }
        assert!(statuses.iter().all(|status| *status == 400) && statuses.len() <= 2, "{statuses:?}");
    }
    assert!(waiting(&server).await.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_chunk_is_refused_and_its_connection_closed() {
    let mut server = TestServer::start_with(Backend::Sqlite, |config| config.ingest.slow_body_ms = 200).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let headers =
        [("Transfer-Encoding", "chunked"), ("Content-Type", "application/json"), (paths::PROTOCOL_HEADER, "1")];
    let body = gzip(batch(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).to_string().as_bytes());
    let behind = message(paths::REPORTS, &body, &[]);
    // The first has a size that no number holds; the second one that no body has, and is refused when its time is up.
    for size in ["10000000000000000", "FFFFFFFFFFFFFFFF"] {
        let mut connection = agent.connect().await;
        let chunk = format!("{size}\r\nxxxx\r\n0\r\n\r\n");
        let head = request("POST", paths::REPORTS, &headers, chunk.as_bytes());
        let _cut_off = connection.send(&[head, behind.clone()].concat()).await;
        let answer = connection.receive().await.map(|answer| answer.status);
        assert!(matches!(answer, None | Some(400 | 408)), "{size}: {answer:?}");
        assert!(connection.is_closed().await, "{size}");
    }
    assert!(waiting(&server).await.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_would_cost_too_much_is_refused_by_name() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let sent = async |text: String| agent.send_body(&gzip(text.as_bytes()), &[]).await;
    for text in ["[".repeat(100_000), format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129)), "[{}]".to_owned()] {
        assert_eq!(sent(text).await.code(), "malformed_request");
    }
    let with_body = |body: &str| {
        let hash = terrier_shared::latest::hash::Hash::of(body.as_bytes());
        let mut report = report(1, "full", Some("os"), &Value::Null);
        report["hash"] = hash.to_string().into();
        batch(&[report]).to_string().replace("\"body\":null", &format!("\"body\":{body}"))
    };
    let keys = (0..100_000).map(|key| format!("\"{key}\":1")).collect::<Vec<_>>().join(",");
    for (seq, (body, why)) in [
        (format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)), "nested deeper than 16"),
        (format!("{{{keys}}}"), "more than 20000 items"),
        (format!("{{\"{}\":1}}", "k".repeat(1 << 20)), "a field's name of 1048576 bytes"),
        (format!("{{\"packages\":[{}]}}", vec!["{}"; 1 << 20].join(",")), "packages: more than 20000 items"),
        (format!("{{\"id\":\"{}\"}}", "x".repeat(9_000)), "id: text of 9000 bytes"),
    ]
    .into_iter()
    .enumerate()
    {
        let text = with_body(&body).replace("\"seq\":1", &format!("\"seq\":{}", seq + 1));
        let answer = sent(text).await;
        assert_eq!(outcomes(&answer), ["rejected"]);
        assert!(answer.json()["results"][0]["why"].as_str().unwrap().contains(why), "{:?}", answer.json());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_type_is_never_turned_into_text_and_the_rest_is_kept() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let bodies = [
            ("os", json!({"id": {"a": 1}}), Some("os.id")),
            ("os", json!({"id": ["a"]}), Some("os.id")),
            ("os", json!({"id": null}), Some("os.id")),
            ("os", json!({"id": 7}), Some("os.id")),
            ("memory", json!({"total_bytes": -1}), Some("memory.total_bytes")),
            ("memory", json!({"total_bytes": 1e30}), Some("memory.total_bytes")),
            (
                "software",
                json!({"packages": [{"ecosystem": "deb", "name": {"x": 1}, "version": "1"}]}),
                Some("software.packages[0].name"),
            ),
            ("os", json!({"id": "debian"}), None),
        ];
        let reports: Vec<_> =
            bodies.iter().zip(1..).map(|((section, body, _), seq)| report(seq, "full", Some(section), body)).collect();
        let answer = agent.send(&reports).await;
        let results = answer.json()["results"].clone();
        for ((_, _, field), result) in bodies.iter().zip(results.as_array().unwrap()) {
            let why = result["why"].as_str().unwrap_or_default();
            match field {
                Some(field) => assert!(why.starts_with(field) && result["outcome"] == "rejected", "{result}"),
                None => assert_eq!(result["outcome"], "stored", "{backend:?}"),
            }
        }
        assert_eq!(waiting(&server).await, ["1/8 os"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_or_a_field_given_twice_makes_no_batch() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let text = batch(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).to_string();
    for broken in [text.replace("\"seq\":1", "\"seq\":1,\"seq\":2"), text.replace("\"seq\":1", "\"seq\":\"1\"")] {
        let answer = agent.send_body(&gzip(broken.as_bytes()), &[]).await;
        assert_eq!(answer.code(), "malformed_request");
        assert!(answer.json()["detail"].as_str().unwrap().starts_with("reports[0]"), "{:?}", answer.json());
    }
    assert!(waiting(&server).await.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_and_hostile_text_are_taken_alike_by_both_databases() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web\0-1\u{202e}'); DROP TABLE fleet_agent;--").await;
        let name = "a\0b\u{1b}[2J\"><img src=x onerror=alert(1)>";
        let packages = json!({"packages": [{"ecosystem": "deb", "name": name, "version": "\0"}]});
        let path = json!({"processes": [{"pid": 1, "executable": {"b64": "AP/+"}, "name": "\0"}]});
        let reports = [report(1, "full", Some("software"), &packages), report(2, "full", Some("processes"), &path)];
        assert_eq!(outcomes(&agent.send(&reports).await), ["stored"; 2], "{backend:?}");
        let bad = json!({"id": {"\0": "\0"}});
        assert_eq!(outcomes(&agent.send(&[report(3, "full", Some("os"), &bad)]).await), ["rejected"], "{backend:?}");
        let unknown = report(4, "full", Some("a\0b"), &json!({"x": 1}));
        assert_eq!(outcomes(&agent.send(&[unknown]).await), ["stored"], "{backend:?}");
        let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], 10)).await.unwrap();
        assert!(received[0].reports.iter().all(|report| report.sanitised), "{backend:?}");
        assert_eq!(received[0].hostname, "web\u{2400}-1\u{202e}'); DROP TABLE fleet_agent;--", "{backend:?}");
        let text = format!("{:?}", received[0].reports[0].content);
        assert!(!text.contains("\\0") && text.contains('\u{2400}'), "{backend:?}: {text}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lone_surrogates_and_broken_utf8_are_refused_without_harm() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let text = batch(&[report(1, "full", Some("os"), &json!({"id": "XX"}))]).to_string();
    let (before, after) = text.split_once("XX").unwrap();
    for bytes in [&b"\xff\xfe"[..], b"\xc0\x80", b"\xed\xa0\x80"] {
        let broken = [before.as_bytes(), bytes, after.as_bytes()].concat();
        assert_eq!(agent.send_body(&gzip(&broken), &[]).await.code(), "malformed_request");
    }
    let lone = text.replace("XX", "\\ud800");
    let answer = agent.send_body(&gzip(lone.as_bytes()), &[]).await;
    assert!(answer.status == 400 || outcomes(&answer) == ["rejected"], "{:?}", answer.json());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_is_what_the_certificate_says_and_no_header() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let (one, other) = (TestAgent::enrol(&server, "one").await, TestAgent::enrol(&server, "other").await);
    let mut batch = batch(&[report(1, "full", Some("os"), &json!({"id": "debian", "agent_id": other.id}))]);
    batch["agent_id"] = other.id.clone().into();
    batch["organisation_id"] = "00000000-0000-0000-0000-000000000000".into();
    let body = gzip(batch.to_string().as_bytes());
    for name in ["X-Forwarded-Client-Cert", "X-SSL-Client-Cert"] {
        let refused = one.send_body(&body, &[(name, &other.id)]).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"), "{name}");
    }
    assert_eq!(outcomes(&one.send_body(&body, &[]).await), ["stored"]);
    let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], 10)).await.unwrap();
    assert_eq!(received.iter().map(|received| received.agent.to_string()).collect::<Vec<_>>(), [one.id]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_what_was_sent_is_not_taken() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let body = gzip(batch(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).to_string().as_bytes());
    let other = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
    // It may well arrive whole the next time, so this is no refusal for good.
    assert_eq!(agent.send_body(&body, &[(paths::DIGEST_HEADER, other)]).await.status, 503);
    for missing in ["", "md5=:AAAA:"] {
        assert_eq!(agent.send_body(&body, &[(paths::DIGEST_HEADER, missing)]).await.status, 400);
    }
    for version in ["", "2"] {
        assert_eq!(agent.send_body(&body, &[(paths::PROTOCOL_HEADER, version)]).await.status, 400);
    }
    assert!(waiting(&server).await.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_reports_than_a_batch_holds_are_refused_whole() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let reports: Vec<_> = (1..=33).map(|seq| report(seq, "full", Some("os"), &json!({"id": "debian"}))).collect();
    let answer = agent.send(&reports).await;
    assert_eq!(answer.json()["detail"], "reports: 33, at most 32 are read");
    assert_eq!(outcomes(&agent.send(&reports[..32]).await), ["stored"; 32]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_agent_that_the_server_does_not_know_is_told_apart() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let mut other = TestServer::start_with(Backend::Sqlite, |config| {
        // The same authority over another database: what restoring an old backup amounts to.
        copy_private(&server.data_dir().join("pki"), &config.data_dir.join("pki"));
    })
    .await;
    let answer = post(other.agents, &agent.tls, paths::REPORTS, &gzip(b"{}"), &[]).await;
    assert!(matches!(answer.code().as_str(), "identity_unknown" | "certificate_required"), "{:?}", answer.json());
    assert_eq!(answer.status, 401);
    server.stop().await;
    other.stop().await;
}
