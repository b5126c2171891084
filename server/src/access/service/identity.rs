//! Who somebody is at this moment, and what he may do.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::access::error::Error;
use crate::access::model::second_factor::SecondFactorPolicy;
use crate::access::model::session::{Session, is_use_due};
use crate::access::model::token::{self, ApiToken};
use crate::access::model::user::User;
use crate::access::store;
use crate::access::{organisation, secret};
use crate::kernel::id::UserId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// A user who may sign in, with what he may do and where as of now.
pub(in crate::access) struct Identity {
    pub user: User,
    pub permissions: BTreeMap<Permission, Scope>,
}

impl Identity {
    /// Whether the policy requires a second factor of this user who has none.
    pub(in crate::access) fn lacks_second_factor(&self, policy: SecondFactorPolicy) -> bool {
        self.user.second_factor_at.is_none() && policy.requires(self.user.bare_grants())
    }
}

/// Somebody who came with a session.
pub(in crate::access) struct SignedIn {
    pub identity: Identity,
    pub session: Session,
}

/// Somebody who came with a token.
pub(in crate::access) struct Bearer {
    pub identity: Identity,
    pub token: ApiToken,
    pub is_use_due: bool,
}

/// The user, unless the account is gone or disabled.
pub(in crate::access) fn load(conn: &mut Conn, id: UserId) -> Result<Option<Identity>, Error> {
    let Some(user) = store::user::find(conn, id)?.filter(|user| user.enabled) else { return Ok(None) };
    let permissions = organisation::tree(conn)?.permissions(&user.bare_grants());
    Ok(Some(Identity { user, permissions }))
}

/// Who has this session.
pub(in crate::access) fn by_session(
    conn: &mut Conn,
    id_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SignedIn>, Error> {
    let session = store::session::find(conn, id_hash)?.filter(|session| session.is_live(now));
    let Some(session) = session else { return Ok(None) };
    Ok(load(conn, session.user_id)?.map(|identity| SignedIn { identity, session }))
}

/// Whose this token is. What it may do is what its owner may do now, as far as its scopes go.
pub(in crate::access) fn by_token(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<Bearer>, Error> {
    let Some(id) = token::id_in(token) else { return Ok(None) };
    let Some((stored, owner, hash)) = store::token::find(conn, id)? else { return Ok(None) };
    if !secret::is_genuine(token, &hash) || !stored.is_live(now) {
        return Ok(None);
    }
    let Some(mut identity) = load(conn, owner)? else { return Ok(None) };
    identity.permissions = stored.narrow(identity.permissions);
    let is_use_due = is_use_due(stored.last_used_at, now);
    Ok(Some(Bearer { identity, token: stored, is_use_due }))
}
