//! What waits to be reconciled: written by ingest in the transaction that acknowledges it, read by reconciliation in
//! the transaction that applies it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::value::RawValue;
use terrier_shared::latest::limits;
use tokio::sync::Notify;

use super::dead_letter::model::Cause;
use super::received::{Received, Stored, StoredReport};
use crate::kernel::chain::Chain;
use crate::store::column::{At, Key16};
use crate::store::schema::{fleet_agent, ingest_dead_letter, ingest_inbox};
use crate::store::{Conn, StoreError};

/// What ingest tells reconciliation: that something has arrived, and whether agents wait for their answers. Cheap to
/// clone.
#[derive(Debug, Clone, Default)]
pub struct Arrivals {
    arrived: Arc<Notify>,
    under_way: Arc<AtomicUsize>,
}

/// A request that was read and is not yet answered, as long as this is kept.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<AtomicUsize>);

/// How long at most reconciliation stands back for agents that wait, each time.
const STANDS_BACK: Duration = Duration::from_millis(150);
/// How often it looks whether they still do.
const LOOK: Duration = Duration::from_millis(5);

impl Arrivals {
    /// Something has arrived.
    pub fn announce(&self) {
        self.arrived.notify_one();
    }

    /// What to wait on; one announcement is kept for a waiter that comes later.
    #[must_use]
    pub fn notify(&self) -> Arc<Notify> {
        Arc::clone(&self.arrived)
    }

