//! Writing requests: a queue of bounded length, groups of them in one transaction, answers after the commit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use terrier_shared::latest::report::{Epoch, ReportResult};
use terrier_shared::latest::section::SectionKind;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::batch::Decoded;
use super::decide::{self, Decision};
use super::inbox::{Arrivals, UnderWay};
use super::limits::{Limits, Share};
use super::memory::Roots;
use super::pacing::Line;
use super::store::{self, Locked};
use crate::fleet::claims::{self, Claim, Note};
use crate::fleet::identity::Verdict;
use crate::kernel::chain::Chain;
use crate::kernel::clock::Clock;
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::store::{Conn, Location, Store, StoreError};

/// Groups that are written at once on PostgreSQL. SQLite has one writer.
const POSTGRES_WRITERS: usize = 4;

/// Takes requests to be written. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    pace: Arc<Pace>,
    wait: Duration,
    roots: Roots,
    arrivals: Arrivals,
}

/// The other end: writes what was taken, until nobody takes any more.
pub struct Writing {
    queue: mpsc::Receiver<Job>,
    pace: Arc<Pace>,
    group: usize,
    roots: Roots,
    arrivals: Arrivals,
    store: Store,
    clock: Clock,
}

/// What an agent sent.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) agent_key: i32,
    /// Which process speaks as the agent, if it says.
    pub(super) claim: Option<Claim>,
    pub(super) decoded: Decoded,
}

/// A request that waits to be written.
#[derive(Debug)]
struct Job {
    request: Request,
    answer: oneshot::Sender<Result<Settled, Unsettled>>,
    /// What it holds of the decode budget.
    share: Share,
}

/// A request that is on disk.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) results: Vec<ReportResult>,
    pub(super) want_full: BTreeSet<SectionKind>,
    /// Whether the agent's root is what is stored.
    pub(super) roots_agree: bool,
}

/// A request of which nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsettled {
    /// There is no room in the queue; seconds after which to try again.
    #[error("too many requests wait to be written")]
    Full(u32),
    /// The database is away, busy or full.
    #[error("the database is not available")]
    Unavailable,
    /// The database refused for another reason, which stands in the log.
    #[error("the request could not be written")]
    Failed,
    /// The agent was revoked while its request was on the way.
    #[error("the agent may not speak any more")]
    Inactive,
    /// Another machine has spoken as this agent; it is not clear yet which of them is.
    #[error("another machine speaks with this identity; it will turn out which of the two is the agent")]
    InDoubt,
    /// Another machine is this agent.
    #[error("this identity is that of another machine")]
    Copy,
}

/// How fast requests are written, for telling agents when to come again.
#[derive(Debug)]
struct Pace {
    began: Instant,
    waiting: AtomicUsize,
    /// Thousandths of requests per second, averaged over the last groups.
    per_second: AtomicU64,
    line: Lock<Line>,
}

/// What is assumed before anything was measured, in thousandths of requests per second.
const FIRST_GUESS: u64 = 50_000;

/// A writer and its other end.
#[must_use]
pub fn channel(store: &Store, clock: &Clock, limits: &Limits, arrivals: &Arrivals) -> (Writer, Writing) {
    let (sender, receiver) = mpsc::channel(limits.queue.max(1));
    let (pace, roots) = (Arc::new(Pace::begin(Instant::now())), Roots::default());
    let writer = Writer {
        queue: sender,
        pace: Arc::clone(&pace),
        wait: limits.queue_wait,
        roots: roots.clone(),
        arrivals: arrivals.clone(),
    };
    let group = limits.group.max(1);
    let (arrivals, store, clock) = (arrivals.clone(), store.clone(), clock.clone());
    (writer, Writing { queue: receiver, pace, group, roots, arrivals, store, clock })
}

