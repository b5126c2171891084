//! Agents that report without a pause, and machines that enrol one after the other. Each sends again what was not
//! answered, as an agent does.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcgen::KeyPair;
use rustls::ClientConfig;
use serde_json::{Value, json};
use terrier_server::kernel::clock::Clock;
use terrier_shared::latest::paths;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::wait_until;
use crate::harness::agent::{application, client, gzip, message, report_of, signing_request};
use crate::harness::http::{Connection, Response};
use crate::harness::process::ServerProcess;
use crate::harness::server::trusting;

/// How long an answer is waited for: nothing may hang for so long.
const HANG: Duration = Duration::from_secs(90);
/// Before an agent tries again.
const PAUSE: Duration = Duration::from_millis(10);
/// Machines that come with one token, and how many of them become agents of the load.
const USES: usize = 10_000;
const AGENTS_MAX: usize = 1_000;
/// Batches on one connection, so that handshakes are part of the load.
const ON_A_CONNECTION: u32 = 4;
/// Reports in a batch.
const REPORTS: u64 = 3;
/// Batches in one request when everything is sent again.
pub(super) const AGAIN: u64 = 10;

/// All that reports.
pub(super) struct Fleet {
    runtime: Runtime,
    pub(super) agents: Vec<Agent>,
    pub(super) newcomer: Newcomer,
    to: SocketAddr,
    pub(super) told: Arc<Told>,
}

/// An agent: it has had `acknowledged` batches acknowledged, and perhaps sent the next one.
pub(super) struct Agent {
    number: u64,
    pub(super) id: String,
    tls: Arc<ClientConfig>,
    pub(super) acknowledged: u64,
    attempts: u32,
    base_ms: i64,
}

/// Machines that enrol, each with a key of its own, one after the other.
pub(super) struct Newcomer {
    tokens: Vec<String>,
    tls: Arc<ClientConfig>,
    key: Option<KeyPair>,
    /// The ids of those that were let in.
    pub(super) enrolled: Vec<String>,
}

/// What the server told.
#[derive(Default)]
pub(super) struct Told {
    /// What it must not say.
    pub(super) complaints: Mutex<Vec<String>>,
    /// How long each of those waited that were told to come later.
    sent_away: Mutex<Vec<Duration>>,
    /// How long each acknowledgement took.
    answered: Mutex<Vec<Duration>>,
    has_acknowledged: AtomicBool,
}

impl Fleet {
    /// So many agents, enrolled.
    pub(super) fn enrol(server: &ServerProcess, count: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let tls = Arc::new(trusting(&server.authority_pem(), &Clock::system()).with_no_client_auth());
        let token = || server.run(&["enrolment-token", "create", "--uses", &USES.to_string()]);
        let tokens = (0..if super::is_long() { 20 } else { 1 }).map(|_| token()).collect();
        let mut newcomer = Newcomer { tokens, tls, key: None, enrolled: Vec::new() };
        let (to, _) = server.addresses();
        let told = Arc::default();
        let agents = (0..count).map(|number| {
            let (key, issued) = runtime.block_on(newcomer.until_let_in(to, &told));
            Agent::new(number, &key, &issued)
        });
        let agents = agents.collect();
        newcomer.enrolled.clear();
        Self { runtime, agents, newcomer, to, told }
    }

    /// Takes something away with `take` while agents report until `least` are sent away, and gives it back with `give`.
    /// Gives how long it took from then on until a report was acknowledged.
    pub(super) fn go_without(&mut self, least: usize, take: impl FnOnce(), give: impl FnOnce()) -> Duration {
        let told = Arc::clone(&self.told);
        self.report_while(|| {
            wait_until("agents report", || told.has_acknowledged());
            take();
            let before = told.count_sent_away();
            wait_until("agents are sent away", || told.count_sent_away() >= before + least);
            give();
            told.forget_acknowledgement();
            let began = Instant::now();
            wait_until("agents are served again", || told.has_acknowledged());
            told.forget_acknowledgement();
            began.elapsed()
        })
    }

