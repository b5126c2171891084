//! `access_api_token`.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::access::model::token::ApiToken;
use crate::kernel::id::{ApiTokenId, UserId};
use crate::store::column::{At, Document, Key16};
use crate::store::dialect::storable;
use crate::store::schema::access_api_token as t;
use crate::store::{Conn, Inconsistent, StoreError};

/// Tokens that are listed at most, newest first.
const LISTED_MAX: i64 = 200;

#[derive(Queryable, Selectable)]
#[diesel(table_name = t)]
struct TokenRow {
    id: Key16,
    name: String,
    scopes: Document,
    created_at: At,
    expires_at: At,
    last_used_at: Option<At>,
    revoked_at: Option<At>,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = Inconsistent;

    fn try_from(row: TokenRow) -> Result<Self, Inconsistent> {
        // A permission that has been done away with since is one less.
        let scopes = row.scopes.0.as_array().ok_or_else(|| Inconsistent {
            table: "access_api_token",
            column: "scopes",
            row: row.id.0.to_string(),
            value: row.scopes.0.to_string(),
        })?;
        let scopes = scopes.iter().filter_map(|name| name.as_str()?.parse().ok()).collect();
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            scopes,
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            last_used_at: row.last_used_at.map(Timestamp::from),
            revoked_at: row.revoked_at.map(Timestamp::from),
        })
    }
}

/// A token with its owner and the hash of the secret.
pub(in crate::access) fn find(
    conn: &mut Conn,
    id: ApiTokenId,
) -> Result<Option<(ApiToken, UserId, Vec<u8>)>, StoreError> {
    let columns = (TokenRow::as_select(), t::user_id, t::secret_hash);
    let row: Option<(TokenRow, Key16, Vec<u8>)> =
        t::table.find(Key16::from(id)).select(columns).first(conn).optional()?;
    let Some((row, user, hash)) = row else { return Ok(None) };
    Ok(Some((row.try_into()?, user.into(), hash)))
}

pub(in crate::access) fn list_of(conn: &mut Conn, user: UserId) -> Result<Vec<ApiToken>, StoreError> {
    let of_user = t::table.filter(t::user_id.eq(Key16::from(user)));
    let rows: Vec<TokenRow> = of_user
        .order((t::created_at.desc(), t::id.desc()))
        .limit(LISTED_MAX)
        .select(TokenRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(ApiToken::try_from).collect::<Result<_, _>>()?)
}

pub(in crate::access) fn count_live(conn: &mut Conn, user: UserId, now: Timestamp) -> QueryResult<i64> {
    let live = t::revoked_at.is_null().and(t::expires_at.gt(At(now)));
    t::table.filter(t::user_id.eq(Key16::from(user))).filter(live).count().get_result(conn)
}

pub(in crate::access) fn insert(
    conn: &mut Conn,
    user: UserId,
    token: &ApiToken,
    secret_hash: &[u8],
) -> QueryResult<()> {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.name()).collect();
    diesel::insert_into(t::table)
        .values((
            (t::id.eq(Key16::from(token.id)), t::user_id.eq(Key16::from(user)), t::name.eq(storable(&token.name))),
            (t::secret_hash.eq(secret_hash), t::scopes.eq(Document(serde_json::json!(scopes)))),
            (t::created_at.eq(At(token.created_at)), t::expires_at.eq(At(token.expires_at))),
        ))
        .execute(conn)
        .map(drop)
}

/// Those that were ended although their time is not over.
pub(in crate::access) fn list_ended(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<ApiTokenId>> {
    let is_ended = t::revoked_at.is_not_null().and(t::expires_at.gt(At(now)));
    let ids: Vec<Key16> = t::table.filter(is_ended).select(t::id).load(conn)?;
    Ok(ids.into_iter().map(ApiTokenId::from).collect())
}

/// Ends a token; tells whether it was not ended yet.
pub(in crate::access) fn revoke(conn: &mut Conn, id: ApiTokenId, now: Timestamp) -> QueryResult<bool> {
    let live = t::table.find(Key16::from(id)).filter(t::revoked_at.is_null());
    Ok(diesel::update(live).set(t::revoked_at.eq(At(now))).execute(conn)? == 1)
}

/// Ends every live token of a user; tells how many.
pub(in crate::access) fn revoke_of(conn: &mut Conn, user: UserId, now: Timestamp) -> QueryResult<usize> {
    let live = t::table.filter(t::user_id.eq(Key16::from(user)).and(t::revoked_at.is_null()));
    diesel::update(live).set(t::revoked_at.eq(At(now))).execute(conn)
}

pub(in crate::access) fn note_use(conn: &mut Conn, id: ApiTokenId, now: Timestamp) -> QueryResult<()> {
    diesel::update(t::table.find(Key16::from(id))).set(t::last_used_at.eq(At(now))).execute(conn).map(drop)
}
