//! Reads and writes of a batch: a fixed number of statements for however many rows.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::{DECLARED, rows};
use crate::cmdb::value::expression::in_scope;
use crate::kernel::ctx::Ctx;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::{either, storable};
use crate::store::schema::cmdb_ci as c;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// An item as a batch reads it: key, id, class, organisation, lifecycle, survivor, and what people decide.
pub(super) type Row = (i32, Key16, String, Key16, String, Option<i32>, Decided);

/// What stands in an item's own row: name, owner, support team, criticality, environment.
pub(super) type Decided = (String, Option<String>, Option<String>, Option<i32>, Option<String>);

/// Keys of a source with the rows that have them.
pub(super) fn keys(conn: &mut Conn, source: &SourceName, keys: &[String]) -> Result<Vec<(String, i32)>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // Asked for one by one, in this order: either database would rather read every key of the source.
    let sql = either(
        conn,
        "SELECT k.value, k.ci_key FROM json_each(?1) AS wanted \
         CROSS JOIN cmdb_external_key k ON k.source = ?2 AND k.value = wanted.value",
        "SELECT k.value, k.ci_key FROM json_array_elements_text($1::json) AS wanted CROSS JOIN LATERAL \
         (SELECT * FROM cmdb_external_key WHERE source = $2 AND value = wanted OFFSET 0) AS k",
    );
    let found: Vec<KeyRow> = statement(sql).bind::<Text, _>(rows(keys)?).bind::<Text, _>(source.as_str()).load(conn)?;
    Ok(found.into_iter().map(|row| (row.value, row.ci_key)).collect())
}

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = Integer)]
    ci_key: i32,
}

/// A row of which a value is shown.
#[derive(Debug, QueryableByName)]
pub(super) struct ShownRow {
    #[diesel(sql_type = Integer)]
    pub(super) attribute_id: i32,
    #[diesel(sql_type = Text)]
    pub(super) value: String,
    #[diesel(sql_type = Integer)]
    pub(super) ci_key: i32,
}

/// The rows of which these values are shown, attribute and JSON text; what is retired or disposed of is not meant.
pub(super) fn shown(conn: &mut Conn, values: &[(i32, String)]) -> Result<Vec<ShownRow>, StoreError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let sql = either(
        conn,
        "SELECT v.attribute_id, v.value, v.ci_key FROM json_each(?1) AS asked \
         JOIN cmdb_value v ON v.shown AND v.attribute_id = asked.value ->> 0 \
             AND substr(v.value, 1, 200) = substr(asked.value ->> 1, 1, 200) AND v.value = asked.value ->> 1 \
         JOIN cmdb_ci c ON c.key = v.ci_key AND c.lifecycle NOT IN ('retired', 'disposed')",
        "SELECT v.attribute_id, v.value, v.ci_key FROM json_array_elements($1::json) AS asked \
         JOIN cmdb_value v ON v.shown AND v.attribute_id = (asked ->> 0)::int4 \
             AND substr(v.value, 1, 200) = substr(asked ->> 1, 1, 200) AND v.value = asked ->> 1 \
         JOIN cmdb_ci c ON c.key = v.ci_key AND c.lifecycle NOT IN ('retired', 'disposed')",
    );
    Ok(statement(sql).bind::<Text, _>(rows(values)?).load(conn)?)
}

/// The rows with these names, as far as they stand for themselves; what is retired or disposed of is not meant.
pub(super) fn named(conn: &mut Conn, names: Vec<String>) -> Result<Vec<(String, i32)>, StoreError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let over = [Lifecycle::Retired.name(), Lifecycle::Disposed.name()];
    let meant = c::table.filter(c::name.eq_any(names).and(c::lifecycle.ne_all(over)).and(c::survivor_key.is_null()));
    Ok(meant.select((c::name, c::key)).load(conn)?)
}

/// Makes others who would change these items wait, in an order in which nobody waits for one who waits for him.
pub(super) fn lock(conn: &mut Conn, ids: &[Key16], keys: &[i32]) -> Result<(), StoreError> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    let meant = c::table.filter(c::id.eq_any(ids).or(c::key.eq_any(keys))).order(c::key).select(c::key);
    meant.for_no_key_update().load::<i32>(conn)?;
    Ok(())
}

