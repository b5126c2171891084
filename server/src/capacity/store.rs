//! The rows of `capacity_sample`.

use diesel::prelude::*;
use jiff::Timestamp;

use super::codec::{self, Series};
use crate::on_each_database;
use crate::store::column::At;
use crate::store::schema::capacity_sample;
use crate::store::{Conn, Inconsistent, StoreError};

/// What a host measured in one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The host.
    pub ci_key: i32,
    /// When the window began.
    pub at: Timestamp,
    /// Its series.
    pub series: Vec<Series>,
}

/// Adds windows; one that is there already stays as it is. One statement, however many there are.
///
/// # Errors
///
/// The database fails.
pub fn insert_windows(conn: &mut Conn, windows: &[Window]) -> Result<usize, StoreError> {
    use capacity_sample as s;
    if windows.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = windows
        .iter()
        .map(|window| (s::ci_key.eq(window.ci_key), s::at.eq(At(window.at)), s::body.eq(codec::encode(&window.series))))
        .collect();
    let inserted = on_each_database!(conn, |conn| {
        diesel::insert_into(s::table).values(rows).on_conflict_do_nothing().execute(conn)
    })?;
    Ok(inserted)
}

/// The windows of a CI that begin from one time until before another, oldest first.
///
/// # Errors
///
/// The database fails, or a row is none that this program wrote.
pub(super) fn list_windows(
    conn: &mut Conn,
    ci_key: i32,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(Timestamp, Vec<Series>)>, StoreError> {
    use capacity_sample as s;
    let rows: Vec<(At, Vec<u8>)> = s::table
        .filter(s::ci_key.eq(ci_key).and(s::at.ge(At(from))).and(s::at.lt(At(to))))
        .order(s::at)
        .select((s::at, s::body))
        .load(conn)?;
    rows.into_iter().map(|row| window(ci_key, row)).collect()
}

/// The newest window of a CI.
///
/// # Errors
///
/// The database fails, or a row is none that this program wrote.
pub(super) fn find_newest(conn: &mut Conn, ci_key: i32) -> Result<Option<(Timestamp, Vec<Series>)>, StoreError> {
    use capacity_sample as s;
    let newest = s::table.filter(s::ci_key.eq(ci_key)).order(s::at.desc());
    let row: Option<(At, Vec<u8>)> = newest.select((s::at, s::body)).first(conn).optional()?;
    row.map(|row| window(ci_key, row)).transpose()
}

fn window(ci_key: i32, (at, body): (At, Vec<u8>)) -> Result<(Timestamp, Vec<Series>), StoreError> {
    let malformed = |error: codec::Malformed| Inconsistent {
        table: "capacity_sample",
        column: "body",
        row: format!("{ci_key}/{}", at.0),
        value: error.to_string(),
    };
    Ok((at.0, codec::decode(&body).map_err(malformed)?))
}
