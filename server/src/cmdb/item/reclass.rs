//! Moving an item to another class: what it takes, and what becomes of what is said of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::agree::{self, Subject};
use super::draft::{Draft, Statement};
use super::row::{self, CiRow};
use super::standing::{Standing, field, required};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::model::action::{Action, Refusal, check};
use crate::cmdb::model::check as checks;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::value::settle::Settler;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::CiId;
use crate::store::Conn;

/// What agents report as, and what it stays below.
const HOST: &str = "host";

/// What moving an item would do.
#[derive(Debug)]
pub struct Consequences {
    /// The class it would be of.
    pub class: String,
    /// Values that would end, because the class has no such attribute: attribute, source and JSON text.
    pub lost: Vec<(String, SourceName, String)>,
    /// What would have to be said as well, and what would have to be said otherwise.
    pub faults: Vec<FieldFault>,
}

/// A move, worked out.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) class: String,
    pub(super) lost: Vec<i32>,
}

/// What moving the item to `class` would do; nothing is written.
pub fn consequences(conn: &mut Conn, ctx: &Ctx, id: CiId, class: &str) -> Result<Consequences, Error> {
    let row = row::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    let settler = Settler::load(conn, ctx.now)?;
    let book = &settler.book;
    may_move(book, &row, class)?;
    let standing = Standing::load(conn, &settler, row.key)?;
    let lost = lost(book, class, &standing);
    let told = standing.all().filter(|(id, _, _)| lost.contains(id)).filter_map(|(id, source, value)| {
        Some((book.attribute_by_id(id)?.name.clone(), source.clone(), value.to_owned()))
    });
    let told = told.collect();
    let after = standing.without(&lost);
    let faults = faults(conn, book, &row, class, &after)?;
    Ok(Consequences { class: class.to_owned(), lost: told, faults })
}

/// Works a move out, with what is said at the same time.
pub(super) fn plan(
    conn: &mut Conn,
    settler: &Settler,
    row: &CiRow,
    (class, draft): (&str, &Draft),
) -> Result<(Move, Vec<Statement>), Error> {
    let book = &settler.book;
    may_move(book, row, class)?;
    let statements = draft.check(book, class).map_err(Error::Invalid)?;
    let standing = Standing::load(conn, settler, row.key)?;
    let lost = lost(book, class, &standing);
    let after = standing.without(&lost).with(&statements);
    let attributes: Vec<i32> = after.all().map(|(id, _, _)| id).collect();
    agree::lock(conn, book, class, &attributes)?;
    let faults = faults(conn, book, row, class, &after)?;
    if faults.is_empty() {
        Ok((Move { class: class.to_owned(), lost }, statements))
    } else {
        Err(Error::Invalid(faults))
    }
}

/// Whether an item may be of the class. What is seen below a host is of the class that its agent sees it as; what an
/// agent reports as stays a host.
fn may_move(book: &ClassBook, row: &CiRow, class: &str) -> Result<(), Error> {
    check(row.lifecycle, Action::Reclassify, row.parent_key.is_some()).map_err(Error::Refused)?;
    super::service::usable(book, class)?;
    if row.agent_key.is_some() && !book.is_a(class, HOST) {
        return Err(Error::Refused(Refusal::StaysHost));
    }
    Ok(())
}

fn lost(book: &ClassBook, class: &str, standing: &Standing) -> Vec<i32> {
    let is_lost = |id: &i32| book.attribute_by_id(*id).is_none_or(|one| !book.is_a(class, &one.class));
    let mut lost: Vec<i32> = standing.all().map(|(id, _, _)| id).filter(is_lost).collect();
    lost.dedup();
    lost
}

/// What people say and the class forbids, what it requires and nobody says, what another item has.
fn faults(
    conn: &mut Conn,
    book: &ClassBook,
    row: &CiRow,
    class: &str,
    after: &Standing,
) -> Result<Vec<FieldFault>, Error> {
    let mut faults = required(&after.missing(book, class));
    for (id, _, value) in after.all().filter(|(_, source, _)| **source == SourceName::PERSON) {
        let Some(attribute) = book.attribute_by_id(id) else { continue };
        if let Err(fault) = checks::stored(book, class, &attribute.name, value) {
            faults.push(FieldFault::of_value(field(attribute), &fault));
        }
    }
    let attributes: Vec<i32> = after.all().map(|(id, _, _)| id).collect();
    let subject = Subject { key: Some(row.key), class, organisation: row.organisation_id };
    faults.extend(agree::duplicates(conn, book, subject, after, &attributes)?);
    Ok(faults)
}

/// What ended, for the audit trail.
pub(super) fn told(book: &ClassBook, class: &str, before: &Standing, lost: &[i32]) -> BTreeMap<String, Value> {
    let named = |id: &i32| book.attribute_by_id(*id);
    let value = |one| before.shown(book, class, one).unwrap_or(Value::Null);
    lost.iter().filter_map(named).map(|one| (one.name.clone(), value(one))).collect()
}
