//! Second factors: offer, activate, check, remove.

use jiff::Timestamp;
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde_json::json;

use super::session;
use crate::access::error::Error;
use crate::access::model::second_factor::{
    Generator, RECOVERY_BYTES, RECOVERY_CODES, RecoveryCode, SECRET_BYTES, SecondFactorPolicy,
};
use crate::access::model::user::User;
use crate::access::store::second_factor as store;
use crate::access::vault::Vault;
use crate::access::{organisation, secret};
use crate::audit::{self, Entry, Object};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::UserId;
use crate::store::Conn;

/// A secret for the caller's authenticator, shown until it is activated.
pub(in crate::access) struct Offer {
    pub login: String,
    pub secret: [u8; SECRET_BYTES],
}

/// What there is of a second factor.
pub(in crate::access) struct Standing {
    pub activated_at: Option<Timestamp>,
    pub recovery_codes: i64,
    pub required: bool,
}

/// What a sign-in shows besides the password.
#[derive(Clone)]
pub(in crate::access) struct SecondStep {
    pub vault: Vault,
    /// A code of the authenticator, or a recovery code.
    pub code: Option<String>,
}

/// Makes a secret, in place of one that was never activated.
pub(in crate::access) fn offer(conn: &mut Conn, ctx: &Ctx, vault: &Vault, id_hash: &[u8]) -> Result<Offer, Error> {
    organisation::lock(conn)?;
    let user = owner(conn, ctx, id_hash)?;
    if user.second_factor_at.is_some() {
        return Err(Error::SecondFactorExists);
    }
    let secret: [u8; SECRET_BYTES] = random()?;
    store::replace(conn, user.id, &vault.seal(user.id, &secret)?, ctx.now)?;
    Ok(Offer { login: user.login, secret })
}

/// Activates the secret that was offered, shown a code of it; gives the recovery codes, which nobody sees again.
pub(in crate::access) fn activate(
    conn: &mut Conn,
    ctx: &Ctx,
    vault: &Vault,
    id_hash: &[u8],
    code: &str,
) -> Result<Vec<RecoveryCode>, Error> {
    organisation::lock(conn)?;
    let user = owner(conn, ctx, id_hash)?;
    if user.second_factor_at.is_some() {
        return Err(Error::SecondFactorExists);
    }
    let offered = store::find(conn, user.id)?.ok_or(Error::NotFound)?;
    let generator = generator(vault, user.id, &offered.secret)?;
    let step = generator.step(code, ctx.now).ok_or(Error::WrongSecondFactor)?;
    if !store::take_step(conn, user.id, step)? {
        return Err(Error::WrongSecondFactor);
    }
    store::activate(conn, user.id, ctx.now)?;
    let codes = new_codes(conn, user.id)?;
    record(conn, ctx, &user, "second_factor.activated")?;
    Ok(codes)
}

/// Makes new recovery codes; earlier ones end.
pub(in crate::access) fn renew_codes(conn: &mut Conn, ctx: &Ctx, id_hash: &[u8]) -> Result<Vec<RecoveryCode>, Error> {
    organisation::lock(conn)?;
    let user = owner(conn, ctx, id_hash)?;
    if user.second_factor_at.is_none() {
        return Err(Error::NotFound);
    }
    let codes = new_codes(conn, user.id)?;
    record(conn, ctx, &user, "second_factor.codes_renewed")?;
    Ok(codes)
}

/// Removes the caller's second factor, unless he must have one.
pub(in crate::access) fn remove(
    conn: &mut Conn,
    ctx: &Ctx,
    policy: SecondFactorPolicy,
    id_hash: &[u8],
) -> Result<(), Error> {
    organisation::lock(conn)?;
    let user = owner(conn, ctx, id_hash)?;
    if policy.requires(user.bare_grants()) {
        return Err(Error::SecondFactorNeeded);
    }
    reset(conn, ctx, &user).and_then(|was_there| if was_there { Ok(()) } else { Err(Error::NotFound) })
}

/// Removes the second factor of somebody who lost it; tells whether there was one that counted.
pub(in crate::access) fn reset(conn: &mut Conn, ctx: &Ctx, user: &User) -> Result<bool, Error> {
    let was_there = store::delete(conn, user.id)?;
    if was_there {
        record(conn, ctx, user, "second_factor.removed")?;
    }
    Ok(was_there)
}

/// What the caller has of a second factor.
pub(in crate::access) fn standing(
    conn: &mut Conn,
    ctx: &Ctx,
    policy: SecondFactorPolicy,
    id_hash: &[u8],
) -> Result<Standing, Error> {
    let user = owner(conn, ctx, id_hash)?;
    let required = policy.requires(user.bare_grants());
    let recovery_codes = store::count_codes(conn, user.id)?;
    Ok(Standing { activated_at: user.second_factor_at, recovery_codes, required })
}

/// Lets somebody pass whose password was right: without a second factor at once, with one for a code that was never
/// taken before.
pub(in crate::access) fn pass(conn: &mut Conn, ctx: &Ctx, user: UserId, step: &SecondStep) -> Result<(), Error> {
    let Some(factor) = store::find(conn, user)?.filter(|factor| factor.activated_at.is_some()) else { return Ok(()) };
    let Some(code) = &step.code else { return Err(Error::SecondFactorRequired) };
    if let Ok(recovery) = code.parse::<RecoveryCode>() {
        let taken = store::take_code(conn, user, &secret::hash(recovery.plain()))?;
        return if taken { Ok(()) } else { Err(Error::WrongSecondFactor) };
    }
    let step = generator(&step.vault, user, &factor.secret)?.step(code, ctx.now);
    match step {
        Some(step) if store::take_step(conn, user, step)? => Ok(()),
        _ => Err(Error::WrongSecondFactor),
    }
}

fn generator(vault: &Vault, user: UserId, sealed: &[u8]) -> Result<Generator, Error> {
    Generator::new(&vault.open(user, sealed)?).map_err(|bad| Error::Machinery(bad.to_string()))
}

fn new_codes(conn: &mut Conn, user: UserId) -> Result<Vec<RecoveryCode>, Error> {
    let codes = (0..RECOVERY_CODES).map(|_| Ok(RecoveryCode::new(random::<RECOVERY_BYTES>()?)));
    let codes: Vec<RecoveryCode> = codes.collect::<Result<_, Error>>()?;
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| secret::hash(code.plain())).collect();
    store::replace_codes(conn, user, &hashes)?;
    Ok(codes)
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], Error> {
    let mut bytes = [0; LENGTH];
    SysRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Machinery(error.to_string()))?;
    Ok(bytes)
}

fn owner(conn: &mut Conn, ctx: &Ctx, id_hash: &[u8]) -> Result<User, Error> {
    Ok(session::current(conn, ctx.now, id_hash)?.identity.user)
}

fn record(conn: &mut Conn, ctx: &Ctx, user: &User, action: &'static str) -> Result<(), Error> {
    let object = Object::named("user", user.id, &user.login);
    Ok(audit::record(conn, ctx, Entry { action, object, details: json!({}) })?)
}
