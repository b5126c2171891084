//! Ending statements of many items at once: intervals are closed, never deleted.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use jiff::{SignedDuration, Timestamp};

use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::rows;
use crate::kernel::ctx::Ctx;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::{either, storable};
use crate::store::schema::{cmdb_revision as r, cmdb_value as v};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// Whose statements end, and why.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// Who ends them, when.
    pub ctx: &'a Ctx,
    /// Whose.
    pub source: &'a SourceName,
    /// As what history names whoever ends them.
    pub by: &'a SourceName,
    /// Why.
    pub reason: Option<&'a str>,
}

/// A revision that was opened.
#[derive(QueryableByName)]
pub(in crate::cmdb) struct Revision {
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub(in crate::cmdb) id: i64,
    /// Of which item.
    #[diesel(sql_type = Integer)]
    pub(in crate::cmdb) subject_key: i32,
}

impl Ending<'_> {
    /// Ends what the source says of these items: of the attribute named with each, or of all where none is.
    pub fn end(&self, conn: &mut Conn, subjects: &[(i32, Option<i32>)]) -> Result<Timestamp, StoreError> {
        let mut keys: Vec<i32> = subjects.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        let at = self.moment(conn, &keys)?;
        let revisions: std::collections::BTreeMap<i32, i64> =
            self.revisions(conn, &keys, at)?.into_iter().map(|one| (one.subject_key, one.id)).collect();
        let ended: Vec<(i32, Option<i32>, i64)> = subjects
            .iter()
            .filter_map(|(key, attribute)| revisions.get(key).map(|revision| (*key, *attribute, *revision)))
            .collect();
        let sql = either(
            conn,
            "UPDATE cmdb_value SET valid_to = ?2, closed_by = old.value ->> 2, shown = FALSE FROM json_each(?1) AS old \
             WHERE ci_key = old.value ->> 0 AND attribute_id = coalesce(old.value ->> 1, attribute_id) AND source = ?3 \
                 AND valid_to IS NULL",
            "UPDATE cmdb_value SET valid_to = $2, closed_by = (old ->> 2)::int8, shown = FALSE \
             FROM json_array_elements($1::json) AS old WHERE ci_key = (old ->> 0)::int4 \
                 AND attribute_id = coalesce((old ->> 1)::int4, attribute_id) AND source = $3 AND valid_to IS NULL",
        );
        statement(sql)
            .bind::<Text, _>(rows(&ended)?)
            .bind::<Instant, _>(At(at))
            .bind::<Text, _>(self.source.as_str())
            .execute(conn)?;
        Ok(at)
    }

    /// Now, or after all that is known of these items already.
    pub(in crate::cmdb) fn moment(&self, conn: &mut Conn, keys: &[i32]) -> Result<Timestamp, StoreError> {
        let said: Option<At> = v::table
            .filter(v::ci_key.eq_any(keys).and(v::source.eq(self.source.as_str())).and(v::valid_to.is_null()))
            .order(v::valid_from.desc())
            .select(v::valid_from)
            .first(conn)
            .optional()?;
        let revised: Option<At> =
            r::table.filter(r::subject_key.eq_any(keys)).order(r::at.desc()).select(r::at).first(conn).optional()?;
        let after = said.max(revised).and_then(|at| at.0.checked_add(SignedDuration::from_micros(1)).ok());
        Ok(after.map_or(self.ctx.now, |after| after.max(self.ctx.now)))
    }

    /// Opens a revision of each of these items.
    pub(in crate::cmdb) fn revisions(
        &self,
        conn: &mut Conn,
        keys: &[i32],
        at: Timestamp,
    ) -> Result<Vec<Revision>, StoreError> {
        let sql = either(
            conn,
            "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source, actor_id, actor_name, reason) \
             SELECT value, ?2, ?3, ?4, ?5, ?6, ?7 FROM json_each(?1) WHERE TRUE RETURNING id, subject_key",
            "INSERT INTO cmdb_revision (subject_key, at, recorded_at, source, actor_id, actor_name, reason) \
             SELECT value::int4, $2, $3, $4, $5, $6, $7 FROM json_array_elements_text($1::json) \
             RETURNING id, subject_key",
        );
        Ok(statement(sql)
            .bind::<Text, _>(rows(keys)?)
            .bind::<Instant, _>(At(at))
            .bind::<Instant, _>(At(self.ctx.now))
            .bind::<Text, _>(self.by.as_str())
            .bind::<Nullable<Uuid16>, _>(self.ctx.actor.id().map(Key16))
            .bind::<Nullable<Text>, _>(self.ctx.actor.name().map(|name| storable(name).into_owned()))
            .bind::<Nullable<Text>, _>(self.reason.map(|reason| storable(reason).into_owned()))
            .load(conn)?)
    }
}
