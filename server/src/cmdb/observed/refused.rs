//! Values that agents say and a constraint forbids.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{AGENT, rows};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_ci as c, cmdb_refused_value as f};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// What is refused of a host and of what is under it: CI, attribute and JSON text.
pub fn list_open(conn: &mut Conn, host_key: i32) -> Result<Vec<(i32, i32, String)>, StoreError> {
    let family = c::table.filter(c::key.eq(host_key).or(c::parent_key.eq(host_key))).select(c::key);
    let by_agents = f::source.eq(AGENT).and(f::ci_key.eq_any(family));
    Ok(f::table.filter(by_agents).select((f::ci_key, f::attribute_id, f::value)).load(conn)?)
}

/// Takes refusals back: CI and attribute.
pub fn clear(conn: &mut Conn, cleared: &[(i32, i32)]) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "DELETE FROM cmdb_refused_value WHERE source = 'agent' AND (ci_key, attribute_id) IN \
         (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
        "DELETE FROM cmdb_refused_value WHERE source = 'agent' AND (ci_key, attribute_id) IN \
         (SELECT (old ->> 0)::int4, (old ->> 1)::int4 FROM json_array_elements($1::json) AS old)",
    );
    statement(sql).bind::<Text, _>(rows(cleared)?).execute(conn)?;
    Ok(())
}
