//! Which of the rows that an item is made of tells what is installed on it: the one whose list came last.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::merge::records::Records;
use crate::cmdb::value::shown::NOW;
use crate::store::column::At;
use crate::store::schema::{cmdb_merge as m, cmdb_section as s};
use crate::store::{Conn, StoreError};

/// The section that lists packages.
const SOFTWARE: &str = "software";

/// Of the rows that an item is made of, the one whose list of packages came last.
///
/// # Errors
///
/// The database fails.
pub fn software_record(conn: &mut Conn, own: i32, records: &[i32]) -> Result<i32, StoreError> {
    if records.len() < 2 {
        return Ok(own);
    }
    let listed = s::table.filter(s::ci_key.eq_any(records).and(s::section.eq(SOFTWARE)).and(s::hash.is_not_null()));
    let latest = listed.order((s::received_at.desc(), s::ci_key.desc()));
    Ok(latest.select(s::ci_key).first(conn).optional()?.unwrap_or(own))
}

/// The rows whose list of packages does not count as of a time or now, as another row of the same item sent a later one.
/// One statement where nothing that is part of another has such a list, which is the rule; three otherwise.
///
/// # Errors
///
/// The database fails.
pub fn outdated_lists(conn: &mut Conn, as_of: Option<Timestamp>) -> Result<Vec<i32>, StoreError> {
    let at = At(as_of.unwrap_or(NOW));
    let merged = m::at.le(at).and(m::undone_at.is_null().or(m::undone_at.gt(at)));
    let mut lists: Vec<(i32, At)> = m::table
        .inner_join(s::table.on(s::ci_key.eq(m::merged_key)))
        .filter(merged.and(s::section.eq(SOFTWARE)).and(s::hash.is_not_null()))
        .select((s::ci_key, s::received_at))
        .load(conn)?;
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<i32> = lists.iter().map(|(row, _)| *row).collect();
    let records = Records::around(conn, &[], &parts, as_of)?;
    let item_of = |row: i32| records.item_of(row).unwrap_or(row);
    let items: BTreeSet<i32> = parts.into_iter().map(item_of).collect();
    let own = s::ci_key.eq_any(items).and(s::section.eq(SOFTWARE)).and(s::hash.is_not_null());
    lists.extend(s::table.filter(own).select((s::ci_key, s::received_at)).load::<(i32, At)>(conn)?);
    let mut latest: BTreeMap<i32, (At, i32)> = BTreeMap::new();
    for (row, at) in &lists {
        let kept = latest.entry(item_of(*row)).or_insert((*at, *row));
        *kept = (*at, *row).max(*kept);
    }
    let is_outdated = |row: i32| latest.get(&item_of(row)).is_some_and(|(_, last)| *last != row);
    Ok(lists.into_iter().map(|(row, _)| row).filter(|row| is_outdated(*row)).collect())
}
