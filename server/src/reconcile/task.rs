//! The task that works off the inbox.
//!
//! It takes no input: whenever it is woken, and every few seconds, it applies the oldest requests until none is left.
//! A request that cannot be applied is set aside with the reason; those behind it go on. What fails for a passing
//! reason (the database is away, busy, full) stays where it is.

use std::collections::{BTreeSet, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::apply::{Applied, Applier};
use super::load::Vocabulary;
use super::reconsider;
use super::report::Report;
use crate::catalogue::observed::{Numbers, Package, number};
use crate::cmdb::unique;
use crate::ingest::inbox::{self, Arrivals};
use crate::kernel::chain::Chain;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, Store, StoreError};

/// Most requests taken at once.
const BATCH: i64 = 16;
/// How long one transaction goes on taking up requests: on SQLite, whoever acknowledges reports waits that long.
const TRANSACTION: Duration = Duration::from_millis(50);
/// How long the task rests when nobody wakes it.
const REST: Duration = Duration::from_secs(5);
/// How often a request is tried before it is set aside.
const ATTEMPTS_MAX: i32 = 3;
/// One server at a time applies; any number will do, as long as every server of one database takes the same.
pub(super) const APPLY_LOCK: i64 = 0x7465_7272_6965_7205;

/// Works off the inbox. Cheap to clone.
#[derive(Clone)]
pub struct Reconciler {
    store: Store,
    clock: Clock,
    numbers: Arc<Numbers>,
    vocabulary: Arc<Mutex<Option<Arc<Vocabulary>>>>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Requests that were applied.
    pub applied: usize,
    /// Requests that were set aside.
    pub parked: usize,
    /// Requests that wait until it is clear which machine theirs is.
    pub waiting: usize,
}

