//! `access_second_factor` and `access_recovery_code`.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::id::UserId;
use crate::store::Conn;
use crate::store::column::{At, Key16};
use crate::store::schema::{access_recovery_code as r, access_second_factor as f, access_user as u};

/// A second factor as it is stored.
pub(in crate::access) struct StoredFactor {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// When its first code was right; until then it counts for nothing.
    pub activated_at: Option<Timestamp>,
}

pub(in crate::access) fn find(conn: &mut Conn, user: UserId) -> QueryResult<Option<StoredFactor>> {
    let row: Option<(Vec<u8>, Option<At>)> = f::table
        .inner_join(u::table)
        .filter(f::user_id.eq(Key16::from(user)))
        .select((f::secret, u::second_factor_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(secret, activated_at)| StoredFactor { secret, activated_at: activated_at.map(Timestamp::from) }))
}

/// Stores a secret that has yet to be activated, in place of one that never was.
pub(in crate::access) fn replace(conn: &mut Conn, user: UserId, sealed: &[u8], now: Timestamp) -> QueryResult<()> {
    diesel::delete(f::table.find(Key16::from(user))).execute(conn)?;
    diesel::insert_into(f::table)
        .values((
            (f::user_id.eq(Key16::from(user)), f::secret.eq(sealed)),
            (f::created_at.eq(At(now)), f::last_step.eq(0)),
        ))
        .execute(conn)
        .map(drop)
}

/// Takes the code of a step; tells whether none of it or of a later one was taken before.
pub(in crate::access) fn take_step(conn: &mut Conn, user: UserId, step: i64) -> QueryResult<bool> {
    let earlier = f::table.filter(f::user_id.eq(Key16::from(user)).and(f::last_step.lt(step)));
    Ok(diesel::update(earlier).set(f::last_step.eq(step)).execute(conn)? == 1)
}

pub(in crate::access) fn activate(conn: &mut Conn, user: UserId, now: Timestamp) -> QueryResult<()> {
    diesel::update(u::table.find(Key16::from(user))).set(u::second_factor_at.eq(At(now))).execute(conn).map(drop)
}

/// Removes the second factor with its codes; tells whether there was one that counted.
pub(in crate::access) fn delete(conn: &mut Conn, user: UserId) -> QueryResult<bool> {
    let user = Key16::from(user);
    diesel::delete(r::table.filter(r::user_id.eq(user))).execute(conn)?;
    diesel::delete(f::table.find(user)).execute(conn)?;
    let active = u::table.filter(u::id.eq(user).and(u::second_factor_at.is_not_null()));
    Ok(diesel::update(active).set(u::second_factor_at.eq(None::<At>)).execute(conn)? == 1)
}

/// Stores the hashes of new recovery codes in place of all earlier ones.
pub(in crate::access) fn replace_codes(conn: &mut Conn, user: UserId, hashes: &[[u8; 32]]) -> QueryResult<()> {
    let user = Key16::from(user);
    diesel::delete(r::table.filter(r::user_id.eq(user))).execute(conn)?;
    for hash in hashes {
        let values = (r::user_id.eq(user), r::code_hash.eq(hash.as_slice()));
        diesel::insert_into(r::table).values(values).execute(conn)?;
    }
    Ok(())
}

/// Uses up a recovery code; tells whether there was such a one.
pub(in crate::access) fn take_code(conn: &mut Conn, user: UserId, hash: &[u8]) -> QueryResult<bool> {
    Ok(diesel::delete(r::table.find((Key16::from(user), hash))).execute(conn)? == 1)
}

pub(in crate::access) fn count_codes(conn: &mut Conn, user: UserId) -> QueryResult<i64> {
    r::table.filter(r::user_id.eq(Key16::from(user))).count().get_result(conn)
}
