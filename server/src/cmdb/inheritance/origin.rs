//! From where an item took something over.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::value::shown::NOW;
use crate::store::column::At;
use crate::store::schema::cmdb_inheritance as h;
use crate::store::{Conn, StoreError};

/// From where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From this item.
    From(i32),
    /// From none: several are as near and say different things.
    Ambiguous,
}

/// From where these rows take over what, now or then, by row and attribute: one statement.
///
/// # Errors
///
/// The database fails.
pub fn load(
    conn: &mut Conn,
    keys: &[i32],
    as_of: Option<Timestamp>,
) -> Result<BTreeMap<(i32, i32), Origin>, StoreError> {
    let at = At(as_of.unwrap_or(NOW));
    let rows: Vec<(i32, i32, Option<i32>)> = h::table
        .filter(h::ci_key.eq_any(keys))
        .filter(h::valid_from.le(at).and(h::valid_to.is_null().or(h::valid_to.gt(at))))
        .select((h::ci_key, h::attribute_id, h::from_key))
        .load(conn)?;
    let origin = |from: Option<i32>| from.map_or(Origin::Ambiguous, Origin::From);
    Ok(rows.into_iter().map(|(key, attribute, from)| ((key, attribute), origin(from))).collect())
}
