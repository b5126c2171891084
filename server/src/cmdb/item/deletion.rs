//! Deleting an item for good. Only policies do, of what people disposed of.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::json;

use super::row::CiRow;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::Error;
use crate::cmdb::merge::records::Records;
use crate::kernel::ctx::Ctx;
use crate::store::schema::{cmdb_baseline_member as b, cmdb_ci as c, fleet_agent as a};
use crate::store::{Conn, StoreError};

/// Deletes an item, what it is made of and what is under it, with all that was ever said of them: see the migration
/// `deletion`. The audit trail goes on knowing that it was there.
///
/// # Errors
///
/// [`Error::NotNow`] as long as an agent may report as it, or a baseline names it.
pub fn delete(conn: &mut Conn, ctx: &Ctx, row: &CiRow, reason: &str) -> Result<(), Error> {
    let keys = family(conn, row.key)?;
    if let Some(why) = obstacle(conn, &keys)? {
        return Err(Error::NotNow { action: "delete", why });
    }
    let object = Object::named("ci", row.id, row.name.clone());
    let details = json!({ "class": row.class, "with": keys.len() - 1, "reason": reason });
    audit::record(conn, ctx, Entry { action: "ci.deleted", object, details })?;
    diesel::delete(c::table.filter(c::key.eq_any(keys))).execute(conn)?;
    Ok(())
}

/// The rows of an item, of all that is under it, and of what that is made of.
fn family(conn: &mut Conn, item: i32) -> Result<Vec<i32>, StoreError> {
    let mut found: BTreeSet<i32> = Records::of(conn, &[item], None)?.keys().into_iter().collect();
    let mut parents: Vec<i32> = found.iter().copied().collect();
    while !parents.is_empty() {
        let of: Vec<Option<i32>> = parents.iter().copied().map(Some).collect();
        let below = c::parent_key.eq_any(of.clone()).or(c::survivor_key.eq_any(of));
        let rows: Vec<i32> = c::table.filter(below).select(c::key).load(conn)?;
        parents = rows.into_iter().filter(|key| found.insert(*key)).collect();
    }
    Ok(found.into_iter().collect())
}

fn obstacle(conn: &mut Conn, keys: &[i32]) -> Result<Option<&'static str>, StoreError> {
    let speaks = c::key.eq_any(keys).and(a::revoked_at.is_null());
    let agents: i64 = c::table.inner_join(a::table).filter(speaks).count().get_result(conn)?;
    if agents > 0 {
        return Ok(Some("has_agent"));
    }
    let named: i64 = b::table.filter(b::ci_key.eq_any(keys)).count().get_result(conn)?;
    Ok((named > 0).then_some("in_baseline"))
}
