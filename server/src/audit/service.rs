//! Recording, listing, proving.

use super::model::{Entry, Filter, GENESIS, Row, Sealed, Walk};
use super::store;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::{Page, PageRequest};
use crate::store::dialect::{storable, transaction_lock};
use crate::store::{Conn, StoreError};

/// Whoever appends holds this until his transaction ends, so that numbers have no gaps and hashes one order.
const APPEND_LOCK: i64 = 0x7465_7272_6965_7202;

/// Rows read at once while walking along the chain.
const WALK_ROWS: i64 = 2_000;

/// Appends a row in the caller's transaction: no row, no change; no change, no row.
///
/// On PostgreSQL everybody else who records waits until this transaction ends: call it last.
pub fn record(conn: &mut Conn, ctx: &Ctx, entry: Entry) -> Result<(), StoreError> {
    transaction_lock(conn, APPEND_LOCK)?;
    let (seq, prev) = store::find_head(conn)?.unwrap_or((0, GENESIS.to_vec()));
    let row = row(seq.saturating_add(1), ctx, entry);
    let hash = row.seal(&prev).to_vec();
    store::insert(conn, Sealed { row, prev, hash })?;
    Ok(())
}

fn row(seq: i64, ctx: &Ctx, entry: Entry) -> Row {
    let text = |text: &str| storable(text).into_owned();
    Row {
        seq,
        at: store::whole_micros(ctx.now),
        actor_kind: ctx.actor.kind().to_owned(),
        actor_id: ctx.actor.id(),
        actor_name: ctx.actor.name().map(text),
        action: entry.action.to_owned(),
        object_kind: entry.object.kind.to_owned(),
        object_id: text(&entry.object.id),
        object_name: entry.object.name.map(|name| text(&name)),
        details: entry.details.to_string(),
        request_id: ctx.request_id.as_deref().map(text),
        address: ctx.address.as_deref().map(text),
    }
}

/// A page of the trail, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &PageRequest<i64>) -> Result<Page<Sealed, i64>, StoreError> {
    let rows = store::list(conn, filter, page)?;
    Ok(Page::from_rows(rows, page, |sealed| sealed.row.seq))
}

/// Walks along the whole chain.
pub fn verify(conn: &mut Conn) -> Result<Walk, StoreError> {
    let mut walk = Walk::default();
    loop {
        let rows = store::list_after(conn, walk.last_seq(), WALK_ROWS)?;
        if rows.is_empty() {
            return Ok(walk);
        }
        for row in &rows {
            walk.step(row);
        }
    }
}
