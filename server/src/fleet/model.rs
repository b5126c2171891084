//! What an agent is and what may be done with it. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::identity::Known;
use crate::kernel::id::{AgentId, CiId, OrganisationId};

/// Whether an agent may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AgentState {
    /// A person has to approve it first.
    Pending,
    /// It may.
    Active,
    /// It may never again.
    Revoked,
}

/// An agent, as people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// Its row.
    pub key: i32,
    /// Its id.
    pub id: AgentId,
    /// Whose its host is.
    pub organisation: OrganisationId,
    /// That organisation's name.
    pub organisation_name: String,
    /// Whether it may speak.
    pub state: AgentState,
    /// The host name it gave last.
    pub hostname: String,
    /// How often it got a certificate.
    pub generation: i32,
    /// When its certificate ends.
    pub certificate_expires_at: Option<Timestamp>,
    /// When it first asked.
    pub enrolled_at: Timestamp,
    /// Counts its changes.
    pub version: i32,
}

/// The CI that an agent's host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCi {
    /// Its id.
    pub id: CiId,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
}

/// An agent as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentRow {
    /// The agent.
    pub agent: Agent,
    /// The CI its host is.
    pub ci: Option<HostCi>,
    /// How many sections of that one could not be collected.
    pub faults: i64,
    /// The agent whose identity it had before.
    pub copy_of: Option<Original>,
    /// Processes on other machines that speak as this agent, the latest first.
    pub contenders: Vec<Known>,
}

/// The agent that another has been a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its id.
    pub id: AgentId,
    /// The host name it gave last.
    pub hostname: String,
}

/// How lately an agent was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Presence {
    /// Within three of its intervals and two minutes.
    Live,
    /// Within a day.
    Late,
    /// Longer ago, by either.
    Silent,
    /// Never.
    Never,
}

/// An action on an agent that its state or the caller's permissions allow or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be done.
    Allowed,
    /// It may not; a stable name says why.
    Refused(&'static str),
}

/// By how much a host's clock may be wrong before people are told.
const CLOCK_TOLERANCE_MS: u64 = 120_000;

/// By how many seconds a host's clock is behind the server's, or ahead of it if less than zero; nothing if it is right
/// within two minutes. `offset_ms` is by how much the server's clock is ahead.
#[must_use]
pub const fn clock_behind_s(offset_ms: i64) -> Option<i64> {
    if offset_ms.unsigned_abs() > CLOCK_TOLERANCE_MS { Some(offset_ms / 1_000) } else { None }
}

/// What is added to three intervals: more than the spread of agents that come back after an outage.
const GRACE: Duration = Duration::from_mins(2);
/// After what silence an agent that reports every `interval` is not at its post.
#[must_use]
pub fn patience(interval: Duration) -> Duration {
    interval * 3 + GRACE
}

const DAY: Duration = Duration::from_hours(24);

impl AgentState {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Pending, Self::Active, Self::Revoked].into_iter().find(|state| state.name() == name)
    }

    /// Whether an agent in this state can be approved.
    #[must_use]
    pub const fn approve(self) -> Verdict {
        match self {
            Self::Pending => Verdict::Allowed,
            Self::Active | Self::Revoked => Verdict::Refused("not_pending"),
        }
    }

    /// Whether an agent in this state can be revoked.
    #[must_use]
    pub const fn revoke(self) -> Verdict {
        match self {
            Self::Pending | Self::Active => Verdict::Allowed,
            Self::Revoked => Verdict::Refused("already_revoked"),
        }
    }
}

impl Presence {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Never => "never",
        }
    }

    /// The presence of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Live, Self::Late, Self::Silent, Self::Never].into_iter().find(|presence| presence.name() == name)
    }

    /// How lately an agent that reports every `interval` was seen, as of `at`: see [`super::silence::Holds`].
    #[must_use]
    pub fn of(last_seen: Option<Timestamp>, at: Timestamp, interval: Duration) -> Self {
        let Some(last_seen) = last_seen else { return Self::Never };
        if at <= live_until(last_seen, interval) {
            Self::Live
        } else if Duration::try_from(at.duration_since(last_seen)).is_ok_and(|ago| ago <= DAY) {
            Self::Late
        } else {
            Self::Silent
        }
    }
}

/// Until when an agent that was seen at `last_seen` and reports every `interval` is live.
#[must_use]
pub fn live_until(last_seen: Timestamp, interval: Duration) -> Timestamp {
    last_seen.saturating_add(patience(interval)).unwrap_or(Timestamp::MAX)
}

/// What a machine said of itself when it asked for a certificate; bounded and fit for both databases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The kernel's host name.
    pub hostname: String,
    /// `/etc/machine-id`.
    pub machine_id: Option<String>,
    /// SMBIOS system UUID.
    pub product_uuid: Option<String>,
    /// SMBIOS system serial number.
    pub serial: Option<String>,
    /// Version of the agent.
    pub agent_version: String,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{AgentState, Presence, Verdict};

    #[test]
    fn presence_follows_the_interval() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let presence = |seconds_ago: u64| {
            let seen = now - Duration::from_secs(seconds_ago);
            Presence::of(Some(seen), now, Duration::from_mins(5)).name()
        };
        assert_eq!((presence(0), presence(1_020)), ("live", "live"));
        assert_eq!((presence(1_021), presence(86_400)), ("late", "late"));
        assert_eq!(presence(86_401), "silent");
        let daily = |hours| Presence::of(Some(now - Duration::from_hours(hours)), now, Duration::from_hours(24)).name();
        assert_eq!((daily(71), daily(73)), ("live", "silent"));
        assert_eq!(Presence::of(None, now, Duration::from_mins(5)).name(), "never");
        assert_eq!(Presence::of(Some(now + Duration::from_hours(1)), now, Duration::from_mins(5)).name(), "live");
    }

    #[test]
    fn only_the_pending_are_approved_and_the_revoked_stay_revoked() {
        let table: Vec<_> = [AgentState::Pending, AgentState::Active, AgentState::Revoked]
            .map(|state| (state.name(), state.approve(), state.revoke()))
            .to_vec();
        assert_eq!(
            table,
            [
                ("pending", Verdict::Allowed, Verdict::Allowed),
                ("active", Verdict::Refused("not_pending"), Verdict::Allowed),
                ("revoked", Verdict::Refused("not_pending"), Verdict::Refused("already_revoked")),
            ]
        );
    }
}