    /// Everybody reports while `work` is done; whatever was not answered then stays open.
    pub(super) fn report_while<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let stop = Arc::new(AtomicBool::new(false));
        let (mut agents, to) = (JoinSet::new(), self.to);
        for mut agent in std::mem::take(&mut self.agents) {
            let (stop, told) = (Arc::clone(&stop), Arc::clone(&self.told));
            agents.spawn_on(
                async move {
                    agent.report_until(to, &told, |_| stop.load(Ordering::Relaxed)).await;
                    agent
                },
                self.runtime.handle(),
            );
        }
        let newcomer = &mut self.newcomer;
        let (told, ends) = (Arc::clone(&self.told), Arc::clone(&stop));
        let done = std::thread::scope(|scope| {
            let runtime = &self.runtime;
            scope.spawn(move || {
                runtime.block_on(async {
                    while !ends.load(Ordering::Relaxed) {
                        newcomer.ask(to, &told).await;
                    }
                });
            });
            // Also when `work` panics: nobody would ever see it.
            let _stops = StopsAtTheEnd(&stop);
            work()
        });
        self.agents = self.runtime.block_on(agents.join_all());
        self.agents.sort_by_key(|agent| agent.number);
        done
    }

    /// Sends again what is open, until all of it is acknowledged.
    pub(super) fn settle(&mut self) {
        let (to, told) = (self.to, Arc::clone(&self.told));
        let (agents, newcomer) = (&mut self.agents, &mut self.newcomer);
        self.runtime.block_on(async {
            for agent in agents {
                let settled = agent.report_until(to, &told, |agent| agent.attempts == 0);
                timeout(HANG, settled).await.unwrap_or_else(|_| panic!("the server does not come back"));
            }
            if newcomer.key.is_some() {
                newcomer.until_let_in(to, &told).await;
            }
        });
    }

    /// How many batches were acknowledged.
    pub(super) fn acknowledged(&self) -> u64 {
        self.agents.iter().map(|agent| agent.acknowledged).sum()
    }

    /// Sends everything again that was acknowledged; gives how many reports the server did not know.
    pub(super) fn send_all_again(&self) -> u64 {
        self.runtime.block_on(async {
            let mut unknown = 0;
            for agent in &self.agents {
                unknown += agent.send_again(self.to, 0).await;
            }
            unknown
        })
    }
}

impl Agent {
    fn new(number: u64, key: &KeyPair, issued: &Value) -> Self {
        let now = Clock::system().now().as_millisecond();
        Self::of(&json!({"number": number, "key": key.serialize_pem(), "issued": issued, "now_ms": now}))
    }

    /// An agent that was made at the time `now_ms`, in another process perhaps.
    pub(super) fn of(made: &Value) -> Self {
        let text = |name: &str| made["issued"][name].as_str().unwrap();
        let key = made["key"].as_str().unwrap();
        let tls = client(text("authorities_pem"), text("certificate_pem"), key, &Clock::system());
        let now = made["now_ms"].as_i64().unwrap();
        let (number, base_ms) = (made["number"].as_u64().unwrap(), now - now % 300_000 - 300_000);
        Self { number, id: text("agent_id").to_owned(), tls, acknowledged: 0, attempts: 0, base_ms }
    }

    /// Which of several it is.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// It has had so many batches acknowledged, and has perhaps sent the next one.
    pub(super) fn goes_on_after(&mut self, acknowledged: u64) {
        (self.acknowledged, self.attempts) = (acknowledged, 1);
    }

