//! The items that rows are part of, as whoever shows something else names them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use super::summary::Reference;
use crate::cmdb::class::store::load_book;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::class::ROOT;
use crate::cmdb::value::expression::in_scope;
use crate::cmdb::value::rules::{AsOf, Rules};
use crate::cmdb::value::store::{self as values, Stated};
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

type Row = (i32, Key16, String, String);

/// The items in scope that these rows are part of, by row, as they are called; or of which they were part at a time, as
/// they were called then. A fixed number of statements for however many.
///
/// # Errors
///
/// The database fails.
pub fn of_rows(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[i32],
    as_of: Option<Timestamp>,
) -> Result<BTreeMap<i32, Reference>, StoreError> {
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let records = Records::around(conn, &[], rows, as_of)?;
    let items: BTreeMap<i32, i32> = rows.iter().map(|row| (*row, records.item_of(*row).unwrap_or(*row))).collect();
    let wanted: Vec<i32> = items.values().copied().collect::<BTreeSet<i32>>().into_iter().collect();
    let found: Vec<Row> =
        in_scope(scope).filter(c::key.eq_any(wanted)).select((c::key, c::id, c::name, c::class)).load(conn)?;
    let mut named: BTreeMap<i32, Reference> =
        found.into_iter().map(|(key, id, name, class)| (key, Reference { id: id.into(), name, class })).collect();
    if let Some(at) = as_of {
        name_at(conn, &mut named, at)?;
    }
    Ok(items.into_iter().filter_map(|(row, item)| Some((row, named.get(&item)?.clone()))).collect())
}

/// Gives items the names that they had; of those that had none yet, the name of today stays.
fn name_at(conn: &mut Conn, named: &mut BTreeMap<i32, Reference>, at: Timestamp) -> Result<(), StoreError> {
    let (book, rules) = (load_book(conn)?, Rules::load(conn)?);
    let Some(name) = book.own_attributes(ROOT).find(|one| one.name == "name") else { return Ok(()) };
    let records = Records::of(conn, &named.keys().copied().collect::<Vec<_>>(), Some(at))?;
    let mut said: BTreeMap<i32, Vec<Stated>> = BTreeMap::new();
    for stated in values::list_at(conn, &records.keys(), at, Some(name.id))? {
        said.entry(records.item_of(stated.ci_key).unwrap_or(stated.ci_key)).or_default().push(stated);
    }
    for (item, statements) in said {
        let Some(one) = named.get_mut(&item) else { continue };
        let all: Vec<&Stated> = statements.iter().collect();
        let choice = rules.choose(&book, (item, &one.class, &name.name), &all, &AsOf(at));
        let shown = choice.and_then(|choice| all.get(choice.place).copied());
        if let Some(Ok(text)) = shown.map(|stated| serde_json::from_str(&stated.value)) {
            one.name = text;
        }
    }
    Ok(())
}
