//! `access_link`.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::id::UserId;
use crate::store::Conn;
use crate::store::column::{At, Key16};
use crate::store::schema::access_link as l;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Purpose {
    /// Makes the first administrator.
    Setup,
    /// Sets the password of this account.
    SetPassword(UserId),
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::SetPassword(_) => "set_password",
        }
    }

    fn user(self) -> Option<Key16> {
        match self {
            Self::Setup => None,
            Self::SetPassword(user) => Some(user.into()),
        }
    }
}

/// Replaces every unused link for the same purpose.
pub(in crate::access) fn replace(
    conn: &mut Conn,
    purpose: Purpose,
    token_hash: &[u8],
    created_at: Timestamp,
    expires_at: Timestamp,
) -> QueryResult<()> {
    delete(conn, purpose)?;
    diesel::insert_into(l::table)
        .values((
            (l::token_hash.eq(token_hash), l::purpose.eq(purpose.name()), l::user_id.eq(purpose.user())),
            (l::created_at.eq(At(created_at)), l::expires_at.eq(At(expires_at))),
        ))
        .execute(conn)
        .map(drop)
}

/// Removes every unused link for the purpose.
pub(in crate::access) fn delete(conn: &mut Conn, purpose: Purpose) -> QueryResult<()> {
    let same = l::table.filter(l::purpose.eq(purpose.name())).filter(l::used_at.is_null());
    match purpose.user() {
        None => diesel::delete(same).execute(conn).map(drop),
        Some(user) => diesel::delete(same.filter(l::user_id.eq(user))).execute(conn).map(drop),
    }
}

/// A link that can still be used, and the account it belongs to if it belongs to one.
pub(in crate::access) fn find(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> QueryResult<Option<Purpose>> {
    let unused = l::table.find(token_hash).filter(l::used_at.is_null()).filter(l::expires_at.gt(At(now)));
    let row: Option<(String, Option<Key16>)> = unused.select((l::purpose, l::user_id)).first(conn).optional()?;
    Ok(row.and_then(|(purpose, user)| match (purpose.as_str(), user) {
        ("setup", None) => Some(Purpose::Setup),
        ("set_password", Some(user)) => Some(Purpose::SetPassword(user.into())),
        _ => None,
    }))
}

/// Uses the link; tells whether it could still be used.
pub(in crate::access) fn redeem(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> QueryResult<bool> {
    let unused = l::table.find(token_hash).filter(l::used_at.is_null()).filter(l::expires_at.gt(At(now)));
    Ok(diesel::update(unused).set(l::used_at.eq(At(now))).execute(conn)? == 1)
}

/// Removes what was used or can no longer be; tells how many.
pub(in crate::access) fn delete_dead(conn: &mut Conn, now: Timestamp) -> QueryResult<usize> {
    let dead = l::used_at.is_not_null().or(l::expires_at.le(At(now)));
    diesel::delete(l::table.filter(dead)).execute(conn)
}
