//! Observed relations and what was seen of them.

use std::borrow::Cow;
use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use jiff::Timestamp;
use serde::Serialize;

use super::{DECLARED, OBSERVED, rows};
use crate::cmdb::model::source::SourceName;
use crate::kernel::id::RelationId;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// An open observed relation with what one side saw of it; one row without evidence where no side did.
#[derive(Debug, Clone, QueryableByName)]
#[expect(
    missing_docs,
    reason = "each field is the column of that name, of the relation, of either end or of its evidence"
)]
pub struct RelationRow {
    #[diesel(sql_type = BigInt)]
    pub key: i64,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Integer)]
    pub source_key: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub source_parent: Option<i32>,
    #[diesel(sql_type = Text)]
    pub source_class: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub source_local_id: Option<String>,
    #[diesel(sql_type = Integer)]
    pub target_key: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub target_parent: Option<i32>,
    #[diesel(sql_type = Text)]
    pub target_class: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub target_local_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub seen_by: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub samples: Option<i32>,
    #[diesel(sql_type = Nullable<Instant>)]
    pub first_seen_at: Option<At>,
    #[diesel(sql_type = Nullable<Instant>)]
    pub last_seen_at: Option<At>,
    #[diesel(sql_type = Nullable<Text>)]
    pub ports: Option<String>,
}

/// A relation to open. Serialised as the columns of one row.
#[derive(Debug, Clone, Serialize)]
pub struct NewRelationRow {
    id: String,
    source_key: i32,
    target_key: i32,
    kind: Cow<'static, str>,
}

/// Evidence as it is to stand. Serialised as the columns of one row; times in microseconds since 1970.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceRow {
    relation_key: i64,
    seen_by: &'static str,
    samples: i32,
    first_seen_at: i64,
    last_seen_at: i64,
    ports: String,
}

impl NewRelationRow {
    /// `source --kind--> target`.
    #[must_use]
    pub fn new(id: RelationId, source_key: i32, kind: impl Into<Cow<'static, str>>, target_key: i32) -> Self {
        Self { id: id.uuid().simple().to_string(), source_key, target_key, kind: kind.into() }
    }
}

impl EvidenceRow {
    /// What a side saw of a relation, in how many samples, from when to when and on which ports.
    #[must_use]
    pub fn new(
        relation_key: i64,
        seen_by: &'static str,
        samples: i32,
        (first, last): (Timestamp, Timestamp),
        ports: &[u16],
    ) -> Self {
        let ports = serde_json::to_string(ports).unwrap_or_default();
        let (first_seen_at, last_seen_at) = (first.as_microsecond(), last.as_microsecond());
        Self { relation_key, seen_by, samples, first_seen_at, last_seen_at, ports }
    }
}

/// The open observed relations from or to any of these CIs.
pub fn list_open(conn: &mut Conn, keys: &[i32]) -> Result<Vec<RelationRow>, StoreError> {
    let sql = either(
        conn,
        "SELECT r.key, r.type AS kind, r.source_key, s.parent_key AS source_parent, s.class AS source_class, \
             s.local_id AS source_local_id, r.target_key, t.parent_key AS target_parent, t.class AS target_class, \
             t.local_id AS target_local_id, e.seen_by, e.samples, e.first_seen_at, e.last_seen_at, e.ports \
         FROM cmdb_relation r JOIN cmdb_ci s ON s.key = r.source_key JOIN cmdb_ci t ON t.key = r.target_key \
         LEFT JOIN cmdb_evidence e ON e.relation_key = r.key \
         WHERE r.origin = 'observed' AND r.key IN ( \
             SELECT key FROM cmdb_relation WHERE valid_to IS NULL \
                 AND source_key IN (SELECT value FROM json_each(?1)) \
             UNION SELECT key FROM cmdb_relation WHERE valid_to IS NULL \
                 AND target_key IN (SELECT value FROM json_each(?1)))",
        "SELECT r.key, r.type AS kind, r.source_key, s.parent_key AS source_parent, s.class AS source_class, \
             s.local_id AS source_local_id, r.target_key, t.parent_key AS target_parent, t.class AS target_class, \
             t.local_id AS target_local_id, e.seen_by, e.samples, e.first_seen_at, e.last_seen_at, e.ports \
         FROM cmdb_relation r JOIN cmdb_ci s ON s.key = r.source_key JOIN cmdb_ci t ON t.key = r.target_key \
         LEFT JOIN cmdb_evidence e ON e.relation_key = r.key \
         WHERE r.origin = 'observed' AND r.key IN ( \
             SELECT key FROM cmdb_relation WHERE valid_to IS NULL \
                 AND source_key IN (SELECT value::int4 FROM json_array_elements_text($1::json)) \
             UNION SELECT key FROM cmdb_relation WHERE valid_to IS NULL \
                 AND target_key IN (SELECT value::int4 FROM json_array_elements_text($1::json)))",
    );
    Ok(statement(sql).bind::<Text, _>(rows(keys)?).load(conn)?)
}

