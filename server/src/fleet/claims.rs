//! Hearing the processes that speak as agents, and remembering what became of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use terrier_shared::latest::report::Epoch;

use super::identity::{Claimants, Finding, Process, Scene, Verdict};
use super::roster::KnownAgent;
use super::{silence, store};
use crate::audit::{self, Entry, Object};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, StoreError};

/// A process that speaks as this agent.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The agent, by its certificate.
    pub agent: Arc<KnownAgent>,
    /// The process.
    pub process: Process,
    /// When, and when the agent was heard before.
    pub scene: Scene,
    /// The request it speaks in.
    pub request_id: Option<String>,
}

/// What was found about an agent, for the audit trail.
#[derive(Debug)]
pub struct Note {
    agent: Arc<KnownAgent>,
    finding: Finding,
    /// Where the process at hand spoke from, unless it is that of another request.
    address: Option<String>,
    request_id: Option<String>,
}

/// What was decided of several claims.
#[derive(Debug, Default)]
pub struct Heard {
    /// About each claim, in their order.
    pub verdicts: Vec<Verdict>,
    /// To be recorded last in the transaction.
    pub notes: Vec<Note>,
}

/// Hears these claims, whose agents' rows the transaction holds.
///
/// # Errors
///
/// The database fails.
pub fn hear(conn: &mut Conn, claims: &[&Claim]) -> Result<Heard, StoreError> {
    let keys: Vec<i32> = claims.iter().map(|claim| claim.agent.key).collect();
    let before = store::load_runs(conn, &keys)?;
    let holds = silence::holds(conn)?;
    let (mut after, mut heard) = (before.clone(), Heard::default());
    for claim in claims {
        let claimants = after.entry(claim.agent.key).or_default();
        let judged_at = holds.judged_at(claim.agent.organisation, claim.scene.now);
        let hearing = claimants.hear(claim.process.clone(), Scene { judged_at, ..claim.scene });
        heard.verdicts.push(hearing.verdict);
        heard.notes.extend(hearing.findings.into_iter().map(|finding| note(claim, claimants, finding)));
    }
    save(conn, &before, &after)?;
    Ok(heard)
}

fn save(conn: &mut Conn, before: &HashMap<i32, Claimants>, after: &HashMap<i32, Claimants>) -> Result<(), StoreError> {
    let nobody = Claimants::default();
    // By their rows, as everybody locks agents.
    for (key, claimants) in after.iter().collect::<BTreeMap<_, _>>() {
        let known = before.get(key).unwrap_or(&nobody);
        if known != claimants {
            store::save_runs(conn, *key, known, claimants)?;
        }
    }
    Ok(())
}

fn note(claim: &Claim, claimants: &Claimants, finding: Finding) -> Note {
    let run = finding.run();
    let spoke_from = claimants.all().iter().find(|known| known.process.run == run);
    Note {
        agent: Arc::clone(&claim.agent),
        finding,
        address: spoke_from.map(|known| known.process.address.clone()),
        request_id: (run == claim.process.run).then(|| claim.request_id.clone()).flatten(),
    }
}

/// Writes `notes` into the audit trail.
///
/// # Errors
///
/// The database fails.
pub fn record(conn: &mut Conn, clock: &Clock, notes: Vec<Note>) -> Result<(), StoreError> {
    for Note { agent, finding, address, request_id } in notes {
        let (action, run) = match finding {
            Finding::Copied(run) => ("agent.identity_conflict", run),
            Finding::Moved(run) => ("agent.moved", run),
        };
        tracing::warn!(agent.id = %agent.id, %run, address = address.as_deref(), action, "an agent's identity is in doubt");
        let details = json!({"run": run.to_string(), "address": address});
        let object = Object::named("agent", agent.id, &agent.hostname);
        let mut ctx = Ctx::system(clock);
        ctx.request_id = request_id;
        audit::record(conn, &ctx, Entry { action, object, details })?;
    }
    Ok(())
}

/// Whether this run is known to speak with an identity that is not its own.
///
/// # Errors
///
/// The database fails.
pub(super) fn is_contender(conn: &mut Conn, agent_key: i32, run: Epoch) -> Result<bool, StoreError> {
    Ok(store::find_standing(conn, agent_key, run)?.is_some_and(super::identity::Standing::contends))
}

/// Forgets contenders that have not asked since `contenders`, and runs that are over and began before `runs`.
///
/// # Errors
///
/// The database fails.
pub fn forget_old(conn: &mut Conn, contenders: Timestamp, runs: Timestamp) -> Result<(), StoreError> {
    store::forget_runs(conn, contenders, runs)
}