/// The items in scope with these ids or keys.
pub(super) fn list(conn: &mut Conn, scope: &Scope, ids: Vec<Key16>, keys: Vec<i32>) -> Result<Vec<Row>, StoreError> {
    if ids.is_empty() && keys.is_empty() {
        return Ok(Vec::new());
    }
    let meant = in_scope(scope).filter(c::id.eq_any(ids).or(c::key.eq_any(keys)));
    let decided = (c::name, c::owner, c::support_team, c::criticality, c::environment);
    Ok(meant
        .select((c::key, c::id, c::class, c::organisation_id, c::lifecycle, c::survivor_key, decided))
        .load(conn)?)
}

/// An open relation.
#[derive(Debug, QueryableByName)]
pub(super) struct OpenRow {
    #[diesel(sql_type = BigInt)]
    pub(super) key: i64,
    #[diesel(sql_type = Uuid16)]
    pub(super) id: Key16,
    #[diesel(sql_type = Integer)]
    pub(super) source_key: i32,
    #[diesel(sql_type = Integer)]
    pub(super) target_key: i32,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Text)]
    pub(super) origin: String,
}

/// The open relations from one item to another of a type: source, target, type.
pub(super) fn open_relations(conn: &mut Conn, asked: &[(i32, i32, &str)]) -> Result<Vec<OpenRow>, StoreError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let sql = either(
        conn,
        "SELECT r.key, r.id, r.source_key, r.target_key, r.type AS kind, r.origin FROM json_each(?1) AS asked \
         JOIN cmdb_relation r ON r.source_key = asked.value ->> 0 AND r.target_key = asked.value ->> 1 \
             AND r.type = asked.value ->> 2 AND r.valid_to IS NULL",
        "SELECT r.key, r.id, r.source_key, r.target_key, r.type AS kind, r.origin \
         FROM json_array_elements($1::json) AS asked \
         JOIN cmdb_relation r ON r.source_key = (asked ->> 0)::int4 AND r.target_key = (asked ->> 1)::int4 \
             AND r.type = asked ->> 2 AND r.valid_to IS NULL",
    );
    Ok(statement(sql).bind::<Text, _>(rows(asked)?).load(conn)?)
}

/// A new item. Serialised as the columns of one row.
#[derive(Debug, Serialize)]
pub(super) struct NewRow {
    pub(super) id: String,
    pub(super) class: String,
    pub(super) organisation_id: String,
    pub(super) name: String,
    pub(super) owner: Option<String>,
    pub(super) support_team: Option<String>,
    pub(super) criticality: Option<i64>,
    pub(super) environment: Option<String>,
    pub(super) lifecycle: String,
}

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = Integer)]
    key: i32,
    #[diesel(sql_type = Uuid16)]
    id: Key16,
}

/// Creates items; gives their keys by their ids.
pub(super) fn insert(conn: &mut Conn, new: &[NewRow], at: Timestamp) -> Result<HashMap<Uuid, i32>, StoreError> {
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = either(
        conn,
        "INSERT INTO cmdb_ci (id, class, organisation_id, name, owner, support_team, criticality, environment, \
             lifecycle, version, created_at) \
         SELECT unhex(value ->> 'id'), value ->> 'class', unhex(value ->> 'organisation_id'), value ->> 'name', \
             value ->> 'owner', value ->> 'support_team', value ->> 'criticality', value ->> 'environment', \
             value ->> 'lifecycle', 1, ?2 FROM json_each(?1) ORDER BY key RETURNING key, id",
        "INSERT INTO cmdb_ci (id, class, organisation_id, name, owner, support_team, criticality, environment, \
             lifecycle, version, created_at) \
         SELECT id, class, organisation_id, name, owner, support_team, criticality, environment, lifecycle, 1, $2 \
         FROM json_to_recordset($1::json) AS new (id uuid, class text, organisation_id uuid, name text, owner text, \
             support_team text, criticality int4, environment text, lifecycle text) RETURNING key, id",
    );
    let inserted: Vec<Inserted> = statement(sql).bind::<Text, _>(rows(new)?).bind::<Instant, _>(At(at)).load(conn)?;
    Ok(inserted.into_iter().map(|row| (row.id.0, row.key)).collect())
}

