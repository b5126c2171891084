//! Devices of inventories that report of CIs.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::id::{OrganisationId, ReporterId};
use crate::store::column::{At, Key16};
use crate::store::schema::identification_reporter as r;
use crate::store::{Conn, StoreError};

/// A device of an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// The row.
    pub key: i32,
    /// Its id.
    pub id: ReporterId,
    /// The source it is of.
    pub source: String,
    /// What it is called there.
    pub external_id: String,
    /// The CI it reports of; none before its first report.
    pub ci_key: Option<i32>,
    /// When it reported first.
    pub first_reported_at: Timestamp,
    /// When it reported last.
    pub last_reported_at: Timestamp,
}

type Row = (i32, Key16, String, String, Option<i32>, (At, At));
type Columns = (r::key, r::id, r::source, r::external_id, r::ci_key, (r::first_reported_at, r::last_reported_at));
const COLUMNS: Columns =
    (r::key, r::id, r::source, r::external_id, r::ci_key, (r::first_reported_at, r::last_reported_at));

/// The reporter of this name, which is put down if it is new.
pub fn find_or_insert(
    conn: &mut Conn,
    organisation: OrganisationId,
    (source, external_id): (&str, &str),
    (id, now): (ReporterId, Timestamp),
) -> Result<Reporter, StoreError> {
    if let Some(found) = find(conn, organisation, source, external_id)? {
        return Ok(found);
    }
    diesel::insert_into(r::table)
        .values((
            (r::id.eq(Key16::from(id)), r::source.eq(source), r::external_id.eq(external_id)),
            (r::organisation_id.eq(Key16::from(organisation)), r::first_reported_at.eq(At(now))),
            r::last_reported_at.eq(At(now)),
        ))
        .execute(conn)?;
    let inserted = find(conn, organisation, source, external_id)?;
    inserted.ok_or(StoreError::Query(diesel::result::Error::NotFound))
}

/// The reporter of this name.
pub fn find(
    conn: &mut Conn,
    organisation: OrganisationId,
    source: &str,
    external_id: &str,
) -> Result<Option<Reporter>, StoreError> {
    let of_organisation = r::organisation_id.eq(Key16::from(organisation));
    let named = r::source.eq(source.to_owned()).and(r::external_id.eq(external_id.to_owned()));
    let found: Option<Row> = r::table.filter(of_organisation.and(named)).select(COLUMNS).first(conn).optional()?;
    Ok(found.map(reporter))
}

/// Who reports of these CIs.
pub fn list_of(conn: &mut Conn, ci_keys: &[i32]) -> Result<Vec<Reporter>, StoreError> {
    let rows: Vec<Row> = r::table
        .filter(r::ci_key.eq_any(ci_keys.iter().copied().map(Some).collect::<Vec<_>>()))
        .order(r::key)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(reporter).collect())
}

/// A reporter has spoken, of this CI.
pub fn touch(conn: &mut Conn, key: i32, ci_key: i32, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(r::table.find(key))
        .set((r::ci_key.eq(Some(ci_key)), r::last_reported_at.eq(At(now))))
        .execute(conn)?;
    Ok(())
}

/// From now on a reporter speaks of this CI.
pub fn bind(conn: &mut Conn, key: i32, ci_key: i32) -> Result<(), StoreError> {
    diesel::update(r::table.find(key)).set(r::ci_key.eq(Some(ci_key))).execute(conn)?;
    Ok(())
}

fn reporter((key, id, source, external_id, ci_key, (first, last)): Row) -> Reporter {
    Reporter { key, id: id.into(), source, external_id, ci_key, first_reported_at: first.0, last_reported_at: last.0 }
}
