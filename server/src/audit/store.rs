//! The trail's table.

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Filter, Row, Sealed};
use crate::kernel::page::PageRequest;
use crate::store::Conn;
use crate::store::column::{At, Key16};
use crate::store::dialect::contains_pattern;
use crate::store::schema::audit_entry as e;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = e, treat_none_as_default_value = false)]
struct EntryRow {
    seq: i64,
    at: At,
    actor_kind: String,
    actor_id: Option<Key16>,
    actor_name: Option<String>,
    action: String,
    object_kind: String,
    object_id: String,
    object_name: Option<String>,
    details: String,
    request_id: Option<String>,
    address: Option<String>,
    prev: Vec<u8>,
    hash: Vec<u8>,
}

impl From<Sealed> for EntryRow {
    fn from(Sealed { row, prev, hash }: Sealed) -> Self {
        Self {
            seq: row.seq,
            at: At(row.at),
            actor_kind: row.actor_kind,
            actor_id: row.actor_id.map(Key16),
            actor_name: row.actor_name,
            action: row.action,
            object_kind: row.object_kind,
            object_id: row.object_id,
            object_name: row.object_name,
            details: row.details,
            request_id: row.request_id,
            address: row.address,
            prev,
            hash,
        }
    }
}

impl From<EntryRow> for Sealed {
    fn from(stored: EntryRow) -> Self {
        let row = Row {
            seq: stored.seq,
            at: stored.at.0,
            actor_kind: stored.actor_kind,
            actor_id: stored.actor_id.map(|key| key.0),
            actor_name: stored.actor_name,
            action: stored.action,
            object_kind: stored.object_kind,
            object_id: stored.object_id,
            object_name: stored.object_name,
            details: stored.details,
            request_id: stored.request_id,
            address: stored.address,
        };
        Self { row, prev: stored.prev, hash: stored.hash }
    }
}

/// Number and hash of the last row.
pub(super) fn find_head(conn: &mut Conn) -> QueryResult<Option<(i64, Vec<u8>)>> {
    e::table.order(e::seq.desc()).select((e::seq, e::hash)).first(conn).optional()
}

pub(super) fn insert(conn: &mut Conn, sealed: Sealed) -> QueryResult<()> {
    diesel::insert_into(e::table).values(EntryRow::from(sealed)).execute(conn).map(drop)
}

/// The next rows in the order of the chain.
pub(super) fn list_after(conn: &mut Conn, seq: i64, limit: i64) -> QueryResult<Vec<Sealed>> {
    let query = e::table.filter(e::seq.gt(seq)).order(e::seq).limit(limit);
    let rows: Vec<EntryRow> = query.select(EntryRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Sealed::from).collect())
}

/// A page, newest first.
pub(super) fn list(conn: &mut Conn, filter: &Filter, page: &PageRequest<i64>) -> QueryResult<Vec<Sealed>> {
    let mut query = e::table.select(EntryRow::as_select()).into_boxed();
    if let Some(actor) = &filter.actor {
        query = match uuid::Uuid::try_parse(actor) {
            Ok(id) => query.filter(e::actor_id.eq(Key16(id))),
            Err(_) => query.filter(e::actor_name.like(contains_pattern(actor)).escape('\\')),
        };
    }
    if let Some(action) = &filter.action {
        let pattern = contains_pattern(action);
        query = query.filter(e::action.like(pattern.trim_start_matches('%').to_owned()).escape('\\'));
    }
    if let Some(object) = &filter.object {
        let pattern = contains_pattern(object);
        query = query.filter(
            e::object_id
                .eq(object.clone())
                .or(e::object_kind.eq(object.clone()))
                .or(e::object_name.is_not_null().and(e::object_name.assume_not_null().like(pattern).escape('\\'))),
        );
    }
    if let Some(from) = filter.from {
        query = query.filter(e::at.ge(At(from)));
    }
    if let Some(to) = filter.to {
        query = query.filter(e::at.lt(At(to)));
    }
    if let Some(after) = page.after {
        query = query.filter(e::seq.lt(after));
    }
    let rows: Vec<EntryRow> = query.order(e::seq.desc()).limit(page.rows_to_fetch()).load(conn)?;
    Ok(rows.into_iter().map(Sealed::from).collect())
}

/// The hash of a row.
pub(super) fn find_hash(conn: &mut Conn, seq: i64) -> QueryResult<Option<Vec<u8>>> {
    e::table.find(seq).select(e::hash).first(conn).optional()
}

/// The time as the column holds it.
pub(super) fn whole_micros(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
