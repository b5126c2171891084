//! Orders of a list, and places in them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// By what a list is sorted; ties by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// Name, byte by byte.
    Name,
    /// Class, then name.
    Class,
    /// When it was last seen; what was never seen counts as seen before everything else.
    LastSeen,
    /// When it was first seen; likewise.
    FirstSeen,
}

/// Where a page ended. Times are microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Position {
    /// In a list by name.
    Name(String, i32),
    /// In a list by class and name.
    Class(String, String, i32),
    /// In a list by time.
    Time(i64, i32),
}

/// The names of the orders in the API.
const NAMES: [(&str, SortBy); 4] = [
    ("name", SortBy::Name),
    ("class", SortBy::Class),
    ("last_seen", SortBy::LastSeen),
    ("first_seen", SortBy::FirstSeen),
];

impl Sort {
    /// By name.
    pub const DEFAULT: Self = Self { by: SortBy::Name, descending: false };

    /// The order of this name; a leading minus turns it round.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (name, descending) = name.strip_prefix('-').map_or((name, false), |rest| (rest, true));
        NAMES.iter().find(|(one, _)| *one == name).map(|(_, by)| Self { by: *by, descending })
    }

    /// Whether a place is one in this order.
    #[must_use]
    pub fn has(self, position: &Position) -> bool {
        matches!(
            (self.by, position),
            (SortBy::Name, Position::Name(..))
                | (SortBy::Class, Position::Class(..))
                | (SortBy::LastSeen | SortBy::FirstSeen, Position::Time(..))
        )
    }
}

/// A time to sort by.
pub(super) fn micros(at: Option<Timestamp>) -> i64 {
    at.map_or(0, Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::{Sort, SortBy};

    #[test]
    fn an_order_is_one_of_a_few_names() {
        assert_eq!(Sort::from_name("-last_seen"), Some(Sort { by: SortBy::LastSeen, descending: true }));
        for wrong in ["", "-", "--name", "Name", "secret", "name;select pg_sleep(9)", "name,class"] {
            assert_eq!(Sort::from_name(wrong), None, "{wrong}");
        }
    }
}
