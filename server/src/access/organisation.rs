//! The tree of organisations.

use std::collections::BTreeMap;

use super::model::organisation::{self as model, Organisation};
use super::model::reach::Tree;
use super::store::organisation as store;
use crate::audit::{self, Entry, Object};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, StoreError};

/// Whoever changes who may do what where holds this until his transaction ends.
const ACCESS_LOCK: i64 = 0x7465_7272_6965_7203;

/// Waits until nobody else changes accounts or organisations, and keeps it so until this transaction ends.
pub(super) fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(transaction_lock(conn, ACCESS_LOCK)?)
}

/// Creates the root organisation unless there is one, and gives its id. Several servers may do so at once.
pub fn bootstrap(conn: &mut Conn, ctx: &Ctx, name: &str) -> Result<OrganisationId, StoreError> {
    lock(conn)?;
    if let Some(root) = store::find_root(conn)? {
        return Ok(root);
    }
    let id: OrganisationId = ctx.new_id();
    store::insert_root(conn, ctx, id, name)?;
    let object = Object::named("organisation", id, name);
    audit::record(conn, ctx, Entry { action: "organisation.created", object, details: serde_json::json!({}) })?;
    Ok(id)
}

/// The organisation at the top.
///
/// # Errors
///
/// [`StoreError`] also when nobody has called [`bootstrap`].
pub fn root(conn: &mut Conn) -> Result<OrganisationId, StoreError> {
    Ok(store::find_root(conn)?.ok_or(diesel::result::Error::NotFound)?)
}

/// The organisations in scope, by name. A parent that is not in scope is left out.
pub(super) fn list(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<Organisation>, StoreError> {
    let mut organisations = store::list(conn)?;
    let intervals = model::intervals(&organisations);
    organisations.retain(|organisation| ctx.scope.contains(organisation.id));
    for organisation in &mut organisations {
        organisation.inherited_interval_s = intervals.get(&organisation.id).copied();
        organisation.parent = organisation.parent.filter(|parent| ctx.scope.contains(*parent));
    }
    Ok(organisations)
}

/// Seconds between two reports of agents, by organisation; those for which nothing is said are left out.
///
/// # Errors
///
/// [`StoreError`].
pub fn agent_intervals(conn: &mut Conn) -> Result<BTreeMap<OrganisationId, u32>, StoreError> {
    Ok(model::intervals(&store::list(conn)?))
}

/// The whole tree.
pub(super) fn tree(conn: &mut Conn) -> Result<Tree, StoreError> {
    Ok(store::load_tree(conn)?)
}
