//! Organisations as a tree that people change.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::kernel::id::OrganisationId;
use crate::kernel::invalid::{Fault, Invalid};

/// Longest name in characters.
pub const NAME_CHARS: usize = 100;
/// Seconds between two reports of an agent that may be set: what agents take.
pub const AGENT_INTERVAL_S: RangeInclusive<u32> = 60..=86_400;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, which no other of the same parent has.
    pub name: String,
    /// What it is part of; the root of nothing.
    pub parent: Option<OrganisationId>,
    /// Counts the changes.
    pub version: i32,
    /// Seconds between two reports of its agents and of those below it; nothing if that is said above it.
    pub agent_interval_s: Option<u32>,
    /// The same as it comes from the nearest organisation that says it; nothing if none does.
    pub inherited_interval_s: Option<u32>,
}

/// What is to become different; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationChange {
    /// Another name.
    pub name: Option<String>,
    /// Another place in the tree.
    pub parent: Option<OrganisationId>,
    /// Another interval of its agents.
    pub agent_interval: Option<NewInterval>,
}

/// How often agents are to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewInterval {
    /// As it is said above the organisation.
    FromAbove,
    /// Every so many seconds.
    Seconds(i64),
}

impl NewInterval {
    /// The seconds to keep, if any.
    ///
    /// # Errors
    ///
    /// They are beyond what agents take.
    pub fn check(self) -> Result<Option<u32>, Invalid> {
        match self {
            Self::FromAbove => Ok(None),
            Self::Seconds(seconds) => check_interval(seconds).map(Some),
        }
    }
}

/// What is configured for agents for which no organisation says it, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfiguredInterval(pub u32);

/// An interval that agents take, or the limit that it is beyond.
fn check_interval(seconds: i64) -> Result<u32, Invalid> {
    let (least, most) = (i64::from(*AGENT_INTERVAL_S.start()), i64::from(*AGENT_INTERVAL_S.end()));
    let limit = if seconds < least { least } else { most };
    let within = u32::try_from(seconds).ok().filter(|seconds| AGENT_INTERVAL_S.contains(seconds));
    within.ok_or_else(|| {
        let detail = format!("{least} to {most} seconds");
        Invalid::beyond("agent_interval_s", Fault::OutOfRange, limit, detail)
    })
}

/// Each organisation's interval: its own, or else that of the nearest above it that says one. Organisations for which
/// none does are left out.
#[must_use]
pub fn intervals<'a>(organisations: impl IntoIterator<Item = &'a Organisation>) -> BTreeMap<OrganisationId, u32> {
    let known: BTreeMap<_, _> =
        organisations.into_iter().map(|one| (one.id, (one.parent, one.agent_interval_s))).collect();
    let nearest = |id: &OrganisationId| {
        // A tree has no way longer than its nodes are many, whatever a row says.
        let way = std::iter::successors(known.get(id), |(parent, _)| known.get(parent.as_ref()?));
        way.take(known.len()).find_map(|(_, interval)| *interval)
    };
    known.keys().filter_map(|id| Some((*id, nearest(id)?))).collect()
}

/// Why an organisation stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The root is neither moved nor deleted.
    Root,
    /// It would be part of itself.
    Cycle,
    /// It is the top of what the caller reaches: where it belongs is for others to say.
    TopOfReach,
    /// Something belongs to it.
    NotEmpty,
}

impl Obstacle {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root_organisation",
            Self::Cycle => "cycle",
            Self::TopOfReach => "top_of_reach",
            Self::NotEmpty => "not_empty",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Root => "the organisation at the top is neither moved nor deleted",
            Self::Cycle => "an organisation is not part of itself",
            Self::TopOfReach => "only somebody who may change what it is part of moves it",
            Self::NotEmpty => "organisations, grants, hosts or tokens still belong to it",
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Organisation, check_interval, intervals};
    use crate::kernel::id::OrganisationId;

    #[test]
    fn an_organisation_goes_by_the_nearest_above_it_that_says_something() {
        let id = |number| OrganisationId::from_uuid(Uuid::from_u128(number));
        let tree =
            [(1, None, None), (2, Some(1), Some(600)), (3, Some(2), None), (4, Some(3), Some(60)), (5, Some(1), None)];
        let organisations = tree.map(|(own, parent, agent_interval_s)| Organisation {
            id: id(own),
            name: own.to_string(),
            parent: parent.map(id),
            version: 1,
            agent_interval_s,
            inherited_interval_s: None,
        });
        let found = intervals(&organisations);
        assert_eq!(
            (1..=5).map(|one| found.get(&id(one)).copied()).collect::<Vec<_>>(),
            [None, Some(600), Some(600), Some(60), None]
        );
    }

    #[test]
    fn an_interval_beyond_what_agents_take_names_the_limit() {
        assert_eq!((check_interval(60), check_interval(86_400)), (Ok(60), Ok(86_400)));
        let limits = [-1, 59, 86_401, i64::MAX].map(|seconds| check_interval(seconds).unwrap_err().limit);
        assert_eq!(limits, [Some(60), Some(60), Some(86_400), Some(86_400)]);
    }
}
