//! Which rows an item is made of.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use crate::store::column::At;
use crate::store::schema::{cmdb_ci as c, cmdb_merge as m};
use crate::store::{Conn, StoreError};

/// The rows of some items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    own: BTreeSet<i32>,
    /// What is part of another item, and of which.
    parts: BTreeMap<i32, i32>,
}

impl Records {
    /// The rows that make up these items as of a time or now: one statement, whatever their number.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn of(conn: &mut Conn, items: &[i32], as_of: Option<Timestamp>) -> Result<Self, StoreError> {
        Self::around(conn, items, &[], as_of)
    }

    /// The same, and of what these other rows are part, in the same statement.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn around(
        conn: &mut Conn,
        items: &[i32],
        others: &[i32],
        as_of: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let parts = match as_of {
            None => {
                let of_items = c::survivor_key.eq_any(items.iter().copied().map(Some).collect::<Vec<_>>());
                let of_others = c::key.eq_any(others).and(c::survivor_key.is_not_null());
                let rows: Vec<(i32, Option<i32>)> =
                    c::table.filter(of_items.or(of_others)).select((c::key, c::survivor_key)).load(conn)?;
                rows.into_iter().filter_map(|(key, survivor)| Some((key, survivor?))).collect()
            }
            Some(at) => {
                let steps = steps(conn, at)?;
                let wanted: BTreeSet<i32> = items.iter().copied().collect();
                let asked: BTreeSet<i32> = others.iter().copied().collect();
                let ends = steps.keys().map(|key| (*key, end_of(&steps, *key)));
                ends.filter(|(key, end)| wanted.contains(end) || asked.contains(key)).collect()
            }
        };
        Ok(Self { own: items.iter().copied().collect(), parts })
    }

    /// The rows that make up the items that these rows are or are part of now: one statement.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn with(conn: &mut Conn, rows: &[i32]) -> Result<Self, StoreError> {
        let part = diesel::alias!(c as named_part);
        let (part_key, part_survivor) = (part.field(c::key), part.field(c::survivor_key));
        let others = part.filter(part_key.eq_any(rows)).select(part_survivor);
        let own = c::survivor_key.eq_any(rows.iter().copied().map(Some).collect::<Vec<_>>());
        let found: Vec<(i32, i32)> = c::table
            .filter(own.or(c::survivor_key.eq_any(others)))
            .filter(c::survivor_key.is_not_null())
            .select((c::key, c::survivor_key.assume_not_null()))
            .load(conn)?;
        let parts: BTreeMap<i32, i32> = found.into_iter().collect();
        let own = rows.iter().map(|row| parts.get(row).copied().unwrap_or(*row)).collect();
        Ok(Self { own, parts })
    }

    /// The items.
    pub fn items(&self) -> impl Iterator<Item = i32> {
        self.own.iter().copied()
    }

    /// Those of the items that are made of several rows.
    pub fn composed(&self) -> impl Iterator<Item = i32> {
        self.parts.values().copied().filter(|item| self.own.contains(item))
    }

    /// Every row of the items.
    #[must_use]
    pub fn keys(&self) -> Vec<i32> {
        let parts = self.parts.iter().filter(|(_, item)| self.own.contains(item)).map(|(key, _)| *key);
        self.own.iter().copied().chain(parts).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The item that a row is part of; nothing if it is not among those asked for.
    #[must_use]
    pub fn item_of(&self, record: i32) -> Option<i32> {
        let own = || self.own.contains(&record).then_some(record);
        self.parts.get(&record).copied().or_else(own)
    }
}

/// The row that stands for an item as of a time: its own, or that of the CI that it was part of then.
///
/// # Errors
///
/// The database fails.
pub fn survivor_at(conn: &mut Conn, key: i32, at: Timestamp) -> Result<i32, StoreError> {
    let steps = steps(conn, at)?;
    Ok(end_of(&steps, key))
}

/// What was part of what.
fn steps(conn: &mut Conn, at: Timestamp) -> Result<BTreeMap<i32, i32>, StoreError> {
    let open = m::at.le(At(at)).and(m::undone_at.is_null().or(m::undone_at.gt(At(at))));
    let rows: Vec<(i32, i32)> = m::table.filter(open).select((m::merged_key, m::survivor_key)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Where a chain of merges ends.
pub(in crate::cmdb) fn end_of(steps: &BTreeMap<i32, i32>, key: i32) -> i32 {
    let mut end = key;
    // A chain never leads round; were it to, it would be as long as there are steps.
    for _ in 0..=steps.len() {
        match steps.get(&end) {
            Some(next) => end = *next,
            None => break,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn a_chain_of_merges_leads_to_its_end() {
        let steps = [(1, 2), (2, 3), (7, 3)].into();
        assert_eq!([1, 2, 3, 7, 9].map(|key| end_of(&steps, key)), [3, 3, 3, 3, 9]);
    }

    #[test]
    fn a_chain_that_leads_round_ends() {
        let steps = [(1, 2), (2, 1)].into();
        assert!([1, 2].contains(&end_of(&steps, 1)));
    }
}
