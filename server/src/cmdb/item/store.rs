//! Writing what people say.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::draft::Statement;
use super::reclass::Move;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::source::SourceName;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{CiId, OrganisationId};
use crate::on_each_database;
use crate::store::column::{At, Key16};
use crate::store::dialect::storable;
use crate::store::schema::{cmdb_ci as c, cmdb_refused_value as f, cmdb_revision as r, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// A new item's own row, without what its values say.
#[derive(Debug)]
pub(super) struct NewCi<'a> {
    pub(super) id: CiId,
    pub(super) class: &'a str,
    pub(super) organisation_id: OrganisationId,
}

/// A moment at which a person said something.
#[derive(Debug, Clone, Copy)]
pub(in crate::cmdb) struct Revision {
    pub(in crate::cmdb) id: i64,
    pub(in crate::cmdb) at: Timestamp,
}

/// Creates the row; gives its key.
pub(super) fn insert(conn: &mut Conn, now: Timestamp, new: &NewCi<'_>) -> Result<i32, StoreError> {
    diesel::insert_into(c::table)
        .values((
            c::id.eq(Key16::from(new.id)),
            c::class.eq(new.class),
            c::name.eq(""),
            c::organisation_id.eq(Key16::from(new.organisation_id)),
            c::lifecycle.eq(Lifecycle::UNSAID.name()),
            c::version.eq(0),
            c::created_at.eq(At(now)),
        ))
        .execute(conn)?;
    Ok(c::table.filter(c::id.eq(Key16::from(new.id))).select(c::key).first(conn)?)
}

/// Moves the item on from a version, and so locks it until the transaction ends; whether it was at that version.
pub(in crate::cmdb) fn bump(conn: &mut Conn, key: i32, version: i32) -> Result<bool, StoreError> {
    let at_version = c::table.filter(c::key.eq(key).and(c::version.eq(version)));
    let rows = diesel::update(at_version).set(c::version.eq(version.saturating_add(1))).execute(conn)?;
    Ok(rows == 1)
}

/// Opens a revision. No two of one item are of the same time, so that times name them.
pub(in crate::cmdb) fn insert_revision(
    conn: &mut Conn,
    ctx: &Ctx,
    key: i32,
    reason: Option<&str>,
) -> Result<Revision, StoreError> {
    let of_item = r::table.filter(r::subject_key.eq(key));
    let latest: Option<At> = of_item.order(r::at.desc()).select(r::at).first(conn).optional()?;
    let after_latest = latest.and_then(|at| at.0.checked_add(SignedDuration::from_micros(1)).ok());
    let at = after_latest.map_or(ctx.now, |next| next.max(ctx.now));
    diesel::insert_into(r::table)
        .values((
            r::subject_key.eq(key),
            r::at.eq(At(at)),
            r::recorded_at.eq(At(ctx.now)),
            r::source.eq(SourceName::PERSON.as_str()),
            r::actor_id.eq(ctx.actor.id().map(Key16)),
            r::actor_name.eq(ctx.actor.name().map(storable)),
            r::reason.eq(reason.map(storable)),
        ))
        .execute(conn)?;
    let id = of_item.filter(r::at.eq(At(at))).select(r::id).first(conn)?;
    Ok(Revision { id, at })
}

/// What people say of the item now: attribute and JSON text.
pub(super) fn list_said(conn: &mut Conn, key: i32) -> Result<Vec<(i32, String)>, StoreError> {
    Ok(v::table
        .filter(v::ci_key.eq(key).and(v::source.eq(SourceName::PERSON.as_str())).and(v::valid_to.is_null()))
        .select((v::attribute_id, v::value))
        .load(conn)?)
}

/// Closes what people said of these attributes and opens what they say now.
pub(super) fn say(conn: &mut Conn, key: i32, revision: Revision, statements: &[&Statement]) -> Result<(), StoreError> {
    let attributes: Vec<i32> = statements.iter().map(|one| one.attribute_id).collect();
    let open = v::ci_key.eq(key).and(v::source.eq(SourceName::PERSON.as_str())).and(v::valid_to.is_null());
    diesel::update(v::table.filter(open.and(v::attribute_id.eq_any(attributes))))
        .set((v::valid_to.eq(At(revision.at)), v::closed_by.eq(revision.id), v::shown.eq(false)))
        .execute(conn)?;
    let rows: Vec<_> = statements
        .iter()
        .filter_map(|one| one.value.as_ref().map(|value| (one.attribute_id, value.to_stored())))
        .map(|(attribute_id, value)| {
            (
                v::ci_key.eq(key),
                v::attribute_id.eq(attribute_id),
                v::source.eq(SourceName::PERSON.as_str()),
                v::valid_from.eq(At(revision.at)),
                v::opened_by.eq(revision.id),
                v::value.eq(value),
                v::shown.eq(false),
            )
        })
        .collect();
    if !rows.is_empty() {
        on_each_database!(conn, |c| diesel::insert_into(v::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Moves an item to a class that a person chose: what is said of attributes that the class does not have ends, by
/// whomever it is said.
pub(super) fn reclassify(conn: &mut Conn, key: i32, revision: Revision, moved: &Move) -> Result<(), StoreError> {
    diesel::update(c::table.filter(c::key.eq(key)))
        .set((c::class.eq(&moved.class), c::class_said.eq(true)))
        .execute(conn)?;
    let open = v::ci_key.eq(key).and(v::valid_to.is_null()).and(v::attribute_id.eq_any(moved.lost.clone()));
    diesel::update(v::table.filter(open))
        .set((v::valid_to.eq(At(revision.at)), v::closed_by.eq(revision.id), v::shown.eq(false)))
        .execute(conn)?;
    diesel::delete(f::table.filter(f::ci_key.eq(key))).execute(conn)?;
    Ok(())
}
