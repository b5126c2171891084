//! Links that can be used once, to set a password.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::access::error::Error;
use crate::access::model::user::User;
use crate::access::store;
use crate::access::store::link::Purpose;
use crate::access::{organisation, secret};
use crate::audit::{self, Entry, Object};
use crate::kernel::actor::Actor;
use crate::kernel::ctx::Ctx;
use crate::store::Conn;

/// How long a link can be used.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// A link to set a password, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLink {
    /// The path and query, to be put behind the server's own address.
    pub path: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Makes a link for the purpose and forgets earlier ones; gives the token and its end.
pub(in crate::access) fn issue(conn: &mut Conn, ctx: &Ctx, purpose: Purpose) -> Result<(String, Timestamp), Error> {
    let token = secret::random()?;
    let expires_at = ctx.now.checked_add(LIFE).map_err(|error| Error::Machinery(error.to_string()))?;
    store::link::replace(conn, purpose, &secret::hash(&token), ctx.now, expires_at)?;
    Ok((token, expires_at))
}

pub(in crate::access) fn issue_for(conn: &mut Conn, ctx: &Ctx, user: &User) -> Result<PasswordLink, Error> {
    let (token, expires_at) = issue(conn, ctx, Purpose::SetPassword(user.id))?;
    Ok(PasswordLink { path: format!("/set-password?token={token}"), expires_at })
}

/// Whose password the link sets; for checking the password before it is hashed.
pub(in crate::access) fn owner(conn: &mut Conn, token: &str, now: Timestamp) -> Result<User, Error> {
    let Some(Purpose::SetPassword(id)) = store::link::find(conn, &secret::hash(token), now)? else {
        return Err(Error::BadLink);
    };
    store::user::find(conn, id)?.filter(|user| user.enabled).ok_or(Error::BadLink)
}

/// Sets the password of the link's account and ends its sessions.
pub(in crate::access) fn redeem(conn: &mut Conn, ctx: &Ctx, token: &str, hash: &str) -> Result<(), Error> {
    organisation::lock(conn)?;
    let user = owner(conn, token, ctx.now)?;
    if !store::link::redeem(conn, &secret::hash(token), ctx.now)? {
        return Err(Error::BadLink);
    }
    store::user::set_password(conn, user.id, hash)?;
    store::link::delete(conn, Purpose::SetPassword(user.id))?;
    let ended = store::session::delete_of(conn, user.id, None)?;
    let ctx = ctx.clone().acting_as(Actor::User { id: user.id, name: user.display_name });
    let object = Object::named("user", user.id, user.login);
    audit::record(
        conn,
        &ctx,
        Entry { action: "user.password_set", object, details: json!({"ended_sessions": ended}) },
    )?;
    Ok(())
}
