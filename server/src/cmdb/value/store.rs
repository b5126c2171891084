//! Reading values.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::model::precedence::Pin;
use crate::cmdb::model::source::SourceName;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{cmdb_pin as p, cmdb_revision as r, cmdb_value as v};
use crate::store::{Conn, Inconsistent, StoreError};

/// A value that one source gave to one attribute of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The item.
    pub ci_key: i32,
    /// The attribute.
    pub attribute_id: i32,
    /// Who says so.
    pub source: SourceName,
    /// Since when it holds.
    pub valid_from: Timestamp,
    /// The value as JSON text.
    pub value: String,
    /// The item of which it is marked as what is shown now, if it is.
    pub shown_of: Option<i32>,
    /// Whether a person pinned it, and until when.
    pub pin: Option<Pin>,
}

/// A value with who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was said.
    pub stated: Stated,
    /// Whose account or agent said it.
    pub actor_id: Option<uuid::Uuid>,
    /// Its name at the time.
    pub actor_name: Option<String>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// Whose statement was pinned, if it is a pin of another's.
    pub pinned_source: Option<String>,
}

type Row = (i32, i32, String, At, String, (bool, Option<i32>));
type PinRow = (i32, i32, At, Option<At>, Option<String>);
type SignedRow = (Row, Option<Key16>, Option<String>, Option<String>);
type Columns = (v::ci_key, v::attribute_id, v::source, v::valid_from, v::value, (v::shown, v::shown_of));
const COLUMNS: Columns = (v::ci_key, v::attribute_id, v::source, v::valid_from, v::value, (v::shown, v::shown_of));

/// The end of each pin and whose statement it was, by item, attribute and beginning.
type Pins = HashMap<(i32, i32, At), (Pin, Option<String>)>;

/// What every source says of these items at the time.
pub fn list(conn: &mut Conn, ci_keys: &[i32], at: Timestamp) -> Result<Vec<Stated>, StoreError> {
    list_at(conn, ci_keys, at, None)
}

/// The same, of one attribute or of all.
pub fn list_at(
    conn: &mut Conn,
    ci_keys: &[i32],
    at: Timestamp,
    attribute: Option<i32>,
) -> Result<Vec<Stated>, StoreError> {
    let held = v::valid_from.le(At(at)).and(v::valid_to.is_null().or(v::valid_to.gt(At(at))));
    let of_items = v::ci_key.eq_any(ci_keys).and(held);
    let rows: Vec<Row> = match attribute {
        None => v::table.filter(of_items).select(COLUMNS).load(conn)?,
        Some(id) => v::table.filter(of_items.and(v::attribute_id.eq(id))).select(COLUMNS).load(conn)?,
    };
    with_pins(conn, rows)
}

/// What is shown of these items now.
pub fn list_shown(conn: &mut Conn, ci_keys: &[i32]) -> Result<Vec<Stated>, StoreError> {
    let open = v::ci_key.eq_any(ci_keys).and(v::valid_to.is_null()).and(v::shown);
    let rows: Vec<Row> = v::table.filter(open).select(COLUMNS).load(conn)?;
    rows.into_iter().map(|row| stated(row, &Pins::new()).map_err(StoreError::from)).collect()
}

/// What every source says of these items now, of these attributes or of all.
pub fn list_open(conn: &mut Conn, ci_keys: &[i32], attributes: Option<&[i32]>) -> Result<Vec<Stated>, StoreError> {
    let open = v::ci_key.eq_any(ci_keys).and(v::valid_to.is_null());
    let rows: Vec<Row> = match attributes {
        None => v::table.filter(open).select(COLUMNS).load(conn)?,
        Some(ids) => v::table.filter(open.and(v::attribute_id.eq_any(ids))).select(COLUMNS).load(conn)?,
    };
    with_pins(conn, rows)
}