/// People changed these items.
pub(super) fn bump(conn: &mut Conn, keys: &[i32]) -> Result<(), StoreError> {
    if !keys.is_empty() {
        diesel::update(c::table.filter(c::key.eq_any(keys))).set(c::version.eq(c::version + 1)).execute(conn)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Latest {
    #[diesel(sql_type = Integer)]
    subject_key: i32,
    #[diesel(sql_type = Nullable<Instant>)]
    at: Option<At>,
}

/// When something was last learned of these items.
pub(super) fn last_revisions(conn: &mut Conn, keys: &[i32]) -> Result<HashMap<i32, Timestamp>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = either(
        conn,
        "SELECT value AS subject_key, (SELECT max(at) FROM cmdb_revision r WHERE r.subject_key = value) AS at \
         FROM json_each(?1)",
        "SELECT value::int4 AS subject_key, (SELECT max(at) FROM cmdb_revision r WHERE r.subject_key = value::int4) AS at \
         FROM json_array_elements_text($1::json)",
    );
    let found: Vec<Latest> = statement(sql).bind::<Text, _>(rows(keys)?).load(conn)?;
    Ok(found.into_iter().filter_map(|row| Some((row.subject_key, row.at?.0))).collect())
}

#[derive(QueryableByName)]
struct Revised {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Integer)]
    subject_key: i32,
}

/// Opens a revision of each of these items: key, microseconds since 1970, reason. Gives their ids by the items' keys.
pub(super) fn revise(
    conn: &mut Conn,
    ctx: &Ctx,
    source: &SourceName,
    revised: &[(i32, i64, Option<String>)],
) -> Result<HashMap<i32, i64>, StoreError> {
    if revised.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = either(
        conn,
        "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source, actor_id, actor_name, reason) \
         SELECT value ->> 0, value ->> 1, ?2, ?3, ?4, ?5, value ->> 2 FROM json_each(?1) WHERE TRUE \
         RETURNING id, subject_key",
        "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source, actor_id, actor_name, reason) \
         SELECT (new ->> 0)::int4, 'epoch'::timestamptz + (new ->> 1)::int8 * interval '1 microsecond', $2, $3, $4, $5, \
             new ->> 2 FROM json_array_elements($1::json) AS new RETURNING id, subject_key",
    );
    let found: Vec<Revised> = statement(sql)
        .bind::<Text, _>(rows(revised)?)
        .bind::<Instant, _>(At(ctx.now))
        .bind::<Text, _>(source.as_str())
        .bind::<Nullable<Uuid16>, _>(ctx.actor.id().map(Key16))
        .bind::<Nullable<Text>, _>(ctx.actor.name().map(|name| storable(name).into_owned()))
        .load(conn)?;
    Ok(found.into_iter().map(|row| (row.subject_key, row.id)).collect())
}

/// Ends what a source says: item, attribute, microseconds since 1970, revision.
pub(super) fn close(conn: &mut Conn, source: &SourceName, closed: &[(i32, i32, i64, i64)]) -> Result<(), StoreError> {
    if closed.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "UPDATE cmdb_value SET valid_to = old.value ->> 2, closed_by = old.value ->> 3, shown = FALSE \
         FROM json_each(?1) AS old WHERE ci_key = old.value ->> 0 AND attribute_id = old.value ->> 1 AND source = ?2 \
             AND valid_to IS NULL",
        "UPDATE cmdb_value SET valid_to = 'epoch'::timestamptz + (old ->> 2)::int8 * interval '1 microsecond', \
             closed_by = (old ->> 3)::int8, shown = FALSE FROM json_array_elements($1::json) AS old \
         WHERE ci_key = (old ->> 0)::int4 AND attribute_id = (old ->> 1)::int4 AND source = $2 AND valid_to IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(closed)?).bind::<Text, _>(source.as_str()).execute(conn)?;
    Ok(())
}