    /// Sends again what was acknowledged from this batch on; gives how many reports the server did not know.
    pub(super) async fn send_again(&self, to: SocketAddr, mut from: u64) -> u64 {
        let mut unknown = 0;
        while from < self.acknowledged {
            let until = self.acknowledged.min(from + AGAIN);
            let reports: Vec<_> = (from..until).flat_map(|batch| self.reports(batch)).collect();
            let body = gzip(batch_of(&reports).to_string().as_bytes());
            let mut connection = Connection::open(to, &self.tls).await.unwrap();
            connection.send(&message(paths::REPORTS, &body, &[])).await.unwrap();
            let answer = connection.receive().await.unwrap();
            unknown += crate::harness::agent::outcomes(&answer).iter().filter(|one| *one != "duplicate").count();
            from = until;
        }
        u64::try_from(unknown).unwrap()
    }

    /// TLS with its certificate.
    pub(super) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// The reports of a batch, which nobody else sends and which come to another effect each.
    fn reports(&self, batch: u64) -> [Value; 3] {
        let seq = batch * REPORTS;
        let now = Clock::system().now().as_millisecond();
        let link = json!({
            "direction": "outgoing", "transport": "tcp", "owner": {"unit": "shop.service", "user": "shop"},
            "remote_address": format!("198.51.100.{}", self.number + 1), "port": 5432, "local_address": "192.0.2.1",
            "count": batch + 1,
        });
        let window = json!({
            "window_start_ms": self.base_ms - i64::try_from(batch).unwrap() * 300_000, "window_s": 300,
            "samples": [{"metric": "cpu_busy_ratio", "count": 5, "min": 0.0, "mean": 0.5, "max": 1.0, "p95": 0.9}],
        });
        let of = |seq, kind: &str, section, body: &Value| {
            let mut report = report_of(self.number + 1, seq, kind, section, body);
            report["at_wall_ms"] = now.into();
            report["at_mono_ms"] = now.into();
            report
        };
        [
            of(seq + 1, "full", Some("os"), &json!({"id": "debian", "version": batch.to_string()})),
            of(seq + 2, "full", Some("connections"), &json!({"connections": [link]})),
            of(seq + 3, "metrics", None, &window),
        ]
    }

