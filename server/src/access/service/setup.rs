//! The first administrator.

use serde_json::json;

use super::session::{self, Begun, Visit};
use crate::access::error::Error;
use crate::access::model::reach::Grant;
use crate::access::model::user::NewUser;
use crate::access::store;
use crate::access::store::link::Purpose;
use crate::access::{organisation, secret};
use crate::audit::{self, Entry, Object};
use crate::kernel::actor::Actor;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::UserId;
use crate::kernel::permission::Role;
use crate::store::Conn;

/// Whether there is nobody yet.
pub(in crate::access) fn is_needed(conn: &mut Conn) -> Result<bool, Error> {
    Ok(!store::user::exists_any(conn)?)
}

/// While there is nobody yet: the path and query of a new link that makes the first administrator, once, within 24 hours.
/// Links made before end with it.
pub fn setup_link(conn: &mut Conn, ctx: &Ctx) -> Result<Option<String>, Error> {
    organisation::lock(conn)?;
    if !is_needed(conn)? {
        return Ok(None);
    }
    let (token, _) = super::link::issue(conn, ctx, Purpose::Setup)?;
    Ok(Some(format!("/setup?token={token}")))
}

/// Whether the link is good and there is nobody yet; asked before a password is hashed for nothing.
pub(in crate::access) fn check(conn: &mut Conn, ctx: &Ctx, token: &str) -> Result<(), Error> {
    if !is_needed(conn)? {
        return Err(Error::AlreadySetUp);
    }
    match store::link::find(conn, &secret::hash(token), ctx.now)? {
        Some(Purpose::Setup) => Ok(()),
        _ => Err(Error::BadLink),
    }
}

/// Makes the first administrator and signs him in.
pub(in crate::access) fn complete(
    conn: &mut Conn,
    ctx: &Ctx,
    token: &str,
    new: NewUser,
    password_hash: &str,
    visit: &Visit,
) -> Result<Begun, Error> {
    organisation::lock(conn)?;
    check(conn, ctx, token)?;
    if !store::link::redeem(conn, &secret::hash(token), ctx.now)? {
        return Err(Error::BadLink);
    }
    let root = organisation::root(conn)?;
    let id: UserId = ctx.new_id();
    let new = NewUser { grants: vec![Grant { role: Role::Administrator, organisation: root }], ..new };
    store::user::insert(conn, id, &new, ctx.now)?;
    store::user::set_password(conn, id, password_hash)?;
    let ctx = ctx.clone().acting_as(Actor::User { id, name: new.display_name.clone() });
    let object = Object::named("user", id, new.login.shown);
    let details = json!({"display_name": new.display_name, "role": Role::Administrator.name()});
    audit::record(conn, &ctx, Entry { action: "setup.completed", object, details })?;
    session::begin(conn, &ctx, id, visit)
}
