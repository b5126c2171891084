//! Reading values.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::model::precedence::Source;
use crate::store::column::{At, Key16};
use crate::store::schema::{cmdb_revision as r, cmdb_value as v};
use crate::store::{Conn, Inconsistent, StoreError};

/// A value that one source gave to one attribute of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The item.
    pub ci_key: i32,
    /// The attribute.
    pub attribute_id: i32,
    /// Who says so.
    pub source: Source,
    /// Since when it holds.
    pub valid_from: Timestamp,
    /// The value as JSON text.
    pub value: String,
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
}

type Row = (i32, i32, String, At, String);

/// What every source says of these items at the time.
pub fn list(conn: &mut Conn, ci_keys: &[i32], at: Timestamp) -> Result<Vec<Stated>, StoreError> {
    let rows: Vec<Row> = v::table
        .filter(v::ci_key.eq_any(ci_keys))
        .filter(v::valid_from.le(At(at)).and(v::valid_to.is_null().or(v::valid_to.gt(At(at)))))
        .select((v::ci_key, v::attribute_id, v::source, v::valid_from, v::value))
        .load(conn)?;
    rows.into_iter().map(|row| stated(row).map_err(StoreError::from)).collect()
}

/// What every source says of an item that is made of these rows at the time, with who said it.
pub fn list_signed(conn: &mut Conn, records: &[i32], at: Timestamp) -> Result<Vec<Signed>, StoreError> {
    let rows: Vec<(Row, Option<Key16>, Option<String>)> = v::table
        .inner_join(r::table.on(r::id.eq(v::opened_by)))
        .filter(v::ci_key.eq_any(records))
        .filter(v::valid_from.le(At(at)).and(v::valid_to.is_null().or(v::valid_to.gt(At(at)))))
        .order((v::attribute_id, v::source))
        .select(((v::ci_key, v::attribute_id, v::source, v::valid_from, v::value), r::actor_id, r::actor_name))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, actor_id, actor_name)| {
            Ok(Signed { stated: stated(row)?, actor_id: actor_id.map(|id| id.0), actor_name })
        })
        .collect()
}

fn stated((ci_key, attribute_id, source, valid_from, value): Row) -> Result<Stated, Inconsistent> {
    let source = source.parse().map_err(|_unknown| Inconsistent {
        table: "cmdb_value",
        column: "source",
        row: format!("{ci_key}/{attribute_id}"),
        value: source.clone(),
    })?;
    Ok(Stated { ci_key, attribute_id, source, valid_from: valid_from.0, value })
}
