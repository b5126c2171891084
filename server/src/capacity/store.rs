//! The rows of `capacity_sample`.

use diesel::prelude::*;
use jiff::Timestamp;

use super::codec;
use super::model::Window;
use crate::on_each_database;
use crate::store::column::At;
use crate::store::schema::capacity_sample;
use crate::store::{Conn, Inconsistent, StoreError};

/// Adds windows of a host; one that is there already stays as it is. One statement, however many there are.
///
/// # Errors
///
/// The database fails.
pub fn insert_windows(conn: &mut Conn, ci_key: i32, windows: &[Window]) -> Result<usize, StoreError> {
    use capacity_sample as s;
    if windows.is_empty() {
        return Ok(0);
    }
    let row = |window: &Window| {
        let place = (s::ci_key.eq(ci_key), s::at.eq(At(window.at)), s::window_s.eq(window.length_s));
        (place, s::body.eq(codec::encode(&window.series)))
    };
    let rows: Vec<_> = windows.iter().map(row).collect();
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
    records: &[i32],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Window>, StoreError> {
    use capacity_sample as s;
    let rows: Vec<Columns> = s::table
        .filter(s::ci_key.eq_any(records).and(s::at.ge(At(from))).and(s::at.lt(At(to))))
        .order((s::at, s::window_s, s::ci_key.desc()))
        .select((s::at, s::window_s, s::body))
        .load(conn)?;
    let mut windows = rows.into_iter().map(window).collect::<Result<Vec<_>, _>>()?;
    windows.dedup_by(|later, first| (later.at, later.length_s) == (first.at, first.length_s));
    Ok(windows)
}

/// The window of a CI, made of these rows, that ended last.
///
/// # Errors
///
/// The database fails, or a row is none that this program wrote.
pub(super) fn find_newest(conn: &mut Conn, records: &[i32]) -> Result<Option<Window>, StoreError> {
    use capacity_sample as s;
    let rows: Vec<Columns> = s::table
        .filter(s::ci_key.eq_any(records))
        .order(s::at.desc())
        .limit(LATELY)
        .select((s::at, s::window_s, s::body))
        .load(conn)?;
    let ended = |(at, length_s, _): &Columns| (at.0.as_second() + i64::from(*length_s), at.0);
    rows.into_iter().max_by_key(ended).map(window).transpose()
}

type Columns = (At, i32, Vec<u8>);

/// How many of the windows that began last are looked at for the one that ended last: a short one may have begun within
/// a longer one.
const LATELY: i64 = 4;

fn window((at, length_s, body): Columns) -> Result<Window, StoreError> {
    let malformed = |error: codec::Malformed| Inconsistent {
        table: "capacity_sample",
        column: "body",
        row: format!("{}/{length_s}", at.0),
        value: error.to_string(),
    };
    Ok(Window { at: at.0, length_s, series: codec::decode(&body).map_err(malformed)? })
}
