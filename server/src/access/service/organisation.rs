//! Changing the tree of organisations.

use serde_json::json;

use crate::access::error::Error;
use crate::access::model::account;
use crate::access::model::organisation::{NAME_CHARS, Obstacle, Organisation, OrganisationChange};
use crate::access::organisation::{agent_intervals, lock, tree};
use crate::access::store::organisation as store;
use crate::audit::{self, Entry, Object};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::kernel::invalid::{Fault, Invalid};
use crate::store::{Conn, StoreError};

/// An organisation in scope. A parent that is not in scope is left out.
pub(in crate::access) fn load(conn: &mut Conn, ctx: &Ctx, id: OrganisationId) -> Result<Organisation, Error> {
    let found = store::find(conn, id)?.filter(|found| ctx.scope.contains(found.id)).ok_or(Error::NotFound)?;
    Ok(shown(conn, ctx, found)?)
}

/// Makes an organisation below another.
pub(in crate::access) fn create(
    conn: &mut Conn,
    ctx: &Ctx,
    name: &str,
    parent: OrganisationId,
) -> Result<Organisation, Error> {
    let name = account::name("name", name, NAME_CHARS)?;
    lock(conn)?;
    check_parent(conn, ctx, parent)?;
    check_name(conn, &name, parent, None)?;
    let id: OrganisationId = ctx.new_id();
    store::insert(conn, ctx, id, &name, parent)?;
    record(conn, ctx, id, &name, "organisation.created", json!({"parent": parent}))?;
    let made = store::find(conn, id)?.ok_or(Error::NotFound)?;
    Ok(shown(conn, ctx, made)?)
}

/// Renames or moves an organisation that has this version, or says how often its agents report.
pub(in crate::access) fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    id: OrganisationId,
    version: i32,
    change: &OrganisationChange,
) -> Result<Organisation, Error> {
    lock(conn)?;
    let seen = load(conn, ctx, id)?;
    let before = store::find(conn, id)?.ok_or(Error::NotFound)?;
    if before.version != version {
        return Err(Error::Stale(before.version));
    }
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = account::name("name", name, NAME_CHARS)?;
    }
    if let Some(parent) = change.parent.filter(|parent| Some(*parent) != seen.parent) {
        check_move(conn, ctx, &before, parent)?;
        after.parent = Some(parent);
    }
    if let Some(interval) = change.agent_interval {
        after.agent_interval_s = interval.check()?;
    }
    if let Some(parent) = after.parent {
        check_name(conn, &after.name, parent, Some(id))?;
    }
    if !store::update(conn, &after)? {
        return Err(Error::Stale(before.version));
    }
    let part =
        |one: &Organisation| json!({"name": one.name, "parent": one.parent, "agent_interval_s": one.agent_interval_s});
    let details = json!({"before": part(&before), "after": part(&after)});
    record(conn, ctx, id, &after.name, "organisation.changed", details)?;
    load(conn, ctx, id)
}

/// Removes an organisation in which and below which there is nothing.
pub(in crate::access) fn delete(conn: &mut Conn, ctx: &Ctx, id: OrganisationId) -> Result<(), Error> {
    lock(conn)?;
    load(conn, ctx, id)?;
    let found = store::find(conn, id)?.ok_or(Error::NotFound)?;
    if found.parent.is_none() {
        return Err(Obstacle::Root.into());
    }
    record(conn, ctx, id, &found.name, "organisation.deleted", json!({"parent": found.parent}))?;
    // Everything that belongs to an organisation refers to it, in whichever slice's table.
    store::delete(conn, id).map_err(StoreError::from).map_err(|error| match error {
        error if error.is_reference_violation() => Obstacle::NotEmpty.into(),
        error => error.into(),
    })
}

/// A new parent is in scope, as the old one is: nobody takes an organisation out of somebody else's reach. It is not
/// the organisation itself and not below it.
fn check_move(conn: &mut Conn, ctx: &Ctx, moved: &Organisation, parent: OrganisationId) -> Result<(), Error> {
    let Some(from) = moved.parent else { return Err(Obstacle::Root.into()) };
    if !ctx.scope.contains(from) {
        return Err(Obstacle::TopOfReach.into());
    }
    check_parent(conn, ctx, parent)?;
    if tree(conn)?.is_within(parent, moved.id) {
        return Err(Obstacle::Cycle.into());
    }
    Ok(())
}

fn check_parent(conn: &mut Conn, ctx: &Ctx, parent: OrganisationId) -> Result<(), Error> {
    if ctx.scope.contains(parent) && tree(conn)?.contains(parent) {
        return Ok(());
    }
    Err(Invalid::new("parent_id", Fault::Unknown, "there is no such organisation").into())
}

/// Two of one parent do not have the same name: nobody could tell them apart where they are chosen.
fn check_name(conn: &mut Conn, name: &str, parent: OrganisationId, own: Option<OrganisationId>) -> Result<(), Error> {
    let namesake = store::find_by_name(conn, name, parent)?.filter(|found| Some(*found) != own);
    match namesake {
        Some(_) => Err(Invalid::new("name", Fault::Taken, "another organisation beside it has this name").into()),
        None => Ok(()),
    }
}

fn shown(conn: &mut Conn, ctx: &Ctx, mut organisation: Organisation) -> Result<Organisation, StoreError> {
    organisation.inherited_interval_s = agent_intervals(conn)?.get(&organisation.id).copied();
    organisation.parent = organisation.parent.filter(|parent| ctx.scope.contains(*parent));
    Ok(organisation)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    id: OrganisationId,
    name: &str,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let object = Object::named("organisation", id, name);
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}
