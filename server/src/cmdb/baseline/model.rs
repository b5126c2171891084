//! What a baseline is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cmdb::compare::model::Topic;
use crate::cmdb::error::FieldFault;
use crate::cmdb::list::RawFilter;
use crate::index::model::fold::fold;
use crate::kernel::id::{AcceptanceId, BaselineId, CiId, OrganisationId};

/// Longest name in characters.
const NAME_CHARS: usize = 100;
/// Longest note in bytes.
const NOTE_BYTES: usize = 4 << 10;
/// Most items that are named one by one.
pub(super) const NAMED_MAX: usize = 1_000;

/// A baseline.
#[derive(Debug, Clone)]
pub(super) struct Baseline {
    pub(super) key: i32,
    pub(super) id: BaselineId,
    pub(super) organisation: OrganisationId,
    pub(super) name: String,
    pub(super) note: Option<String>,
    /// What found its items; none where they were named one by one.
    pub(super) filter: Option<FilterBody>,
    pub(super) taken_at: Timestamp,
    pub(super) created_by: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) version: i32,
    /// How many items it was taken of.
    pub(super) members: i64,
}

/// What people say of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) note: Option<String>,
}

/// Of which items one is taken.
#[derive(Debug, Clone)]
pub(super) enum Set {
    Found(FilterBody),
    Named(Vec<CiId>),
}

/// A filter of items, as `GET /cis` takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FilterBody {
    /// A query; `group:NAME` is a saved search.
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    class: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lifecycle: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observation: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organisation: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    criticality: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environment: Vec<String>,
    /// Shown values by attribute.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, Vec<String>>,
}

impl From<FilterBody> for RawFilter {
    fn from(body: FilterBody) -> Self {
        Self {
            class: body.class,
            q: body.q,
            lifecycle: body.lifecycle,
            observation: body.observation,
            organisation: body.organisation,
            criticality: body.criticality,
            environment: body.environment,
            attributes: body.attributes.into_iter().collect(),
            as_of: None,
        }
    }
}

impl Draft {
    /// The draft without what stands around its texts.
    pub(super) fn checked(self) -> Result<Self, FieldFault> {
        let printable = |text: &str| text.replace('\0', "\u{2400}");
        let name = printable(&self.name.split_whitespace().collect::<Vec<_>>().join(" "));
        if fold(&name).is_empty() {
            return Err(FieldFault::new("name", "required", "it needs a name"));
        }
        if name.chars().count() > NAME_CHARS {
            return Err(too_long("name", NAME_CHARS, "characters"));
        }
        let note = self.note.map(|note| printable(note.trim())).filter(|note| !note.is_empty());
        if note.as_ref().is_some_and(|note| note.len() > NOTE_BYTES) {
            return Err(too_long("note", NOTE_BYTES, "bytes"));
        }
        Ok(Self { name, note })
    }
}

/// A field that holds more than it may.
pub(super) fn too_long(field: &str, limit: usize, of: &str) -> FieldFault {
    let detail = format!("longer than {limit} {of}");
    FieldFault { limit: i64::try_from(limit).ok(), ..FieldFault::new(field, "too_long", detail) }
}

/// Differences that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Acceptance {
    pub(super) key: i32,
    pub(super) id: AcceptanceId,
    pub(super) at: Timestamp,
    pub(super) reason: String,
    pub(super) accepted_by: Option<String>,
    pub(super) accepted_at: Timestamp,
    pub(super) undone_by: Option<String>,
    pub(super) undone_at: Option<Timestamp>,
    pub(super) undo_reason: Option<String>,
    /// Of how many items what was accepted.
    pub(super) topics: BTreeMap<Topic, i64>,
}

/// A difference that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) ci_key: i32,
    pub(super) topic: Topic,
    pub(super) at: Timestamp,
    /// Whether the item is expected to be in the set.
    pub(super) is_member: bool,
}

/// What is expected: which items, and since when each part of them is as it should be.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) members: BTreeSet<i32>,
    taken_at: Timestamp,
    since: BTreeMap<(i32, Topic), Timestamp>,
}

impl Expected {
    /// What follows from a baseline and from what was accepted since, in order.
    pub(super) fn new(taken_at: Timestamp, members: BTreeSet<i32>, accepted: Vec<Accepted>) -> Self {
        let mut expected = Self { members, taken_at, since: BTreeMap::new() };
        for one in accepted {
            match (&one.topic, one.is_member) {
                (Topic::Membership, true) => expected.members.insert(one.ci_key),
                (Topic::Membership, false) => expected.members.remove(&one.ci_key),
                _ => true,
            };
            expected.since.insert((one.ci_key, one.topic), one.at);
        }
        expected
    }

    /// Since when this is as it should be: what entered the set, as it was when that was accepted.
    pub(super) fn since(&self, ci_key: i32, topic: &Topic) -> Timestamp {
        let accepted = |topic: &Topic| self.since.get(&(ci_key, topic.clone())).copied();
        let entered = accepted(&Topic::Membership).filter(|_| self.members.contains(&ci_key));
        accepted(topic).max(entered).unwrap_or(self.taken_at)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::{Accepted, Expected};
    use crate::cmdb::compare::model::Topic;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_was_accepted_last_is_expected_and_of_nothing_else() {
        let os = || Topic::Attribute("os_name".to_owned());
        let accepted = |topic, second| Accepted { ci_key: 1, topic, at: at(second), is_member: true };
        let expected = Expected::new(at(0), BTreeSet::from([1, 2]), vec![accepted(os(), 5), accepted(os(), 7)]);
        assert_eq!(expected.since(1, &os()), at(7));
        assert_eq!(expected.since(1, &Topic::Software), at(0));
        assert_eq!(expected.since(2, &os()), at(0));
    }

    #[test]
    fn what_entered_is_expected_as_it_was_then_and_what_left_not_at_all() {
        let membership = |ci_key, is_member| Accepted { ci_key, topic: Topic::Membership, at: at(9), is_member };
        let accepted = vec![membership(1, false), membership(3, true)];
        let expected = Expected::new(at(0), BTreeSet::from([1, 2]), accepted);
        assert_eq!(expected.members, BTreeSet::from([2, 3]));
        assert_eq!(expected.since(3, &Topic::Relations), at(9));
    }
}
