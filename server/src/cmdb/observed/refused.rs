//! Values that machines say and a constraint forbids.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::rows;
use crate::cmdb::model::source::SourceName;
use crate::kernel::id::OrganisationId;
use crate::store::column::Key16;
use crate::store::dialect::either;
use crate::store::schema::{cmdb_ci as c, cmdb_refused_value as f};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// What is refused of what a source says of a host and of what is under it: CI, attribute and JSON text.
pub fn list_open(conn: &mut Conn, source: &SourceName, host_key: i32) -> Result<Vec<(i32, i32, String)>, StoreError> {
    let family = c::table.filter(c::key.eq(host_key).or(c::parent_key.eq(host_key))).select(c::key);
    let by_source = f::source.eq(source.as_str()).and(f::ci_key.eq_any(family));
    Ok(f::table.filter(by_source).select((f::ci_key, f::attribute_id, f::value)).load(conn)?)
}

/// A refused value with the CI that it is said of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The CI.
    pub ci_key: i32,
    /// The CI whose revisions tell of it: its host, or itself.
    pub subject_key: i32,
    /// Its class.
    pub class: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The attribute.
    pub attribute_id: i32,
    /// Who says it.
    pub source: SourceName,
    /// The JSON text.
    pub value: String,
}

type Row = ((i32, Option<i32>, String, Key16), (i32, String, String));

/// What is refused of the first so many CIs after one, all of each.
pub fn list_after(conn: &mut Conn, after: i32, cis: i64) -> Result<Vec<Waiting>, StoreError> {
    let later = f::table.filter(f::ci_key.gt(after));
    let keys: Vec<i32> = later.select(f::ci_key).distinct().order(f::ci_key).limit(cis).load(conn)?;
    let rows: Vec<Row> = f::table
        .inner_join(c::table.on(c::key.eq(f::ci_key)))
        .filter(f::ci_key.eq_any(keys))
        .order((f::ci_key, f::attribute_id, f::source))
        .select(((c::key, c::parent_key, c::class, c::organisation_id), (f::attribute_id, f::source, f::value)))
        .load(conn)?;
    let waiting = |((ci_key, parent_key, class, organisation), (attribute_id, source, value)): Row| {
        let (subject_key, source) = (parent_key.unwrap_or(ci_key), source.parse().ok()?);
        Some(Waiting { ci_key, subject_key, class, organisation: organisation.into(), attribute_id, source, value })
    };
    Ok(rows.into_iter().filter_map(waiting).collect())
}

/// Takes refusals of what a source says back: CI and attribute.
pub fn clear(conn: &mut Conn, source: &SourceName, cleared: &[(i32, i32)]) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "DELETE FROM cmdb_refused_value WHERE source = ?2 AND (ci_key, attribute_id) IN \
         (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
        "DELETE FROM cmdb_refused_value WHERE source = $2 AND (ci_key, attribute_id) IN \
         (SELECT (old ->> 0)::int4, (old ->> 1)::int4 FROM json_array_elements($1::json) AS old)",
    );
    statement(sql).bind::<Text, _>(rows(cleared)?).bind::<Text, _>(source.as_str()).execute(conn)?;
    Ok(())
}
