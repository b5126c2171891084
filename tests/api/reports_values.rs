//! Values and orders that no honest agent sends, and what becomes of the rest.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::ingest::{Content, inbox};
use terrier_server::store::StoreError;
use terrier_server::store::schema::{ingest_epoch, ingest_inbox, ingest_state, installation_setting};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::paths;
use terrier_shared::latest::section::SectionKind;

use super::reports::waiting;
use crate::harness::agent::{TestAgent, batch, gzip, hash, message, outcomes, report, report_of};
use crate::harness::database::Backend;
use crate::harness::server::TestServer;

/// A report whose body is this text, to the byte.
fn raw(seq: u64, kind: &str, section: Option<&str>, body: &str) -> String {
    let mut report = report(seq, kind, section, &Value::Null);
    report["hash"] = Hash::of(body.as_bytes()).to_string().into();
    report.to_string().replace("\"body\":null", &format!("\"body\":{body}"))
}

fn metrics(value: &str) -> String {
    format!(
        r#"{{"window_start_ms":0,"window_s":300,"samples":[{{"metric":"cpu_busy_ratio","count":5,"min":0,"mean":0,"max":{value},"p95":0}}]}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_its_field_does_not_hold_is_refused_by_name_and_the_rest_is_kept() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let memory = |number: &str| format!(r#"{{"total_bytes":{number}}}"#);
        let cases = [
            ("memory", memory("1e999"), Some("total_bytes")),
            ("memory", memory("1e400"), Some("total_bytes")),
            ("memory", memory("-1"), Some("total_bytes")),
            ("memory", memory("0.5"), Some("total_bytes")),
            ("memory", memory("18446744073709551616"), Some("total_bytes")),
            ("memory", memory("123456789012345678901234567890"), Some("total_bytes")),
            ("memory", memory("18446744073709551615"), None),
            ("memory", memory("9223372036854775808"), None),
            ("", metrics("1e6"), Some("samples[0].max")),
            ("", metrics("-1"), Some("samples[0].max")),
            ("", metrics("1e999"), Some("samples[0].max")),
            ("", metrics("-0"), None),
            ("os", r#"{"id":"debian"}"#.to_owned(), None),
        ];
        let reports = cases.iter().zip(1..).map(|((section, body, _), seq)| match *section {
            "" => raw(seq, "metrics", None, body),
            section => raw(seq, "full", Some(section), body),
        });
        let reports = reports.collect::<Vec<_>>().join(",");
        let text = batch(&[]).to_string().replace("\"reports\":[]", &format!("\"reports\":[{reports}]"));
        let answer = agent.send_body(&gzip(text.as_bytes()), &[]).await;
        assert_eq!(answer.status, 200, "{backend:?}: {:?}", answer.json());
        for ((_, body, field), result) in cases.iter().zip(answer.json()["results"].as_array().unwrap()) {
            let why = result["why"].as_str().unwrap_or_default();
            match field {
                Some(field) => assert!(result["outcome"] == "rejected" && why.contains(field), "{body}: {result}"),
                None => assert_eq!(result["outcome"], "stored", "{backend:?} {body}: {result}"),
            }
        }
        assert_eq!(waiting(&server).await, ["1/7 memory", "1/8 memory", "1/12 metrics", "1/13 os"], "{backend:?}");
        server.stop().await;
    }
}

fn os(id: &str) -> Value {
    json!({"id": id})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_report_that_is_older_than_a_change_does_not_undo_it() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let full = |seq, id| report(seq, "full", Some("os"), &os(id));
        let change = |seq, base, id| {
            let mut report = report(seq, "delta", Some("os"), &os(id));
            report["base"] = hash(&os(base)).into();
            report
        };
        agent.send(&[full(1, "a")]).await;
        // Sent in this order: the change, then what was observed before it, then a change of what is there no more.
        let answer = agent.send(&[change(5, "a", "b"), full(3, "a"), change(6, "a", "c")]).await;
        assert_eq!(outcomes(&answer), ["stored"; 3], "{backend:?}");
        assert_eq!(answer.json()["want_full"], json!(["os"]), "{backend:?}");
        assert_eq!(waiting(&server).await, ["1/1 os", "1/5 os"], "{backend:?}");
        assert_eq!(outcomes(&agent.send(&[full(7, "c")]).await), ["stored"], "{backend:?}");
        assert_eq!(waiting(&server).await.last().unwrap(), "1/7 os", "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_89_days_late_brings_back_no_state_and_its_utilisation_lands_in_its_own_time() {
    const LATE_MS: u64 = 89 * 24 * 3_600_000;
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        assert_eq!(outcomes(&agent.send(&[report_of(2, 1, "full", Some("os"), &os("new"))]).await), ["stored"]);
        // Of the same boot, whose clock tells exactly when that was.
        let window = json!({"window_start_ms": 1_800_000_000_000_i64 - 300_000, "window_s": 300, "samples": []});
        let mut late = [report_of(1, 1, "full", Some("os"), &os("old")), report_of(1, 2, "metrics", None, &window)];
        for report in &mut late {
            report["at_mono_ms"] = 0.into();
            report["at_wall_ms"] = 1_800_000_000_000_i64.into();
        }
        let mut sent = batch(&late);
        sent["sent_mono_ms"] = LATE_MS.into();
        assert_eq!(outcomes(&agent.send_batch(&sent).await), ["stored"; 2], "{backend:?}");
        let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], 10)).await.unwrap();
        let [_, late] = received.as_slice() else { panic!("{backend:?}: {received:?}") };
        let [only] = late.reports.as_slice() else { panic!("{backend:?}: {late:?}") };
        let Content::Metrics { window_start, .. } = &only.content else { panic!("{only:?}") };
        let ago = late.received_at.duration_since(*window_start).as_secs();
        let expected = i64::try_from(LATE_MS / 1_000).unwrap() + 300;
        assert!((ago - expected).abs() <= 300, "{backend:?}: {ago} s ago");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_answer_was_lost_is_stored_once_though_it_comes_again() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let reports: Vec<_> = (1..=3).map(|seq| report(seq, "full", Some("os"), &os(&format!("os-{seq}")))).collect();
        let body = gzip(batch(&reports).to_string().as_bytes());
        let mut connection = agent.connect().await;
        connection.send(&message(paths::REPORTS, &body, &[])).await.unwrap();
        while waiting(&server).await.is_empty() {
            tokio::task::yield_now().await;
        }
        drop(connection);
        let mut again = agent.send_body(&body, &[]).await;
        while again.status == 429 {
            // The first request may not have let go of the agent's turn yet.
            again = agent.send_body(&body, &[]).await;
        }
        assert_eq!(outcomes(&again), ["duplicate"; 3], "{backend:?}");
        assert_eq!(waiting(&server).await.len(), 3, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_restored_says_so_takes_what_comes_again_and_asks_for_what_it_lacks() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let sent = [report(1, "full", Some("os"), &os("debian"))];
        let before = agent.send(&sent).await.json()["incarnation"].clone();
        server.stop().await;
        // What an older backup does not have, and what restoring one changes.
        let restored = uuid::Uuid::from_u128(7).to_string();
        let changed = server.store().write::<_, StoreError>(move |conn| {
            diesel::delete(ingest_inbox::table).execute(conn)?;
            diesel::delete(ingest_epoch::table).execute(conn)?;
            diesel::delete(ingest_state::table).execute(conn)?;
            let incarnation = installation_setting::table.filter(installation_setting::name.eq("incarnation"));
            Ok(diesel::update(incarnation).set(installation_setting::value.eq(restored)).execute(conn)?)
        });
        assert_eq!(changed.await.unwrap(), 1, "{backend:?}");
        server.restart().await;
        let agent = TestAgent::with(&server, agent.key, agent.issued);
        let mut heartbeat = batch(&[]);
        heartbeat["inventory_root"] = Hash::root([("os", hash(&os("debian")).parse().unwrap())]).to_string().into();
        let answer = agent.send_batch(&heartbeat).await.json();
        assert_ne!(answer["incarnation"], before, "{backend:?}");
        assert_eq!(answer["want_full"].as_array().unwrap().len(), SectionKind::ALL.len(), "{backend:?}");
        assert_eq!(outcomes(&agent.send(&sent).await), ["stored"], "{backend:?}: it was acknowledged once before");
        assert_eq!(waiting(&server).await, ["1/1 os"], "{backend:?}");
        server.stop().await;
    }
}