    /// Reports batch after batch.
    pub(super) async fn report_until(&mut self, to: SocketAddr, told: &Told, mut is_over: impl FnMut(&Self) -> bool) {
        let mut connection = None;
        let mut on_this = 0;
        while !is_over(self) {
            if on_this == ON_A_CONNECTION {
                (connection, on_this) = (None, 0);
            }
            if connection.is_none() {
                let opened = timeout(HANG, Connection::open(to, &self.tls)).await;
                connection = opened.ok().and_then(Result::ok);
                on_this = 0;
            }
            let Some(open) = connection.as_mut() else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            on_this += 1;
            let began = Instant::now();
            let body = gzip(batch_of(&self.reports(self.acknowledged)).to_string().as_bytes());
            self.attempts += 1;
            let answer = exchange(open, &message(paths::REPORTS, &body, &[]), told).await;
            if !answer.is_some_and(|answer| self.is_settled_by(&answer, began, told)) {
                connection = None;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Takes in an answer; gives whether the batch is acknowledged.
    fn is_settled_by(&mut self, answer: &Response, began: Instant, told: &Told) -> bool {
        if answer.status != 200 {
            told.sent_away(answer, began);
            return false;
        }
        let results = answer.json()["results"].as_array().cloned().unwrap_or_default();
        let allowed: &[&str] = if self.attempts > 1 { &["stored", "duplicate"] } else { &["stored"] };
        let is_fine = |result: &Value| allowed.contains(&result["outcome"].as_str().unwrap_or_default());
        if results.len() != 3 || !results.iter().all(is_fine) {
            told.complain(format!("agent {}, batch {}: {results:?}", self.number, self.acknowledged));
        }
        self.acknowledged += 1;
        self.attempts = 0;
        told.answered.lock().unwrap().push(began.elapsed());
        told.has_acknowledged.store(true, Ordering::SeqCst);
        true
    }
}

impl Newcomer {
    /// The present machine asks to be let in, once; gives its key and certificate if it is.
    async fn ask(&mut self, to: SocketAddr, told: &Told) -> Option<(KeyPair, Value)> {
        let number = self.enrolled.len();
        let (name, token) = (format!("newcomer-{number}"), &self.tokens[number / (USES - AGENTS_MAX)]);
        let key = self.key.get_or_insert_with(|| KeyPair::generate().unwrap());
        let body = gzip(application(token, &signing_request(key), &name).to_string().as_bytes());
        let began = Instant::now();
        let opened = timeout(HANG, Connection::open(to, &self.tls)).await;
        let answer = match opened.ok().and_then(Result::ok) {
            Some(mut connection) => exchange(&mut connection, &message(paths::ENROL, &body, &[]), told).await,
            None => None,
        };
        match answer {
            Some(answer) if answer.status == 200 => {
                let issued = answer.json();
                self.enrolled.push(issued["agent_id"].as_str().unwrap().to_owned());
                tokio::time::sleep(PAUSE).await;
                return Some((self.key.take()?, issued));
            }
            Some(answer) => told.sent_away(&answer, began),
            None => {}
        }
        tokio::time::sleep(PAUSE).await;
        None
    }

    async fn until_let_in(&mut self, to: SocketAddr, told: &Told) -> (KeyPair, Value) {
        let until = Instant::now() + HANG;
        loop {
            if let Some(let_in) = self.ask(to, told).await {
                return let_in;
            }
            assert!(Instant::now() < until, "nobody is let in");
        }
    }
}

impl Told {
    /// Whether a batch was acknowledged since this was forgotten.
    pub(super) fn has_acknowledged(&self) -> bool {
        self.has_acknowledged.load(Ordering::SeqCst)
    }

    pub(super) fn forget_acknowledgement(&self) {
        self.has_acknowledged.store(false, Ordering::SeqCst);
    }

    /// How often somebody was told to come later.
    pub(super) fn count_sent_away(&self) -> usize {
        self.sent_away.lock().unwrap().len()
    }

    /// How long they waited for that.
    pub(super) fn describe_sent_away(&self) -> String {
        let mut times = self.sent_away.lock().unwrap().clone();
        times.sort_unstable();
        let Some(longest) = times.last() else { return "nobody sent away".to_owned() };
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        format!("503: {} times, after {median:.0?} (p50), {p99:.0?} (p99), {longest:.0?} (most)", times.len())
    }

    /// How many acknowledgements came since [`Self::take_answered`] was asked last.
    pub(super) fn count_answered(&self) -> usize {
        self.answered.lock().unwrap().len()
    }

    /// How long the acknowledgements took that came since this was asked last: the median, the 99th of a hundred, and
    /// their number.
    pub(super) fn take_answered(&self) -> (Duration, Duration, usize) {
        let mut times = std::mem::take(&mut *self.answered.lock().unwrap());
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        (at(50), at(99), times.len())
    }

    fn complain(&self, what: String) {
        self.complaints.lock().unwrap().push(what);
    }

    /// An answer that acknowledges nothing: it has to say when to come again.
    fn sent_away(&self, answer: &Response, began: Instant) {
        if !matches!(answer.status, 429 | 503) || answer.header("retry-after").is_none() {
            self.complain(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
        if answer.status == 503 {
            self.sent_away.lock().unwrap().push(began.elapsed());
        }
    }
}

struct StopsAtTheEnd<'a>(&'a AtomicBool);

impl Drop for StopsAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A batch that is sent now.
fn batch_of(reports: &[Value]) -> Value {
    let now = Clock::system().now().as_millisecond();
    let mut batch = crate::harness::agent::batch(reports);
    batch["sent_wall_ms"] = now.into();
    // Any clock will do that never goes back while the test runs.
    batch["sent_mono_ms"] = now.into();
    batch
}

async fn exchange(connection: &mut Connection, bytes: &[u8], told: &Told) -> Option<Response> {
    let exchange = async {
        connection.send(bytes).await.ok()?;
        connection.receive().await
    };
    let Ok(answer) = timeout(HANG, exchange).await else {
        told.complain(format!("no answer within {HANG:?}"));
        return None;
    };
    answer
}