impl Reconciler {
    /// Works off the inbox of this database.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, numbers: Arc::default(), vocabulary: Arc::default() }
    }

    /// Works until `stop` is done: at every arrival and every few seconds.
    pub async fn run(self, arrivals: Arrivals, stop: impl Future<Output = ()>) {
        let arrived = arrivals.notify();
        let mut held = Held::default();
        tokio::pin!(stop);
        loop {
            if let Err(error) = self.work_off(&arrivals, &mut held).await {
                tracing::warn!(error = %Chain(&error), "the inbox could not be worked off; it will be tried again");
            }
            tokio::select! {
                () = &mut stop => return,
                () = arrived.notified() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
    }

    /// Applies what waits, until nothing does.
    ///
    /// # Errors
    ///
    /// The database fails; what was applied until then stays applied.
    pub async fn drain(&self) -> Result<Progress, StoreError> {
        self.work_off(&Arrivals::default(), &mut Held::default()).await
    }

    /// The same, standing back between two transactions while agents wait for their answers.
    ///
    /// Agents that were found not to be clear yet rest; once whatever else there is was applied, which may have made
    /// it clear, they are asked about once more.
    async fn work_off(&self, arrivals: &Arrivals, held: &mut Held) -> Result<Progress, StoreError> {
        let vocabulary = self.vocabulary().await?;
        let mut total = Progress::default();
        let mut ready = Vec::new();
        let mut asks = held.begin();
        loop {
            if ready.is_empty() {
                ready = self.take(&held.agents).await?;
            }
            if ready.is_empty() {
                if held.agents.is_empty() || !asks.again(total.applied) {
                    return Ok(Progress { waiting: held.agents.len(), ..total });
                }
                held.agents.clear();
                continue;
            }
            arrivals.calm().await;
            let (turn, rest) = self.apply(Arc::clone(&vocabulary), ready).await?;
            held.agents.extend(turn.waits);
            ready = rest.into_iter().filter(|report| !is_among(report, &held.agents)).collect();
            total.applied += turn.applied;
            total.parked += turn.parked;
        }
    }

    /// Applies some of these requests, the first at least, and gives back the others.
    async fn apply(
        &self,
        vocabulary: Arc<Vocabulary>,
        reports: Vec<Report>,
    ) -> Result<(Turn, Vec<Report>), StoreError> {
        let ids: Vec<i64> = reports.iter().map(|report| report.inbox_id).collect();
        let ctx = Ctx::system(&self.clock);
        let outcome = self.store.write(move |conn| apply_some(conn, &ctx, vocabulary, reports)).await;
        if let Err(StoreError::Stopped(_)) = &outcome {
            // The worker died of one of these. Each is tried alone from now on, until it was tried often enough.
            self.store.write::<_, StoreError>(move |conn| inbox::count_attempt(conn, &ids)).await?;
        }
        outcome
    }

    /// What is remembered of the class book, read again if it was changed: here, or by another server.
    async fn vocabulary(&self) -> Result<Arc<Vocabulary>, StoreError> {
        let remembered = self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let before = remembered.as_ref().map(|one| one.revision());
        let read = move |conn: &mut Conn| current(conn, remembered);
        let vocabulary = self.store.read(read).await?;
        if before != Some(vocabulary.revision()) {
            self.reconsider(&vocabulary).await?;
        }
        *self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&vocabulary));
        Ok(vocabulary)
    }

    /// Looks again at what was refused under other rules, a few CIs at a time.
    async fn reconsider(&self, vocabulary: &Arc<Vocabulary>) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let (ctx, vocabulary) = (Ctx::system(&self.clock), Arc::clone(vocabulary));
            let some = move |conn: &mut Conn| {
                transaction_lock(conn, APPLY_LOCK)?;
                reconsider::some(conn, &ctx, &vocabulary, after)
            };
            match self.store.write::<_, StoreError>(some).await? {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Reads the oldest requests and makes them ready, outside of any long transaction.
    async fn take(&self, resting: &HashSet<i32>) -> Result<Vec<Report>, StoreError> {
        let but_for: Vec<i32> = resting.iter().copied().collect();
        let also_but_for = but_for.clone();
        let mut reports = match self.store.read(move |conn| ready(conn, &but_for)).await {
            // One has to be set aside, which takes a connection that writes.
            Err(StoreError::Query(_)) => self.store.write(move |conn| ready(conn, &also_but_for)).await?,
            other => other?,
        };
        if reports.iter().any(|report| report.attempts > 0) {
            reports.truncate(1);
        }
        self.number(reports).await
    }

    /// Gives the packages of these reports their numbers; new ones in a transaction of their own.
    async fn number(&self, mut reports: Vec<Report>) -> Result<Vec<Report>, StoreError> {
        self.numbers.make_room();
        let unknown = self.put_numbers(&mut reports);
        if !unknown.is_empty() {
            let numbered = self.store.write::<_, StoreError>(move |conn| number(conn, unknown)).await?;
            self.numbers.remember(&numbered);
            let _without_number = self.put_numbers(&mut reports);
        }
        reports.iter_mut().flat_map(|report| &mut report.observations).for_each(|one| one.packages = None);
        Ok(reports)
    }

    /// Puts numbers in place of packages, as far as they are remembered; gives the packages that are not.
    fn put_numbers(&self, reports: &mut [Report]) -> Vec<Package> {
        let mut unknown = Vec::new();
        for observation in reports.iter_mut().flat_map(|report| &mut report.observations) {
            let Some(packages) = &observation.packages else { continue };
            let numbers = self.numbers.look_up(packages);
            let missing = packages.iter().zip(&numbers).filter(|(_, number)| number.is_none());
            unknown.extend(missing.map(|(package, _)| package.clone()));
            observation.installed = Some(numbers.into_iter().flatten().collect());
        }
        unknown
    }
}

/// Agents of which it is not clear yet which machine theirs is.
#[derive(Debug, Default)]
struct Held {
    agents: HashSet<i32>,
    asked_at: Option<Instant>,
}

