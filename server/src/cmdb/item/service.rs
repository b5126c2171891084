//! Creating, editing, moving along the life.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::agree::{self, Subject};
use super::detail::{self, Detail, Reader};
pub use super::draft::Draft;
pub(in crate::cmdb) use super::draft::Statement;
use super::reason::checked_reason;
use super::reclass::{self, Move};
use super::row::{self, CiRow};
use super::standing::{Standing, required};
use super::store::{self, NewCi};
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::list::filter;
use crate::cmdb::model::action::{Action, check};
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::value::AttributeValue;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::kernel::id::{CiId, OrganisationId};
use crate::store::Conn;

/// A new item, as it was written.
#[derive(Debug)]
pub struct CreateCommand {
    /// Its class.
    pub class: String,
    /// Whose it is; the top of the caller's scope unless said.
    pub organisation_id: Option<OrganisationId>,
    /// Where it is in its life; in use unless said.
    pub lifecycle: Option<Lifecycle>,
    /// What is said of it.
    pub draft: Draft,
}

/// Where an item should go in its life.
#[derive(Debug)]
pub struct LifecycleCommand {
    /// Where to.
    pub to: Lifecycle,
    /// Why.
    pub reason: Option<String>,
}

/// Reads an item as of a time or now.
pub fn get(conn: &mut Conn, reader: Reader<'_>, id: CiId) -> Result<Detail, Error> {
    let row = row::find_at(conn, &reader.ctx.scope, id, reader.as_of)?.ok_or(Error::NotFound)?;
    Ok(detail::load(conn, reader, row)?)
}

/// Creates an item from what a person says.
pub fn create(conn: &mut Conn, reader: Reader<'_>, command: &CreateCommand) -> Result<Detail, Error> {
    let ctx = reader.ctx;
    let settler = Settler::load(conn, ctx.now)?;
    let book = &settler.book;
    let organisation_id = organisation(conn, reader, command.organisation_id)?;
    let mut statements = new_statements(book, command)?;
    statements.extend(said_lifecycle(book, command.lifecycle.unwrap_or(Lifecycle::UNSAID)));
    let subject = Subject { key: None, class: &command.class, organisation: organisation_id };
    let nothing = Standing::nothing(&settler);
    agree(conn, reader, book, subject, (&nothing, &nothing.with(&statements)), &statements)?;
    let id: CiId = ctx.new_id();
    let key = store::insert(conn, ctx.now, &NewCi { id, class: &command.class, organisation_id })?;
    let said: Vec<&Statement> = statements.iter().filter(|one| one.value.is_some()).collect();
    write(conn, reader, &settler, (key, 0), &said, None, None)?;
    finish(conn, reader, id, "ci.created", json!({ "class": command.class, "values": told(&said) }))
}

/// Says and withdraws values. What is said already changes nothing.
pub fn edit(conn: &mut Conn, reader: Reader<'_>, id: CiId, version: i32, draft: &Draft) -> Result<Detail, Error> {
    let row = find_version(conn, reader, id, version)?;
    check(row.lifecycle, Action::Edit, false).map_err(Error::Refused)?;
    let settler = Settler::load(conn, reader.ctx.now)?;
    let book = &settler.book;
    let statements = draft.check(book, &row.class).map_err(Error::Invalid)?;
    let (standing, subject) = (Standing::load(conn, &settler, row.key)?, subject(&row));
    agree(conn, reader, book, subject, (&standing, &standing.with(&statements)), &statements)?;
    let before: BTreeMap<i32, String> = store::list_said(conn, row.key)?.into_iter().collect();
    let is_new =
        |one: &&Statement| before.get(&one.attribute_id) != one.value.as_ref().map(AttributeValue::to_stored).as_ref();
    let changes: Vec<&Statement> = statements.iter().filter(is_new).collect();
    if changes.is_empty() {
        return Ok(detail::load(conn, reader, row)?);
    }
    write(conn, reader, &settler, (row.key, version), &changes, None, None)?;
    let was: BTreeMap<&str, Value> = changes
        .iter()
        .map(|one| (one.attribute.as_str(), before.get(&one.attribute_id).map_or(Value::Null, |text| parsed(text))))
        .collect();
    finish(conn, reader, id, "ci.edited", json!({ "before": was, "after": told(&changes) }))
}

/// Moves an item along its life.
pub fn change_lifecycle(
    conn: &mut Conn,
    reader: Reader<'_>,
    id: CiId,
    version: i32,
    command: &LifecycleCommand,
) -> Result<Detail, Error> {
    let row = find_version(conn, reader, id, version)?;
    let reason = checked_reason(command.reason.as_deref())?;
    let settler = Settler::load(conn, reader.ctx.now)?;
    move_along(conn, reader, &settler, &row, (command.to, reason))?;
    get(conn, reader, id)
}

