//! What changed of whatever a filter finds.

use std::collections::{BTreeMap, BTreeSet};

use super::lineage::Lineage;
use super::many::{Request, Rough, differing};
use super::model::Change;
use super::report::{Entry, Only, Position, Report, Times, report};
use super::service::Span;
use super::store::Window;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::gone::gone_by;
use crate::cmdb::item::row::CiRow;
use crate::cmdb::list::{self, RawFilter};
use crate::cmdb::model::observation::Freshness;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::PageRequest;
use crate::store::Conn;

/// Who asks for what.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who.
    pub ctx: &'a Ctx,
    /// When silence begins to mean something.
    pub freshness: Freshness,
    /// Of which items.
    pub filter: &'a RawFilter,
    /// Between which times.
    pub span: Span,
}

/// What changed, appeared and went of what the filter finds at either of two times: a fixed number of statements.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter or the times cannot be read, and when more would have to be compared than is at once.
pub fn changes(conn: &mut Conn, asked: Asked<'_>, page: (&Only, &PageRequest<Position>)) -> Result<Report, Error> {
    let Span { from, to } = asked.span;
    if from > to {
        return Err(FieldFault::new("to", "invalid", "it lies before `from`").into());
    }
    if to > asked.ctx.now {
        return Err(FieldFault::new("to", "invalid", "it lies in the future").into());
    }
    if asked.filter.as_of.is_some() {
        return Err(FieldFault::new("as_of", "invalid", "`from` and `to` say when").into());
    }
    let before = list::whole(conn, asked.ctx, asked.freshness, asked.filter, Some(from))?;
    let after = list::whole(conn, asked.ctx, asked.freshness, asked.filter, Some(to))?;
    let times = Times { window: Window { from, to }, since: &|_item, _topic| from, to };
    let entries = entries(conn, asked.ctx, (before, after), times)?;
    report(conn, &asked.ctx.scope, entries, times, page)
}

/// What became of the items of two sets: what is in both and does not differ is left out.
pub(in crate::cmdb) fn entries(
    conn: &mut Conn,
    ctx: &Ctx,
    (before, after): (Vec<CiRow>, Vec<CiRow>),
    times: Times<'_>,
) -> Result<Vec<Entry>, Error> {
    let now = Lineage::load(conn, times.window)?.at(times.to);
    let (were, are): (BTreeSet<i32>, BTreeSet<i32>) =
        (before.iter().map(|row| row.key).collect(), after.iter().map(|row| row.key).collect());
    let mut rows: BTreeMap<i32, CiRow> = before.into_iter().map(|row| (row.key, row)).collect();
    rows.extend(after.into_iter().map(|row| (row.key, row)));
    let is_merged = |row: &CiRow| now.item_of(row.key) != row.key;
    let compared: Vec<CiRow> =
        rows.values().filter(|row| were.contains(&row.key) && !is_merged(row)).cloned().collect();
    let (scope, Times { window, since, to }) = (&ctx.scope, times);
    let mut rough = differing(conn, Request { scope, rows: &compared, window, since, to })?;
    let left: Vec<CiRow> = rows.values().filter(|row| !are.contains(&row.key)).cloned().collect();
    let gone = gone_by(conn, &left, to)?;
    let entry = |row: CiRow| {
        let change = match (were.contains(&row.key), are.contains(&row.key)) {
            (true, true) => Change::Changed,
            (false, _) if row.created_at > window.from => Change::Created,
            (false, _) => Change::Entered,
            (true, false) if is_merged(&row) => Change::Merged,
            (true, false) if gone.contains(&row.key) => Change::Gone,
            (true, false) => Change::Left,
        };
        let rough: Rough = rough.remove(&row.key).unwrap_or_default();
        (change != Change::Changed || !rough.is_empty()).then_some(Entry { row, change, rough })
    };
    Ok(rows.into_values().filter_map(entry).collect())
}
