//! Values as a machine says them, as intervals.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiff::Timestamp;

use super::rows;
use crate::cmdb::model::source::SourceName;
use crate::store::column::{At, Instant, Key16};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_ci as c, cmdb_revision as r, cmdb_value as v};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// An open value.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ValueRow {
    /// Of which CI.
    pub ci_key: i32,
    /// Of which attribute.
    pub attribute_id: i32,
    /// Who says so.
    pub source: String,
    /// The JSON text.
    pub value: String,
}

/// The open values of a host and of what is under it, by whoever says them.
pub fn list_open(conn: &mut Conn, host_key: i32) -> Result<Vec<ValueRow>, StoreError> {
    let family = c::table.filter(c::key.eq(host_key).or(c::parent_key.eq(host_key))).select(c::key);
    Ok(v::table
        .filter(v::valid_to.is_null().and(v::ci_key.eq_any(family)))
        .select((v::ci_key, v::attribute_id, v::source, v::value))
        .load(conn)?)
}

/// What one of several reporters of a source says of a host and of what is under it: CI and attribute.
pub fn list_told_by(
    conn: &mut Conn,
    host_key: i32,
    source: &SourceName,
    reporter: uuid::Uuid,
) -> Result<Vec<(i32, i32)>, StoreError> {
    let family = c::table.filter(c::key.eq(host_key).or(c::parent_key.eq(host_key))).select(c::key);
    let open = v::valid_to.is_null().and(v::source.eq(source.as_str())).and(v::ci_key.eq_any(family));
    Ok(v::table
        .inner_join(r::table.on(r::id.eq(v::opened_by)))
        .filter(open.and(r::actor_id.eq(Key16(reporter))))
        .select((v::ci_key, v::attribute_id))
        .load(conn)?)
}

/// Closes what a source says: CI and attribute.
pub fn close(
    conn: &mut Conn,
    source: &SourceName,
    closed: &[(i32, i32)],
    at: Timestamp,
    revision: i64,
) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_value SET valid_to = ?2, closed_by = ?3, shown = FALSE FROM json_each(?1) AS old \
         WHERE ci_key = old.value ->> 0 AND attribute_id = old.value ->> 1 AND source = ?4 AND valid_to IS NULL",
        "UPDATE cmdb_value SET valid_to = $2, closed_by = $3, shown = FALSE FROM json_array_elements($1::json) AS old \
         WHERE ci_key = (old ->> 0)::int4 AND attribute_id = (old ->> 1)::int4 AND source = $4 \
             AND valid_to IS NULL",
    );
    statement(sql)
        .bind::<Text, _>(rows(closed)?)
        .bind::<Instant, _>(At(at))
        .bind::<BigInt, _>(revision)
        .bind::<Text, _>(source.as_str())
        .execute(conn)?;
    Ok(())
}

/// Opens what a source says: CI, attribute, JSON text, and whether nobody else says anything, so that it is shown.
pub fn open(
    conn: &mut Conn,
    source: &SourceName,
    opened: &[(i32, i32, &str, bool)],
    at: Timestamp,
    revision: i64,
) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
         SELECT value ->> 0, value ->> 1, ?4, ?2, ?3, value ->> 2, value ->> 3 FROM json_each(?1)",
        "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
         SELECT (new ->> 0)::int4, (new ->> 1)::int4, $4, $2, $3, new ->> 2, (new ->> 3)::bool \
         FROM json_array_elements($1::json) AS new",
    );
    statement(sql)
        .bind::<Text, _>(rows(opened)?)
        .bind::<Instant, _>(At(at))
        .bind::<BigInt, _>(revision)
        .bind::<Text, _>(source.as_str())
        .execute(conn)?;
    Ok(())
}
