//! What the command line does with accounts and tokens. It acts as the server itself; everything is audited.

use std::collections::BTreeSet;

use super::error::Error;
use super::model::account::{self, Language};
use super::model::login::{Login, fold};
use super::model::reach::Grant;
use super::model::token::{ApiToken, NewToken};
use super::model::user::{NewUser, User};
use super::organisation;
use super::service::link::PasswordLink;
use super::service::{second_factor, token, user};
use super::store as tables;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::ApiTokenId;
use crate::kernel::page::{LIMIT_MAX, PageRequest};
use crate::kernel::permission::{Permission, Role};
use crate::store::{Conn, Store};

/// Makes an account with a role at the root organisation, and a link to set its password.
///
/// # Errors
///
/// [`Error::Invalid`] names the values that are wrong.
pub fn user_create(
    store: &Store,
    clock: &Clock,
    login: &str,
    display_name: &str,
    language: Language,
    role: Role,
) -> Result<(User, PasswordLink), Error> {
    let ctx = Ctx::system(clock);
    let (login, display_name) = (Login::parse(login)?, account::display_name(display_name)?);
    store.write_blocking(|conn| {
        let grants = vec![Grant { role, organisation: organisation::root(conn)? }];
        user::create(conn, &ctx, &NewUser { login, display_name, language, grants })
    })
}

/// Makes a link to set the password of an account; the way back in for an administrator who forgot his.
///
/// # Errors
///
/// [`Error::NotFound`] without such an account, [`Error::Obstacle`] if it is disabled.
pub fn user_reset(store: &Store, clock: &Clock, login: &str) -> Result<PasswordLink, Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| {
        let owner = by_login(conn, login)?;
        user::reset_password(conn, &ctx, owner.id)
    })
}

/// Removes the second factor of somebody who lost it; tells whether there was one.
///
/// # Errors
///
/// [`Error::NotFound`] without such an account.
pub fn user_reset_second_factor(store: &Store, clock: &Clock, login: &str) -> Result<bool, Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| {
        organisation::lock(conn)?;
        let owner = by_login(conn, login)?;
        second_factor::reset(conn, &ctx, &owner)
    })
}

/// Every account, by login.
///
/// # Errors
///
/// Only those of the database.
pub fn user_list(store: &Store, clock: &Clock) -> Result<Vec<User>, Error> {
    let ctx = Ctx::system(clock);
    store.read_blocking(|conn| {
        let mut users = Vec::new();
        let mut page = PageRequest { limit: LIMIT_MAX, after: None };
        loop {
            let (found, _) = user::list(conn, &ctx, None, &page)?;
            users.extend(found.items);
            page.after = found.next;
            if page.after.is_none() {
                return Ok(users);
            }
        }
    })
}

/// Makes a token of an account; gives it with its text, which is shown once.
///
/// # Errors
///
/// [`Error::NotFound`] without such an account, [`Error::Invalid`] names the values that are wrong.
pub fn token_create(
    store: &Store,
    clock: &Clock,
    login: &str,
    name: &str,
    scopes: &[String],
    days: Option<u32>,
) -> Result<(ApiToken, String), Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| {
        let owner = by_login(conn, login)?;
        let roles = owner.grants.iter().map(|named| named.grant.role);
        let held: BTreeSet<Permission> = roles.flat_map(Role::permissions).copied().collect();
        let new = NewToken::check(name, scopes, days, &held).map_err(Error::Invalid)?;
        token::create(conn, &ctx, owner.id, new)
    })
}

/// The tokens of an account, newest first.
///
/// # Errors
///
/// [`Error::NotFound`] without such an account.
pub fn token_list(store: &Store, login: &str) -> Result<Vec<ApiToken>, Error> {
    store.read_blocking(|conn| {
        let owner = by_login(conn, login)?;
        token::list(conn, owner.id)
    })
}

/// Ends a token, whoever owns it.
///
/// # Errors
///
/// [`Error::NotFound`] without such a token.
pub fn token_revoke(store: &Store, clock: &Clock, id: ApiTokenId) -> Result<(), Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| {
        let (_, owner, _) = tables::token::find(conn, id)?.ok_or(Error::NotFound)?;
        token::revoke(conn, &ctx, owner, id)
    })
}

fn by_login(conn: &mut Conn, login: &str) -> Result<User, Error> {
    tables::user::find_by_login(conn, &fold(login))?.ok_or(Error::NotFound)
}