impl Writer {
    /// Has `request` written and waits until it is on disk.
    pub(super) async fn write(&self, request: Request, share: Share) -> Result<Settled, Unsettled> {
        let room = match tokio::time::timeout(self.wait, self.queue.reserve()).await {
            Ok(Ok(room)) => room,
            Ok(Err(_stopped)) => return Err(Unsettled::Unavailable),
            Err(_elapsed) => return Err(Unsettled::Full(self.pace.send_away(request.agent_key))),
        };
        let (answer, settled) = oneshot::channel();
        self.pace.waiting.fetch_add(1, Ordering::Relaxed);
        self.pace.line().served(request.agent_key);
        room.send(Job { request, answer, share });
        fail_point(FailPoint::Queued);
        settled.await.unwrap_or(Err(Unsettled::Unavailable))
    }

    /// A request was read and will be answered.
    pub(super) fn take_up(&self) -> UnderWay {
        self.arrivals.take_up()
    }

    pub(super) const fn roots(&self) -> &Roots {
        &self.roots
    }
}

impl Pace {
    fn begin(now: Instant) -> Self {
        let (waiting, per_second) = (AtomicUsize::default(), AtomicU64::default());
        Self { began: now, waiting, per_second, line: Lock::default() }
    }

    /// Seconds after which an agent may come again for which there is no room.
    fn send_away(&self, agent_key: i32) -> u32 {
        let now_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let measured = self.per_second.load(Ordering::Relaxed);
        let pace = if measured == 0 { FIRST_GUESS } else { measured };
        self.line().send_away(agent_key, now_us, pace)
    }

    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn measure(&self, requests: usize, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let now = u64::try_from(requests).unwrap_or(0).saturating_mul(1_000_000_000) / micros;
        let before = self.per_second.load(Ordering::Relaxed);
        let mean = if before == 0 { now } else { (before.saturating_mul(7).saturating_add(now)) / 8 };
        self.per_second.store(mean, Ordering::Relaxed);
        self.waiting.fetch_sub(requests, Ordering::Relaxed);
    }
}

impl Writing {
    /// Writes until every [`Writer`] is gone and the queue is empty.
    pub async fn run(self) {
        let writers = match self.store.location() {
            Location::Sqlite(_) => 1,
            Location::Postgres(_) => POSTGRES_WRITERS,
        };
        let queue = Arc::new(Mutex::new(self.queue));
        let writers = (0..writers).map(|_| {
            let queue = Arc::clone(&queue);
            let one = OneWriter {
                pace: Arc::clone(&self.pace),
                roots: self.roots.clone(),
                arrivals: self.arrivals.clone(),
                store: self.store.clone(),
                clock: self.clock.clone(),
            };
            one.run(queue, self.group)
        });
        futures_util::future::join_all(writers).await;
    }
}

struct OneWriter {
    pace: Arc<Pace>,
    roots: Roots,
    arrivals: Arrivals,
    store: Store,
    clock: Clock,
}

impl OneWriter {
    /// Takes what has come while the last group was being written: the slower the disk, the larger the groups, and
    /// nobody waits for others to come.
    async fn run(self, queue: Arc<Mutex<mpsc::Receiver<Job>>>, group: usize) {
        loop {
            let mut jobs = Vec::new();
            if queue.lock().await.recv_many(&mut jobs, group).await == 0 {
                return;
            }
            let (count, started) = (jobs.len(), Instant::now());
            self.write(jobs).await;
            self.pace.measure(count, started.elapsed());
            metrics::histogram!("ingest_commit_seconds").record(started.elapsed().as_secs_f64());
            metrics::histogram!("ingest_group_requests").record(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
            let waiting = u32::try_from(self.pace.waiting.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
            metrics::gauge!("ingest_queue_requests").set(f64::from(waiting));
        }
    }

    async fn write(&self, jobs: Vec<Job>) {
        let (requests, waiting): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.request, (job.answer, job.share))).unzip();
        let requests = Arc::new(requests);
        let outcomes = match self.commit(&requests, 0..requests.len()).await {
            Ok(outcomes) => outcomes,
            // One that cannot be written must not cost the others.
            Err(error) if !error.is_transient() && requests.len() > 1 => self.one_by_one(&requests).await,
            Err(error) => {
                let reason = unsettled(&error);
                requests.iter().map(|_| Err(reason)).collect()
            }
        };
        for ((answer, _given_back), outcome) in waiting.into_iter().zip(outcomes) {
            // Whoever has gone comes again, and is told then.
            let _gone = answer.send(outcome);
        }
    }

