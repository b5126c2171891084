//! Whether a silence says something of the hosts. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::fleet::model::live_until;
use crate::kernel::id::{OrganisationId, SilenceId};

/// Fewer agents than this are no fleet: one of two is half of them and says nothing.
pub const FLEET: usize = 5;
/// More than one in so many missing together is a silence of the fleet.
const ONE_IN: usize = 5;
/// Agents that may have stopped within this time stopped together.
const TOGETHER: Duration = Duration::from_mins(10);
/// How long agents that stopped together are taken to be there when they would be late; after that those still away
/// are judged one by one.
pub const HELD_AT_MOST: Duration = Duration::from_hours(4);
/// How long those still away are given when the others are back.
const SETTLING: Duration = Duration::from_mins(20);
/// Longest time between two attempts of an agent (15 minutes), and what it adds to the first of them (2 minutes).
const BACK_OFF: Duration = Duration::from_mins(17);
/// What delays a report on its way.
pub const DELAY: Duration = Duration::from_mins(2);
/// The server was away if nobody wrote that one was alive for so long.
pub const DOWN_AFTER: Duration = Duration::from_mins(2);

/// Why a silence is not taken for the hosts' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(rename_all = "snake_case", as = SilenceReason)]
pub enum Why {
    /// More than a fifth of the organisation's agents stopped within ten minutes.
    ManyAtOnce,
    /// The server sent agents away.
    ServerWasShedding,
    /// No server was there to be spoken to.
    ServerWasDown,
}

/// What an agent's silence is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// When it was seen last.
    pub last_seen: Timestamp,
    /// How often it reports.
    pub interval: Duration,
}

/// A time in which the server could not hear agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// [`Why::ServerWasDown`] or [`Why::ServerWasShedding`].
    pub cause: Why,
    /// From when.
    pub began_at: Timestamp,
    /// Until when, as far as it is known.
    pub ended_at: Timestamp,
}

/// What a server process did with agents' requests in one turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Requests that it answered.
    pub answered: u64,
    /// Requests that it sent away.
    pub refused: u64,
}

/// An organisation's silence that is not taken for the hosts' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Why not.
    pub why: Why,
    /// Since when: as of then its agents are judged.
    pub since: Timestamp,
    /// How long, if nothing more comes.
    pub held_until: Timestamp,
}

/// How many agents are missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Agents that were there when it began.
    pub agents: usize,
    /// Those of them that are missing now.
    pub missing: usize,
}

/// What becomes of an open event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It goes on, by this.
    On(Finding),
    /// Everybody is back.
    Returned,
    /// Those who are still missing are judged one by one from now on.
    GivenUp,
}

/// An event: an organisation whose agents' silence is not taken for their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Its id.
    pub id: SilenceId,
    /// Whose agents are silent.
    pub organisation: OrganisationId,
    /// That organisation's name.
    pub organisation_name: String,
    /// Why, since when and for how long at least.
    pub finding: Finding,
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// How many agents there were when it began, and how many of them are missing.
    pub tally: Tally,
    /// How many were missing at most.
    pub most: usize,
}

/// As of when presence is judged, by organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds(BTreeMap<OrganisationId, Timestamp>);

impl Why {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManyAtOnce => "many_at_once",
            Self::ServerWasShedding => "server_was_shedding",
            Self::ServerWasDown => "server_was_down",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::ManyAtOnce, Self::ServerWasShedding, Self::ServerWasDown].into_iter().find(|why| why.name() == name)
    }
}

impl Taken {
    /// Whether so many were sent away that agents may have gone unheard: one in ten.
    #[must_use]
    pub const fn is_shedding(self) -> bool {
        self.refused > 0 && self.refused.saturating_mul(10) >= self.refused.saturating_add(self.answered)
    }
}

impl Watched {
    /// From when on it is missing: one interval before it is late. When the first of many that stopped together would
    /// be late, all of them are missing.
    fn missing_from(&self) -> Timestamp {
        after(self.last_seen, self.interval * 2 + DELAY)
    }

    fn is_missing(&self, now: Timestamp) -> bool {
        self.missing_from() <= now
    }

    /// From when on it would be marked.
    fn late_from(&self) -> Timestamp {
        live_until(self.last_seen, self.interval)
    }

    /// When it stopped: then or at any time up to its next report.
    fn stopped_by(&self) -> Timestamp {
        after(self.last_seen, self.interval)
    }

    /// Whether it was to be heard during the outage or has not had the time since to come back.
    fn is_excused_by(&self, outage: &Outage, now: Timestamp) -> bool {
        let was_expected = after(self.stopped_by(), DELAY) >= outage.began_at && self.last_seen <= outage.ended_at;
        was_expected && now <= self.given_by(outage)
    }

    /// How long it is given to come back.
    fn given_by(&self, outage: &Outage) -> Timestamp {
        after(outage.ended_at, self.interval * 3 + DELAY + BACK_OFF)
    }
}

