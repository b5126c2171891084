//! `access_session`.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::access::model::session::{IDLE, OwnSession, Session};
use crate::kernel::id::{SessionId, UserId};
use crate::store::column::{At, Key16};
use crate::store::dialect::storable;
use crate::store::schema::access_session as s;
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = s)]
struct SessionRow {
    id_hash: Vec<u8>,
    id: Key16,
    user_id: Key16,
    csrf_token: String,
    created_at: At,
    last_used_at: At,
    expires_at: At,
    confirmed_at: At,
}

impl TryFrom<SessionRow> for Session {
    type Error = Inconsistent;

    fn try_from(row: SessionRow) -> Result<Self, Inconsistent> {
        let id_hash = row.id_hash.as_slice().try_into().map_err(|_wrong_length| Inconsistent {
            table: "access_session",
            column: "id_hash",
            row: row.user_id.0.to_string(),
            value: format!("{} bytes", row.id_hash.len()),
        })?;
        Ok(Self {
            id_hash,
            id: row.id.into(),
            user_id: row.user_id.into(),
            csrf_token: row.csrf_token,
            created_at: row.created_at.0,
            last_used_at: row.last_used_at.0,
            expires_at: row.expires_at.0,
            confirmed_at: row.confirmed_at.0,
        })
    }
}

pub(in crate::access) fn find(conn: &mut Conn, id_hash: &[u8]) -> Result<Option<Session>, StoreError> {
    let row: Option<SessionRow> = s::table.find(id_hash).select(SessionRow::as_select()).first(conn).optional()?;
    Ok(row.map(Session::try_from).transpose()?)
}

/// The sessions of a user that are not over, the latest first.
pub(in crate::access) fn list_live(
    conn: &mut Conn,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<OwnSession>, StoreError> {
    let rows: Vec<(SessionRow, Option<String>, Option<String>)> = s::table
        .filter(s::user_id.eq(Key16::from(user)))
        .order((s::created_at.desc(), s::id))
        .select((SessionRow::as_select(), s::address, s::user_agent))
        .load(conn)?;
    let mut sessions = Vec::with_capacity(rows.len());
    for (row, address, user_agent) in rows {
        let session = Session::try_from(row)?;
        if session.is_live(now) {
            sessions.push(OwnSession { session, address, user_agent });
        }
    }
    Ok(sessions)
}

/// Ends the session of this user that has this id; tells whether there was one.
pub(in crate::access) fn delete_own(conn: &mut Conn, user: UserId, id: SessionId) -> QueryResult<bool> {
    let own = s::table.filter(s::user_id.eq(Key16::from(user)).and(s::id.eq(Key16::from(id))));
    Ok(diesel::delete(own).execute(conn)? == 1)
}

/// Where a session was begun.
pub(in crate::access) struct Origin<'a> {
    pub address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
}

pub(in crate::access) fn insert(conn: &mut Conn, session: &Session, origin: &Origin<'_>) -> QueryResult<()> {
    diesel::insert_into(s::table)
        .values((
            (s::id_hash.eq(session.id_hash.as_slice()), s::user_id.eq(Key16::from(session.user_id))),
            (s::csrf_token.eq(&session.csrf_token), s::created_at.eq(At(session.created_at))),
            (s::last_used_at.eq(At(session.last_used_at)), s::expires_at.eq(At(session.expires_at))),
            (s::id.eq(Key16::from(session.id)), s::confirmed_at.eq(At(session.confirmed_at))),
            (s::address.eq(origin.address.map(storable)), s::user_agent.eq(origin.user_agent.map(storable))),
        ))
        .execute(conn)
        .map(drop)
}

/// Gives a session another cookie.
pub(in crate::access) fn rename(conn: &mut Conn, from: &[u8], to: &[u8]) -> QueryResult<bool> {
    Ok(diesel::update(s::table.find(from)).set(s::id_hash.eq(to)).execute(conn)? == 1)
}

pub(in crate::access) fn note_use(conn: &mut Conn, id_hash: &[u8], now: Timestamp) -> QueryResult<()> {
    diesel::update(s::table.find(id_hash)).set(s::last_used_at.eq(At(now))).execute(conn).map(drop)
}

/// Writes down that the password was shown to be known.
pub(in crate::access) fn note_confirmation(conn: &mut Conn, id_hash: &[u8], now: Timestamp) -> QueryResult<bool> {
    Ok(diesel::update(s::table.find(id_hash)).set(s::confirmed_at.eq(At(now))).execute(conn)? == 1)
}

pub(in crate::access) fn delete(conn: &mut Conn, id_hash: &[u8]) -> QueryResult<bool> {
    Ok(diesel::delete(s::table.find(id_hash)).execute(conn)? == 1)
}

/// Ends the sessions of a user, but for one perhaps; tells how many.
pub(in crate::access) fn delete_of(conn: &mut Conn, user: UserId, but: Option<&[u8]>) -> QueryResult<usize> {
    let all = s::table.filter(s::user_id.eq(Key16::from(user)));
    match but {
        Some(but) => diesel::delete(all.filter(s::id_hash.ne(but))).execute(conn),
        None => diesel::delete(all).execute(conn),
    }
}

/// Removes what is over; tells how many.
pub(in crate::access) fn delete_dead(conn: &mut Conn, now: Timestamp) -> QueryResult<usize> {
    let idle_since = now.checked_sub(IDLE).unwrap_or(Timestamp::MIN);
    let dead = s::expires_at.le(At(now)).or(s::last_used_at.le(At(idle_since)));
    diesel::delete(s::table.filter(dead)).execute(conn)
}

/// Ends the oldest sessions of a user beyond the newest `keep`.
pub(in crate::access) fn delete_surplus(conn: &mut Conn, user: UserId, keep: usize) -> QueryResult<()> {
    let of_user = s::table.filter(s::user_id.eq(Key16::from(user)));
    let hashes: Vec<Vec<u8>> = of_user.order((s::created_at.desc(), s::id_hash)).select(s::id_hash).load(conn)?;
    let surplus: Vec<Vec<u8>> = hashes.into_iter().skip(keep).collect();
    diesel::delete(s::table.filter(s::id_hash.eq_any(surplus))).execute(conn).map(drop)
}
