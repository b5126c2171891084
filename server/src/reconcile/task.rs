//! The task that works off the inbox.
//!
//! It takes no input: whenever it is woken, and every few seconds, it applies the oldest requests until none is left.
//! A request that cannot be applied is set aside with the reason; those behind it go on. What fails for a passing
//! reason (the database is away, busy, full) stays where it is.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use super::apply::Applier;
use super::load::Vocabulary;
use super::report::Report;
use crate::catalogue::observed::{Numbers, Package, number};
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
const APPLY_LOCK: i64 = 0x7465_7272_6965_7205;

/// Works off the inbox. Cheap to clone.
#[derive(Clone)]
pub struct Reconciler {
    store: Store,
    clock: Clock,
    numbers: Arc<Numbers>,
    vocabulary: Arc<OnceCell<Arc<Vocabulary>>>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Requests that were applied.
    pub applied: usize,
    /// Requests that were set aside.
    pub parked: usize,
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
        tokio::pin!(stop);
        loop {
            if let Err(error) = self.work_off(&arrivals).await {
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
        self.work_off(&Arrivals::default()).await
    }

    /// The same, standing back between two transactions while agents wait for their answers.
    async fn work_off(&self, arrivals: &Arrivals) -> Result<Progress, StoreError> {
        let vocabulary = self.vocabulary().await?;
        let mut total = Progress::default();
        let mut ready = Vec::new();
        loop {
            if ready.is_empty() {
                ready = self.take().await?;
            }
            if ready.is_empty() {
                return Ok(total);
            }
            arrivals.calm().await;
            let (progress, rest) = self.apply(Arc::clone(&vocabulary), ready).await?;
            ready = rest;
            total.applied += progress.applied;
            total.parked += progress.parked;
        }
    }

    /// Applies some of these requests, the first at least, and gives back the others.
    async fn apply(
        &self,
        vocabulary: Arc<Vocabulary>,
        reports: Vec<Report>,
    ) -> Result<(Progress, Vec<Report>), StoreError> {
        let ids: Vec<i64> = reports.iter().map(|report| report.inbox_id).collect();
        let ctx = Ctx::system(&self.clock);
        let outcome = self.store.write(move |conn| apply_some(conn, &ctx, &vocabulary, reports)).await;
        if let Err(StoreError::Stopped(_)) = &outcome {
            // The worker died of one of these. Each is tried alone from now on, until it was tried often enough.
            self.store.write::<_, StoreError>(move |conn| inbox::count_attempt(conn, &ids)).await?;
        }
        outcome
    }

    async fn vocabulary(&self) -> Result<Arc<Vocabulary>, StoreError> {
        let load = || async { self.store.read(Vocabulary::load).await.map(Arc::new) };
        self.vocabulary.get_or_try_init(load).await.cloned()
    }

    /// Reads the oldest requests and makes them ready, outside of any long transaction.
    async fn take(&self) -> Result<Vec<Report>, StoreError> {
        let mut reports = match self.store.read(ready).await {
            // One has to be set aside, which takes a connection that writes.
            Err(StoreError::Query(_)) => self.store.write(ready).await?,
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

fn ready(conn: &mut Conn) -> Result<Vec<Report>, StoreError> {
    let received = inbox::next_batch(conn, BATCH)?;
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
    vocabulary: &Vocabulary,
    reports: Vec<Report>,
) -> Result<(Progress, Vec<Report>), StoreError> {
    transaction_lock(conn, APPLY_LOCK)?;
    let waiting = inbox::waiting(conn, &reports.iter().map(|report| report.inbox_id).collect::<Vec<_>>())?;
    let started = Instant::now();
    let (mut applied, mut parked) = (Vec::with_capacity(reports.len()), 0);
    let mut reports = reports.into_iter().filter(|report| waiting.contains(&report.inbox_id));
    for mut report in reports.by_ref() {
        match apply(conn, ctx, vocabulary, &mut report) {
            Ok(()) => applied.push(report.inbox_id),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                inbox::park(conn, report.inbox_id, &Chain(&error).to_string())?;
                parked += 1;
            }
        }
        if started.elapsed() > TRANSACTION {
            break;
        }
    }
    inbox::remove(conn, &applied)?;
    fail_point(FailPoint::InboxTaken);
    let progress = Progress { applied: applied.len(), parked };
    Ok((progress, reports.collect()))
}

fn apply(conn: &mut Conn, ctx: &Ctx, vocabulary: &Vocabulary, report: &mut Report) -> Result<(), StoreError> {
    use diesel::Connection as _;
    conn.transaction(|conn| Applier { conn, ctx, vocabulary, report, contested: BTreeSet::new() }.apply())
}
