//! Reports of honest agents: stored once, in order, and acknowledged when they are.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::fleet::cli;
use terrier_server::ingest::{Content, inbox};
use terrier_server::store::schema::{ingest_dead_letter, ingest_inbox};
use terrier_server::store::{Conn, StoreError};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::paths;
use terrier_shared::latest::section::{Section, SectionKind};

use crate::harness::agent::{TestAgent, batch, gzip, hash, message, outcomes, report, report_of};
use crate::harness::database::Backend;
use crate::harness::server::TestServer;

/// What waits to be reconciled, as `epoch/seq what`, in order.
pub(crate) async fn waiting(server: &TestServer) -> Vec<String> {
    let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], 1_000)).await.unwrap();
    let reports = received.into_iter().flat_map(|received| received.reports);
    let line = |report: terrier_server::ingest::ReceivedReport| {
        let what = match &report.content {
            Content::Section { section, .. } => section.kind().name().to_owned(),
            Content::Fault { section, .. } => format!("fault of {section}"),
            Content::Metrics { .. } => "metrics".to_owned(),
        };
        format!("{}/{} {what}", report.epoch.0, report.seq)
    };
    reports.map(line).collect()
}

fn os(id: &str) -> Value {
    json!({"id": id})
}

fn full(seq: u64, id: &str) -> Value {
    report(seq, "full", Some("os"), &os(id))
}

