//! Pinning and lifting.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::store::{self, NewPin};
use crate::cmdb::class::store::load_book;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::detail::{Detail, Reader};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row::CiRow;
use crate::cmdb::item::service::{find_version, finish, parsed, show};
use crate::cmdb::item::store as items;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::action::{Standing, ValueAction};
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::check;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::source::SourceName;
use crate::cmdb::value::store as values;
use crate::kernel::id::CiId;
use crate::store::Conn;

/// How long a pin holds unless said.
pub const USUAL: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A pin as it was written.
#[derive(Debug)]
pub struct PinCommand {
    /// The attribute.
    pub attribute: String,
    /// What is pinned.
    pub what: What,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Until,
}

/// What is pinned.
#[derive(Debug)]
pub enum What {
    /// What this source says now.
    Said(String),
    /// This value.
    Own(Value),
}

/// Until when a pin holds.
#[derive(Debug)]
pub enum Until {
    /// As long as pins usually do.
    Usual,
    /// Until then.
    Time(Timestamp),
    /// Until somebody lifts it.
    Lifted,
}

/// Pins a value; one that was pinned before is no longer.
pub fn pin(conn: &mut Conn, reader: Reader<'_>, id: CiId, version: i32, command: &PinCommand) -> Result<Detail, Error> {
    let (row, book) = (find_version(conn, reader, id, version)?, load_book(conn)?);
    let attribute = attribute(&book, &row, &command.attribute)?.clone();
    check(conn, &row, &attribute, ValueAction::Pin)?;
    let reason = checked_reason(Some(&command.reason))?;
    let reason = reason.ok_or_else(|| FieldFault::new("reason", "required", "say why it is pinned"))?;
    let expires_at = expiry(&command.until, reader.ctx.now)?;
    let (value, source) = value(conn, &book, &row, &attribute, &command.what)?;
    let revision = begin(conn, reader, (row.key, version), Some(reason))?;
    let (ci_key, attribute_id) = (row.key, attribute.id);
    store::begin(conn, NewPin { ci_key, attribute_id, value: &value, source: source.as_ref(), expires_at }, revision)?;
    show(conn, reader, book, row.key, &[attribute.id])?;
    let details = json!({ "attribute": attribute.name, "value": parsed(&value), "reason": reason,
        "source": source.as_ref().map(SourceName::as_str), "expires_at": expires_at.map(|at| at.to_string()) });
    finish(conn, reader, id, "ci.value_pinned", details)
}

/// Lifts a pin.
pub fn unpin(
    conn: &mut Conn,
    reader: Reader<'_>,
    (id, version): (CiId, i32),
    name: &str,
    reason: Option<&str>,
) -> Result<Detail, Error> {
    let (row, book) = (find_version(conn, reader, id, version)?, load_book(conn)?);
    let attribute = attribute(&book, &row, name)?.clone();
    check(conn, &row, &attribute, ValueAction::Unpin)?;
    let reason = checked_reason(reason)?;
    let revision = begin(conn, reader, (row.key, version), reason)?;
    store::end(conn, (row.key, attribute.id), revision)?;
    show(conn, reader, book, row.key, &[attribute.id])?;
    finish(conn, reader, id, "ci.pin_lifted", json!({ "attribute": attribute.name, "reason": reason }))
}

fn begin(
    conn: &mut Conn,
    reader: Reader<'_>,
    (key, version): (i32, i32),
    reason: Option<&str>,
) -> Result<items::Revision, Error> {
    if !items::bump(conn, key, version)? {
        return Err(Error::Stale { current: version.saturating_add(1) });
    }
    Ok(items::insert_revision(conn, reader.ctx, key, reason)?)
}

fn attribute<'b>(book: &'b ClassBook, row: &CiRow, name: &str) -> Result<&'b Attribute, Error> {
    book.attribute(&row.class, name)
        .ok_or_else(|| FieldFault::new("attribute", "unknown", format!("`{}` has no such attribute", row.class)).into())
}

fn check(conn: &mut Conn, row: &CiRow, attribute: &Attribute, action: ValueAction) -> Result<(), Error> {
    let is_lifecycle = attribute.class == ROOT && attribute.name == "lifecycle";
    let is_pinned = store::is_pinned(conn, (row.key, attribute.id))?;
    let standing = Standing { is_lifecycle, is_pinned, is_said: false };
    action.check(row.lifecycle, standing).map_err(Error::Refused)
}

fn expiry(until: &Until, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    match until {
        Until::Usual => Ok(now.checked_add(USUAL).ok()),
        Until::Lifted => Ok(None),
        Until::Time(at) if *at > now => Ok(Some(*at)),
        Until::Time(_) => Err(FieldFault::new("expires_at", "out_of_range", "it is over already").into()),
    }
}

/// The value to pin as JSON text, and whose statement it is.
fn value(
    conn: &mut Conn,
    book: &ClassBook,
    row: &CiRow,
    attribute: &Attribute,
    what: &What,
) -> Result<(String, Option<SourceName>), Error> {
    match what {
        What::Own(value) => {
            let value = check::value(book, &row.class, &attribute.name, value)
                .map_err(|error| FieldFault::of_value("value", &error))?;
            Ok((value.to_stored(), None))
        }
        What::Said(name) => {
            let records = Records::of(conn, &[row.key], None)?.keys();
            let open = values::list_open(conn, &records, Some(&[attribute.id]))?;
            let said = open.into_iter().filter(|one| one.source.as_str() == name && one.source != SourceName::PIN);
            // What is said of the item itself goes before what is said of its parts.
            let said = said.min_by_key(|one| (one.ci_key != row.key, one.ci_key));
            let said = said.ok_or_else(|| FieldFault::new("source", "unknown", "it says nothing of this attribute"))?;
            Ok((said.value, Some(said.source)))
        }
    }
}
