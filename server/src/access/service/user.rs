//! Users: list, make, change, let them set a password.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::link::{self, PasswordLink};
use crate::access::error::Error;
use crate::access::model::reach::{Grant, Tree};
use crate::access::model::user::{Action, GRANTS_MAX, NewUser, Obstacle, Standing, User, UserChange, administered};
use crate::access::store::link::Purpose;
use crate::access::{organisation, store};
use crate::audit::{self, Entry, Object};
use crate::kernel::actor::Actor;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{OrganisationId, UserId};
use crate::kernel::invalid::{Fault, Invalid};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Role;
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// Somebody who manages users, and how far.
pub(in crate::access) struct Manager {
    own_id: Option<UserId>,
    /// Where he is administrator himself: only an administrator makes, changes or unmakes one.
    administers: Scope,
    /// The administrators of the whole installation who can sign in.
    administrators: Vec<UserId>,
}

impl Manager {
    /// The caller as a manager.
    pub(in crate::access) fn load(conn: &mut Conn, ctx: &Ctx) -> Result<Self, Error> {
        let administrators = store::user::list_administrators(conn)?;
        let Actor::User { id, .. } = ctx.actor else {
            return Ok(Self { own_id: None, administers: Scope::all(), administrators });
        };
        let grants = store::user::find(conn, id)?.map(|user| user.bare_grants()).unwrap_or_default();
        let administers = organisation::tree(conn)?.scope_of(&grants, Role::Administrator);
        Ok(Self { own_id: Some(id), administers, administrators })
    }

    /// What decides on what the caller may do with this user.
    pub(in crate::access) fn standing(&self, user: &User) -> Standing {
        Standing {
            enabled: user.enabled,
            own: self.own_id == Some(user.id),
            within_reach: user.administers().all(|organisation| self.administers.contains(organisation)),
            last_administrator: self.administrators == [user.id],
        }
    }

    fn require(&self, user: &User, action: Action) -> Result<(), Error> {
        self.standing(user).obstacle(action).map_or(Ok(()), |obstacle| Err(obstacle.into()))
    }
}

/// A page of the users in scope, by login, with what the caller may do with them.
pub(in crate::access) fn list(
    conn: &mut Conn,
    ctx: &Ctx,
    search: Option<&str>,
    page: &PageRequest<String>,
) -> Result<(Page<User, String>, Manager), Error> {
    let manager = Manager::load(conn, ctx)?;
    let rows = store::user::list(conn, &ctx.scope, search, page)?;
    Ok((Page::from_rows(rows, page, |(login, _)| login.clone()).map(|(_, user)| user), manager))
}

/// A user in scope.
pub(in crate::access) fn load(conn: &mut Conn, ctx: &Ctx, id: UserId) -> Result<User, Error> {
    store::user::find(conn, id)?.filter(|user| is_in_scope(&ctx.scope, user)).ok_or(Error::NotFound)
}

/// A user is in scope who has grants there and nowhere else.
fn is_in_scope(scope: &Scope, user: &User) -> bool {
    let mut organisations = user.grants.iter().map(|named| named.grant.organisation);
    scope.organisations().is_none()
        || (!user.grants.is_empty() && organisations.all(|organisation| scope.contains(organisation)))
}

/// Makes an account and a link to set its password.
pub(in crate::access) fn create(conn: &mut Conn, ctx: &Ctx, new: &NewUser) -> Result<(User, PasswordLink), Error> {
    organisation::lock(conn)?;
    if store::user::exists_login(conn, &new.login.folded)? {
        return Err(Invalid::new("login", Fault::Taken, "another account has this login").into());
    }
    let manager = Manager::load(conn, ctx)?;
    check_grants(conn, ctx, &manager, &new.grants)?;
    let id: UserId = ctx.new_id();
    store::user::insert(conn, id, new, ctx.now)?;
    let user = load(conn, ctx, id)?;
    let link = link::issue_for(conn, ctx, &user)?;
    record(conn, ctx, &user, "user.created", shown(&user))?;
    Ok((user, link))
}

/// Changes an account that has this version.
pub(in crate::access) fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    id: UserId,
    version: i32,
    change: UserChange,
) -> Result<User, Error> {
    organisation::lock(conn)?;
    let before = load(conn, ctx, id)?;
    if before.version != version {
        return Err(Error::Stale(before.version));
    }
    let manager = Manager::load(conn, ctx)?;
    check_change(conn, ctx, &manager, &before, &change)?;
    apply(conn, &before, change)?;
    keep_an_administrator(conn, &manager)?;
    let after = store::user::find(conn, id)?.ok_or(Error::NotFound)?;
    let (ended_sessions, revoked_tokens) = end_what_rests_on(conn, ctx, &before, &after)?;
    let details = json!({
        "before": shown(&before), "after": shown(&after),
        "ended_sessions": ended_sessions, "revoked_tokens": revoked_tokens,
    });
    record(conn, ctx, &after, "user.changed", details)?;
    Ok(after)
}

