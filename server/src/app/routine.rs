//! The jobs of a server: what is done now and then.

use std::sync::Arc;
use std::time::Duration;

use super::high_water;
use super::restore::Memory;
use crate::access;
use crate::audit::{CheckpointError, Checkpoints};
use crate::cmdb;
use crate::cmdb::inheritance::job;
use crate::cmdb::model::observation::Freshness;
use crate::fleet::{AgentState, EnrolmentLimiter, Intervals, Load, Presences, Roster, claims, silence};
use crate::ingest;
use crate::jobs::{Jobs, Outcome};
use crate::kernel::clock::Clock;
use crate::kernel::scope::Scope;
use crate::observability::metrics::Metrics;
use crate::pki::{Authority, ServerCertificate};
use crate::search::indexer;
use crate::store::Store;

/// How often certificates are looked at.
const CERTIFICATES: Duration = Duration::from_hours(6);
/// How often metrics are folded together.
const METRICS: Duration = Duration::from_secs(10);
/// How often the size of SQLite's write-ahead log is looked at.
const LOG: Duration = Duration::from_mins(1);
/// From which size on SQLite's write-ahead log is worth a warning.
const LOG_MEBIBYTES: u32 = 1_024;
/// How often agents are read again: a revocation by another process counts after that at the latest.
const ROSTER: Duration = Duration::from_secs(4);
/// How often it is written when agents were last seen.
const PRESENCE: Duration = Duration::from_secs(30);
/// How often addresses that no longer try to enrol are forgotten.
const LIMITER: Duration = Duration::from_mins(1);
/// How often what is too old is deleted.
const HOUSEKEEPING: Duration = Duration::from_hours(6);
/// How often it is looked what of the register changes by time alone.
const UPKEEP: Duration = Duration::from_mins(1);
/// How often policies are carried out.
const POLICIES: Duration = Duration::from_mins(5);
/// How often it is looked whether an edit is to go on.
const EDITS: Duration = Duration::from_secs(1);
/// How often sessions and links that are over are deleted.
const SESSIONS: Duration = Duration::from_mins(15);
/// How often it is looked whether a checkpoint of the audit trail is due.
const CHECKPOINTS: Duration = Duration::from_secs(15);
/// How long it is remembered that somebody asked who has, or may have, the identity of another machine.
const CONTENDERS: Duration = Duration::from_hours(24 * 7);
/// How long it is remembered which reports of a run were decided: twice as long as an agent may be away.
const RUNS: Duration = Duration::from_hours(24 * 180);

pub(super) fn certificates(
    jobs: &mut Jobs,
    authority: Arc<Authority>,
    certificate: Arc<ServerCertificate>,
    names: Vec<String>,
) {
    jobs.every("certificates", CERTIFICATES, None, move || {
        let refreshed = authority.refresh().and_then(|_renewed| certificate.refresh(&authority, &names));
        std::future::ready(refreshed.map_err(Into::into))
    });
}

pub(super) fn metrics(jobs: &mut Jobs, metrics: Metrics) {
    jobs.every("metrics", METRICS, None, move || {
        metrics.upkeep();
        std::future::ready(Outcome::Ok(()))
    });
}

pub(super) fn fleet(
    jobs: &mut Jobs,
    store: &Store,
    roster: &Roster,
    intervals: &Intervals,
    limiter: &EnrolmentLimiter,
) {
    let (agents, set, database) = (roster.clone(), intervals.clone(), store.clone());
    jobs.every("roster", ROSTER, None, move || {
        let (roster, intervals, store) = (agents.clone(), set.clone(), database.clone());
        async move {
            intervals.refresh(&store).await?;
            roster.refresh(&store).await?;
            count(&roster);
            Ok(())
        }
    });
    let limiter = limiter.clone();
    jobs.every("enrolment-limiter", LIMITER, None, move || {
        limiter.forget();
        std::future::ready(Outcome::Ok(()))
    });
}

/// What was seen is written before it is judged: every server process judges by the same.
pub(super) fn presence(
    jobs: &mut Jobs,
    (store, clock): (&Store, &Clock),
    (roster, presences, intervals): (&Roster, &Presences, &Intervals),
    load: &Load,
) {
    let (database, time, load) = (store.clone(), clock.clone(), load.clone());
    let (agents, seen, set) = (roster.clone(), presences.clone(), intervals.clone());
    jobs.every("presence", PRESENCE, None, move || {
        let (store, clock, load) = (database.clone(), time.clone(), load.clone());
        let (roster, presences, intervals) = (agents.clone(), seen.clone(), set.clone());
        async move {
            presences.flush(&store).await?;
            presences.refresh(&store).await?;
            Ok(silence::watch(&store, &clock, (&roster, &presences, &intervals), &load).await?)
        }
    });
}

/// Pins end and sources fall silent by time alone.
pub(super) fn register(jobs: &mut Jobs, store: &Store, clock: &Clock) {
    let (database, time) = (store.clone(), clock.clone());
    jobs.every("register-upkeep", UPKEEP, None, move || {
        let (store, clock) = (database.clone(), time.clone());
        async move { Ok(cmdb::upkeep::turn(&store, &clock).await?) }
    });
}

/// What items inherit follows what contains them.
pub(super) fn inheritance(jobs: &mut Jobs, store: &Store, clock: &Clock) {
    let (database, time) = (store.clone(), clock.clone());
    jobs.every("inheritance", job::EVERY, None, move || {
        let (store, clock) = (database.clone(), time.clone());
        async move { Ok(job::run(&store, &clock).await?) }
    });
}

