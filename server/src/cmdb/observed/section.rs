//! The last whole content of each section, or why there is none newer.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel::upsert::excluded;
use jiff::Timestamp;

use super::rows;
use crate::on_each_database;
use crate::store::column::{At, Instant};
use crate::store::dialect::either;
use crate::store::schema::cmdb_section as s;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

const PRESENT: &str = "present";

/// A section that is there.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SectionRow {
    /// Its name.
    pub section: String,
    /// When its content was observed.
    pub observed_at: Option<At>,
    /// Its content as zstd-compressed JSON; none of `software`, and none as long as it only failed.
    pub body: Option<Vec<u8>>,
}

/// A section that came whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Its name.
    pub section: &'static str,
    /// SHA-256 of its content.
    pub hash: [u8; 32],
    /// When it was observed.
    pub observed_at: Timestamp,
    /// Its content as zstd-compressed JSON.
    pub body: Option<Vec<u8>>,
}

/// A section that could not be collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Its name.
    pub section: &'static str,
    /// Since when, if it did not fail before.
    pub observed_at: Timestamp,
    /// `{"cause": …, "detail": …}`.
    pub fault: String,
}

/// The sections of a host. Contents are read of those named only.
pub fn list(conn: &mut Conn, ci_key: i32, with_body: &[&str]) -> Result<Vec<SectionRow>, StoreError> {
    let mut rows: Vec<SectionRow> = Vec::new();
    if !with_body.is_empty() {
        let named = s::ci_key.eq(ci_key).and(s::section.eq_any(with_body.to_vec()));
        rows = s::table.filter(named).select((s::section, s::observed_at, s::body)).load(conn)?;
    }
    let times: Vec<(String, Option<At>)> =
        s::table.filter(s::ci_key.eq(ci_key)).select((s::section, s::observed_at)).load(conn)?;
    for (section, observed_at) in times {
        if !rows.iter().any(|row| row.section == section) {
            rows.push(SectionRow { section, observed_at, body: None });
        }
    }
    Ok(rows)
}

/// Puts sections that came whole over what was there.
pub fn put_present(
    conn: &mut Conn,
    ci_key: i32,
    present: &[Present],
    received_at: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<_> = present
        .iter()
        .map(|one| {
            (
                (s::ci_key.eq(ci_key), s::section.eq(one.section), s::state.eq(PRESENT)),
                (s::hash.eq(Some(one.hash.to_vec())), s::observed_at.eq(Some(At(one.observed_at)))),
                (s::received_at.eq(At(received_at)), s::body.eq(one.body.clone())),
                (s::fault.eq(None::<String>), s::fault_since.eq(None::<At>)),
            )
        })
        .collect();
    on_each_database!(conn, |conn| {
        diesel::insert_into(s::table)
            .values(rows)
            .on_conflict((s::ci_key, s::section))
            .do_update()
            .set((
                (s::state.eq(excluded(s::state)), s::hash.eq(excluded(s::hash))),
                (s::observed_at.eq(excluded(s::observed_at)), s::received_at.eq(excluded(s::received_at))),
                (s::body.eq(excluded(s::body)), s::fault.eq(None::<String>), s::fault_since.eq(None::<At>)),
            ))
            .execute(conn)
    })?;
    Ok(())
}

/// Gives the sections of a CI to another, which has none: they are its agent's.
pub fn give(conn: &mut Conn, from: i32, to: i32) -> Result<(), StoreError> {
    diesel::update(s::table.filter(s::ci_key.eq(from))).set(s::ci_key.eq(to)).execute(conn)?;
    Ok(())
}

/// Records that sections could not be collected. Their last good content stays, and so does since when they fail.
pub fn put_failed(conn: &mut Conn, ci_key: i32, failed: &[Failed], received_at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_section (ci_key, section, state, received_at, fault, fault_since) \
         SELECT ?2, value ->> 0, 'fault', ?3, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true \
         ON CONFLICT (ci_key, section) DO UPDATE SET state = excluded.state, received_at = excluded.received_at, \
             fault = excluded.fault, fault_since = coalesce(cmdb_section.fault_since, excluded.fault_since)",
        "INSERT INTO cmdb_section (ci_key, section, state, received_at, fault, fault_since) \
         SELECT $2, new ->> 0, 'fault', $3, new ->> 1, \
             'epoch'::timestamptz + (new ->> 2)::int8 * interval '1 microsecond' \
         FROM json_array_elements($1::json) AS new \
         ON CONFLICT (ci_key, section) DO UPDATE SET state = excluded.state, received_at = excluded.received_at, \
             fault = excluded.fault, fault_since = coalesce(cmdb_section.fault_since, excluded.fault_since)",
    );
    let failed: Vec<_> =
        failed.iter().map(|one| (one.section, one.fault.as_str(), one.observed_at.as_microsecond())).collect();
    statement(sql)
        .bind::<Text, _>(rows(&failed)?)
        .bind::<Integer, _>(ci_key)
        .bind::<Instant, _>(At(received_at))
        .execute(conn)?;
    Ok(())
}
