//! However often a report comes, in whatever order, damaged or whole, to whichever server: it has its effect once.
//!
//! Every report is sent one to five times, up to a hundred places early or late; one request in twenty is cut or has a
//! bit flipped on the way. A model says what has to be stored and what the register has to hold in the end.
//!
//! With `TERRIER_TORTURE=long` there are fifty times as many reports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use terrier_estate::draw::Draw;
use terrier_server::ingest::{Content, inbox};
use terrier_server::reconcile::Reconciler;
use terrier_server::store::schema::{capacity_sample, ingest_dead_letter, ingest_inbox};
use terrier_server::store::{Conn, StoreError};
use terrier_shared::latest::paths;

use crate::harness::agent::{TestAgent, batch, gzip, hash, message, report};
use crate::harness::database::Backend;
use crate::harness::http::{Connection, Response};
use crate::harness::server::TestServer;

const AGENTS: u32 = 10;
/// How far a report may come from its place.
const FAR: u32 = 100;
/// Of how many requests one is damaged on the way.
const DAMAGED: u32 = 20;
/// Of how many requests one goes to both servers at the same time, where there are two.
const DOUBLED: u32 = 8;

/// Reports of each agent.
fn reports() -> u64 {
    if std::env::var_os("TERRIER_TORTURE").is_some_and(|form| form == "long") { 10_000 } else { 200 }
}

/// What report `seq` says: utilisation, a section whole, or a section on top of the one before it.
fn said(seq: u64) -> Value {
    match seq % 4 {
        0 => report(seq, "full", Some("os"), &body("os", seq)),
        1 => {
            let mut delta = report(seq, "delta", Some("custom"), &body("custom", seq));
            delta["base"] = hash(&body("custom", seq.saturating_sub(2))).into();
            delta
        }
        2 => report(seq, "metrics", None, &body("metrics", seq)),
        _ => report(seq, "full", Some("custom"), &body("custom", seq)),
    }
}

fn body(what: &str, seq: u64) -> Value {
    let window = 1_799_999_700_000 - 300_000 * i64::try_from(seq).unwrap();
    match what {
        "os" => json!({"id": "debian", "version": seq.to_string()}),
        "custom" => json!({"facts": [{"namespace": "site", "name": "count", "value": seq}], "problems": []}),
        _ => json!({"window_start_ms": window, "window_s": 300, "samples": [
            {"metric": "load_1m", "count": 5, "min": 0.0, "mean": 1.0, "max": 2.0, "p95": 1.5}]}),
    }
}

/// What a server has to make of one agent's reports.
#[derive(Debug, Default)]
struct Model {
    decided: BTreeSet<u64>,
    /// By section: the number of the report that is held.
    held: BTreeMap<&'static str, u64>,
    /// What has to lie in the inbox.
    accepted: Vec<u64>,
}

impl Model {
    /// A report is taken in; whether it is new.
    fn takes(&mut self, seq: u64) -> bool {
        if !self.decided.insert(seq) {
            return false;
        }
        let (section, base) = match seq % 4 {
            0 => (Some("os"), None),
            1 => (Some("custom"), Some(seq.saturating_sub(2))),
            3 => (Some("custom"), None),
            _ => (None, None),
        };
        let is_news = section.is_none_or(|section| {
            let held = self.held.get(section).copied();
            held.is_none_or(|held| seq > held) && base.is_none_or(|base| held == Some(base))
        });
        if is_news {
            self.accepted.push(seq);
            self.held.extend(section.map(|section| (section, seq)));
        }
        true
    }
}