/// The same for whoever does it to many items and needs to know of none what it is like then.
pub fn move_along(
    conn: &mut Conn,
    reader: Reader<'_>,
    settler: &Settler,
    row: &CiRow,
    (to, reason): (Lifecycle, Option<&str>),
) -> Result<(), Error> {
    row.lifecycle.check(to, reason)?;
    move_to(conn, reader, settler, row, (to, reason), "ci.lifecycle_changed")
}

/// Makes an item's lifecycle again what it was before something was done that is taken back.
pub fn restore_lifecycle(
    conn: &mut Conn,
    reader: Reader<'_>,
    settler: &Settler,
    row: &CiRow,
    (before, reason): (Lifecycle, &str),
) -> Result<(), Error> {
    move_to(conn, reader, settler, row, (before, Some(reason)), "ci.lifecycle_restored")
}

fn move_to(
    conn: &mut Conn,
    reader: Reader<'_>,
    settler: &Settler,
    row: &CiRow,
    (to, reason): (Lifecycle, Option<&str>),
    action: &'static str,
) -> Result<(), Error> {
    let book = &settler.book;
    let statements: Vec<Statement> = said_lifecycle(book, to).into_iter().collect();
    let standing = Standing::load(conn, settler, row.key)?;
    let after = standing.with(&statements);
    let mut claimed = statements.clone();
    if row.lifecycle.is_over() && !to.is_over() {
        claimed.extend(after.all().map(|(attribute_id, _, _)| Statement::about(book, attribute_id)));
    }
    agree(conn, reader, book, subject(row), (&standing, &after), &claimed)?;
    write(conn, reader, settler, (row.key, row.version), &statements.iter().collect::<Vec<_>>(), reason, None)?;
    let details = json!({ "before": row.lifecycle.name(), "after": to.name(), "reason": reason });
    let object = Object::named("ci", row.id, row.name.clone());
    Ok(audit::record(conn, reader.ctx, Entry { action, object, details })?)
}

/// Moves an item to another class and says values at the same time. What the class has no place for ends.
pub fn reclassify(
    conn: &mut Conn,
    reader: Reader<'_>,
    id: CiId,
    version: i32,
    (class, draft): (&str, &Draft),
) -> Result<Detail, Error> {
    let row = find_version(conn, reader, id, version)?;
    if row.class == class {
        return edit(conn, reader, id, version, draft);
    }
    let settler = Settler::load(conn, reader.ctx.now)?;
    let book = &settler.book;
    let before = Standing::load(conn, &settler, row.key)?;
    let (moved, statements) = reclass::plan(conn, &settler, &row, (class, draft))?;
    let faults = agree::references(conn, &reader.ctx.scope, book, &statements)?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let reason = format!("moved from `{}` to `{class}`", row.class);
    let said: Vec<&Statement> = statements.iter().collect();
    write(conn, reader, &settler, (row.key, version), &said, Some(&reason), Some(&moved))?;
    let lost = reclass::told(book, &row.class, &before, &moved.lost);
    let details = json!({ "before": row.class, "after": class, "lost": lost, "values": told(&said) });
    finish(conn, reader, id, "ci.reclassified", details)
}

/// The time in a query.
pub fn at_time(text: Option<&str>) -> Result<Option<Timestamp>, Error> {
    let mut faults = Vec::new();
    let at = filter::as_of(text, &mut faults);
    if faults.is_empty() { Ok(at) } else { Err(Error::Invalid(faults)) }
}

pub(in crate::cmdb) fn find_version(
    conn: &mut Conn,
    reader: Reader<'_>,
    id: CiId,
    version: i32,
) -> Result<CiRow, Error> {
    let row = row::find(conn, &reader.ctx.scope, id)?.ok_or(Error::NotFound)?;
    if row.version == version { Ok(row) } else { Err(Error::Stale { current: row.version }) }
}

/// An organisation that is out of scope is answered like one that does not exist.
fn organisation(conn: &mut Conn, reader: Reader<'_>, wanted: Option<OrganisationId>) -> Result<OrganisationId, Error> {
    let tree = load_tree(conn)?;
    match wanted {
        None => tree.top_of(&reader.ctx.scope).ok_or_else(|| {
            FieldFault::new("organisation_id", "required", "say which organisation it belongs to").into()
        }),
        Some(id) if reader.ctx.scope.contains(id) && tree.name(id).is_some() => Ok(id),
        Some(_) => Err(FieldFault::new("organisation_id", "unknown", "there is no such organisation in scope").into()),
    }
}

fn new_statements(book: &ClassBook, command: &CreateCommand) -> Result<Vec<Statement>, Error> {
    usable(book, &command.class)?;
    command.draft.check(book, &command.class).map_err(Error::Invalid)
}