fn with_pins(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Stated>, StoreError> {
    let pinned = rows.iter().filter(|row| row.2 == SourceName::PIN.as_str()).map(|row| row.0).collect();
    let pins = pins(conn, pinned)?;
    rows.into_iter().map(|row| stated(row, &pins).map_err(StoreError::from)).collect()
}

/// The pins of these items, whether they hold or not.
fn pins(conn: &mut Conn, ci_keys: Vec<i32>) -> Result<Pins, StoreError> {
    if ci_keys.is_empty() {
        return Ok(Pins::new());
    }
    let rows: Vec<PinRow> = p::table
        .filter(p::ci_key.eq_any(ci_keys))
        .select((p::ci_key, p::attribute_id, p::pinned_at, p::expires_at, p::source))
        .load(conn)?;
    let pin = |expires_at: Option<At>| expires_at.map_or(Pin::Open, |at| Pin::Until(at.0));
    let one = |(ci, attribute, at, expires_at, source)| ((ci, attribute, at), (pin(expires_at), source));
    Ok(rows.into_iter().map(one).collect())
}

/// What every source says of an item that is made of these rows at the time, with who said it.
pub fn list_signed(conn: &mut Conn, records: &[i32], at: Timestamp) -> Result<Vec<Signed>, StoreError> {
    let rows: Vec<SignedRow> = v::table
        .inner_join(r::table.on(r::id.eq(v::opened_by)))
        .filter(v::ci_key.eq_any(records))
        .filter(v::valid_from.le(At(at)).and(v::valid_to.is_null().or(v::valid_to.gt(At(at)))))
        .order((v::attribute_id, v::source))
        .select((COLUMNS, r::actor_id, r::actor_name, r::reason))
        .load(conn)?;
    let is_pinned = rows.iter().any(|(row, ..)| row.2 == SourceName::PIN.as_str());
    let pins = pins(conn, if is_pinned { records.to_vec() } else { Vec::new() })?;
    rows.into_iter()
        .map(|(row, actor_id, actor_name, reason)| {
            let is_pin = row.2 == SourceName::PIN.as_str();
            let pinned_source = pins.get(&(row.0, row.1, row.3)).filter(|_| is_pin).and_then(|(_, of)| of.clone());
            let stated = stated(row, &pins)?;
            Ok(Signed { stated, actor_id: actor_id.map(|id| id.0), actor_name, reason, pinned_source })
        })
        .collect()
}

fn stated(
    (ci_key, attribute_id, source, valid_from, value, (shown, shown_of)): Row,
    pins: &Pins,
) -> Result<Stated, Inconsistent> {
    let source: SourceName = source.parse().map_err(|_no_name| Inconsistent {
        table: "cmdb_value",
        column: "source",
        row: format!("{ci_key}/{attribute_id}"),
        value: source.clone(),
    })?;
    let pin = pins.get(&(ci_key, attribute_id, valid_from)).map(|(pin, _)| *pin);
    let pin = pin.filter(|_| source == SourceName::PIN);
    let shown_of = shown.then_some(shown_of.unwrap_or(ci_key));
    Ok(Stated { ci_key, attribute_id, source, valid_from: valid_from.0, value, shown_of, pin })
}

/// What was said of attributes of these rows within a window of time, each with when it ended; `None` for all
/// attributes.
pub(in crate::cmdb) fn list_between(
    conn: &mut Conn,
    ci_keys: &[i32],
    attributes: Option<&[i32]>,
    (from, to): (Timestamp, Timestamp),
    most: i64,
) -> Result<Vec<(Stated, Option<Timestamp>)>, StoreError> {
    let held = v::valid_from.le(At(to)).and(v::valid_to.is_null().or(v::valid_to.assume_not_null().gt(At(from))));
    let query =
        v::table.filter(v::ci_key.eq_any(ci_keys.to_vec())).filter(held).limit(most).into_boxed::<MultiBackend>();
    let query = match attributes {
        None => query,
        Some(ids) => query.filter(v::attribute_id.eq_any(ids.to_vec())),
    };
    let rows: Vec<(Row, Option<At>)> = query.select((COLUMNS, v::valid_to)).load(conn)?;
    let (rows, ends): (Vec<Row>, Vec<Option<At>>) = rows.into_iter().unzip();
    let stated = with_pins(conn, rows)?;
    Ok(stated.into_iter().zip(ends).map(|(one, end)| (one, end.map(Timestamp::from))).collect())
}
