//! Passwords that are typed: limits, the password, the session, in this order.

use secrecy::SecretString;

use super::error::Error;
use super::limits::LoginLimits;
use super::model::login;
use super::model::user::User;
use super::password::Passwords;
use super::service::second_factor::SecondStep;
use super::service::session::{self, Begun, Failure, Visit};
use super::store::user;
use crate::kernel::ctx::Ctx;
use crate::store::Store;

/// What somebody typed to sign in.
pub(super) struct Typed {
    pub login: String,
    pub password: SecretString,
    pub second: SecondStep,
}

/// Signs somebody in.
///
/// Known and unknown logins take the same way and the same time: one look-up, one hash, one write.
///
/// # Errors
///
/// [`Error::InvalidCredentials`], [`Error::SecondFactorRequired`], [`Error::WrongSecondFactor`],
/// [`Error::TooManyAttempts`] or [`Error::Busy`].
pub(super) async fn sign_in(
    store: &Store,
    passwords: &Passwords,
    limits: &LoginLimits,
    ctx: Ctx,
    typed: Typed,
    visit: Visit,
) -> Result<Begun, Error> {
    let Typed { login, password, second } = typed;
    let folded = within_limits(store, limits, &ctx, &login).await?;
    let credentials = find(store, folded.clone()).await?;
    let stored = credentials.as_ref().and_then(|credentials| credentials.password_hash.clone());
    let genuine = passwords.verify(password, stored).await?;
    let failure = match &credentials {
        None => Some(Failure::UnknownLogin),
        Some(_) if !genuine => Some(Failure::WrongPassword),
        Some(credentials) if !credentials.enabled => Some(Failure::Disabled),
        Some(_) => None,
    };
    if let Some(failure) = failure {
        if let Some(omitted) = limits.trail().take(ctx.now) {
            record(store, ctx, folded, failure, omitted).await?;
        }
        return Err(Error::InvalidCredentials);
    }
    let Some(checked) = credentials else { return Err(Error::InvalidCredentials) };
    let address = address(&ctx);
    let login = folded.clone();
    let begun = store.write({
        let ctx = ctx.clone();
        move |conn| session::sign_in(conn, &ctx, &folded, &checked, &visit, &second)
    });
    match begun.await {
        Err(Error::WrongSecondFactor) => {
            if let Some(omitted) = limits.trail().take(ctx.now) {
                record(store, ctx, login, Failure::WrongSecondFactor, omitted).await?;
            }
            Err(Error::WrongSecondFactor)
        }
        // Whoever is asked for a code has guessed nothing yet.
        done @ (Ok(_) | Err(Error::SecondFactorRequired)) => {
            limits.succeeded(&login, address);
            done
        }
        failed => failed,
    }
}

/// Checks the password of whoever has this session; gives the account and what it was checked against.
///
/// Whoever finds an open session tries passwords no faster than whoever has none.
///
/// # Errors
///
/// [`Error::InvalidCredentials`], [`Error::TooManyAttempts`] or [`Error::Busy`].
pub(super) async fn check_own_password(
    store: &Store,
    passwords: &Passwords,
    limits: &LoginLimits,
    ctx: &Ctx,
    id_hash: [u8; 32],
    password: SecretString,
) -> Result<(User, user::Credentials), Error> {
    let now = ctx.now;
    let (user, credentials) = store.read(move |conn| session::own_credentials(conn, now, &id_hash)).await?;
    let folded = login::fold(&user.login);
    limits.admit(&folded, None, now).map_err(Error::TooManyAttempts)?;
    if !passwords.verify(password, credentials.password_hash.clone()).await? {
        if let Some(omitted) = limits.trail().take(now) {
            record(store, ctx.clone(), folded, Failure::WrongPassword, omitted).await?;
        }
        return Err(Error::InvalidCredentials);
    }
    limits.succeeded(&folded, None);
    Ok((user, credentials))
}

/// The folded login, if a password may be tried for it.
async fn within_limits(store: &Store, limits: &LoginLimits, ctx: &Ctx, typed: &str) -> Result<String, Error> {
    // What is longer than any login is counted as one account that does not exist.
    let folded = if typed.chars().count() > login::LOGIN_CHARS * 2 { String::new() } else { login::fold(typed) };
    let Err(wait_s) = limits.admit(&folded, address(ctx), ctx.now) else { return Ok(folded) };
    if let Some(omitted) = limits.trail().take_first(&folded, ctx.now) {
        record(store, ctx.clone(), folded, Failure::Limited, omitted).await?;
    }
    Err(Error::TooManyAttempts(wait_s))
}

fn address(ctx: &Ctx) -> Option<std::net::IpAddr> {
    ctx.address.as_deref().and_then(|address| address.parse().ok())
}

async fn find(store: &Store, folded: String) -> Result<Option<user::Credentials>, Error> {
    store.read(move |conn| Ok(user::find_credentials(conn, &folded)?)).await
}

async fn record(store: &Store, ctx: Ctx, folded: String, failure: Failure, omitted: u64) -> Result<(), Error> {
    store.write(move |conn| session::record_failure(conn, &ctx, &folded, failure, omitted)).await
}
