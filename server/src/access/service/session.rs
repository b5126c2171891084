//! Sessions: begin, renew, end.

use jiff::Timestamp;
use serde_json::json;

use super::identity::{self, SignedIn};
use super::second_factor::{self, SecondStep};
use crate::access::error::Error;
use crate::access::model::account::{Language, Theme};
use crate::access::model::session::{ABSOLUTE, OwnSession, PER_USER, Session};
use crate::access::model::user::User;
use crate::access::secret;
use crate::access::store;
use crate::access::store::session::Origin;
use crate::access::store::user::Credentials;
use crate::audit::{self, Entry, Object};
use crate::kernel::actor::Actor;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{SessionId, UserId};
use crate::store::Conn;

/// What a browser brought along.
#[derive(Debug, Clone, Default)]
pub(in crate::access) struct Visit {
    /// The hash of the session cookie it had; that session ends.
    pub previous: Option<[u8; 32]>,
    /// What it says it is.
    pub user_agent: Option<String>,
}

/// A session that has just begun, with its cookie.
pub(in crate::access) struct Begun {
    pub cookie: String,
    pub signed_in: SignedIn,
}

/// Why a sign-in failed, as the audit trail has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Failure {
    UnknownLogin,
    WrongPassword,
    Disabled,
    WrongSecondFactor,
    Limited,
}

/// What to change of one's own account; what is absent stays.
#[derive(Debug, Clone, Default)]
pub(in crate::access) struct Preferences {
    pub language: Option<Language>,
    pub time_zone: Option<String>,
    pub theme: Option<Theme>,
}

/// Begins a session for somebody whose password was found right against `checked`, unless things changed meanwhile.
pub(in crate::access) fn sign_in(
    conn: &mut Conn,
    ctx: &Ctx,
    folded: &str,
    checked: &Credentials,
    visit: &Visit,
    second: &SecondStep,
) -> Result<Begun, Error> {
    let now = store::user::find_credentials(conn, folded)?;
    let same = now.filter(|now| now.enabled && now.id == checked.id && now.password_hash == checked.password_hash);
    let Some(credentials) = same else { return Err(Error::InvalidCredentials) };
    second_factor::pass(conn, ctx, credentials.id, second)?;
    let actor = Actor::User { id: credentials.id, name: credentials.display_name };
    begin(conn, &ctx.clone().acting_as(actor), credentials.id, visit)
}

/// Begins a session; the one that the browser had before ends, so that nobody can choose it for another.
pub(in crate::access) fn begin(conn: &mut Conn, ctx: &Ctx, user: UserId, visit: &Visit) -> Result<Begun, Error> {
    if let Some(previous) = &visit.previous {
        store::session::delete(conn, previous)?;
    }
    store::session::delete_dead(conn, ctx.now)?;
    store::session::delete_surplus(conn, user, PER_USER.saturating_sub(1))?;
    let cookie = secret::random()?;
    let session = Session {
        id_hash: secret::hash(&cookie),
        id: ctx.new_id(),
        user_id: user,
        csrf_token: secret::random()?,
        created_at: ctx.now,
        last_used_at: ctx.now,
        confirmed_at: ctx.now,
        expires_at: ctx.now.checked_add(ABSOLUTE).map_err(|error| Error::Machinery(error.to_string()))?,
    };
    let origin = Origin { address: ctx.address.as_deref(), user_agent: visit.user_agent.as_deref() };
    store::session::insert(conn, &session, &origin)?;
    store::user::note_login(conn, user, ctx.now)?;
    let identity = identity::load(conn, user)?.ok_or(Error::InvalidCredentials)?;
    record(conn, ctx, &identity.user, "session.created", json!({"user_agent": visit.user_agent}))?;
    Ok(Begun { cookie, signed_in: SignedIn { identity, session } })
}

/// Records a failed sign-in. What was typed as a login is recorded only if there is such an account: people type
/// passwords into the wrong field.
pub(in crate::access) fn record_failure(
    conn: &mut Conn,
    ctx: &Ctx,
    folded: &str,
    failure: Failure,
    omitted: u64,
) -> Result<(), Error> {
    let object = match store::user::find_by_login(conn, folded)? {
        Some(user) => Object::named("user", user.id, user.login),
        None => Object::new("user", ""),
    };
    let (action, reason) = match failure {
        Failure::UnknownLogin => ("session.refused", "unknown_login"),
        Failure::WrongPassword => ("session.refused", "wrong_password"),
        Failure::Disabled => ("session.refused", "disabled"),
        Failure::WrongSecondFactor => ("session.refused", "wrong_second_factor"),
        Failure::Limited => ("session.limited", "too_many_attempts"),
    };
    let details = json!({"reason": reason, "omitted_before": omitted});
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}

