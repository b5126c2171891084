//! The rows of `capacity_sample`.

use diesel::prelude::*;
use jiff::Timestamp;

use super::codec::{self, Series};
use crate::on_each_database;
use crate::store::column::At;
use crate::store::schema::capacity_sample;
use crate::store::{Conn, StoreError};

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
