//! Identifiers of CIs, to show.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::identification::model::evidence::IdentifierKind;
use crate::store::schema::cmdb_identifier as i;
use crate::store::{Conn, StoreError};

/// What each of these CIs carries now.
pub fn list(
    conn: &mut Conn,
    ci_keys: &[i32],
) -> Result<BTreeMap<i32, BTreeMap<IdentifierKind, Vec<String>>>, StoreError> {
    let rows: Vec<(i32, String, String)> = i::table
        .filter(i::ci_key.eq_any(ci_keys).and(i::valid_to.is_null()))
        .order((i::ci_key, i::kind, i::value))
        .select((i::ci_key, i::kind, i::value))
        .load(conn)?;
    let mut found: BTreeMap<i32, BTreeMap<IdentifierKind, Vec<String>>> = BTreeMap::new();
    for (ci_key, kind, value) in rows {
        // A kind that this version does not know tells it nothing.
        if let Ok(kind) = kind.parse() {
            found.entry(ci_key).or_default().entry(kind).or_default().push(value);
        }
    }
    Ok(found)
}
