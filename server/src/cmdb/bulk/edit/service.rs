//! Reading edits, and having them carried out, stopped and taken back.

use serde_json::{Value, json};

use super::model::{Action, Edit, Person, State};
use super::store;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::Error;
use crate::cmdb::item::reason::checked_reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::EditId;
use crate::kernel::scope::Scope;
use crate::store::Conn;
use crate::store::dialect::transaction_lock;

/// What edits do comes one after the other. Any number will do, as long as every server of one database takes the same.
pub(super) const LOCK: i64 = 0x7465_7272_6965_7216;

/// An edit, and for which reasons how many of its items are refused.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) edit: Edit,
    pub(super) reasons: Vec<(String, i64)>,
}

/// Reads an edit, if all its items are in the scope of who reads.
pub(super) fn get(conn: &mut Conn, reads: &Scope, id: EditId) -> Result<Whole, Error> {
    let edit = store::find(conn, reads, id)?.ok_or(Error::NotFound)?;
    let reasons = store::reasons(conn, id)?;
    Ok(Whole { edit, reasons })
}

/// Has an edit carried out, or go on where it was stopped: by whoever asks, as far as he reaches.
pub(super) fn apply(conn: &mut Conn, ctx: &Ctx, reads: &Scope, id: EditId) -> Result<Whole, Error> {
    let mut edit = open(conn, reads, id, Action::Apply)?;
    edit.acting = acting(ctx);
    edit.state = State::Applying;
    edit.began_at = edit.began_at.or(Some(ctx.now));
    edit.ended_at = None;
    record(conn, ctx, &edit, "edit.started", json!({ "changes": edit.changes, "items": edit.totals.change }))?;
    close(conn, edit)
}

/// Leaves an edit as far as it is.
pub(super) fn stop(conn: &mut Conn, ctx: &Ctx, reads: &Scope, id: EditId) -> Result<Whole, Error> {
    let mut edit = open(conn, reads, id, Action::Stop)?;
    edit.state = State::Stopped;
    edit.ended_at = Some(ctx.now);
    record(conn, ctx, &edit, "edit.stopped", json!({ "changed": edit.totals.changed, "left": edit.totals.change }))?;
    close(conn, edit)
}

/// Has an edit taken back.
pub(super) fn undo(
    conn: &mut Conn,
    ctx: &Ctx,
    reads: &Scope,
    id: EditId,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let mut edit = open(conn, reads, id, Action::Undo)?;
    edit.acting = acting(ctx);
    edit.state = State::Undoing;
    edit.next_place = 0;
    edit.undone_by = ctx.actor.name().map(str::to_owned);
    edit.undo_reason = checked_reason(reason)?.map(str::to_owned);
    let details = json!({ "items": edit.totals.changed, "reason": edit.undo_reason });
    record(conn, ctx, &edit, "edit.undo_started", details)?;
    close(conn, edit)
}

fn open(conn: &mut Conn, reads: &Scope, id: EditId, action: Action) -> Result<Edit, Error> {
    transaction_lock(conn, LOCK)?;
    let edit = store::find(conn, reads, id)?.ok_or(Error::NotFound)?;
    action.check(edit.state, edit.totals).map_err(|why| Error::NotNow { action: action.name(), why })?;
    Ok(edit)
}

fn close(conn: &mut Conn, edit: Edit) -> Result<Whole, Error> {
    store::update(conn, &edit)?;
    let reasons = store::reasons(conn, edit.id)?;
    Ok(Whole { edit, reasons })
}

fn acting(ctx: &Ctx) -> (Person, Scope) {
    (Person { id: ctx.actor.id(), name: ctx.actor.name().map(str::to_owned) }, ctx.scope.clone())
}

pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    edit: &Edit,
    action: &'static str,
    details: Value,
) -> Result<(), Error> {
    Ok(audit::record(conn, ctx, Entry { action, object: Object::new("edit", edit.id), details })?)
}