/// The requests of one agent: every report one to five times, each at most so far from its place.
fn requests(draw: Draw) -> Vec<Vec<u64>> {
    let mut places = Vec::new();
    for seq in 1..=reports() {
        let own = draw.of(seq);
        places.extend((0..=own.of(0).below(5)).map(|copy| {
            let place = seq + u64::from(own.of(1).of(u64::from(copy)).below(FAR));
            (place, own.of(2).of(u64::from(copy)).bits(), seq)
        }));
    }
    places.sort_unstable();
    let mut rest = places.into_iter().map(|(_, _, seq)| seq).peekable();
    let mut requests = Vec::new();
    while rest.peek().is_some() {
        let length = draw.of(3).of(u64::try_from(requests.len()).unwrap()).below(12) + 1;
        requests.push(rest.by_ref().take(usize::try_from(length).unwrap()).collect());
    }
    requests
}

/// An agent with its connections, and what has to have come of what it sent.
struct Sender<'a> {
    agent: &'a TestAgent,
    nodes: Vec<std::net::SocketAddr>,
    connections: Vec<Option<Connection>>,
    model: Model,
    damaged: u32,
}

impl Sender<'_> {
    async fn send_all(&mut self, draw: Draw) {
        for (number, request) in (0_u64..).zip(requests(draw)) {
            let own = draw.of(4).of(number);
            let reports: Vec<Value> = request.iter().map(|seq| said(*seq)).collect();
            let body = gzip(batch(&reports).to_string().as_bytes());
            let node = usize::try_from(own.of(0).below(u32::try_from(self.nodes.len()).unwrap())).unwrap();
            if own.of(1).one_in(DAMAGED) {
                self.is_refused(node, &body, own.of(2)).await;
            }
            let whole = message(paths::REPORTS, &body, &[]);
            if self.nodes.len() > 1 && own.of(3).one_in(DOUBLED) {
                let [first, second] = self.connections.as_mut_slice() else { panic!() };
                let both = tokio::join!(
                    answer(first, self.agent, self.nodes[0], &whole),
                    answer(second, self.agent, self.nodes[1], &whole)
                );
                self.judge(&request, &[both.0, both.1]);
            } else {
                let answer = answer(&mut self.connections[node], self.agent, self.nodes[node], &whole).await;
                self.judge(&request, &[answer]);
            }
        }
    }

    /// Each report of the request is stored by one of the answers if it is new, and known to all others.
    fn judge(&mut self, request: &[u64], answers: &[Response]) {
        let mut stored: HashMap<u64, usize> = HashMap::new();
        for answer in answers {
            assert_eq!(answer.status, 200, "{}", answer.json());
            let answer = answer.json();
            let results = answer["results"].as_array().unwrap();
            assert_eq!(results.len(), request.len());
            for (result, seq) in results.iter().zip(request) {
                assert_eq!(result["seq"], *seq);
                match result["outcome"].as_str().unwrap() {
                    "stored" => *stored.entry(*seq).or_default() += 1,
                    outcome => assert_eq!(outcome, "duplicate", "{result}"),
                }
            }
        }
        for seq in request {
            let expected = usize::from(self.model.takes(*seq));
            assert_eq!(stored.remove(seq).unwrap_or_default(), expected, "report {seq}");
        }
    }

    /// A body that is not what its digest says is refused, however it was damaged.
    async fn is_refused(&mut self, node: usize, body: &[u8], draw: Draw) {
        let whole = message(paths::REPORTS, body, &[]);
        let text = String::from_utf8_lossy(&whole);
        let digest = text.lines().find_map(|line| line.strip_prefix("Content-Digest: ")).unwrap().trim().to_owned();
        let mut damaged = body.to_vec();
        let place = usize::try_from(draw.of(0).below(u32::try_from(body.len()).unwrap())).unwrap();
        if draw.of(1).one_in(2) {
            damaged.truncate(place);
        } else {
            damaged[place] ^= 1 << draw.of(2).below(8);
        }
        let bytes = message(paths::REPORTS, &damaged, &[(paths::DIGEST_HEADER, &digest)]);
        // A refusal ends the connection.
        let mut once = None;
        let answer = answer(&mut once, self.agent, self.nodes[node], &bytes).await;
        // What the network broke is not the report's fault: it is asked for again.
        assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{}", answer.json());
        assert!(answer.json()["detail"].as_str().unwrap().starts_with("Content-Digest"), "{}", answer.json());
        self.damaged += 1;
    }
}

