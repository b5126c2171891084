//! Revisions: moments at which a report changed something.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use jiff::Timestamp;

use crate::cmdb::model::source::SourceName;
use crate::kernel::id::AgentId;
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
    /// Who reported.
    pub source: &'a SourceName,
    /// The agent.
    pub agent: AgentId,
    /// Its name.
    pub agent_name: &'a str,
    /// Why, where the change needs a reason.
    pub reason: Option<&'a str>,
}

/// When the last revision of a CI was; the next has to be later.
pub fn last(conn: &mut Conn, subject_key: i32) -> Result<Option<Timestamp>, StoreError> {
    let last: Option<At> =
        r::table.filter(r::subject_key.eq(subject_key)).order(r::at.desc()).select(r::at).first(conn).optional()?;
    Ok(last.map(Timestamp::from))
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
    .bind::<Uuid16, _>(Key16::from(new.agent))
    .bind::<Text, _>(new.agent_name)
    .bind::<Nullable<Text>, _>(new.reason)
    .get_result(conn)?;
    Ok(inserted.id)
}
