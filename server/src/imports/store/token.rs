//! Tokens.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::imports::model::token::{NewToken, Token};
use crate::kernel::id::{InventoryTokenId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Document, Key16};
use crate::store::dialect::storable;
use crate::store::schema::{access_organisation as o, access_user as u, imports_token as t};
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = t)]
struct Row {
    id: Key16,
    name: String,
    organisation_id: Key16,
    secret_hash: Vec<u8>,
    cidrs: Document,
    created_at: At,
    revoked_at: Option<At>,
    last_used_at: Option<At>,
    last_used_from: Option<String>,
}

/// A row, its organisation's name, who made it and that account's name.
type Listed = (Row, String, Option<(Key16, String)>);

fn read((row, organisation_name, created_by): Listed) -> Result<(Token, Vec<u8>), StoreError> {
    let cidrs = row.cidrs.0.as_array().into_iter().flatten().map(|cidr| cidr.as_str()?.parse().ok());
    let cidrs = cidrs.collect::<Option<Vec<_>>>().ok_or_else(|| Inconsistent {
        table: "imports_token",
        column: "cidrs",
        row: row.id.0.to_string(),
        value: row.cidrs.0.to_string(),
    })?;
    let token = Token {
        id: row.id.into(),
        name: row.name,
        organisation: row.organisation_id.into(),
        organisation_name,
        cidrs,
        created_by: created_by.map(|(id, name)| (id.into(), name)),
        created_at: row.created_at.0,
        revoked_at: row.revoked_at.map(Timestamp::from),
        last_used: row.last_used_at.map(|at| (at.0, row.last_used_from)),
    };
    Ok((token, row.secret_hash))
}

fn rows(
    conn: &mut Conn,
    scope: &Scope,
    only: Option<InventoryTokenId>,
    before: Option<InventoryTokenId>,
    limit: i64,
) -> Result<Vec<(Token, Vec<u8>)>, StoreError> {
    let mut query = t::table
        .inner_join(o::table)
        .left_join(u::table.on(t::created_by.eq(u::id.nullable())))
        .select((Row::as_select(), o::name, (u::id, u::display_name).nullable()))
        .into_boxed();
    if let Some(organisations) = scope.organisations() {
        let ids: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(t::organisation_id.eq_any(ids));
    }
    if let Some(id) = only {
        query = query.filter(t::id.eq(Key16::from(id)));
    }
    if let Some(before) = before {
        query = query.filter(t::id.lt(Key16::from(before)));
    }
    // Ids are made in the order of time.
    let rows: Vec<Listed> = query.order(t::id.desc()).limit(limit).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Tokens, the latest first.
pub(in crate::imports) fn list_tokens(
    conn: &mut Conn,
    scope: &Scope,
    before: Option<InventoryTokenId>,
    limit: i64,
) -> Result<Vec<Token>, StoreError> {
    Ok(rows(conn, scope, None, before, limit)?.into_iter().map(|(token, _)| token).collect())
}

/// The token, if it is in scope.
pub(in crate::imports) fn find_token(
    conn: &mut Conn,
    scope: &Scope,
    id: InventoryTokenId,
) -> Result<Option<Token>, StoreError> {
    Ok(rows(conn, scope, Some(id), None, 1)?.pop().map(|(token, _)| token))
}

/// The token with the hash of its secret.
pub(in crate::imports) fn find_secret(
    conn: &mut Conn,
    id: InventoryTokenId,
) -> Result<Option<(Token, Vec<u8>)>, StoreError> {
    Ok(rows(conn, &Scope::all(), Some(id), None, 1)?.pop())
}

pub(in crate::imports) fn insert_token(
    conn: &mut Conn,
    id: InventoryTokenId,
    new: &NewToken,
    organisation: OrganisationId,
    secret_hash: &[u8; 32],
    (created_by, created_at): (Option<Uuid>, Timestamp),
) -> QueryResult<()> {
    let cidrs: Vec<String> = new.cidrs.iter().map(ToString::to_string).collect();
    diesel::insert_into(t::table)
        .values((
            t::id.eq(Key16::from(id)),
            t::name.eq(storable(&new.name)),
            t::organisation_id.eq(Key16::from(organisation)),
            t::secret_hash.eq(secret_hash.as_slice()),
            t::cidrs.eq(Document(serde_json::json!(cidrs))),
            t::created_by.eq(created_by.map(Key16)),
            t::created_at.eq(At(created_at)),
        ))
        .execute(conn)
        .map(drop)
}

pub(in crate::imports) fn revoke_token(conn: &mut Conn, id: InventoryTokenId, at: Timestamp) -> QueryResult<()> {
    diesel::update(t::table.find(Key16::from(id))).set(t::revoked_at.eq(Some(At(at)))).execute(conn).map(drop)
}

/// The token was used, to the minute: a row for every request of every agent would cost more than it tells.
pub(in crate::imports) fn touch_token(
    conn: &mut Conn,
    token: &Token,
    address: Option<&str>,
    at: Timestamp,
) -> QueryResult<()> {
    let recent = |(last, _): &(Timestamp, _)| at.duration_since(*last) < SignedDuration::from_mins(1);
    if token.last_used.as_ref().is_some_and(recent) {
        return Ok(());
    }
    let used = (t::last_used_at.eq(Some(At(at))), t::last_used_from.eq(address));
    diesel::update(t::table.find(Key16::from(token.id))).set(used).execute(conn).map(drop)
}
