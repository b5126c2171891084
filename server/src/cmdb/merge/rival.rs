//! Rows whose statements compete with those of others, because they make up one item.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::store::schema::{cmdb_ci as c, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// Of a host and what is under it, the rows that are part of others or have parts.
///
/// # Errors
///
/// The database fails.
pub fn list_under(conn: &mut Conn, host: i32) -> Result<BTreeSet<i32>, StoreError> {
    let family = c::key.eq(host).or(c::parent_key.eq(host));
    let rows: Vec<i32> =
        c::table.filter(family).filter(c::survivor_key.is_not_null().or(c::has_parts)).select(c::key).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Of these rows, those that are no part of another and that somebody names, be it by one of their parts.
///
/// # Errors
///
/// The database fails.
pub fn named_survivors(conn: &mut Conn, rows: &[i32], name: i32) -> Result<BTreeSet<i32>, StoreError> {
    let names = v::attribute_id.eq(name).and(v::valid_to.is_null());
    let found: Vec<(i32, Option<i32>)> =
        c::table
            .inner_join(v::table.on(v::ci_key.eq(c::key)))
            .filter(names.and(
                c::key.eq_any(rows).or(c::survivor_key.eq_any(rows.iter().copied().map(Some).collect::<Vec<_>>())),
            ))
            .select((c::key, c::survivor_key))
            .load(conn)?;
    let items = found.into_iter().map(|(key, survivor)| survivor.unwrap_or(key));
    Ok(items.filter(|item| rows.contains(item)).collect())
}