/// What policies say is to become of items.
pub(super) fn policies(jobs: &mut Jobs, store: &Store, clock: &Clock, freshness: Freshness) {
    let (database, time) = (store.clone(), clock.clone());
    jobs.every("policies", POLICIES, None, move || {
        let (store, clock) = (database.clone(), time.clone());
        async move { Ok(cmdb::policy::turn::turn(&store, &clock, freshness).await?) }
    });
}

/// Edits of many items go on.
pub(super) fn edits(jobs: &mut Jobs, store: &Store, clock: &Clock) {
    let (database, time) = (store.clone(), clock.clone());
    jobs.every("edits", EDITS, None, move || {
        let (store, clock) = (database.clone(), time.clone());
        async move { Ok(cmdb::bulk::edit::turn::turn(&store, &clock).await?) }
    });
}

pub(super) fn ingest(jobs: &mut Jobs, store: &Store, clock: &Clock) {
    let (database, time) = (store.clone(), clock.clone());
    jobs.every("ingest-housekeeping", HOUSEKEEPING, None, move || {
        let (store, now) = (database.clone(), time.now());
        async move {
            let before = |age: Duration| now.saturating_sub(age).unwrap_or(now);
            let (letters, runs) = (before(ingest::dead_letter::KEPT), before(RUNS));
            store.write(move |conn| ingest::forget_old(conn, letters, runs)).await?;
            let contenders = before(CONTENDERS);
            Ok(store.write(move |conn| claims::forget_old(conn, contenders, runs)).await?)
        }
    });
    let database = store.clone();
    jobs.every("inbox", METRICS, None, move || {
        let store = database.clone();
        async move {
            let waiting = store.read(ingest::inbox::count).await?;
            metrics::gauge!("ingest_inbox_requests").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
            Ok(())
        }
    });
}

pub(super) fn access(jobs: &mut Jobs, store: &Store, clock: &Clock) {
    let (database, time) = (store.clone(), clock.clone());
    jobs.every("access-housekeeping", SESSIONS, None, move || {
        let (store, now) = (database.clone(), time.now());
        async move {
            let removed = store.write(move |conn| access::forget_dead(conn, now)).await?;
            tracing::debug!(sessions = removed.sessions, links = removed.links, "removed what is over");
            Ok(())
        }
    });
}

/// What is remembered of the database outside it. A database that was put back under a running server ends the server:
/// what it holds in memory is of the other one.
pub(super) fn memory(jobs: &mut Jobs, (store, clock): (&Store, &Clock), memory: &Memory, roster: &Roster) {
    let (kept, database, time, ending) = (memory.clone(), store.clone(), clock.clone(), jobs.ending());
    jobs.every("high-water", high_water::EVERY, None, move || {
        let (memory, store, clock, ending) = (kept.clone(), database.clone(), time.clone(), ending.clone());
        async move {
            if let Err(replaced) = memory.advance(&store, &clock).await? {
                ending.end(replaced.to_string());
            }
            Ok(())
        }
    });
    let (kept, database, time, agents) = (memory.clone(), store.clone(), clock.clone(), roster.clone());
    jobs.every("shut-out", ROSTER, None, move || {
        let (memory, store, clock, roster) = (kept.clone(), database.clone(), time.clone(), agents.clone());
        async move { Ok(memory.remember_shut_out(&store, &clock, &roster).await?) }
    });
}

pub(super) fn audit(jobs: &mut Jobs, store: &Store, clock: &Clock, checkpoints: &Checkpoints) {
    let (database, time, checkpoints) = (store.clone(), clock.clone(), checkpoints.clone());
    jobs.every("audit-checkpoints", CHECKPOINTS, None, move || {
        let (store, checkpoints, now) = (database.clone(), checkpoints.clone(), time.now());
        async move {
            let made = store.read(move |conn| checkpoints.advance(conn, now)).await;
            let holds = !matches!(made, Err(CheckpointError::Tampered(_)));
            metrics::gauge!("audit_trail_holds").set(if holds { 1.0 } else { 0.0 });
            if let Some(checkpoint) = made? {
                metrics::gauge!("audit_checkpoint_seq")
                    .set(f64::from(u32::try_from(checkpoint.seq).unwrap_or(u32::MAX)));
            }
            Ok(())
        }
    });
}

/// What people search in is written beside what they search for.
pub(super) fn search(jobs: &mut Jobs, store: &Store) {
    let database = store.clone();
    jobs.every("search-index", indexer::EVERY, None, move || {
        let store = database.clone();
        async move { Ok(indexer::run(&store).await?) }
    });
}

/// A log that grows so large is one that cannot be emptied, because somebody reads what it is needed for.
pub(super) fn database(jobs: &mut Jobs, store: &Store) {
    let database = store.clone();
    jobs.every("database-log", LOG, None, move || {
        watch_log(&database);
        std::future::ready(Outcome::Ok(()))
    });
}

fn watch_log(store: &Store) {
    let Some(bytes) = store.log_bytes() else { return };
    let mebibytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
    metrics::gauge!("store_log_mebibytes").set(f64::from(mebibytes));
    if mebibytes >= LOG_MEBIBYTES {
        tracing::warn!(mebibytes, "the database's write-ahead log cannot be emptied: somebody has read for long");
    }
}

fn count(roster: &Roster) {
    let agents = roster.within(&Scope::all());
    for state in [AgentState::Pending, AgentState::Active, AgentState::Revoked] {
        let count = agents.iter().filter(|agent| agent.state == state).count();
        metrics::gauge!("fleet_agents", "state" => state.name())
            .set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    }
}