/// An open relation that a source told of.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "each field is the column of that name")]
pub struct SourcedRow {
    #[diesel(sql_type = BigInt)]
    pub key: i64,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Integer)]
    pub source_key: i32,
    #[diesel(sql_type = Integer)]
    pub target_key: i32,
}

/// The open relations from any of these CIs that a source told of by name, and not by how things are nested.
pub fn list_of_source(conn: &mut Conn, source: &str, keys: &[i32]) -> Result<Vec<SourcedRow>, StoreError> {
    let sql = either(
        conn,
        "SELECT r.key, r.type AS kind, r.source_key, r.target_key FROM cmdb_relation r \
         JOIN cmdb_revision v ON v.id = r.opened_by AND v.source = ?2 \
         WHERE r.valid_to IS NULL AND r.origin = 'observed' \
             AND r.type IN ('located_in', 'connected_to', 'powered_by') \
             AND r.source_key IN (SELECT value FROM json_each(?1))",
        "SELECT r.key, r.type AS kind, r.source_key, r.target_key FROM cmdb_relation r \
         JOIN cmdb_revision v ON v.id = r.opened_by AND v.source = $2 \
         WHERE r.valid_to IS NULL AND r.origin = 'observed' \
             AND r.type IN ('located_in', 'connected_to', 'powered_by') \
             AND r.source_key IN (SELECT value::int4 FROM json_array_elements_text($1::json))",
    );
    Ok(statement(sql).bind::<Text, _>(rows(keys)?).bind::<Text, _>(source).load(conn)?)
}

/// The open observed relations from or to any of these CIs of which a source told; if a reporter is given, that one of
/// its reporters.
pub fn list_told_by(
    conn: &mut Conn,
    keys: &[i32],
    source: &SourceName,
    reporter: Option<uuid::Uuid>,
) -> Result<Vec<SourcedRow>, StoreError> {
    use crate::store::schema::{cmdb_relation as r, cmdb_revision as v};
    let touches = r::source_key.eq_any(keys).or(r::target_key.eq_any(keys));
    let open = r::valid_to.is_null().and(r::origin.eq(OBSERVED)).and(touches);
    let mut told = r::table
        .inner_join(v::table.on(v::id.eq(r::opened_by)))
        .filter(open.and(v::source.eq(source.as_str())))
        .select((r::key, r::type_, r::source_key, r::target_key))
        .into_boxed();
    if let Some(reporter) = reporter {
        told = told.filter(v::actor_id.eq(Key16(reporter)));
    }
    let rows: Vec<(i64, String, i32, i32)> = told.load(conn)?;
    let row = |(key, kind, source_key, target_key)| SourcedRow { key, kind, source_key, target_key };
    Ok(rows.into_iter().map(row).collect())
}

/// Gives relations the evidence of others: from which to which.
pub fn copy_evidence(conn: &mut Conn, pairs: &[(i64, i64)]) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_evidence (relation_key, seen_by, samples, first_seen_at, last_seen_at, ports) \
         SELECT pair.value ->> 1, e.seen_by, e.samples, e.first_seen_at, e.last_seen_at, e.ports \
         FROM json_each(?1) AS pair JOIN cmdb_evidence e ON e.relation_key = pair.value ->> 0",
        "INSERT INTO cmdb_evidence (relation_key, seen_by, samples, first_seen_at, last_seen_at, ports) \
         SELECT (pair ->> 1)::int8, e.seen_by, e.samples, e.first_seen_at, e.last_seen_at, e.ports \
         FROM json_array_elements($1::json) AS pair JOIN cmdb_evidence e ON e.relation_key = (pair ->> 0)::int8",
    );
    statement(sql).bind::<Text, _>(rows(pairs)?).execute(conn)?;
    Ok(())
}

