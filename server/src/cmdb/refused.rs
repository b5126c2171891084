//! What machines say and a constraint forbids: kept, told, and not shown as a value.

use diesel::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::model::check::Fault;
use crate::on_each_database;
use crate::store::column::{At, Document};
use crate::store::schema::cmdb_refused_value as f;
use crate::store::{Conn, Inconsistent, StoreError};

/// A value that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The item.
    pub ci_key: i32,
    /// The attribute.
    pub attribute_id: i32,
    /// Who says it: the name of a source.
    pub source: String,
    /// Since when.
    pub since: Timestamp,
    /// The value as JSON text.
    pub value: String,
    /// Why it is refused.
    pub why: Why,
}

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The code of the API.
    pub code: String,
    /// The same for people, in English.
    pub detail: String,
    /// The limit that was broken.
    pub limit: Option<i64>,
}

impl From<&Fault> for Why {
    fn from(fault: &Fault) -> Self {
        Self { code: fault.code().to_owned(), detail: fault.to_string(), limit: fault.limit() }
    }
}

type Row = (i32, i32, String, At, String, Document);

/// What is refused of these items.
pub fn list(conn: &mut Conn, ci_keys: &[i32]) -> Result<Vec<Refused>, StoreError> {
    let rows: Vec<Row> = f::table.filter(f::ci_key.eq_any(ci_keys)).order((f::ci_key, f::attribute_id)).load(conn)?;
    rows.into_iter().map(|row| refused(row).map_err(StoreError::from)).collect()
}

/// Notes refusals in place of what was refused of the same before.
pub fn put(conn: &mut Conn, refused: &[Refused]) -> Result<(), StoreError> {
    use diesel::upsert::excluded;
    if refused.is_empty() {
        return Ok(());
    }
    let rows = refused.iter().map(|one| {
        let why = serde_json::to_value(&one.why).map_err(|error| StoreError::Unstorable(error.to_string()))?;
        Ok((
            (f::ci_key.eq(one.ci_key), f::attribute_id.eq(one.attribute_id), f::source.eq(one.source.clone())),
            (f::since.eq(At(one.since)), f::value.eq(one.value.clone()), f::fault.eq(Document(why))),
        ))
    });
    let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
    on_each_database!(conn, |conn| {
        diesel::insert_into(f::table)
            .values(rows)
            .on_conflict((f::ci_key, f::attribute_id, f::source))
            .do_update()
            .set((f::since.eq(excluded(f::since)), f::value.eq(excluded(f::value)), f::fault.eq(excluded(f::fault))))
            .execute(conn)
    })?;
    Ok(())
}

/// Takes refusals back: of these attributes of one item, by one source.
pub fn clear(conn: &mut Conn, ci_key: i32, source: &str, attributes: &[i32]) -> Result<(), StoreError> {
    let own = f::ci_key.eq(ci_key).and(f::source.eq(source.to_owned()));
    diesel::delete(f::table.filter(own.and(f::attribute_id.eq_any(attributes.to_vec())))).execute(conn)?;
    Ok(())
}

fn refused((ci_key, attribute_id, source, since, value, Document(why)): Row) -> Result<Refused, Inconsistent> {
    let why = serde_json::from_value(why.clone()).map_err(|_unknown| Inconsistent {
        table: "cmdb_refused_value",
        column: "fault",
        row: format!("{ci_key}/{attribute_id}"),
        value: why.to_string(),
    })?;
    Ok(Refused { ci_key, attribute_id, source, since: since.0, value, why })
}
