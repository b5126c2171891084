//! Which of the rows that an item is made of tells what is installed on it: the one whose list came last.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::merge::records::Records;
use crate::store::column::At;
use crate::store::schema::{cmdb_ci as c, cmdb_merge as m, cmdb_section as s};
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
///
/// # Errors
///
/// The database fails.
pub fn outdated_lists(conn: &mut Conn, as_of: Option<Timestamp>) -> Result<Vec<i32>, StoreError> {
    let lists = match as_of {
        None => lists_now(conn)?,
        Some(at) => lists_at(conn, at)?,
    };
    let mut latest: BTreeMap<i32, (At, i32)> = BTreeMap::new();
    for (item, list) in lists.iter().map(|(row, item, at)| (*item, (*at, *row))) {
        let kept = latest.entry(item).or_insert(list);
        *kept = list.max(*kept);
    }
    let is_outdated = |row: i32, item: i32| latest.get(&item).is_some_and(|(_, last)| *last != row);
    Ok(lists.into_iter().filter(|(row, item, _)| is_outdated(*row, *item)).map(|(row, ..)| row).collect())
}

/// A row, the item that it is part of, and when its list came.
type List = (i32, i32, At);

fn lists_now(conn: &mut Conn) -> Result<Vec<List>, StoreError> {
    let sent = s::section.eq(SOFTWARE).and(s::hash.is_not_null());
    let composed = c::survivor_key.is_not_null().or(c::has_parts);
    let rows: Vec<(i32, Option<i32>, At)> = c::table
        .inner_join(s::table.on(s::ci_key.eq(c::key)))
        .filter(composed.and(sent))
        .select((c::key, c::survivor_key, s::received_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(row, item, at)| (row, item.unwrap_or(row), at)).collect())
}

fn lists_at(conn: &mut Conn, at: Timestamp) -> Result<Vec<List>, StoreError> {
    let merged = s::ci_key.eq_any(m::table.select(m::merged_key));
    let survived = s::ci_key.eq_any(m::table.select(m::survivor_key));
    let sent = s::section.eq(SOFTWARE).and(s::hash.is_not_null());
    let rows: Vec<(i32, At)> =
        s::table.filter(merged.or(survived).and(sent)).select((s::ci_key, s::received_at)).load(conn)?;
    let keys: Vec<i32> = rows.iter().map(|(row, _)| *row).collect();
    let records = Records::around(conn, &[], &keys, Some(at))?;
    Ok(rows.into_iter().map(|(row, at)| (row, records.item_of(row).unwrap_or(row), at)).collect())
}