/// A new role begins with a new session; of a disabled account nothing is left that would open when it is enabled
/// again. Tells how many sessions and tokens ended.
fn end_what_rests_on(conn: &mut Conn, ctx: &Ctx, before: &User, after: &User) -> Result<(usize, usize), Error> {
    if after.enabled && before.bare_grants() == after.bare_grants() {
        return Ok((0, 0));
    }
    let sessions = store::session::delete_of(conn, after.id, None)?;
    if after.enabled {
        return Ok((sessions, 0));
    }
    store::link::delete(conn, Purpose::SetPassword(after.id))?;
    Ok((sessions, store::token::revoke_of(conn, after.id, ctx.now)?))
}

fn check_change(
    conn: &mut Conn,
    ctx: &Ctx,
    manager: &Manager,
    before: &User,
    change: &UserChange,
) -> Result<(), Error> {
    manager.require(before, Action::Edit)?;
    if change.enabled == Some(false) && before.enabled {
        manager.require(before, Action::Disable)?;
    }
    let Some(grants) = &change.grants else { return Ok(()) };
    if manager.own_id == Some(before.id) && set(grants) != set(&before.bare_grants()) {
        return Err(Obstacle::OwnAccount.into());
    }
    check_grants(conn, ctx, manager, grants)
}

fn apply(conn: &mut Conn, before: &User, change: UserChange) -> Result<(), Error> {
    let mut after = before.clone();
    after.display_name = change.display_name.unwrap_or(after.display_name);
    after.language = change.language.unwrap_or(after.language);
    after.enabled = change.enabled.unwrap_or(after.enabled);
    if !store::user::update(conn, &after)? {
        return Err(Error::Stale(before.version));
    }
    if let Some(grants) = change.grants {
        store::user::replace_grants(conn, before.id, &set(&grants).into_iter().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Somebody who can sign in stays administrator of the whole installation, if there was one.
fn keep_an_administrator(conn: &mut Conn, before: &Manager) -> Result<(), Error> {
    if !before.administrators.is_empty() && store::user::list_administrators(conn)?.is_empty() {
        return Err(Obstacle::LastAdministrator.into());
    }
    Ok(())
}

fn check_grants(conn: &mut Conn, ctx: &Ctx, manager: &Manager, grants: &[Grant]) -> Result<(), Error> {
    if grants.len() > GRANTS_MAX {
        let limit = i64::try_from(GRANTS_MAX).unwrap_or(i64::MAX);
        return Err(Invalid::beyond("grants", Fault::TooLong, limit, "a user has at most 100 grants").into());
    }
    if grants.is_empty() && ctx.scope.organisations().is_some() {
        return Err(
            Invalid::new("grants", Fault::Required, "without a grant the user is not in your organisations").into()
        );
    }
    let tree = organisation::tree(conn)?;
    let unknown: Vec<Invalid> = grants
        .iter()
        .enumerate()
        .filter(|(_, grant)| !is_known(&tree, &ctx.scope, grant.organisation))
        .map(|(index, _)| {
            let field = format!("grants[{index}].organisation_id");
            Invalid::new(field, Fault::Unknown, "there is no such organisation")
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::Invalid(unknown));
    }
    if administered(grants.iter().copied()).any(|organisation| !manager.administers.contains(organisation)) {
        return Err(Obstacle::NeedsPermission.into());
    }
    Ok(())
}

fn is_known(tree: &Tree, scope: &Scope, organisation: OrganisationId) -> bool {
    tree.contains(organisation) && scope.contains(organisation)
}

/// Makes a link to set the user's password.
pub(in crate::access) fn reset_password(conn: &mut Conn, ctx: &Ctx, id: UserId) -> Result<PasswordLink, Error> {
    organisation::lock(conn)?;
    let user = load(conn, ctx, id)?;
    Manager::load(conn, ctx)?.require(&user, Action::ResetPassword)?;
    let link = link::issue_for(conn, ctx, &user)?;
    record(conn, ctx, &user, "user.password_reset", json!({"link_expires_at": link.expires_at}))?;
    Ok(link)
}

fn set(grants: &[Grant]) -> BTreeSet<Grant> {
    grants.iter().copied().collect()
}

fn shown(user: &User) -> Value {
    let grants: Vec<Value> = user
        .grants
        .iter()
        .map(|named| json!({"role": named.grant.role.name(), "organisation": named.organisation_name}))
        .collect();
    json!({
        "display_name": user.display_name,
        "language": user.language.name(),
        "enabled": user.enabled,
        "grants": grants,
    })
}

fn record(conn: &mut Conn, ctx: &Ctx, user: &User, action: &'static str, details: Value) -> Result<(), Error> {
    let object = Object::named("user", user.id, &user.login);
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}
