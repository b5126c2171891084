//! Enrolment tokens.

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use crate::fleet::token::{Cidr, Mode, NewToken, Token};
use crate::kernel::id::{EnrolmentTokenId, UserId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Document, Key16};
use crate::store::dialect::storable;
use crate::store::schema::{access_organisation as o, access_user as u, fleet_enrolment_token as t};
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = t)]
struct TokenRow {
    id: Key16,
    name: Option<String>,
    organisation_id: Key16,
    mode: String,
    uses: i32,
    uses_left: i32,
    cidrs: Document,
    secret_hash: Vec<u8>,
    created_at: At,
    expires_at: At,
    revoked_at: Option<At>,
}

/// A token with the hash of its secret.
pub(in crate::fleet) struct StoredToken {
    pub(in crate::fleet) token: Token,
    pub(in crate::fleet) secret_hash: Vec<u8>,
}

impl TokenRow {
    fn read(
        self,
        organisation_name: String,
        created_by: Option<(UserId, String)>,
    ) -> Result<StoredToken, Inconsistent> {
        let wrong = |column, value: String| Inconsistent {
            table: "fleet_enrolment_token",
            column,
            row: self.id.0.to_string(),
            value,
        };
        let mode = Mode::of_name(&self.mode).ok_or_else(|| wrong("mode", self.mode.clone()))?;
        let cidrs = cidrs(&self.cidrs).ok_or_else(|| wrong("cidrs", self.cidrs.0.to_string()))?;
        let token = Token {
            id: self.id.into(),
            name: self.name,
            organisation: self.organisation_id.into(),
            organisation_name,
            mode,
            uses: self.uses,
            uses_left: self.uses_left,
            cidrs,
            created_by,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            revoked_at: self.revoked_at.map(Timestamp::from),
        };
        Ok(StoredToken { token, secret_hash: self.secret_hash })
    }
}

fn cidrs(stored: &Document) -> Option<Vec<Cidr>> {
    stored.0.as_array()?.iter().map(|cidr| cidr.as_str()?.parse().ok()).collect()
}

/// The token, held until the transaction ends. Without names, which nobody asks for here.
pub(in crate::fleet) fn lock_token(conn: &mut Conn, id: EnrolmentTokenId) -> Result<Option<StoredToken>, StoreError> {
    let query = t::table.filter(t::id.eq(Key16::from(id)));
    let row: Option<TokenRow> = match conn {
        Conn::Sqlite(conn) => query.select(TokenRow::as_select()).first(conn).optional()?,
        Conn::Postgres(conn) => query.select(TokenRow::as_select()).for_update().first(conn).optional()?,
    };
    Ok(row.map(|row| row.read(String::new(), None)).transpose()?)
}

/// Takes one use, if there is one left.
pub(in crate::fleet) fn use_token(conn: &mut Conn, id: EnrolmentTokenId) -> QueryResult<bool> {
    let usable = t::table.filter(t::id.eq(Key16::from(id)).and(t::uses_left.gt(0)));
    Ok(diesel::update(usable).set(t::uses_left.eq(t::uses_left - 1)).execute(conn)? == 1)
}

pub(in crate::fleet) fn insert_token(
    conn: &mut Conn,
    id: EnrolmentTokenId,
    new: &NewToken,
    secret_hash: &[u8; 32],
    created_by: Option<Uuid>,
    (created_at, expires_at): (Timestamp, Timestamp),
) -> QueryResult<()> {
    let cidrs: Vec<String> = new.cidrs.iter().map(ToString::to_string).collect();
    diesel::insert_into(t::table)
        .values((
            (
                t::id.eq(Key16::from(id)),
                t::name.eq(new.name.as_deref().map(storable)),
                t::organisation_id.eq(Key16::from(new.organisation)),
                t::mode.eq(new.mode.name()),
                t::uses.eq(new.uses),
                t::uses_left.eq(new.uses),
            ),
            (
                t::cidrs.eq(Document(serde_json::json!(cidrs))),
                t::secret_hash.eq(secret_hash.as_slice()),
                t::created_by.eq(created_by.map(Key16)),
                t::created_at.eq(At(created_at)),
                t::expires_at.eq(At(expires_at)),
            ),
        ))
        .execute(conn)
        .map(drop)
}

pub(in crate::fleet) fn revoke_token(conn: &mut Conn, id: EnrolmentTokenId, at: Timestamp) -> QueryResult<()> {
    diesel::update(t::table.find(Key16::from(id))).set(t::revoked_at.eq(Some(At(at)))).execute(conn).map(drop)
}

/// Those that let nobody in although their time is not over.
pub(in crate::fleet) fn list_ended_tokens(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<EnrolmentTokenId>> {
    let is_ended = t::revoked_at.is_not_null().or(t::uses_left.le(0));
    let ids: Vec<Key16> = t::table.filter(t::expires_at.gt(At(now)).and(is_ended)).select(t::id).load(conn)?;
    Ok(ids.into_iter().map(EnrolmentTokenId::from).collect())
}

/// The token, if it is in scope.
pub(in crate::fleet) fn find_token(
    conn: &mut Conn,
    scope: &Scope,
    id: EnrolmentTokenId,
) -> Result<Option<Token>, StoreError> {
    Ok(tokens(conn, scope, Some(id), None, 1)?.pop())
}

/// Tokens, the latest first.
pub(in crate::fleet) fn list_tokens(
    conn: &mut Conn,
    scope: &Scope,
    before: Option<EnrolmentTokenId>,
    limit: i64,
) -> Result<Vec<Token>, StoreError> {
    tokens(conn, scope, None, before, limit)
}

/// A token, its organisation's name, who made it and that account's name.
type ListRow = (TokenRow, String, Option<(Key16, String)>);

fn tokens(
    conn: &mut Conn,
    scope: &Scope,
    only: Option<EnrolmentTokenId>,
    before: Option<EnrolmentTokenId>,
    limit: i64,
) -> Result<Vec<Token>, StoreError> {
    let mut query = t::table
        .inner_join(o::table)
        .left_join(u::table.on(t::created_by.eq(u::id.nullable())))
        .select((TokenRow::as_select(), o::name, (u::id, u::display_name).nullable()))
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
    let rows: Vec<ListRow> = query.order(t::id.desc()).limit(limit).load(conn)?;
    rows.into_iter()
        .map(|(row, organisation, created_by)| {
            let created_by = created_by.map(|(id, name)| (id.into(), name));
            Ok(row.read(organisation, created_by)?.token)
        })
        .collect()
}

/// Whether there is such an organisation.
pub(in crate::fleet) fn organisation_exists(
    conn: &mut Conn,
    id: crate::kernel::id::OrganisationId,
) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(o::table.filter(o::id.eq(Key16::from(id))))).get_result(conn)
}
