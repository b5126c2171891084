//! Keeping the server's history, opening and ending events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::json;

use super::load::Load;
use super::model::{self, Course, DOWN_AFTER, Finding, Holds, Outage, Silence, Taken, Watched, Why};
use super::store;
use crate::audit::{self, Entry, Object};
use crate::fleet::intervals::Intervals;
use crate::fleet::model::AgentState;
use crate::fleet::presence::Presences;
use crate::fleet::roster::Roster;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::kernel::scope::Scope;
use crate::store::{Conn, Store, StoreError};

/// How long outages are remembered: longer than an agent of the longest interval can be missing because of one.
const OUTAGES_KEPT: std::time::Duration = std::time::Duration::from_hours(24 * 14);

type Fleet = BTreeMap<OrganisationId, Vec<Watched>>;

/// As of when presence is judged. Whatever would act on a silence asks this first.
///
/// # Errors
///
/// The database fails.
pub fn holds(conn: &mut Conn) -> Result<Holds, StoreError> {
    Ok(store::list_holds(conn)?.into_iter().collect())
}

/// The same, and the open events in reach, by the organisation's name.
///
/// # Errors
///
/// The database fails.
pub fn holds_and_open(conn: &mut Conn, scope: &Scope) -> Result<(Holds, Vec<Silence>), StoreError> {
    let open = store::list_open(conn, scope)?;
    Ok((open.iter().map(|silence| (silence.organisation, silence.finding.since)).collect(), open))
}

/// Notes that a server is alive and what it took, and judges every organisation: a turn of the watch. Any number of
/// server processes may take turns; `roster` and `presences` have to be what the database says or later.
///
/// # Errors
///
/// The database fails; the next turn makes up for it.
pub async fn watch(
    store: &Store,
    clock: &Clock,
    (roster, presences, intervals): (&Roster, &Presences, &Intervals),
    load: &Load,
) -> Result<(), StoreError> {
    let (ctx, fleet, taken) = (Ctx::system(clock), fleet(roster, presences, intervals), load.take());
    let open = store.write(move |conn| turn(conn, &ctx, &fleet, taken)).await?;
    metrics::gauge!("fleet_silences").set(f64::from(u32::try_from(open).unwrap_or(u32::MAX)));
    Ok(())
}

/// [`watch`] for the start.
///
/// # Errors
///
/// The database fails.
pub fn watch_blocking(
    store: &Store,
    clock: &Clock,
    (roster, presences, intervals): (&Roster, &Presences, &Intervals),
) -> Result<(), StoreError> {
    let (ctx, fleet) = (Ctx::system(clock), fleet(roster, presences, intervals));
    store.write_blocking(|conn| turn(conn, &ctx, &fleet, Taken::default())).map(drop)
}

/// The agents that may speak and have spoken, by organisation.
fn fleet(roster: &Roster, presences: &Presences, intervals: &Intervals) -> Fleet {
    let mut fleet = Fleet::new();
    let agents: Vec<_> =
        roster.within(&Scope::all()).into_iter().filter(|agent| agent.state == AgentState::Active).collect();
    let seen = presences.last_seen(agents.iter().map(|agent| agent.key));
    for (agent, seen) in agents.iter().zip(seen) {
        let Some(seen) = seen else { continue };
        let interval = intervals.judged(agent.organisation, seen.interval_s);
        fleet.entry(agent.organisation).or_default().push(Watched { last_seen: seen.at, interval });
    }
    fleet
}

/// Gives how many events are open after it.
fn turn(conn: &mut Conn, ctx: &Ctx, fleet: &Fleet, taken: Taken) -> Result<usize, StoreError> {
    store::lock(conn)?;
    let outages = own_history(conn, ctx.now, taken)?;
    let open = store::list_open(conn, &Scope::all())?;
    let mut open: BTreeMap<_, _> = open.into_iter().map(|silence| (silence.organisation, silence)).collect();
    let organisations: BTreeSet<_> = fleet.keys().chain(open.keys()).copied().collect();
    for organisation in organisations {
        let agents = fleet.get(&organisation).map(Vec::as_slice).unwrap_or_default();
        let found = model::judge(agents, &outages, ctx.now);
        match (open.remove(&organisation), found) {
            (Some(silence), found) => go_on(conn, ctx, silence, agents, found)?,
            (None, Some(found)) => begin(conn, ctx, organisation, agents, found)?,
            (None, None) => {}
        }
    }
    Ok(store::list_holds(conn)?.len())
}

