//! What of an item is searched: its name, whose it is, what it is identified by, what is shown of its attributes.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use super::class::store::load_book;
use super::item::reference;
use super::item::row::survivors;
use super::item::summary::Reference;
use super::merge::records::Records;
use super::model::class::ClassBook;
use super::model::value::AttributeType;
use super::value::expression::in_scope;
use super::value::store::{self as values, Stated};
use crate::index::address::{Held, kept};
use crate::index::model::text::{Field, Kind, Texts};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::schema::{cmdb_ci as c, cmdb_identifier as i};
use crate::store::{Conn, StoreError};

/// Identifiers that are written with dividers, or without.
const DIVIDED: [&str; 7] = ["serial", "mac", "machine_id", "product_uuid", "agent", "cloud_instance", "tpm_key"];

type Row = (i32, String, Key16, Option<String>, Option<String>);

/// The texts of these rows, in six statements however many there are: of an item, what is said of all rows that it is
/// made of; of a row that is part of another, nothing, so that it is not found by itself.
pub fn load(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Texts>, StoreError> {
    let parts = Records::around(conn, keys, keys, None)?;
    let records = parts.keys();
    let columns = (c::key, c::name, c::organisation_id, c::owner, c::support_team);
    let rows: Vec<Row> = c::table.filter(c::key.eq_any(keys)).select(columns).load(conn)?;
    let of_items = i::table.filter(i::ci_key.eq_any(&records).and(i::valid_to.is_null()));
    let known: Vec<(i32, String, String)> =
        of_items.order((i::ci_key, i::kind, i::value)).select((i::ci_key, i::kind, i::value)).load(conn)?;
    let book = load_book(conn)?;
    let mut fields: BTreeMap<i32, Vec<Field>> = BTreeMap::new();
    let item_of = |record: i32| parts.item_of(record).unwrap_or(record);
    for (record, kind, text) in known {
        let key = item_of(record);
        let identifies = DIVIDED.contains(&kind.as_str());
        fields.entry(key).or_default().push(Field { name: kind, text, identifies });
    }
    for (record, field) in attributes(&book, values::list_shown(conn, &records)?) {
        fields.entry(item_of(record)).or_default().push(field);
    }
    let is_part = |key: i32| item_of(key) != key;
    let texts_of = |row: Row| if is_part(row.0) { nothing(&row) } else { texts(row, &mut fields) };
    Ok(rows.into_iter().map(texts_of).collect())
}

/// A document in which nothing is found.
fn nothing((item, _, organisation, ..): &Row) -> Texts {
    Texts { kind: Kind::Ci, item: *item, organisation: Some((*organisation).into()), fields: Vec::new() }
}

/// These rows and those of the items that they are part of.
pub fn with_items(conn: &mut Conn, rows: &[i32]) -> Result<Vec<i32>, StoreError> {
    let mut all: Vec<i32> = rows.to_vec();
    all.extend(survivors(conn, rows.to_vec())?.into_values());
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// An item as it is shown where it was found.
#[derive(Debug, Clone)]
pub struct Described {
    /// Its key.
    pub key: i32,
    /// What it is.
    pub this: Reference,
    /// What it is within, if that is in scope.
    pub parent: Option<Reference>,
}

/// Those of these items that are in scope, in three statements.
pub fn describe(conn: &mut Conn, scope: &Scope, keys: Vec<i32>) -> Result<Vec<Described>, StoreError> {
    type Columns = (c::key, c::id, c::name, c::class, c::parent_key);
    const COLUMNS: Columns = (c::key, c::id, c::name, c::class, c::parent_key);
    let whole = c::key.eq_any(keys).and(c::survivor_key.is_null());
    let rows: Vec<(i32, Key16, String, String, Option<i32>)> =
        in_scope(scope).filter(whole).select(COLUMNS).load(conn)?;
    let hosts: Vec<i32> = rows.iter().filter_map(|row| row.4).collect();
    let parents = reference::of_rows(conn, scope, &hosts, None)?;
    let described = |(key, id, name, class, parent): (i32, Key16, String, String, Option<i32>)| Described {
        key,
        this: Reference { id: id.into(), name, class },
        parent: parent.and_then(|key| parents.get(&key).cloned()),
    };
    Ok(rows.into_iter().map(described).collect())
}

/// The addresses that these items have and had.
pub fn addresses(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Held>, StoreError> {
    let of_items = i::table.filter(i::ci_key.eq_any(keys).and(i::kind.eq("address")));
    let rows: Vec<(i32, String, At, Option<At>)> =
        of_items.select((i::ci_key, i::value, i::valid_from, i::valid_to)).load(conn)?;
    let held = |(ci_key, value, from, to): (i32, String, At, Option<At>)| {
        Some(Held { ci_key, address: kept(&value)?, from: from.0, to: to.map(Timestamp::from) })
    };
    let mut held: Vec<Held> = rows.into_iter().filter_map(held).collect();
    held.sort_by(|one, other| (one.ci_key, &one.address, one.from).cmp(&(other.ci_key, &other.address, other.from)));
    held.dedup_by(|one, other| (one.ci_key, &one.address, one.from) == (other.ci_key, &other.address, other.from));
    Ok(held)
}

fn texts((item, name, organisation, owner, team): Row, others: &mut BTreeMap<i32, Vec<Field>>) -> Texts {
    let field = |name: &str, text: String| Field { name: name.to_owned(), text, identifies: false };
    let mut fields = vec![field("name", name)];
    fields.extend(owner.map(|owner| field("owner", owner)));
    fields.extend(team.map(|team| field("support_team", team)));
    fields.extend(others.remove(&item).unwrap_or_default());
    Texts { kind: Kind::Ci, item, organisation: Some(organisation.into()), fields }
}

/// What is shown of the attributes that hold text, by item.
fn attributes(book: &ClassBook, stated: Vec<Stated>) -> Vec<(i32, Field)> {
    let mut fields = Vec::new();
    for shown in stated {
        let (item, id) = (shown.ci_key, shown.attribute_id);
        let Some(attribute) = book.attribute_by_id(id).filter(|one| !one.is_decided()) else { continue };
        if !matches!(attribute.kind, AttributeType::Text | AttributeType::Enum | AttributeType::List) {
            continue;
        }
        let identifies = DIVIDED.contains(&attribute.name.as_str()) || attribute.name == "serial_number";
        for text in written(&shown.value) {
            fields.push((item, Field { name: attribute.name.clone(), text, identifies }));
        }
    }
    fields
}

/// The texts of a value as JSON.
fn written(json: &str) -> Vec<String> {
    match serde_json::from_str(json) {
        Ok(serde_json::Value::String(text)) => vec![text],
        Ok(serde_json::Value::Array(entries)) => {
            entries.into_iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}
