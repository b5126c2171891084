//! Relations that are one since their ends are: of rows that one item is made of, each may be related to the same.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::merge::records::Records;
use crate::cmdb::value::shown::NOW;
use crate::store::column::At;
use crate::store::schema::{cmdb_merge as m, cmdb_relation as rel};
use crate::store::{Conn, StoreError};

/// Relations of an item that are not shown by themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Twins {
    /// Those that are told of with an older one between the same items, and that one.
    told_with: BTreeMap<i64, i64>,
    /// Those between rows of one item.
    within: BTreeSet<i64>,
}

/// A relation between rows: its key, type, origin and ends.
type Row = (i64, String, String, i32, i32);

impl Twins {
    /// Finds them among the relations of these rows, as of a time or now: two statements.
    pub(super) fn find(conn: &mut Conn, records: &[i32], as_of: Option<Timestamp>) -> Result<Self, StoreError> {
        let at = At(as_of.unwrap_or(NOW));
        let of_item = rel::source_key.eq_any(records.to_vec()).or(rel::target_key.eq_any(records.to_vec()));
        let valid = rel::valid_from.le(at).and(rel::valid_to.is_null().or(rel::valid_to.gt(at)));
        let (merged, survived) = (m::table.select(m::merged_key), m::table.select(m::survivor_key));
        let source = rel::source_key.eq_any(merged).or(rel::source_key.eq_any(survived));
        let target = rel::target_key.eq_any(merged).or(rel::target_key.eq_any(survived));
        let rows: Vec<Row> = rel::table
            .filter(of_item.and(valid).and(source.or(target)))
            .order(rel::key)
            .select((rel::key, rel::type_, rel::origin, rel::source_key, rel::target_key))
            .load(conn)?;
        if rows.is_empty() {
            return Ok(Self::default());
        }
        let ends: Vec<i32> = rows.iter().flat_map(|(.., source, target)| [*source, *target]).collect();
        let items = Records::around(conn, &[], &ends, as_of)?;
        Ok(Self::among(rows, |row| items.item_of(row).unwrap_or(row)))
    }

    fn among(rows: Vec<Row>, item_of: impl Fn(i32) -> i32) -> Self {
        let mut twins = Self::default();
        let mut first: BTreeMap<(String, String, i32, i32), i64> = BTreeMap::new();
        for (key, kind, origin, source, target) in rows {
            let ends = (item_of(source), item_of(target));
            if ends.0 == ends.1 && source != target {
                twins.within.insert(key);
                continue;
            }
            let shown = *first.entry((kind, origin, ends.0, ends.1)).or_insert(key);
            if shown != key {
                twins.told_with.insert(key, shown);
            }
        }
        twins
    }

    /// Those that are not shown by themselves.
    pub(super) fn hidden(&self) -> Vec<i64> {
        self.told_with.keys().copied().chain(self.within.iter().copied()).collect()
    }

    /// These relations and those that are told of with them.
    pub(super) fn with(&self, shown: &[i64]) -> Vec<i64> {
        let wanted: BTreeSet<i64> = shown.iter().copied().collect();
        let twins = self.told_with.iter().filter(|(_, with)| wanted.contains(with)).map(|(key, _)| *key);
        shown.iter().copied().chain(twins).collect()
    }

    /// The relation with which one is told of.
    pub(super) fn shown_as(&self, key: i64) -> i64 {
        self.told_with.get(&key).copied().unwrap_or(key)
    }
}

#[cfg(test)]
mod tests {
    use super::Twins;

    #[test]
    fn relations_of_the_same_kind_between_the_same_items_are_told_of_once() {
        let row = |key, kind: &str, source, target| (key, kind.to_owned(), "observed".to_owned(), source, target);
        // 2 is part of 1, and 4 of 3.
        let item_of = |row| {
            if row == 2 {
                1
            } else if row == 4 {
                3
            } else {
                row
            }
        };
        let rows = vec![row(10, "uses", 1, 3), row(11, "uses", 2, 4), row(12, "runs_on", 2, 3), row(13, "uses", 3, 2)];
        let twins = Twins::among(rows, item_of);
        assert_eq!(twins.hidden(), [11]);
        assert_eq!(twins.with(&[10, 12]), [10, 12, 11]);
        assert_eq!(twins.shown_as(11), 10);
    }

    #[test]
    fn a_relation_between_rows_of_one_item_is_not_shown_and_one_with_itself_is() {
        let row = |key, source, target| (key, "uses".to_owned(), "person".to_owned(), source, target);
        let twins = Twins::among(vec![row(10, 1, 2), row(11, 5, 5)], |row| if row == 2 { 1 } else { row });
        assert_eq!(twins.hidden(), [10]);
    }
}
