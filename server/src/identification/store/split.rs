//! The journal of reporters that were given a CI of their own.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::id::SplitId;
use crate::store::column::{At, Key16};
use crate::store::schema::identification_split as s;
use crate::store::{Conn, StoreError};

/// A reporter that was given a CI of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Its id.
    pub id: SplitId,
    /// The CI that the reporter reported of before.
    pub original_key: i32,
    /// The CI that it reports of since.
    pub separate_key: i32,
    /// The source of what it says.
    pub source: String,
    /// What it was called.
    pub reporter_name: String,
    /// When.
    pub at: Timestamp,
    /// Who said so.
    pub actor_name: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

type Row = ((Key16, i32, i32), (String, String), (At, Option<String>, Option<String>));
type Columns =
    ((s::id, s::original_key, s::separate_key), (s::source, s::reporter_name), (s::at, s::actor_name, s::reason));
const COLUMNS: Columns =
    ((s::id, s::original_key, s::separate_key), (s::source, s::reporter_name), (s::at, s::actor_name, s::reason));

/// Writes a split down.
pub fn insert(conn: &mut Conn, new: &Split) -> Result<(), StoreError> {
    diesel::insert_into(s::table)
        .values((
            (s::id.eq(Key16::from(new.id)), s::original_key.eq(new.original_key), s::separate_key.eq(new.separate_key)),
            (s::source.eq(&new.source), s::reporter_name.eq(&new.reporter_name), s::at.eq(At(new.at))),
            (s::actor_name.eq(&new.actor_name), s::reason.eq(&new.reason)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The split with this id.
pub fn find(conn: &mut Conn, id: SplitId) -> Result<Option<Split>, StoreError> {
    let row: Option<Row> = s::table.filter(s::id.eq(Key16::from(id))).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(split))
}

/// The splits that led from these rows or to them, newest first.
pub fn list_of(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Split>, StoreError> {
    let touches = s::original_key.eq_any(keys).or(s::separate_key.eq_any(keys));
    let rows: Vec<Row> = s::table.filter(touches).order((s::at.desc(), s::key.desc())).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(split).collect())
}

fn split(((id, original_key, separate_key), (source, reporter_name), (at, actor_name, reason)): Row) -> Split {
    Split { id: id.into(), original_key, separate_key, source, reporter_name, at: at.0, actor_name, reason }
}
