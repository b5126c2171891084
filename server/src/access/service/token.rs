//! Personal access tokens.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::access::error::Error;
use crate::access::model::token::{ApiToken, NewToken, PER_USER, write};
use crate::access::{organisation, secret, store};
use crate::audit::{self, Entry, Object};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{ApiTokenId, UserId};
use crate::kernel::invalid::{Fault, Invalid};
use crate::store::{Conn, StoreError};

/// Makes a token; gives it with its text, which nobody sees again.
pub(in crate::access) fn create(
    conn: &mut Conn,
    ctx: &Ctx,
    owner: UserId,
    new: NewToken,
) -> Result<(ApiToken, String), Error> {
    organisation::lock(conn)?;
    if store::token::count_live(conn, owner, ctx.now)? >= PER_USER {
        return Err(
            Invalid::beyond("name", Fault::OutOfRange, PER_USER, "at most 50 live tokens; revoke one first").into()
        );
    }
    let life = SignedDuration::from_hours(i64::from(new.days).saturating_mul(24));
    let token = ApiToken {
        id: ctx.new_id(),
        name: new.name,
        scopes: new.scopes,
        created_at: ctx.now,
        expires_at: ctx.now.checked_add(life).map_err(|error| Error::Machinery(error.to_string()))?,
        last_used_at: None,
        revoked_at: None,
    };
    let text = write(token.id, &secret::random()?);
    store::token::insert(conn, owner, &token, &secret::hash(&text))?;
    let details = json!({"owner": owner, "scopes": names(&token.scopes), "expires_at": token.expires_at});
    record(conn, ctx, &token, "token.created", details)?;
    Ok((token, text))
}

/// Ends a token of this owner; once is enough.
pub(in crate::access) fn revoke(conn: &mut Conn, ctx: &Ctx, owner: UserId, id: ApiTokenId) -> Result<(), Error> {
    let found = store::token::find(conn, id)?.filter(|(_, of, _)| *of == owner);
    let Some((token, ..)) = found else { return Err(Error::NotFound) };
    if store::token::revoke(conn, id, ctx.now)? {
        record(conn, ctx, &token, "token.revoked", json!({"owner": owner}))?;
    }
    Ok(())
}

/// Tokens that were ended although their time is not over.
///
/// # Errors
///
/// The database fails.
pub fn ended_tokens(conn: &mut Conn, now: Timestamp) -> Result<Vec<ApiTokenId>, StoreError> {
    Ok(store::token::list_ended(conn, now)?)
}

/// Ends tokens once more of which an older database knows nothing else; gives how many were live.
///
/// # Errors
///
/// The database fails.
pub fn end_again(conn: &mut Conn, ctx: &Ctx, tokens: &[ApiTokenId]) -> Result<usize, StoreError> {
    let mut live = 0;
    for id in tokens {
        let Some((token, owner, _)) = store::token::find(conn, *id)? else { continue };
        if store::token::revoke(conn, *id, ctx.now)? {
            record(
                conn,
                ctx,
                &token,
                "token.revoked",
                json!({"owner": owner, "reason": "was revoked after the backup"}),
            )?;
            live += 1;
        }
    }
    Ok(live)
}

/// The tokens of this owner, newest first.
pub(in crate::access) fn list(conn: &mut Conn, owner: UserId) -> Result<Vec<ApiToken>, Error> {
    Ok(store::token::list_of(conn, owner)?)
}

fn names(scopes: &BTreeSet<crate::kernel::permission::Permission>) -> Vec<&'static str> {
    scopes.iter().map(|scope| scope.name()).collect()
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    token: &ApiToken,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), StoreError> {
    let object = Object::named("token", token.id, &token.name);
    audit::record(conn, ctx, Entry { action, object, details })
}