    async fn one_by_one(&self, requests: &Arc<Vec<Request>>) -> Vec<Result<Settled, Unsettled>> {
        let mut outcomes = Vec::with_capacity(requests.len());
        for at in 0..requests.len() {
            match self.commit(requests, at..at + 1).await {
                Ok(settled) => outcomes.extend(settled),
                Err(error) => outcomes.push(Err(unsettled(&error))),
            }
        }
        outcomes
    }

    async fn commit(
        &self,
        requests: &Arc<Vec<Request>>,
        range: std::ops::Range<usize>,
    ) -> Result<Vec<Result<Settled, Unsettled>>, StoreError> {
        let (requests, clock) = (Arc::clone(requests), self.clock.clone());
        let written = self.store.write(move |conn| write_group(conn, &clock, requests.get(range).unwrap_or_default()));
        let written = written.await?;
        fail_point(FailPoint::AfterCommit);
        for Held { agent_key, root, run } in written.held {
            self.roots.learn(agent_key, root, run);
        }
        if written.has_arrivals {
            self.arrivals.announce();
        }
        Ok(written.outcomes)
    }
}

fn unsettled(error: &StoreError) -> Unsettled {
    if error.is_transient() {
        tracing::warn!(error = %Chain(error), "requests of agents are sent away: the database is not available");
        return Unsettled::Unavailable;
    }
    tracing::error!(error = %Chain(error), "a request of an agent could not be written");
    Unsettled::Failed
}

struct Written {
    outcomes: Vec<Result<Settled, Unsettled>>,
    held: Vec<Held>,
    has_arrivals: bool,
}

/// What is held of an agent now.
struct Held {
    agent_key: i32,
    root: Option<terrier_shared::latest::hash::Hash>,
    /// The run that is the agent, unless that is in dispute.
    run: Option<Epoch>,
}

/// Writes a group of requests in the transaction of `conn`.
fn write_group(conn: &mut Conn, clock: &Clock, requests: &[Request]) -> Result<Written, StoreError> {
    fail_point(FailPoint::AfterBegin);
    let keys: BTreeSet<i32> = requests.iter().map(|request| request.agent_key).collect();
    let active = store::lock_active(conn, &keys.into_iter().collect::<Vec<_>>())?;
    let active: HashMap<i32, Locked> = active.into_iter().map(|locked| (locked.key, locked)).collect();
    let (turned_away, notes) = hear(conn, &active, requests)?;
    let epochs: BTreeSet<_> =
        requests.iter().flat_map(|request| request.decoded.reports.iter().map(|report| report.epoch)).collect();
    let keys: Vec<i32> = active.keys().copied().collect();
    let mut memories = store::load(conn, &keys, &epochs.into_iter().collect::<Vec<_>>())?;
    let decide = |(at, request): (usize, &Request)| {
        if let Some(why) = turned_away.get(&at) {
            return Err(*why);
        }
        let memory = memories.get_mut(&request.agent_key).ok_or(Unsettled::Inactive)?;
        Ok(decide::decide(memory, &request.decoded))
    };
    let decisions: Vec<Result<Decision, Unsettled>> = requests.iter().enumerate().map(decide).collect();
    let mut written = save(conn, requests, &memories, decisions)?;
    for held in &mut written.held {
        held.run = undisputed(&active, requests, held.agent_key);
    }
    claims::record(conn, clock, notes)?;
    Ok(written)
}

