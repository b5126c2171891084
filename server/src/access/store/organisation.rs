//! `access_organisation`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::access::model::organisation::Organisation;
use crate::access::model::reach::Tree;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::Conn;
use crate::store::column::{At, Key16};
use crate::store::dialect::storable;
use crate::store::schema::access_organisation as o;

type Columns = (Key16, String, Option<Key16>, i32, Option<i32>);

fn organisation((id, name, parent, version, interval): Columns) -> Organisation {
    let agent_interval_s = interval.and_then(|seconds| u32::try_from(seconds).ok());
    let parent = parent.map(OrganisationId::from);
    Organisation { id: id.into(), name, parent, version, agent_interval_s, inherited_interval_s: None }
}

pub(in crate::access) fn insert_root(conn: &mut Conn, ctx: &Ctx, id: OrganisationId, name: &str) -> QueryResult<()> {
    diesel::insert_into(o::table)
        .values((
            o::id.eq(Key16::from(id)),
            o::name.eq(storable(name)),
            o::created_at.eq(At(ctx.now)),
            o::version.eq(1),
        ))
        .execute(conn)
        .map(drop)
}

pub(in crate::access) fn find_root(conn: &mut Conn) -> QueryResult<Option<OrganisationId>> {
    let root: Option<Key16> = o::table.filter(o::parent_id.is_null()).select(o::id).first(conn).optional()?;
    Ok(root.map(OrganisationId::from))
}

/// Every organisation, by name.
pub(in crate::access) fn list(conn: &mut Conn) -> QueryResult<Vec<Organisation>> {
    let columns = (o::id, o::name, o::parent_id, o::version, o::agent_interval_s);
    let rows: Vec<Columns> = o::table.order((o::name, o::id)).select(columns).load(conn)?;
    Ok(rows.into_iter().map(organisation).collect())
}

pub(in crate::access) fn find(conn: &mut Conn, id: OrganisationId) -> QueryResult<Option<Organisation>> {
    let columns = (o::id, o::name, o::parent_id, o::version, o::agent_interval_s);
    let row: Option<Columns> = o::table.find(Key16::from(id)).select(columns).first(conn).optional()?;
    Ok(row.map(organisation))
}

/// The organisation of this name directly below another.
pub(in crate::access) fn find_by_name(
    conn: &mut Conn,
    name: &str,
    parent: OrganisationId,
) -> QueryResult<Option<OrganisationId>> {
    let namesake = o::table.filter(o::parent_id.eq(Key16::from(parent)).and(o::name.eq(storable(name))));
    let id: Option<Key16> = namesake.select(o::id).first(conn).optional()?;
    Ok(id.map(OrganisationId::from))
}

pub(in crate::access) fn insert(
    conn: &mut Conn,
    ctx: &Ctx,
    id: OrganisationId,
    name: &str,
    parent: OrganisationId,
) -> QueryResult<()> {
    diesel::insert_into(o::table)
        .values((
            (o::id.eq(Key16::from(id)), o::parent_id.eq(Key16::from(parent)), o::name.eq(storable(name))),
            (o::created_at.eq(At(ctx.now)), o::version.eq(1)),
        ))
        .execute(conn)
        .map(drop)
}

/// Writes name, parent and interval, if it still has the version it had; tells whether it had.
pub(in crate::access) fn update(conn: &mut Conn, organisation: &Organisation) -> QueryResult<bool> {
    let key = Key16::from(organisation.id);
    let unchanged = o::table.filter(o::id.eq(key).and(o::version.eq(organisation.version)));
    let written = diesel::update(unchanged)
        .set((
            o::name.eq(storable(&organisation.name)),
            o::parent_id.eq(organisation.parent.map(Key16::from)),
            o::agent_interval_s.eq(organisation.agent_interval_s.and_then(|seconds| i32::try_from(seconds).ok())),
            o::version.eq(organisation.version.wrapping_add(1)),
        ))
        .execute(conn)?;
    Ok(written == 1)
}

pub(in crate::access) fn delete(conn: &mut Conn, id: OrganisationId) -> QueryResult<()> {
    diesel::delete(o::table.find(Key16::from(id))).execute(conn).map(drop)
}

pub(in crate::access) fn load_tree(conn: &mut Conn) -> QueryResult<Tree> {
    let rows: Vec<(Key16, Option<Key16>)> = o::table.select((o::id, o::parent_id)).load(conn)?;
    let parents: BTreeMap<OrganisationId, Option<OrganisationId>> =
        rows.into_iter().map(|(id, parent)| (id.into(), parent.map(OrganisationId::from))).collect();
    Ok(Tree::new(parents))
}
