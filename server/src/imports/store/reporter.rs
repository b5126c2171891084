//! Which CI a reporter reports.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::kernel::id::OrganisationId;
use crate::on_each_database;
use crate::store::column::{At, Key16};
use crate::store::schema::imports_reporter as r;
use crate::store::{Conn, StoreError};

/// How long a reporter that says nothing is taken to be there.
const LIVE: SignedDuration = SignedDuration::from_hours(25);

/// The CI that a reporter reported before.
pub(in crate::imports) fn bound(
    conn: &mut Conn,
    organisation: OrganisationId,
    source: &str,
    reporter: &str,
) -> Result<Option<i32>, StoreError> {
    let key = (Key16::from(organisation), source, reporter);
    Ok(r::table.find(key).select(r::ci_key).first(conn).optional()?)
}

/// CIs that another reporter of the same source reported lately.
pub(in crate::imports) fn taken(
    conn: &mut Conn,
    organisation: OrganisationId,
    source: &str,
    reporter: &str,
    now: Timestamp,
) -> Result<BTreeSet<i32>, StoreError> {
    let own = r::organisation_id.eq(Key16::from(organisation)).and(r::source.eq(source)).and(r::reporter.ne(reporter));
    let live = r::last_seen_at.ge(At(now.checked_sub(LIVE).unwrap_or(now)));
    let keys: Vec<i32> = r::table.filter(own.and(live)).select(r::ci_key).load(conn)?;
    Ok(keys.into_iter().collect())
}

/// Binds a reporter to a CI from now on.
pub(in crate::imports) fn put(
    conn: &mut Conn,
    organisation: OrganisationId,
    (source, reporter): (&str, &str),
    ci_key: i32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = (
        r::organisation_id.eq(Key16::from(organisation)),
        r::source.eq(source),
        r::reporter.eq(reporter),
        r::ci_key.eq(ci_key),
        r::first_seen_at.eq(At(now)),
        r::last_seen_at.eq(At(now)),
    );
    on_each_database!(conn, |conn| {
        diesel::insert_into(r::table)
            .values(row)
            .on_conflict((r::organisation_id, r::source, r::reporter))
            .do_update()
            .set((r::ci_key.eq(ci_key), r::last_seen_at.eq(At(now))))
            .execute(conn)
    })?;
    Ok(())
}
