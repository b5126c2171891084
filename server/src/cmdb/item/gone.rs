//! What was no longer there by a time.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use super::row::CiRow;
use crate::cmdb::merge::records::Records;
use crate::store::column::At;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

/// Of these items, those that were no longer there by a time: of none of the rows that they were made of then, and that
/// were ever seen. One statement; two if any of them is or was made of several.
pub(in crate::cmdb) fn gone_by(conn: &mut Conn, rows: &[CiRow], at: Timestamp) -> Result<BTreeSet<i32>, StoreError> {
    let keys: Vec<i32> = rows.iter().map(|row| row.key).collect();
    let records = Records::of(conn, &keys, Some(at))?;
    let composed: BTreeSet<i32> = records.composed().collect();
    let (several, single): (Vec<&CiRow>, Vec<&CiRow>) =
        rows.iter().partition(|row| row.has_parts || composed.contains(&row.key));
    let is_over = |gone: Option<Timestamp>| gone.is_some_and(|gone| gone <= at);
    let mut gone: BTreeSet<i32> =
        single.into_iter().filter(|row| is_over(row.sightings.gone_at)).map(|row| row.key).collect();
    if several.is_empty() {
        return Ok(gone);
    }
    let items: BTreeSet<i32> = several.into_iter().map(|row| row.key).collect();
    let made_of =
        records.keys().into_iter().filter(|row| records.item_of(*row).is_some_and(|item| items.contains(&item)));
    let seen = c::last_seen_at.is_not_null().or(c::first_seen_at.is_not_null()).or(c::gone_at.is_not_null());
    let found: Vec<(i32, Option<At>)> = c::table
        .filter(c::key.eq_any(made_of.collect::<Vec<_>>()).and(seen))
        .select((c::key, c::gone_at))
        .load(conn)?;
    let mut is_gone: BTreeMap<i32, bool> = BTreeMap::new();
    for (row, gone_at) in found {
        let Some(item) = records.item_of(row) else { continue };
        *is_gone.entry(item).or_insert(true) &= is_over(gone_at.map(Timestamp::from));
    }
    gone.extend(is_gone.into_iter().filter(|(_, is_gone)| *is_gone).map(|(item, _)| item));
    Ok(gone)
}
