//! What this installation is: an id for ever, and an incarnation that a restored backup changes.
//!
//! Does: make both at the first start and read them after that; remember whose authority belongs to the database; keep
//! the mark that shows how far the database is.
//! Does not: notice a restore by itself; see `restore`.

use diesel::prelude::*;
use jiff::Timestamp;
use terrier_shared::latest::hash::Hash;
use uuid::Uuid;

use super::high_water;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::Id;
use crate::store::dialect::transaction_lock;
use crate::store::schema::installation_setting::dsl;
use crate::store::{Conn, Inconsistent, StoreError};

const INCARNATION: &str = "incarnation";
const MARK: &str = "mark";
/// Whoever raises the mark holds this until his transaction ends.
const MARK_LOCK: i64 = 0x7465_7272_6965_7207;

/// What this installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installation {
    /// The same for ever: stands in every certificate.
    pub id: Uuid,
    /// New at every restore: tells agents that the server may have forgotten what it acknowledged.
    pub incarnation: Uuid,
}

/// The database belongs to another authority than the one in the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the database was set up with another certificate authority than the one in the data directory")]
pub struct ForeignAuthority;

impl Installation {
    /// Reads what this installation is; at the first start decides it.
    ///
    /// # Errors
    ///
    /// The database fails, or holds something that is no id.
    pub fn open(conn: &mut Conn, ctx: &Ctx) -> Result<Self, StoreError> {
        Ok(Self { id: setting(conn, "id", ctx)?, incarnation: setting(conn, INCARNATION, ctx)? })
    }
}

/// How far the database is: rises while a server runs; none before the first start.
pub(super) fn mark(conn: &mut Conn) -> Result<Option<i64>, StoreError> {
    let Some(value) = find(conn, MARK)? else { return Ok(None) };
    let malformed =
        |value| Inconsistent { table: "installation_setting", column: "value", row: MARK.to_owned(), value };
    Ok(Some(value.parse().map_err(|_no_number| malformed(value))?))
}

/// Raises the mark; gives what it is then.
pub(super) fn raise_mark(conn: &mut Conn, now: Timestamp) -> Result<i64, StoreError> {
    transaction_lock(conn, MARK_LOCK)?;
    let before = mark(conn)?;
    let raised = high_water::raised(before, now);
    match before {
        None => insert(conn, MARK, &raised.to_string())?,
        Some(_) => update(conn, MARK, &raised.to_string())?,
    }
    Ok(raised)
}

/// Makes the installation a new incarnation; gives the one before.
pub(super) fn renew_incarnation(conn: &mut Conn, ctx: &Ctx) -> Result<Uuid, StoreError> {
    let before = setting(conn, INCARNATION, ctx)?;
    let id: Id<Installation> = ctx.new_id();
    update(conn, INCARNATION, &id.to_string())?;
    Ok(before)
}

/// Remembers the authority at the first start, and compares it after that.
///
/// # Errors
///
/// The database fails. The inner error: it is another one.
pub fn claim(conn: &mut Conn, pin: &[u8; 32]) -> Result<Result<(), ForeignAuthority>, StoreError> {
    let pin = Hash::from_bytes(*pin).to_string();
    let known = find(conn, "authority")?;
    Ok(match known {
        None => {
            insert(conn, "authority", &pin)?;
            Ok(())
        }
        Some(known) if known == pin => Ok(()),
        Some(_) => Err(ForeignAuthority),
    })
}

/// SHA-256 of the authority's public key; nothing before the first start.
///
/// # Errors
///
/// The database fails, or holds something that is no hash.
pub fn pin(conn: &mut Conn) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(value) = find(conn, "authority")? else { return Ok(None) };
    match value.parse::<Hash>() {
        Ok(hash) => Ok(Some(*hash.as_bytes())),
        Err(_no_hash) => {
            Err(Inconsistent { table: "installation_setting", column: "value", row: "authority".to_owned(), value }
                .into())
        }
    }
}

fn setting(conn: &mut Conn, name: &'static str, ctx: &Ctx) -> Result<Uuid, StoreError> {
    let Some(value) = find(conn, name)? else {
        let id: Id<Installation> = ctx.new_id();
        insert(conn, name, &id.to_string())?;
        return Ok(id.uuid());
    };
    Uuid::try_parse(&value).map_err(|_malformed| {
        Inconsistent { table: "installation_setting", column: "value", row: name.to_owned(), value }.into()
    })
}

fn find(conn: &mut Conn, name: &str) -> QueryResult<Option<String>> {
    dsl::installation_setting.find(name).select(dsl::value).first(conn).optional()
}

fn insert(conn: &mut Conn, name: &str, value: &str) -> QueryResult<()> {
    diesel::insert_into(dsl::installation_setting)
        .values((dsl::name.eq(name), dsl::value.eq(value)))
        .execute(conn)
        .map(drop)
}

fn update(conn: &mut Conn, name: &str, value: &str) -> QueryResult<()> {
    diesel::update(dsl::installation_setting.find(name)).set(dsl::value.eq(value)).execute(conn).map(drop)
}