/// What a source says from now on: item, attribute, JSON text, whether it is shown, microseconds since 1970, revision.
pub(super) type Opened<'a> = (i32, i32, &'a str, bool, i64, i64);

/// Opens what a source says.
pub(super) fn open(conn: &mut Conn, source: &SourceName, opened: &[Opened<'_>]) -> Result<(), StoreError> {
    if opened.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
         SELECT value ->> 0, value ->> 1, ?2, value ->> 4, value ->> 5, value ->> 2, value ->> 3 FROM json_each(?1)",
        "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
         SELECT (new ->> 0)::int4, (new ->> 1)::int4, $2, \
             'epoch'::timestamptz + (new ->> 4)::int8 * interval '1 microsecond', (new ->> 5)::int8, new ->> 2, \
             (new ->> 3)::bool FROM json_array_elements($1::json) AS new",
    );
    statement(sql).bind::<Text, _>(rows(opened)?).bind::<Text, _>(source.as_str()).execute(conn)?;
    Ok(())
}

/// A source calls items so from now on: name, organisation, item.
pub(super) fn bind(conn: &mut Conn, source: &SourceName, bound: &[(String, String, i32)]) -> Result<(), StoreError> {
    if bound.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "INSERT INTO cmdb_external_key (source, value, organisation_id, ci_key) \
         SELECT ?2, value ->> 0, unhex(value ->> 1), value ->> 2 FROM json_each(?1)",
        "INSERT INTO cmdb_external_key (source, value, organisation_id, ci_key) \
         SELECT $2, new ->> 0, (new ->> 1)::uuid, (new ->> 2)::int4 FROM json_array_elements($1::json) AS new",
    );
    statement(sql).bind::<Text, _>(rows(bound)?).bind::<Text, _>(source.as_str()).execute(conn)?;
    Ok(())
}

/// A relation from now on: id, source, target, type, microseconds since 1970, revision.
pub(super) type Joined<'a> = (String, i32, i32, &'a str, i64, i64);

/// Opens relations that nobody sees.
pub(super) fn join(conn: &mut Conn, joined: &[Joined<'_>]) -> Result<(), StoreError> {
    if joined.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "INSERT INTO cmdb_relation (id, source_key, target_key, type, origin, valid_from, opened_by) \
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, ?2, value ->> 4, value ->> 5 \
         FROM json_each(?1)",
        "INSERT INTO cmdb_relation (id, source_key, target_key, type, origin, valid_from, opened_by) \
         SELECT (new ->> 0)::uuid, (new ->> 1)::int4, (new ->> 2)::int4, new ->> 3, $2, \
             'epoch'::timestamptz + (new ->> 4)::int8 * interval '1 microsecond', (new ->> 5)::int8 \
         FROM json_array_elements($1::json) AS new",
    );
    statement(sql).bind::<Text, _>(rows(joined)?).bind::<Text, _>(DECLARED).execute(conn)?;
    Ok(())
}

/// Ends relations: relation, microseconds since 1970, revision. One that begins later by a clock lasts a microsecond.
pub(super) fn part(conn: &mut Conn, parted: &[(i64, i64, i64)]) -> Result<(), StoreError> {
    if parted.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "UPDATE cmdb_relation SET valid_to = max(old.value ->> 1, valid_from + 1), closed_by = old.value ->> 2 \
         FROM json_each(?1) AS old WHERE cmdb_relation.key = old.value ->> 0 AND valid_to IS NULL",
        "UPDATE cmdb_relation SET valid_to = greatest('epoch'::timestamptz + (old ->> 1)::int8 * interval '1 microsecond', \
             valid_from + interval '1 microsecond'), closed_by = (old ->> 2)::int8 \
         FROM json_array_elements($1::json) AS old WHERE cmdb_relation.key = (old ->> 0)::int8 AND valid_to IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(parted)?).execute(conn)?;
    Ok(())
}
