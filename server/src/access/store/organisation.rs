//! `access_organisation`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::access::model::reach::Tree;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::Conn;
use crate::store::column::{At, Key16};
use crate::store::dialect::storable;
use crate::store::schema::access_organisation as o;

/// An organisation as it is listed.
pub(in crate::access) struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    pub parent: Option<OrganisationId>,
}

pub(in crate::access) fn insert_root(conn: &mut Conn, ctx: &Ctx, id: OrganisationId, name: &str) -> QueryResult<()> {
    diesel::insert_into(o::table)
        .values((o::id.eq(Key16::from(id)), o::name.eq(storable(name)), o::created_at.eq(At(ctx.now))))
        .execute(conn)
        .map(drop)
}

pub(in crate::access) fn find_root(conn: &mut Conn) -> QueryResult<Option<OrganisationId>> {
    let root: Option<Key16> = o::table.filter(o::parent_id.is_null()).select(o::id).first(conn).optional()?;
    Ok(root.map(OrganisationId::from))
}

/// Every organisation, by name.
pub(in crate::access) fn list(conn: &mut Conn) -> QueryResult<Vec<Organisation>> {
    let rows: Vec<(Key16, String, Option<Key16>)> =
        o::table.order((o::name, o::id)).select((o::id, o::name, o::parent_id)).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, parent)| Organisation { id: id.into(), name, parent: parent.map(OrganisationId::from) })
        .collect())
}

pub(in crate::access) fn load_tree(conn: &mut Conn) -> QueryResult<Tree> {
    let rows: Vec<(Key16, Option<Key16>)> = o::table.select((o::id, o::parent_id)).load(conn)?;
    let parents: BTreeMap<OrganisationId, Option<OrganisationId>> =
        rows.into_iter().map(|(id, parent)| (id.into(), parent.map(OrganisationId::from))).collect();
    Ok(Tree::new(parents))
}
