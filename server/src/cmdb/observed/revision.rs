//! Revisions: moments at which a report changed something.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use jiff::Timestamp;

use crate::cmdb::item::store::insert_revision;
use crate::cmdb::model::source::SourceName;
use crate::kernel::ctx::Ctx;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::schema::cmdb_revision as r;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A revision to write.
#[derive(Debug, Clone, Copy)]
pub struct NewRevision<'a> {
    /// The host that the report is about.
    pub subject_key: i32,
    /// When it was true.
    pub at: Timestamp,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// The source of what was said.
    pub source: &'a SourceName,
    /// Who said it: an agent, or a device of an inventory.
    pub reporter: uuid::Uuid,
    /// Its name.
    pub reporter_name: &'a str,
    /// Why, where the change needs a reason.
    pub reason: Option<&'a str>,
}

/// When the last revision of a CI was; the next has to be later.
pub fn last(conn: &mut Conn, subject_key: i32) -> Result<Option<Timestamp>, StoreError> {
    let last: Option<At> =
        r::table.filter(r::subject_key.eq(subject_key)).order(r::at.desc()).select(r::at).first(conn).optional()?;
    Ok(last.map(Timestamp::from))
}

/// The last revision of a CI.
pub fn last_id(conn: &mut Conn, subject_key: i32) -> Result<Option<i64>, StoreError> {
    let of_subject = r::table.filter(r::subject_key.eq(subject_key)).order(r::at.desc());
    Ok(of_subject.select(r::id).first(conn).optional()?)
}

/// Writes a revision that no report made, and gives its id: the server looked again at what a source said before.
pub fn insert_by_server(
    conn: &mut Conn,
    source: &SourceName,
    (subject_key, at): (i32, Timestamp),
    reason: &str,
) -> Result<i64, StoreError> {
    let new = (r::subject_key.eq(subject_key), r::at.eq(At(at)), r::recorded_at.eq(At(at)));
    diesel::insert_into(r::table).values((new, r::source.eq(source.as_str()), r::reason.eq(reason))).execute(conn)?;
    let of_subject = r::table.filter(r::subject_key.eq(subject_key).and(r::at.eq(At(at))));
    Ok(of_subject.order(r::id.desc()).select(r::id).first(conn)?)
}

/// Writes a revision in which a person parts what machines say, after all that is written of the CI; gives its id and
/// its time.
pub fn insert_by_person(
    conn: &mut Conn,
    ctx: &Ctx,
    subject_key: i32,
    reason: Option<&str>,
) -> Result<(i64, Timestamp), StoreError> {
    let revision = insert_revision(conn, ctx, subject_key, reason)?;
    Ok((revision.id, revision.at))
}

/// Who ever said something of these CIs, by id: CI and who.
pub fn list_speakers(conn: &mut Conn, subjects: &[i32]) -> Result<Vec<(i32, uuid::Uuid)>, StoreError> {
    let named = r::subject_key.eq_any(subjects).and(r::actor_id.is_not_null());
    let rows: Vec<(i32, Key16)> =
        r::table.filter(named).select((r::subject_key, r::actor_id.assume_not_null())).distinct().load(conn)?;
    Ok(rows.into_iter().map(|(key, id)| (key, id.0)).collect())
}

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Writes a revision and gives its id.
pub fn insert(conn: &mut Conn, new: NewRevision<'_>) -> Result<i64, StoreError> {
    let inserted: Inserted = statement(
        "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source, actor_id, actor_name, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind::<Integer, _>(new.subject_key)
    .bind::<Instant, _>(At(new.at))
    .bind::<Instant, _>(At(new.recorded_at))
    .bind::<Text, _>(new.source.as_str())
    .bind::<Uuid16, _>(Key16(new.reporter))
    .bind::<Text, _>(new.reporter_name)
    .bind::<Nullable<Text>, _>(new.reason)
    .get_result(conn)?;
    Ok(inserted.id)
}
