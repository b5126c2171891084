//! Beginnings and ends of intervals, and their order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an interval is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Stream {
    Values,
    Relations,
    Software,
}

/// A place in the history: newest first, then by stream and by the two keys of the interval in it.
///
/// | stream | `major` | `minor` |
/// |---|---|---|
/// | values | attribute | source |
/// | relations | relation | – |
/// | software | product | version |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Microseconds since 1970.
    pub(super) at: i64,
    pub(super) stream: Stream,
    pub(super) major: i64,
    pub(super) minor: i64,
}

/// The beginning or the end of an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) place: Place,
    pub(super) begins: bool,
    /// Attribute, relation type or product.
    pub(super) subject: String,
    /// The other item, or the architecture.
    pub(super) detail: Option<String>,
    /// The value as JSON text.
    pub(super) value: Option<String>,
    pub(super) signature: Signature,
}

/// Who said it and when we learned it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Signature {
    pub(super) recorded_at: Option<Timestamp>,
    pub(super) source: String,
    pub(super) actor_id: Option<Uuid>,
    pub(super) actor_name: Option<String>,
}

/// Edges of one kind in order, as many as were asked for or all there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    pub(super) edges: Vec<Edge>,
    /// Whether there may be more after the last.
    pub(super) truncated: bool,
}

impl Place {
    /// Whether the edges at both places are about the same thing at the same time, so that they may be one change.
    pub(super) fn is_beside(self, other: Self) -> bool {
        let same_minor = self.stream == Stream::Software || self.minor == other.minor;
        self.at == other.at && self.stream == other.stream && self.major == other.major && same_minor
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |place: &Self| (place.stream, place.major, place.minor);
        other.at.cmp(&self.at).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
