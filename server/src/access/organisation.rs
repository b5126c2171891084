//! The tree of organisations.

use diesel::prelude::*;

use crate::audit::{self, Entry, Object};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Key16};
use crate::store::dialect::{storable, transaction_lock};
use crate::store::schema::access_organisation as o;
use crate::store::{Conn, StoreError};

/// Whoever changes who may do what where holds this until his transaction ends.
pub(super) const ACCESS_LOCK: i64 = 0x7465_7272_6965_7203;

/// Creates the root organisation unless there is one, and gives its id. Several servers may do so at once.
pub fn bootstrap(conn: &mut Conn, ctx: &Ctx, name: &str) -> Result<OrganisationId, StoreError> {
    if let Some(root) = find_root(conn)? {
        return Ok(root);
    }
    transaction_lock(conn, ACCESS_LOCK)?;
    if let Some(root) = find_root(conn)? {
        return Ok(root);
    }
    let id: OrganisationId = ctx.new_id();
    diesel::insert_into(o::table)
        .values((o::id.eq(Key16::from(id)), o::name.eq(storable(name)), o::created_at.eq(At(ctx.now))))
        .execute(conn)?;
    let object = Object::named("organisation", id, name);
    audit::record(conn, ctx, Entry { action: "organisation.created", object, details: serde_json::json!({}) })?;
    Ok(id)
}

fn find_root(conn: &mut Conn) -> QueryResult<Option<OrganisationId>> {
    let root: Option<Key16> = o::table.filter(o::parent_id.is_null()).select(o::id).first(conn).optional()?;
    Ok(root.map(OrganisationId::from))
}