/// Whether people may make items of the class.
pub(in crate::cmdb) fn usable(book: &ClassBook, class: &str) -> Result<(), Error> {
    let fault = |code, detail: &str| Err(FieldFault::new("class", code, detail).into());
    match book.class(class) {
        None => fault("unknown", "there is no such class"),
        Some(class) if class.is_abstract => fault("invalid", "this class only serves to be inherited from"),
        Some(class) if class.hidden => fault("invalid", "this class is no longer used"),
        Some(_) => Ok(()),
    }
}

fn subject(row: &CiRow) -> Subject<'_> {
    Subject { key: Some(row.key), class: &row.class, organisation: row.organisation_id }
}

/// Whether what is said agrees with the class as a whole and with other items. What was missing before may stay so: it
/// is a finding, and no reason to refuse another change.
fn agree(
    conn: &mut Conn,
    reader: Reader<'_>,
    book: &ClassBook,
    subject: Subject<'_>,
    (before, after): (&Standing, &Standing),
    statements: &[Statement],
) -> Result<(), Error> {
    let was_missing: Vec<i32> = match subject.key {
        Some(_) => before.missing(book, subject.class).iter().map(|one| one.id).collect(),
        None => Vec::new(),
    };
    let missing = after.missing(book, subject.class);
    let missing: Vec<_> = missing.into_iter().filter(|one| !was_missing.contains(&one.id)).collect();
    let mut faults = required(&missing);
    let attributes: Vec<i32> = statements.iter().map(|one| one.attribute_id).collect();
    agree::lock(conn, book, subject.class, &attributes)?;
    faults.extend(agree::references(conn, &reader.ctx.scope, book, statements)?);
    faults.extend(agree::duplicates(conn, book, subject, after, &attributes)?);
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

pub(in crate::cmdb) fn said_lifecycle(book: &ClassBook, lifecycle: Lifecycle) -> Option<Statement> {
    let attribute = book.attribute(ROOT, "lifecycle")?;
    let value = Some(AttributeValue::Text(lifecycle.name().to_owned()));
    Some(Statement { attribute_id: attribute.id, attribute: attribute.name.clone(), value })
}

/// Version, revision, values and what the row shows of them.
fn write(
    conn: &mut Conn,
    reader: Reader<'_>,
    settler: &Settler,
    (key, version): (i32, i32),
    statements: &[&Statement],
    reason: Option<&str>,
    moved: Option<&Move>,
) -> Result<(), Error> {
    // First, because it makes whoever else writes this item wait.
    if !store::bump(conn, key, version)? {
        return Err(Error::Stale { current: version.saturating_add(1) });
    }
    let revision = store::insert_revision(conn, reader.ctx, key, reason)?;
    store::say(conn, key, revision, statements)?;
    let attributes: Vec<i32> = statements.iter().map(|one| one.attribute_id).collect();
    if let Some(moved) = moved {
        store::reclassify(conn, key, revision, moved)?;
        // Another class may have another order of sources.
        let all = Touched { keys: &[key], attributes: None, without: None };
        settler.settle(conn, all, Versions::Counted)?;
    }
    show(conn, settler, key, &attributes)
}

/// Shows of these attributes what is to be shown now. Something has to name the item.
pub(in crate::cmdb) fn show(conn: &mut Conn, settler: &Settler, key: i32, attributes: &[i32]) -> Result<(), Error> {
    let touched = Touched { keys: &[key], attributes: Some(attributes), without: None };
    let differences = settler.differences(conn, touched)?;
    let name = settler.book.attribute(ROOT, "name").map(|attribute| attribute.id);
    if differences.iter().any(|one| Some(one.attribute_id) == name && one.after.is_none()) {
        return Err(FieldFault::new("name", "required", "no other source names it").into());
    }
    Ok(settler.write(conn, &differences, Versions::Counted)?)
}

/// Records who did it and reads the item again as it is now.
pub(in crate::cmdb) fn finish(
    conn: &mut Conn,
    reader: Reader<'_>,
    id: CiId,
    action: &'static str,
    details: Value,
) -> Result<Detail, Error> {
    let row = row::find(conn, &reader.ctx.scope, id)?.ok_or(Error::NotFound)?;
    let object = Object::named("ci", id, row.name.clone());
    let detail = detail::load(conn, reader, row)?;
    audit::record(conn, reader.ctx, Entry { action, object, details })?;
    Ok(detail)
}

fn told(statements: &[&Statement]) -> BTreeMap<String, Value> {
    let value = |one: &Statement| one.value.as_ref().map_or(Value::Null, AttributeValue::to_json);
    statements.iter().map(|one| (one.attribute.clone(), value(one))).collect()
}

pub(in crate::cmdb) fn parsed(stored: &str) -> Value {
    serde_json::from_str(stored).unwrap_or(Value::Null)
}