/// Which requests, by their places, come from a machine that is not the agent, or may not be.
fn hear(
    conn: &mut Conn,
    active: &HashMap<i32, Locked>,
    requests: &[Request],
) -> Result<(HashMap<usize, Unsettled>, Vec<Note>), StoreError> {
    let is_in_question = |claim: &Claim| {
        let locked = active.get(&claim.agent.key);
        locked.is_some_and(|locked| locked.is_contended || locked.run != Some(claim.process.run))
    };
    let claims = requests.iter().enumerate().filter_map(|(at, request)| Some((at, request.claim.as_ref()?)));
    let (places, claims): (Vec<usize>, Vec<&Claim>) = claims.filter(|(_, claim)| is_in_question(claim)).unzip();
    if claims.is_empty() {
        return Ok((HashMap::new(), Vec::new()));
    }
    let heard = claims::hear(conn, &claims)?;
    let turned_away = places.into_iter().zip(heard.verdicts).filter_map(|(at, verdict)| match verdict {
        Verdict::Speaks => None,
        Verdict::Waits => Some((at, Unsettled::InDoubt)),
        Verdict::IsCopy => Some((at, Unsettled::Copy)),
    });
    Ok((turned_away.collect(), heard.notes))
}

/// The run that was the agent before this group and is its only one in it.
fn undisputed(active: &HashMap<i32, Locked>, requests: &[Request], agent_key: i32) -> Option<Epoch> {
    let locked = active.get(&agent_key).filter(|locked| !locked.is_contended)?;
    let own = requests.iter().filter(|request| request.agent_key == agent_key);
    let is_only = own.filter_map(|request| request.claim.as_ref()).all(|claim| Some(claim.process.run) == locked.run);
    locked.run.filter(|_| is_only)
}

fn save(
    conn: &mut Conn,
    requests: &[Request],
    memories: &HashMap<i32, decide::Memory>,
    decisions: Vec<Result<Decision, Unsettled>>,
) -> Result<Written, StoreError> {
    let (mut accepted, mut dead, mut changed) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut written = Written { outcomes: Vec::new(), held: Vec::new(), has_arrivals: false };
    let mut latest = Timestamp::UNIX_EPOCH;
    for (Request { agent_key: key, decoded: request, .. }, decision) in requests.iter().zip(decisions) {
        let (mut decision, memory) = match (decision, memories.get(key)) {
            (Ok(decision), Some(memory)) => (decision, memory),
            (decision, _) => {
                written.outcomes.push(Err(decision.err().unwrap_or(Unsettled::Inactive)));
                continue;
            }
        };
        let received_at = request.sent.received_at;
        latest = latest.max(received_at);
        if decision.is_new {
            changed.insert(*key, memory);
        }
        accepted.extend(decision.payload(request)?.map(|payload| (*key, received_at, payload)));
        dead.extend(decision.dead.drain(..).map(|letter| (*key, received_at, letter)));
        let root = memory.sections.root();
        written.held.push(Held { agent_key: *key, root, run: None });
        let roots_agree = request.root.is_none() || request.root == root;
        let Decision { results, want_full, .. } = decision;
        written.outcomes.push(Ok(Settled { results, want_full, roots_agree }));
    }
    if !changed.is_empty() {
        store::save_runs(conn, &changed, latest)?;
        fail_point(FailPoint::RunsSaved);
        store::save_sections(conn, &changed)?;
    }
    if !accepted.is_empty() {
        store::insert_accepted(conn, &accepted)?;
        written.has_arrivals = true;
    }
    if !dead.is_empty() {
        store::insert_dead(conn, &dead)?;
    }
    fail_point(FailPoint::BeforeCommit);
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::{Duration, Instant};

    use super::Pace;

    #[test]
    fn those_sent_away_are_spread_over_the_time_that_writing_takes_at_the_measured_pace() {
        let pace = Pace::begin(Instant::now());
        let last_of = |agents: std::ops::Range<i32>| agents.map(|agent| pace.send_away(agent)).max();
        assert!(last_of(0..1_000) >= Some(29), "a thousand at the pace that is assumed before any was measured");
        pace.waiting.store(100, Ordering::Relaxed);
        pace.measure(100, Duration::from_secs(10));
        assert!(last_of(1_000..1_100) >= Some(29 + 12));
    }
}
