//! Which agents are there and how lately each was seen: from memory, where both are exact at any moment.

use std::sync::Arc;

use jiff::Timestamp;

use super::intervals::Intervals;
use super::model::{AgentState, Presence};
use super::presence::{Presences, Seen};
use super::roster::{KnownAgent, Roster};
use super::service::AgentFilter;
use super::silence::Holds;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::kernel::page::PageRequest;

/// How many agents there are of each kind. The first three are of the active ones; `silent` includes those never seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Active and live.
    pub live: u64,
    /// Active and late.
    pub late: u64,
    /// Active and silent, or never seen.
    pub silent: u64,
    /// Waiting for a person.
    pub pending: u64,
    /// Shut out.
    pub revoked: u64,
}

/// The agents in reach of a caller.
pub struct Census<'a> {
    /// The agents.
    pub roster: &'a Roster,
    /// When each was seen last.
    pub presences: &'a Presences,
    /// How often they report.
    pub intervals: &'a Intervals,
    /// As of when their presence is judged.
    pub holds: &'a Holds,
}

impl Census<'_> {
    /// How many there are of each kind.
    #[must_use]
    pub fn counts(&self, ctx: &Ctx) -> Counts {
        let mut counts = Counts::default();
        for (agent, presence) in self.agents(ctx) {
            let count = match (agent.state, presence) {
                (AgentState::Pending, _) => &mut counts.pending,
                (AgentState::Revoked, _) => &mut counts.revoked,
                (AgentState::Active, Presence::Live) => &mut counts.live,
                (AgentState::Active, Presence::Late) => &mut counts.late,
                (AgentState::Active, Presence::Silent | Presence::Never) => &mut counts.silent,
            };
            *count += 1;
        }
        counts
    }

    /// The rows of the page's agents, and of the one after them, of those that are active and were seen so lately.
    #[must_use]
    pub fn keys(
        &self,
        ctx: &Ctx,
        presence: Presence,
        filter: &AgentFilter,
        page: &PageRequest<(String, i32)>,
    ) -> Vec<i32> {
        if filter.state.is_some_and(|state| state != AgentState::Active) {
            return Vec::new();
        }
        let part = filter.part_of_name.as_deref().map(str::to_lowercase);
        let is_wanted = |agent: &KnownAgent| {
            let after = page.after.as_ref();
            agent.state == AgentState::Active
                && part.as_ref().is_none_or(|part| agent.hostname.to_lowercase().contains(part))
                && after.is_none_or(|(name, key)| (agent.hostname.as_str(), agent.key) > (name.as_str(), *key))
        };
        let found = self.agents(ctx).into_iter().filter(|(_, seen)| is_counted_as(*seen, presence));
        let mut found: Vec<_> = found.map(|(agent, _)| agent).filter(|agent| is_wanted(agent)).collect();
        found.sort_unstable_by(|left, right| (&left.hostname, left.key).cmp(&(&right.hostname, right.key)));
        let rows = usize::try_from(page.rows_to_fetch()).unwrap_or(usize::MAX);
        found.into_iter().take(rows).map(|agent| agent.key).collect()
    }

    fn agents(&self, ctx: &Ctx) -> Vec<(Arc<KnownAgent>, Presence)> {
        let agents = self.roster.within(&ctx.scope);
        let seen = self.presences.last_seen(agents.iter().map(|agent| agent.key));
        let with_presence = agents.into_iter().zip(seen).map(|(agent, seen)| {
            let presence = self.presence(agent.organisation, seen, ctx.now);
            (agent, presence)
        });
        with_presence.collect()
    }

    /// How lately an agent of `organisation` was seen.
    #[must_use]
    pub fn presence(&self, organisation: OrganisationId, seen: Option<Seen>, now: Timestamp) -> Presence {
        let interval = self.intervals.judged(organisation, seen.and_then(|seen| seen.interval_s));
        Presence::of(seen.map(|seen| seen.at), self.holds.judged_at(organisation, now), interval)
    }
}

/// One that was never seen is silent, too.
fn is_counted_as(seen: Presence, wanted: Presence) -> bool {
    seen == wanted || (wanted == Presence::Silent && seen == Presence::Never)
}