async fn answer(
    connection: &mut Option<Connection>,
    agent: &TestAgent,
    node: std::net::SocketAddr,
    bytes: &[u8],
) -> Response {
    let mut open = match connection.take() {
        Some(open) => open,
        None => Connection::open(node, &agent.tls).await.unwrap(),
    };
    open.send(bytes).await.unwrap();
    let answer = open.receive().await.unwrap();
    connection.replace(open);
    answer
}

/// What lies in the inbox, agent by agent.
async fn in_inbox(server: &TestServer) -> HashMap<String, Vec<u64>> {
    let received = server.store().write::<_, StoreError>(|conn| inbox::next_batch(conn, &[], i64::MAX)).await.unwrap();
    let mut found: HashMap<String, Vec<u64>> = HashMap::new();
    for received in received {
        let of_agent = found.entry(received.agent.to_string()).or_default();
        of_agent.extend(received.reports.iter().map(|report| {
            assert!(matches!(report.content, Content::Section { .. } | Content::Metrics { .. }));
            report.seq
        }));
    }
    found
}

async fn every_report_has_its_effect_once(backend: Backend, nodes: usize) {
    let mut server = TestServer::start(backend).await;
    let mut agents = Vec::new();
    for number in 0..AGENTS {
        agents.push(TestAgent::enrol(&server, &format!("host-{number}")).await);
    }
    let mut others = Vec::new();
    for _ in 1..nodes {
        others.push(server.another().await);
    }
    let addresses: Vec<_> = std::iter::once(server.agents).chain(others.iter().map(|node| node.agents)).collect();
    let deliver = |(number, agent)| {
        let nodes = addresses.clone();
        async move {
            let connections = nodes.iter().map(|_| None).collect();
            let mut sender = Sender { agent, nodes, connections, model: Model::default(), damaged: 0 };
            sender.send_all(Draw::new(11).of(number)).await;
            (agent.id.clone(), sender.model, sender.damaged)
        }
    };
    let sent: Vec<_> = stream::iter((0..).zip(&agents)).map(deliver).buffer_unordered(8).collect().await;
    assert!(sent.iter().map(|(_, _, damaged)| damaged).sum::<u32>() > AGENTS, "hardly anything was damaged");
    for mut node in others {
        node.stop().await;
    }

    let mut lies = in_inbox(&server).await;
    for (agent, model, _) in &sent {
        assert_eq!(u64::try_from(model.decided.len()).unwrap(), reports());
        assert_eq!(lies.remove(agent).unwrap_or_default(), model.accepted, "{backend:?}: what was handed on");
    }
    let reconciler = Reconciler::new(server.store().clone(), server.clock.clone());
    reconciler.drain().await.unwrap();
    let count = |conn: &mut Conn| {
        let windows: i64 = capacity_sample::table.count().get_result(conn)?;
        let (dead, left) = (ingest_dead_letter::table.count(), ingest_inbox::table.count());
        Ok::<_, StoreError>((windows, dead.get_result::<i64>(conn)?, left.get_result::<i64>(conn)?))
    };
    let each = (1..=reports()).filter(|seq| seq % 4 == 2).count();
    let windows = i64::from(AGENTS) * i64::try_from(each).unwrap();
    let found = server.store().read(count).await.unwrap();
    assert_eq!(found, (windows, 0, 0), "{backend:?}: windows, dead letters, left in the inbox");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_one_server_every_report_has_its_effect_once_however_it_comes() {
    for backend in Backend::BOTH {
        every_report_has_its_effect_once(backend, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_two_servers_with_one_database_every_report_has_its_effect_once_however_it_comes() {
    every_report_has_its_effect_once(Backend::Postgres, 2).await;
}
