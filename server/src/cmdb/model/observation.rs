//! Observation: what agents say of an item being there.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// After how long without a word something is no longer live, unless its agent has an interval of its own, and silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// Live until then.
    pub live: SignedDuration,
    /// Stale until then.
    pub stale: SignedDuration,
}

/// How sure we are that an item is there. Set by agents only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Observation {
    /// Seen within three reporting intervals of its agent and two minutes.
    Live,
    /// Seen within a day.
    Stale,
    /// Not seen for longer, or no longer seen by an agent that still reports.
    Silent,
    /// Its agent has not reported yet.
    Never,
    /// No agent has ever seen it: it is known from people or imports.
    Unobserved,
}

/// What is known of an item's being seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sightings {
    /// Whether an agent reports as this item.
    pub has_agent: bool,
    /// When an agent last saw it.
    pub last_seen: Option<Timestamp>,
    /// Since when its host's agent reports without it.
    pub gone_at: Option<Timestamp>,
    /// Until when its agent or its host's is live, by the agent's own interval; nothing if that is not known.
    pub live_until: Option<Timestamp>,
}

/// The text names no observation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no observation; one of: live, stale, silent, never, unobserved")]
pub struct UnknownObservation(pub String);

impl Freshness {
    /// For agents that report every `interval_s` seconds: three missed reports, with two minutes for the way.
    #[must_use]
    pub const fn of_interval(interval_s: u32) -> Self {
        #[expect(clippy::as_conversions, reason = "`i64::from` is not const; a u32 fits")]
        let live = SignedDuration::from_secs(3 * interval_s as i64 + 120);
        Self { live, stale: SignedDuration::from_hours(24) }
    }

    /// How sure we are as of `at`: see [`crate::fleet::silence::Holds`].
    #[must_use]
    pub fn judge(self, seen: Sightings, at: Timestamp) -> Observation {
        let Some(last_seen) = seen.last_seen else {
            return if seen.has_agent { Observation::Never } else { Observation::Unobserved };
        };
        let silence = at.duration_since(last_seen);
        let is_live = seen.live_until.map_or(silence <= self.live, |until| at <= until);
        match (seen.gone_at, is_live) {
            (None, true) => Observation::Live,
            (None, false) if silence <= self.stale => Observation::Stale,
            (Some(_), _) | (None, false) => Observation::Silent,
        }
    }
}

impl Observation {
    /// Every observation.
    pub const ALL: [Self; 5] = [Self::Live, Self::Stale, Self::Silent, Self::Never, Self::Unobserved];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Silent => "silent",
            Self::Never => "never",
            Self::Unobserved => "unobserved",
        }
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Observation {
    type Err = UnknownObservation;

    fn from_str(text: &str) -> Result<Self, UnknownObservation> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or_else(|| UnknownObservation(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Freshness, Observation, Sightings};

    #[test]
    fn silence_turns_live_into_stale_and_stale_into_silent() {
        let freshness = Freshness::of_interval(300);
        let now: Timestamp = "2026-11-21T22:00:00Z".parse().unwrap();
        let cases = [
            (0, Observation::Live),
            (1_020, Observation::Live),
            (1_021, Observation::Stale),
            (86_400, Observation::Stale),
            (86_401, Observation::Silent),
        ];
        for (seconds, expected) in cases {
            let last_seen = Some(now - SignedDuration::from_secs(seconds));
            let seen = Sightings { has_agent: true, last_seen, ..Sightings::default() };
            assert_eq!(freshness.judge(seen, now), expected, "{seconds} s");
        }
    }

    #[test]
    fn an_agent_with_an_interval_of_its_own_is_judged_by_that() {
        let (freshness, now): (_, Timestamp) = (Freshness::of_interval(300), "2026-11-21T22:00:00Z".parse().unwrap());
        let ago = |hours| Some(now - SignedDuration::from_hours(hours));
        let judge = |last_seen, live_until| {
            freshness.judge(Sightings { has_agent: true, last_seen, live_until, gone_at: None }, now)
        };
        assert_eq!(judge(ago(30), Some(now)), Observation::Live);
        assert_eq!(judge(ago(1), ago(0).map(|at| at - SignedDuration::from_secs(1))), Observation::Stale);
        assert_eq!(judge(ago(30), ago(1)), Observation::Silent);
    }

    #[test]
    fn what_a_live_host_no_longer_has_is_silent() {
        let now: Timestamp = "2026-11-21T22:00:00Z".parse().unwrap();
        let seen = Sightings { last_seen: Some(now), gone_at: Some(now), ..Sightings::default() };
        assert_eq!(Freshness::of_interval(300).judge(seen, now), Observation::Silent);
    }

    #[test]
    fn what_was_never_seen_is_unobserved_unless_an_agent_should_see_it() {
        let (freshness, now) = (Freshness::of_interval(300), Timestamp::UNIX_EPOCH);
        assert_eq!(freshness.judge(Sightings::default(), now), Observation::Unobserved);
        let enrolled = Sightings { has_agent: true, ..Sightings::default() };
        assert_eq!(freshness.judge(enrolled, now), Observation::Never);
    }
}