/// What stands for an inventory of one section with this content.
fn root(section: &str, body: &Value) -> String {
    Hash::root([(section, hash(body).parse().unwrap())]).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_report_is_stored_and_handed_on_with_the_time_at_which_it_was_true() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let metrics = json!({"window_start_ms": 1_799_999_700_000_i64, "window_s": 300, "samples": [
            {"metric": "cpu_busy_ratio", "count": 5, "min": 0.0, "mean": 0.25, "max": 1.0, "p95": 0.75}]});
        let fault = json!({"cause": "permission_denied", "detail": "/dev/mem"});
        let reports =
            [full(1, "debian"), report(2, "fault", Some("services"), &fault), report(3, "metrics", None, &metrics)];
        assert_eq!(outcomes(&agent.send(&reports).await), ["stored"; 3], "{backend:?}");
        let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], 10)).await.unwrap();
        let [received] = received.as_slice() else { panic!("{received:?}") };
        assert_eq!((received.agent.to_string(), received.hostname.as_str()), (agent.id.clone(), "web-1"));
        assert_eq!(received.received_at, server.clock.now(), "{backend:?}");
        let ago = received.received_at.duration_since(received.reports[0].observed_at);
        assert_eq!(ago.as_millis(), 3_600_000 - 3_501_001, "{backend:?}");
        let Content::Section { section, .. } = &received.reports[0].content else { panic!("{received:?}") };
        assert!(matches!(&**section, Section::Os(os) if os.id == "debian"), "{backend:?}");
        assert_eq!(waiting(&server).await, ["1/1 os", "1/2 fault of services", "1/3 metrics"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_repeated_or_reordered_is_stored_once() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let numbers = [5, 1, 3, 2, 4, 3, 1];
        let memory =
            |seq: u64| report(seq, "metrics", None, &json!({"window_start_ms": seq, "window_s": 300, "samples": []}));
        let mut told = Vec::new();
        for chunk in numbers.chunks(3) {
            let reports: Vec<_> = chunk.iter().map(|seq| memory(*seq)).collect();
            told.extend(outcomes(&agent.send(&reports).await));
            assert_eq!(outcomes(&agent.send(&reports).await), vec!["duplicate"; reports.len()], "{backend:?}");
        }
        assert_eq!(told, ["stored", "stored", "stored", "stored", "stored", "duplicate", "duplicate"], "{backend:?}");
        server.restart().await;
        let agent = TestAgent::with(&server, agent.key, agent.issued);
        assert_eq!(outcomes(&agent.send(&[memory(4), memory(6)]).await), ["duplicate", "stored"], "{backend:?}");
        assert_eq!(waiting(&server).await.len(), 6, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_number_with_another_body_is_set_aside_and_kept() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        assert_eq!(outcomes(&agent.send(&[full(1, "debian")]).await), ["stored"], "{backend:?}");
        assert_eq!(outcomes(&agent.send(&[full(1, "fedora")]).await), ["quarantined"], "{backend:?}");
        assert_eq!(dead_letters(&server).await, [("quarantined".to_owned(), 1)], "{backend:?}");
        assert_eq!(waiting(&server).await, ["1/1 os"], "{backend:?}");
        server.stop().await;
    }
}

async fn dead_letters(server: &TestServer) -> Vec<(String, i64)> {
    use ingest_dead_letter as d;
    let letters =
        server.store().read::<_, StoreError>(|conn| Ok(d::table.order(d::id).select((d::state, d::seq)).load(conn)?));
    letters.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_never_follows_a_newer_one() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let of = |epoch, seq, id| report_of(epoch, seq, "full", Some("os"), &os(id));
        // The newest first, then what waited from before: of the same run and of the one before that.
        for reports in [[of(2, 7, "newest")], [of(2, 3, "older")], [of(1, 900, "oldest")]] {
            assert_eq!(outcomes(&agent.send(&reports).await), ["stored"], "{backend:?}");
        }
        assert_eq!(waiting(&server).await, ["2/7 os"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_to_what_the_server_does_not_hold_heals_by_asking_for_all_of_it() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let mut change = report(1, "delta", Some("os"), &os("debian"));
        change["base"] = hash(&os("something else")).into();
        let answer = agent.send(&[change]).await;
        assert_eq!((outcomes(&answer), &answer.json()["want_full"]), (vec!["stored".to_owned()], &json!(["os"])));
        assert!(waiting(&server).await.is_empty(), "{backend:?}");
        agent.send(&[full(2, "debian")]).await;
        let mut next = report(3, "delta", Some("os"), &os("fedora"));
        next["base"] = hash(&os("debian")).into();
        let answer = agent.send(&[next]).await.json();
        assert_eq!(answer.get("want_full"), None, "{backend:?}");
        assert_eq!(waiting(&server).await, ["1/2 os", "1/3 os"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_root_differs_is_asked_for_everything_once_per_interval() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        agent.send(&[full(1, "debian")]).await;
        let mut heartbeat = batch(&[]);
        heartbeat["inventory_root"] = root("os", &os("debian")).into();
        let wanted = async |heartbeat: &Value| {
            let answer = agent.send_batch(heartbeat).await.json();
            answer["want_full"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(wanted(&heartbeat).await, 0, "{backend:?}");
        heartbeat["inventory_root"] = root("os", &os("fedora")).into();
        let all = SectionKind::ALL.len();
        assert_eq!((wanted(&heartbeat).await, wanted(&heartbeat).await), (all, 0), "{backend:?}");
        server.clock.advance(Duration::from_mins(5));
        assert_eq!(wanted(&heartbeat).await, all, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_version_sends_is_acknowledged_dropped_and_does_not_make_the_roots_differ() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let hologram = json!({"depth": 3});
    let mut sent = batch(&[
        report(1, "full", Some("hologram"), &hologram),
        report(2, "dream", Some("os"), &json!({"of": "sheep"})),
    ]);
    sent["inventory_root"] = root("hologram", &hologram).into();
    sent["new_field"] = json!([1, 2]);
    let answer = agent.send_batch(&sent).await;
    assert_eq!(outcomes(&answer), ["stored"; 2]);
    assert_eq!(answer.json().get("want_full"), None);
    assert!(waiting(&server).await.is_empty());
    server.stop().await;
}

/// Holds whatever a writer needs, until it is told to let go.
fn hold_writers(server: &TestServer, until: tokio::sync::oneshot::Receiver<()>) -> tokio::task::JoinHandle<()> {
    let store = server.store().clone();
    let (held, holds) = std::sync::mpsc::channel();
    let holding = tokio::task::spawn_blocking(move || {
        store
            .write_blocking::<_, StoreError>(|conn| {
                if let Conn::Postgres(conn) = conn {
                    diesel::sql_query("LOCK TABLE fleet_agent IN ACCESS EXCLUSIVE MODE").execute(conn)?;
                }
                held.send(()).unwrap();
                let _let_go = until.blocking_recv();
                Ok(())
            })
            .unwrap();
    });
    holds.recv().unwrap();
    holding
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_agent_is_answered_without_the_database() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        agent.send(&[full(1, "debian")]).await;
        let mut heartbeat = batch(&[]);
        heartbeat["inventory_root"] = root("os", &os("debian")).into();
        let (let_go, until) = tokio::sync::oneshot::channel();
        let holding = hold_writers(&server, until);
        assert_eq!(agent.send_batch(&heartbeat).await.status, 200, "{backend:?}");
        let_go.send(()).unwrap();
        holding.await.unwrap();
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_are_sent_away_when_the_queue_is_full_and_those_in_it_are_answered_after_the_commit() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| {
            config.ingest.queue = 1;
            config.ingest.queue_wait_ms = 1;
        })
        .await;
        let mut agents = Vec::new();
        for number in 0..12 {
            agents.push(TestAgent::enrol(&server, &format!("web-{number}")).await);
        }
        let (let_go, until) = tokio::sync::oneshot::channel();
        let holding = hold_writers(&server, until);
        let mut sending = tokio::task::JoinSet::new();
        for agent in agents {
            sending.spawn(async move { agent.send(&[full(1, "debian")]).await });
        }
        // Some wait for the writer and one in the queue; the first to be answered were sent away.
        let first = sending.join_next().await.unwrap().unwrap();
        assert_eq!((first.status, first.code().as_str()), (503, "unavailable"), "{backend:?}");
        let seconds: u32 = first.header("retry-after").unwrap().parse().unwrap();
        assert!((5..3_600).contains(&seconds), "{backend:?}: {seconds}");
        let_go.send(()).unwrap();
        holding.await.unwrap();
        let answers = sending.join_all().await;
        let stored = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(stored >= 1 && answers.iter().all(|answer| matches!(answer.status, 200 | 503)), "{backend:?}");
        assert_eq!(waiting(&server).await.len(), stored, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_agent_is_refused_on_its_open_connection_and_in_the_middle_of_an_upload() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let body = gzip(batch(&[full(1, "debian")]).to_string().as_bytes());
        let whole = message(paths::REPORTS, &gzip(batch(&[]).to_string().as_bytes()), &[]);
        let (mut open, mut uploading) = (agent.connect().await, agent.connect().await);
        open.send(&whole).await.unwrap();
        assert_eq!(open.receive().await.unwrap().status, 200, "{backend:?}");
        let upload = message(paths::REPORTS, &body, &[("Expect", "100-continue")]);
        let (begin, rest) = upload.split_at(upload.len() - 10);
        uploading.send(begin).await.unwrap();
        // The server says that it takes the body: so it has let the agent speak.
        assert_eq!(uploading.receive().await.unwrap().status, 100, "{backend:?}");

        let caller = server.caller("admin", terrier_server::kernel::permission::Role::Administrator).await;
        let revoked = caller.post(&format!("/agents/{}/revoke", agent.id), &json!({"reason": "lost"})).await;
        assert_eq!((revoked.status, &revoked.json()["state"]), (200, &json!("revoked")), "{backend:?}");
        uploading.send(rest).await.unwrap();
        let answer = uploading.receive().await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (403, "agent_revoked"), "{backend:?}");
        open.send(&whole).await.unwrap();
        let answer = open.receive().await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (403, "agent_revoked"), "{backend:?}");
        assert!(open.is_closed().await, "{backend:?}");
        let renewal = agent.renew(&rcgen::KeyPair::generate().unwrap()).await;
        assert_eq!(renewal.code(), "agent_revoked", "{backend:?}");
        assert!(waiting(&server).await.is_empty(), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_the_command_line_revoked_is_refused_by_the_running_server() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    let (store, clock, id) = (server.store().clone(), server.clock.clone(), agent.id.parse().unwrap());
    tokio::task::spawn_blocking(move || cli::revoke(&store, &clock, id, None).unwrap()).await.unwrap();
    // The memory of agents may be a few seconds old; the transaction is not.
    let answer = agent.send(&[full(1, "debian")]).await;
    assert_eq!(answer.code(), "agent_revoked");
    assert!(waiting(&server).await.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_reconciled_is_parked_and_those_behind_it_go_on() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        agent.send(&[full(1, "debian")]).await;
        agent.send(&[full(2, "fedora")]).await;
        let parked = server.store().write::<_, StoreError>(|conn| {
            diesel::update(ingest_inbox::table.filter(ingest_inbox::id.eq(1)))
                .set(ingest_inbox::payload.eq(vec![1_u8, 2, 3]))
                .execute(conn)?;
            let rest = inbox::next_batch(conn, &[], 10)?;
            inbox::park(conn, rest[0].inbox_id, "because")?;
            Ok((rest.len(), inbox::count(conn)?))
        });
        assert_eq!(parked.await.unwrap(), (1, 0), "{backend:?}");
        let letters = dead_letters(&server).await;
        assert_eq!(letters, [("poison".to_owned(), 0), ("poison".to_owned(), 2)], "{backend:?}");
        server.stop().await;
    }
}