    /// A request was read and will be answered.
    pub(super) fn take_up(&self) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(&self.under_way))
    }

    /// Comes back when no agent waits for an answer, and soon in any case: who is to be answered goes before what can
    /// be worked off later, but does not keep it off for ever.
    pub async fn calm(&self) {
        let until = Instant::now() + STANDS_BACK;
        while self.under_way.load(Ordering::Relaxed) > 0 && Instant::now() < until {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a dead letter is one, when reconciliation could not apply it.
const POISON: &str = Cause::Poison.name();
/// How much effort zstd makes for what lies in the inbox, where it stays for a moment.
const INBOX_LEVEL: i32 = 1;
/// Most bytes of a stored request: its body, and what stands around each report.
const STORED_BYTES: usize = limits::DECODED_BODY_BYTES * 2;

/// The oldest requests, at most `limit`, in the order in which they arrived; each agent's so in the order in which it
/// sent them. One that cannot be read any more is parked here and left out. Those of the agents in `but_for` are left
/// where they are.
///
/// # Errors
///
/// The database fails.
pub fn next_batch(conn: &mut Conn, but_for: &[i32], limit: i64) -> Result<Vec<Received>, StoreError> {
    type Columns = (i64, i32, At, Vec<u8>, i32, Key16, Key16, String);
    let rows: Vec<Columns> = ingest_inbox::table
        .inner_join(fleet_agent::table.on(fleet_agent::key.eq(ingest_inbox::agent_key)))
        .filter(ingest_inbox::agent_key.ne_all(but_for.to_vec()))
        .order(ingest_inbox::id)
        .limit(limit)
        .select((
            ingest_inbox::id,
            ingest_inbox::agent_key,
            ingest_inbox::received_at,
            ingest_inbox::payload,
            ingest_inbox::attempts,
            fleet_agent::id,
            fleet_agent::organisation_id,
            fleet_agent::hostname,
        ))
        .load(conn)?;
    let mut batch = Vec::with_capacity(rows.len());
    for (inbox_id, agent_key, received_at, payload, attempts, agent, organisation, hostname) in rows {
        match read(&payload) {
            Ok((clock_offset_ms, reports)) => batch.push(Received {
                inbox_id,
                agent_key,
                agent: agent.into(),
                organisation: organisation.into(),
                hostname,
                received_at: received_at.0,
                clock_offset_ms,
                attempts,
                reports,
            }),
            Err(error) => park(conn, inbox_id, &Chain(error.as_ref()).to_string())?,
        }
    }
    Ok(batch)
}

/// Which of these requests still wait: another server may have applied some since they were read.
///
/// # Errors
///
/// The database fails.
pub fn waiting(conn: &mut Conn, ids: &[i64]) -> Result<HashSet<i64>, StoreError> {
    let there: Vec<i64> =
        ingest_inbox::table.filter(ingest_inbox::id.eq_any(ids)).select(ingest_inbox::id).load(conn)?;
    Ok(there.into_iter().collect())
}

/// Takes requests that were applied out of the inbox.
///
/// # Errors
///
/// The database fails.
pub fn remove(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    diesel::delete(ingest_inbox::table.filter(ingest_inbox::id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// Counts a failed attempt on each of these requests. In a transaction of its own: the one that failed is gone.
///
/// # Errors
///
/// The database fails.
pub fn count_attempt(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    diesel::update(ingest_inbox::table.filter(ingest_inbox::id.eq_any(ids)))
        .set(ingest_inbox::attempts.eq(ingest_inbox::attempts + 1))
        .execute(conn)?;
    Ok(())
}

/// Sets a request aside that cannot be applied: its reports become dead letters with the reason, and those behind it
/// go on.
///
/// # Errors
///
/// The database fails.
pub fn park(conn: &mut Conn, id: i64, reason: &str) -> Result<(), StoreError> {
    let found: Option<(i32, At, Vec<u8>)> = ingest_inbox::table
        .find(id)
        .select((ingest_inbox::agent_key, ingest_inbox::received_at, ingest_inbox::payload))
        .first(conn)
        .optional()?;
    let Some((agent_key, received_at, payload)) = found else { return Ok(()) };
    let reason = crate::store::dialect::storable(reason).into_owned();
    let named = open(&payload).map(|stored| stored.reports).unwrap_or_default();
    if named.is_empty() {
        insert_dead(conn, agent_key, received_at, &reason, (0, 0, None), &payload)?;
    }
    for report in &named {
        let name = (report.epoch.0.cast_signed(), i64::try_from(report.seq).unwrap_or(i64::MAX), section(report));
        let body = compress(report.body.get().as_bytes())?;
        insert_dead(conn, agent_key, received_at, &reason, name, &body)?;
    }
    remove(conn, &[id])?;
    tracing::error!(inbox.id = id, agent.key = agent_key, reason, "a request cannot be reconciled and was set aside");
    metrics::counter!("ingest_reports_total", "outcome" => POISON)
        .increment(u64::try_from(named.len().max(1)).unwrap_or(u64::MAX));
    Ok(())
}

/// How many requests wait.
///
/// # Errors
///
/// The database fails.
pub fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(ingest_inbox::table.count().get_result(conn)?)
}

fn section(report: &StoredReport) -> Option<&'static str> {
    use super::received::What;
    match report.what {
        What::Section { kind, .. } | What::Fault { kind } => Some(kind.name()),
        What::Metrics { .. } => None,
    }
}

fn insert_dead(
    conn: &mut Conn,
    agent_key: i32,
    received_at: At,
    reason: &str,
    (epoch, seq, section): (i64, i64, Option<&str>),
    body: &[u8],
) -> QueryResult<()> {
    use ingest_dead_letter as d;
    diesel::insert_into(d::table)
        .values((
            (d::agent_key.eq(agent_key), d::epoch.eq(epoch), d::seq.eq(seq), d::state.eq(POISON)),
            (d::section.eq(section), d::reason.eq(reason), d::received_at.eq(received_at), d::body.eq(body)),
        ))
        .execute(conn)
        .map(drop)
}

/// Why a payload cannot be read.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What lies in the inbox as `payload`: by how much the server's clock was ahead, in milliseconds, and the reports.
pub(super) fn read(payload: &[u8]) -> Result<(i64, Vec<super::ReceivedReport>), Fault> {
    let stored = open(payload)?;
    let reports = stored.reports.into_iter().map(StoredReport::read).collect::<Result<_, _>>()?;
    Ok((stored.clock_offset_ms, reports))
}

fn open(payload: &[u8]) -> Result<Stored, Fault> {
    Ok(serde_json::from_slice(&zstd::bulk::decompress(payload, STORED_BYTES)?)?)
}

/// How a request lies in the inbox.
pub(super) fn seal(stored: &Stored<&RawValue>) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(stored).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    zstd::bulk::compress(&json, INBOX_LEVEL).map_err(|error| StoreError::Unstorable(error.to_string()))
}

/// How bodies of dead letters are kept.
pub(super) fn compress(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::compress(bytes, 3).map_err(|error| StoreError::Unstorable(error.to_string()))
}