/// Whether those agents are asked about again.
#[derive(Debug)]
struct Asks {
    /// Whether now at all: every arrival begins a round, and each question takes a few statements.
    now: bool,
    applied: Option<usize>,
}

impl Held {
    fn begin(&mut self) -> Asks {
        let now = self.asked_at.is_none_or(|at| at.elapsed() >= REST);
        if now {
            self.agents.clear();
            self.asked_at = Some(Instant::now());
        }
        Asks { now, applied: None }
    }
}

impl Asks {
    /// Whether anything was applied since the last time.
    fn again(&mut self, applied: usize) -> bool {
        let news = self.applied.replace(applied) != Some(applied);
        self.now && news
    }
}

/// What one transaction did.
#[derive(Debug, Default)]
struct Turn {
    applied: usize,
    parked: usize,
    /// Agents of which it is not clear yet which machine theirs is.
    waits: HashSet<i32>,
}

fn is_among(report: &Report, agents: &HashSet<i32>) -> bool {
    report.reporter.agent_key().is_some_and(|key| agents.contains(&key))
}

fn current(conn: &mut Conn, remembered: Option<Arc<Vocabulary>>) -> Result<Arc<Vocabulary>, StoreError> {
    match remembered {
        Some(vocabulary) if vocabulary.is_current(conn)? => Ok(vocabulary),
        _ => Vocabulary::load(conn).map(Arc::new),
    }
}

fn ready(conn: &mut Conn, but_for: &[i32]) -> Result<Vec<Report>, StoreError> {
    let received = inbox::next_batch(conn, but_for, BATCH)?;
    let mut reports = Vec::with_capacity(received.len());
    for one in received {
        let id = one.inbox_id;
        match Report::read(one) {
            Ok(report) if report.attempts >= ATTEMPTS_MAX => inbox::park(conn, id, "applying it crashed")?,
            Ok(report) => reports.push(report),
            Err(error) => inbox::park(conn, id, &error.to_string())?,
        }
    }
    Ok(reports)
}

/// Applies requests one after the other, each as a whole or not at all, until the transaction is long enough. Gives
/// back those it did not come to.
fn apply_some(
    conn: &mut Conn,
    ctx: &Ctx,
    vocabulary: Arc<Vocabulary>,
    reports: Vec<Report>,
) -> Result<(Turn, Vec<Report>), StoreError> {
    transaction_lock(conn, APPLY_LOCK)?;
    let waiting = inbox::waiting(conn, &reports.iter().map(|report| report.inbox_id).collect::<Vec<_>>())?;
    let started = Instant::now();
    let vocabulary = &*current(conn, Some(vocabulary))?;
    if vocabulary.has_unique() {
        unique::lock(conn)?;
    }
    let (mut turn, mut done) = (Turn::default(), Vec::with_capacity(reports.len()));
    let mut reports = reports.into_iter().filter(|report| waiting.contains(&report.inbox_id));
    for mut report in reports.by_ref() {
        if is_among(&report, &turn.waits) {
            continue;
        }
        match apply(conn, ctx, vocabulary, &mut report) {
            Ok(Applied::Done) => done.push(report.inbox_id),
            Ok(Applied::Waits) => turn.waits.extend(report.reporter.agent_key()),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                inbox::park(conn, report.inbox_id, &Chain(&error).to_string())?;
                turn.parked += 1;
            }
        }
        if started.elapsed() > TRANSACTION {
            break;
        }
    }
    inbox::remove(conn, &done)?;
    fail_point(FailPoint::InboxTaken);
    turn.applied = done.len();
    Ok((turn, reports.collect()))
}

fn apply(conn: &mut Conn, ctx: &Ctx, vocabulary: &Vocabulary, report: &mut Report) -> Result<Applied, StoreError> {
    use diesel::Connection as _;
    conn.transaction(|conn| Applier { conn, ctx, vocabulary, report, contested: BTreeSet::new(), bound: None }.apply())
}