/// Ends the session.
pub(in crate::access) fn end(conn: &mut Conn, ctx: &Ctx, id_hash: &[u8]) -> Result<(), Error> {
    let signed_in = current(conn, ctx.now, id_hash)?;
    store::session::delete(conn, id_hash)?;
    record(conn, ctx, &signed_in.identity.user, "session.ended", json!({}))
}

/// The caller's sessions, the latest first.
pub(in crate::access) fn list_own(conn: &mut Conn, ctx: &Ctx, id_hash: &[u8]) -> Result<Vec<OwnSession>, Error> {
    let user = current(conn, ctx.now, id_hash)?.session.user_id;
    Ok(store::session::list_live(conn, user, ctx.now)?)
}

/// Ends one of the caller's sessions.
pub(in crate::access) fn end_own(conn: &mut Conn, ctx: &Ctx, id_hash: &[u8], id: SessionId) -> Result<(), Error> {
    let user = current(conn, ctx.now, id_hash)?.identity.user;
    if !store::session::delete_own(conn, user.id, id)? {
        return Err(Error::NotFound);
    }
    record(conn, ctx, &user, "session.ended", json!({"session": id}))
}

/// Ends all of the caller's sessions but this one.
pub(in crate::access) fn end_others(conn: &mut Conn, ctx: &Ctx, id_hash: &[u8]) -> Result<(), Error> {
    let user = current(conn, ctx.now, id_hash)?.identity.user;
    let ended = store::session::delete_of(conn, user.id, Some(id_hash))?;
    record(conn, ctx, &user, "session.others_ended", json!({"ended_sessions": ended}))
}

/// The caller's session.
pub(in crate::access) fn current(conn: &mut Conn, now: Timestamp, id_hash: &[u8]) -> Result<SignedIn, Error> {
    identity::by_session(conn, id_hash, now)?.ok_or(Error::NotFound)
}

/// What the caller's password is checked against.
pub(in crate::access) fn own_credentials(
    conn: &mut Conn,
    now: Timestamp,
    id_hash: &[u8],
) -> Result<(User, Credentials), Error> {
    let user = current(conn, now, id_hash)?.identity.user;
    let folded = crate::access::model::login::fold(&user.login);
    let credentials = store::user::find_credentials(conn, &folded)?.ok_or(Error::NotFound)?;
    Ok((user, credentials))
}

/// Notes that the caller has just shown to know his password, found right against `checked`.
pub(in crate::access) fn confirm(
    conn: &mut Conn,
    ctx: &Ctx,
    id_hash: &[u8],
    checked: &Credentials,
) -> Result<(), Error> {
    let (user, credentials) = own_credentials(conn, ctx.now, id_hash)?;
    if credentials.password_hash != checked.password_hash || !store::session::note_confirmation(conn, id_hash, ctx.now)?
    {
        return Err(Error::InvalidCredentials);
    }
    record(conn, ctx, &user, "session.confirmed", json!({}))
}

/// Sets the caller's password. His other sessions end; this one gets another cookie and keeps its CSRF token.
pub(in crate::access) fn change_password(
    conn: &mut Conn,
    ctx: &Ctx,
    id_hash: &[u8],
    checked: &Credentials,
    hash: &str,
) -> Result<String, Error> {
    crate::access::organisation::lock(conn)?;
    let (user, credentials) = own_credentials(conn, ctx.now, id_hash)?;
    if credentials.password_hash != checked.password_hash {
        return Err(Error::InvalidCredentials);
    }
    store::user::set_password(conn, user.id, hash)?;
    let ended = store::session::delete_of(conn, user.id, Some(id_hash))?;
    let cookie = secret::random()?;
    store::session::rename(conn, id_hash, &secret::hash(&cookie))?;
    store::session::note_confirmation(conn, &secret::hash(&cookie), ctx.now)?;
    record(conn, ctx, &user, "user.password_changed", json!({"ended_sessions": ended}))?;
    Ok(cookie)
}

/// Changes what the caller may change of his own account.
pub(in crate::access) fn change_preferences(
    conn: &mut Conn,
    ctx: &Ctx,
    id_hash: &[u8],
    preferences: Preferences,
) -> Result<SignedIn, Error> {
    let before = current(conn, ctx.now, id_hash)?.identity.user;
    let mut after = before.clone();
    after.language = preferences.language.unwrap_or(after.language);
    after.time_zone = preferences.time_zone.unwrap_or(after.time_zone);
    after.theme = preferences.theme.unwrap_or(after.theme);
    if after != before {
        if !store::user::update(conn, &after)? {
            return Err(Error::Stale(before.version));
        }
        let shown = |user: &User| json!({"language": user.language.name(), "time_zone": user.time_zone, "theme": user.theme.name()});
        let details = json!({"before": shown(&before), "after": shown(&after)});
        record(conn, ctx, &after, "user.preferences_changed", details)?;
    }
    current(conn, ctx.now, id_hash)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    user: &User,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let object = Object::named("user", user.id, &user.login);
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}