/// The server's outages, with what this turn adds to them.
fn own_history(conn: &mut Conn, now: Timestamp, taken: Taken) -> Result<Vec<Outage>, StoreError> {
    let kept_from = now.saturating_sub(OUTAGES_KEPT).unwrap_or(Timestamp::MIN);
    let alive_until = store::beat(conn, now)?.unwrap_or(now).min(now);
    if now > alive_until.saturating_add(DOWN_AFTER).unwrap_or(Timestamp::MAX) {
        let down = Outage { cause: Why::ServerWasDown, began_at: alive_until, ended_at: now };
        store::save_outage(conn, &down)?;
        store::forget_outages(conn, kept_from)?;
    }
    let mut outages = store::list_outages(conn, kept_from)?;
    if taken.is_shedding() {
        // One that has just paused goes on: of several processes one may be idle.
        let lately = alive_until.saturating_sub(DOWN_AFTER).unwrap_or(Timestamp::MIN);
        let last = outages.iter_mut().rfind(|one| one.cause == Why::ServerWasShedding && one.ended_at >= lately);
        let shedding = if let Some(last) = last {
            last.ended_at = now;
            *last
        } else {
            let new = Outage { cause: Why::ServerWasShedding, began_at: alive_until, ended_at: now };
            outages.push(new);
            new
        };
        store::save_outage(conn, &shedding)?;
    }
    Ok(outages)
}

fn begin(
    conn: &mut Conn,
    ctx: &Ctx,
    organisation: OrganisationId,
    agents: &[Watched],
    finding: Finding,
) -> Result<(), StoreError> {
    let tally = model::tally(agents, finding.since, ctx.now);
    let silence = Silence {
        id: ctx.new_id(),
        organisation,
        organisation_name: store::find_name(conn, organisation)?,
        finding,
        noticed_at: ctx.now,
        tally,
        most: tally.missing,
    };
    store::insert(conn, &silence)?;
    tracing::warn!(
        organisation.name = silence.organisation_name,
        why = finding.why.name(),
        missing = tally.missing,
        agents = tally.agents,
        "the fleet is silent: nobody is marked for it"
    );
    record(conn, ctx, "fleet_silence.began", &silence, None)
}

fn go_on(
    conn: &mut Conn,
    ctx: &Ctx,
    before: Silence,
    agents: &[Watched],
    found: Option<Finding>,
) -> Result<(), StoreError> {
    let tally = model::tally(agents, before.finding.since, ctx.now);
    let outcome = match model::go_on(before.finding, found, tally, ctx.now) {
        Course::On(finding) => {
            let tally = model::tally(agents, finding.since, ctx.now);
            let most = before.most.max(tally.missing);
            let after = Silence { finding, tally, most, ..before.clone() };
            return if after == before { Ok(()) } else { Ok(store::update(conn, &after)?) };
        }
        Course::Returned => "returned",
        Course::GivenUp => "given_up",
    };
    let ended = Silence { tally, ..before };
    store::end(conn, &ended, ctx.now)?;
    tracing::info!(
        organisation.name = ended.organisation_name,
        outcome,
        missing = tally.missing,
        "the silence of the fleet is over"
    );
    record(conn, ctx, "fleet_silence.ended", &ended, Some(outcome))
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    silence: &Silence,
    outcome: Option<&'static str>,
) -> Result<(), StoreError> {
    let details = json!({
        "why": silence.finding.why.name(),
        "since": silence.finding.since,
        "agents": silence.tally.agents,
        "missing": silence.tally.missing,
        "most": silence.most,
        "outcome": outcome,
    });
    let object = Object::named("organisation", silence.organisation, &silence.organisation_name);
    audit::record(conn, ctx, Entry { action, object, details })
}
