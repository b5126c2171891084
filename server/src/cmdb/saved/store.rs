//! `cmdb_saved_search`.

use diesel::prelude::*;

use super::model::{Draft, SavedSearch};
use super::visible::{MOST, query};
use crate::index::model::fold::fold;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::SavedSearchId;
use crate::store::column::{At, Key16};
use crate::store::schema::{access_user as u, cmdb_saved_search as s};
use crate::store::{Conn, StoreError};

type Row = ((Key16, String, String, bool), (Key16, Key16), i32, At);

/// What the caller sees, by name: in two queries however many there are.
pub(super) fn list(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<SavedSearch>, StoreError> {
    let ordered = query(ctx).order((s::name_folded, s::created_at, s::id)).limit(MOST);
    let rows = ordered.select(columns()).load(conn)?;
    with_owners(conn, rows)
}

/// One that the caller sees.
pub(super) fn find(conn: &mut Conn, ctx: &Ctx, id: SavedSearchId) -> Result<Option<SavedSearch>, StoreError> {
    let of_id = s::table.filter(s::id.eq(Key16::from(id)));
    let rows: Vec<Row> = of_id.select(columns()).load(conn)?;
    let own = ctx.actor.id().map(Key16);
    let sees = |row: &Row| Some(row.1.1) == own || (row.0.3 && ctx.scope.contains(row.1.0.into()));
    Ok(with_owners(conn, rows.into_iter().filter(sees).collect())?.pop())
}

/// The queries of all there are.
pub(super) fn queries(conn: &mut Conn) -> Result<Vec<(SavedSearchId, String)>, StoreError> {
    let rows: Vec<(Key16, String)> = s::table.select((s::id, s::query)).load(conn)?;
    Ok(rows.into_iter().map(|(id, query)| (id.into(), query)).collect())
}

/// Writes a new one.
pub(super) fn insert(conn: &mut Conn, new: &SavedSearch) -> QueryResult<()> {
    let values = (
        (s::id.eq(Key16::from(new.id)), s::organisation_id.eq(Key16::from(new.organisation))),
        (s::owner_id.eq(Key16::from(new.owner)), s::name.eq(&new.name), s::name_folded.eq(fold(&new.name))),
        (s::query.eq(&new.query), s::shared.eq(new.shared), s::version.eq(new.version)),
        s::created_at.eq(At(new.created_at)),
    );
    diesel::insert_into(s::table).values(values).execute(conn).map(drop)
}

/// Makes one what the draft says, if it has this version still; whether it had.
pub(super) fn update(conn: &mut Conn, id: SavedSearchId, version: i32, draft: &Draft) -> QueryResult<bool> {
    let unchanged = s::table.filter(s::id.eq(Key16::from(id)).and(s::version.eq(version)));
    let values = (
        (s::name.eq(&draft.name), s::name_folded.eq(fold(&draft.name))),
        (s::query.eq(&draft.query), s::shared.eq(draft.shared), s::version.eq(version.wrapping_add(1))),
    );
    Ok(diesel::update(unchanged).set(values).execute(conn)? == 1)
}

/// Removes one.
pub(super) fn delete(conn: &mut Conn, id: SavedSearchId) -> QueryResult<()> {
    diesel::delete(s::table.filter(s::id.eq(Key16::from(id)))).execute(conn).map(drop)
}

type Columns = ((s::id, s::name, s::query, s::shared), (s::organisation_id, s::owner_id), s::version, s::created_at);

const fn columns() -> Columns {
    ((s::id, s::name, s::query, s::shared), (s::organisation_id, s::owner_id), s::version, s::created_at)
}

fn with_owners(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<SavedSearch>, StoreError> {
    let owners: Vec<Key16> = rows.iter().map(|row| row.1.1).collect();
    let names: Vec<(Key16, String)> =
        u::table.filter(u::id.eq_any(owners)).select((u::id, u::display_name)).load(conn)?;
    let owner_name = |id: Key16| names.iter().find(|(one, _)| *one == id).map(|(_, name)| name.clone());
    let saved = |((id, name, query, shared), (organisation, owner), version, created_at): Row| SavedSearch {
        id: id.into(),
        name,
        query,
        shared,
        organisation: organisation.into(),
        owner: owner.into(),
        owner_name: owner_name(owner).unwrap_or_default(),
        version,
        created_at: created_at.0,
    };
    Ok(rows.into_iter().map(saved).collect())
}