/// Closes relations. One that began later than `at`, by another host's clock, lasts a microsecond.
pub fn close(conn: &mut Conn, keys: &[i64], at: Timestamp, revision: i64) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_relation SET valid_to = max(?2, valid_from + 1), closed_by = ?3 \
         WHERE key IN (SELECT value FROM json_each(?1)) AND valid_to IS NULL",
        "UPDATE cmdb_relation SET valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3 \
         WHERE key IN (SELECT value::int8 FROM json_array_elements_text($1::json)) AND valid_to IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(keys)?).bind::<Instant, _>(At(at)).bind::<BigInt, _>(revision).execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Opened {
    #[diesel(sql_type = BigInt)]
    key: i64,
    #[diesel(sql_type = Uuid16)]
    id: Key16,
}

/// Opens relations and gives their keys, in the order of `new`.
pub fn open(conn: &mut Conn, new: &[NewRelationRow], at: Timestamp, revision: i64) -> Result<Vec<i64>, StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_relation (id, source_key, target_key, type, origin, valid_from, opened_by) \
         SELECT unhex(value ->> 'id'), value ->> 'source_key', value ->> 'target_key', value ->> 'kind', 'observed', \
             ?2, ?3 FROM json_each(?1) ORDER BY key RETURNING key, id",
        "INSERT INTO cmdb_relation (id, source_key, target_key, type, origin, valid_from, opened_by) \
         SELECT id, source_key, target_key, kind, 'observed', $2, $3 \
         FROM json_to_recordset($1::json) AS new (id uuid, source_key int4, target_key int4, kind text) \
         RETURNING key, id",
    );
    let opened: Vec<Opened> =
        statement(sql).bind::<Text, _>(rows(new)?).bind::<Instant, _>(At(at)).bind::<BigInt, _>(revision).load(conn)?;
    let keys: HashMap<String, i64> = opened.into_iter().map(|row| (row.id.0.simple().to_string(), row.key)).collect();
    let key =
        |row: &NewRelationRow| keys.get(&row.id).copied().ok_or(StoreError::Query(diesel::result::Error::NotFound));
    new.iter().map(key).collect()
}

/// Opens a relation that follows from how a CI was identified. It is not seen, so that no report closes it.
pub fn open_declared(conn: &mut Conn, new: &NewRelationRow, at: Timestamp, revision: i64) -> Result<(), StoreError> {
    use crate::store::schema::cmdb_relation as r;
    let id = uuid::Uuid::try_parse(&new.id).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    diesel::insert_into(r::table)
        .values((
            (r::id.eq(Key16(id)), r::source_key.eq(new.source_key), r::target_key.eq(new.target_key)),
            (
                r::type_.eq(new.kind.as_ref()),
                r::origin.eq(DECLARED),
                r::valid_from.eq(At(at)),
                r::opened_by.eq(revision),
            ),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes evidence, over what stood there.
pub fn put_evidence(conn: &mut Conn, evidence: &[EvidenceRow]) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_evidence (relation_key, seen_by, samples, first_seen_at, last_seen_at, ports) \
         SELECT value ->> 'relation_key', value ->> 'seen_by', value ->> 'samples', value ->> 'first_seen_at', \
             value ->> 'last_seen_at', value ->> 'ports' FROM json_each(?1) WHERE true \
         ON CONFLICT (relation_key, seen_by) DO UPDATE SET samples = excluded.samples, \
             first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at, ports = excluded.ports",
        "INSERT INTO cmdb_evidence (relation_key, seen_by, samples, first_seen_at, last_seen_at, ports) \
         SELECT relation_key, seen_by, samples, 'epoch'::timestamptz + first_seen_at * interval '1 microsecond', \
             'epoch'::timestamptz + last_seen_at * interval '1 microsecond', ports \
         FROM json_to_recordset($1::json) AS new (relation_key int8, seen_by text, samples int4, first_seen_at int8, \
             last_seen_at int8, ports text) \
         ON CONFLICT (relation_key, seen_by) DO UPDATE SET samples = excluded.samples, \
             first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at, ports = excluded.ports",
    );
    statement(sql).bind::<Text, _>(rows(evidence)?).execute(conn)?;
    Ok(())
}