impl Finding {
    /// Both at once: from the earlier to the later, for the reason that says more of the server.
    fn and(self, other: Self) -> Self {
        Self {
            why: self.why.max(other.why),
            since: self.since.min(other.since),
            held_until: self.held_until.max(other.held_until),
        }
    }
}

/// Whether the silence of an organisation's agents, those that may speak and have spoken, is not the hosts' own.
///
/// The one rule of what is a silence of the fleet: more than a fifth of five agents or more stopped within ten minutes
/// and would be late for less than four hours, or agents are missing that were to be heard while the server was down or shedding.
#[must_use]
pub fn judge(agents: &[Watched], outages: &[Outage], now: Timestamp) -> Option<Finding> {
    let (ours, common) = (unheard(agents, outages, now), stopped_together(agents, now));
    ours.into_iter().chain(common).reduce(Finding::and)
}

/// What becomes of an event that is open, given what is found now.
#[must_use]
pub fn go_on(open: Finding, found: Option<Finding>, tally: Tally, now: Timestamp) -> Course {
    if tally.missing == 0 {
        return Course::Returned;
    }
    match found {
        Some(found) => Course::On(open.and(found)),
        None if now < open.held_until => Course::On(open),
        None => Course::GivenUp,
    }
}

/// How many agents were there at `since` and are missing now.
#[must_use]
pub fn tally(agents: &[Watched], since: Timestamp, now: Timestamp) -> Tally {
    let there = agents.iter().filter(|agent| !agent.is_missing(since));
    let (agents, missing) =
        there.fold((0, 0), |(agents, missing), agent| (agents + 1, missing + usize::from(agent.is_missing(now))));
    Tally { agents, missing }
}

fn unheard(agents: &[Watched], outages: &[Outage], now: Timestamp) -> Option<Finding> {
    let missing = agents.iter().filter(|agent| agent.is_missing(now));
    let each = missing.flat_map(|agent| outages.iter().map(move |outage| (agent, outage)));
    let excused = each.filter(|(agent, outage)| agent.is_excused_by(outage, now));
    let found = excused.map(|(agent, outage)| Finding {
        why: outage.cause,
        since: outage.began_at,
        held_until: agent.given_by(outage),
    });
    found.reduce(Finding::and)
}

fn stopped_together(agents: &[Watched], now: Timestamp) -> Option<Finding> {
    let is_recent = |agent: &&Watched| agent.is_missing(now) && now < after(agent.late_from(), HELD_AT_MOST);
    let missing: Vec<&Watched> = agents.iter().filter(is_recent).collect();
    let there = agents.iter().filter(|agent| !agent.is_missing(now)).count();
    let (count, at) = fullest(&missing)?;
    let fleet = there + missing.len();
    if fleet < FLEET || count * ONE_IN <= fleet {
        return None;
    }
    let together = missing.iter().filter(|agent| may_have_stopped_at(agent, at));
    let since = together.map(|agent| agent.last_seen).min()?;
    Some(Finding { why: Why::ManyAtOnce, since, held_until: after(now, SETTLING) })
}

/// The time at which most of these may have stopped, give or take, and how many that is.
fn fullest(missing: &[&Watched]) -> Option<(usize, Timestamp)> {
    let mut begins: Vec<Timestamp> = missing.iter().map(|agent| agent.last_seen).collect();
    let mut ends: Vec<Timestamp> = missing.iter().map(|agent| after(agent.stopped_by(), TOGETHER)).collect();
    begins.sort_unstable();
    ends.sort_unstable();
    // The count rises where a span begins and nowhere else.
    let counted = begins.iter().zip(1..).map(|(at, begun)| (begun - ends.partition_point(|end| end < at), *at));
    counted.max_by_key(|(count, _)| *count)
}

fn may_have_stopped_at(agent: &Watched, at: Timestamp) -> bool {
    agent.last_seen <= at && at <= after(agent.stopped_by(), TOGETHER)
}

fn after(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

impl Holds {
    /// As of when an organisation's agents and what they see are judged: now, or since when their silence is not taken
    /// for their own.
    #[must_use]
    pub fn judged_at(&self, organisation: OrganisationId, now: Timestamp) -> Timestamp {
        self.0.get(&organisation).map_or(now, |since| now.min(*since))
    }

    /// The times as of which organisations are judged that are not judged as of now, with these organisations.
    #[must_use]
    pub fn by_time(&self) -> BTreeMap<Timestamp, Vec<OrganisationId>> {
        let mut times: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (organisation, since) in &self.0 {
            times.entry(*since).or_default().push(*organisation);
        }
        times
    }
}

impl FromIterator<(OrganisationId, Timestamp)> for Holds {
    fn from_iter<I: IntoIterator<Item = (OrganisationId, Timestamp)>>(holds: I) -> Self {
        Self(holds.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
