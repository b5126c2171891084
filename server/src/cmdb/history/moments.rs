//! When something of an item changed.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::merge::records::Records;
use crate::kernel::id::CiId;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{catalogue_installation as i, cmdb_ci as c, cmdb_relation as rel, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// Most times that are told, the last ones.
const MOMENTS_MAX: usize = 1_000;

/// When something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moments {
    pub(super) created_at: Timestamp,
    /// The first first.
    pub(super) at: Vec<Timestamp>,
    /// Whether there are earlier ones.
    pub(super) truncated: bool,
}

/// The times at which something of an item began or ended to hold: a fixed number of statements.
pub(super) fn list(conn: &mut Conn, scope: &Scope, id: CiId) -> Result<Moments, Error> {
    let row = row::find(conn, scope, id)?.ok_or(Error::NotFound)?;
    let records = Records::of(conn, &[row.key], None)?.keys();
    let rows = i64::try_from(MOMENTS_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let mut found: BTreeSet<At> = values(conn, &records, rows)?.into_iter().collect();
    found.extend(software(conn, &records, rows)?);
    found.extend(relations(conn, scope, &records, rows)?);
    let beyond = found.len().saturating_sub(MOMENTS_MAX);
    let at = found.into_iter().skip(beyond).map(Timestamp::from).collect();
    Ok(Moments { created_at: row.created_at, at, truncated: beyond > 0 })
}

fn values(conn: &mut Conn, records: &[i32], rows: i64) -> Result<Vec<At>, StoreError> {
    let of_item = || v::table.filter(v::ci_key.eq_any(records.to_vec()));
    let mut found: Vec<At> =
        of_item().select(v::valid_from).distinct().order(v::valid_from.desc()).limit(rows).load(conn)?;
    let ended = of_item().filter(v::valid_to.is_not_null());
    let ends: Vec<Option<At>> =
        ended.select(v::valid_to).distinct().order(v::valid_to.desc()).limit(rows).load(conn)?;
    found.extend(ends.into_iter().flatten());
    Ok(found)
}

fn software(conn: &mut Conn, records: &[i32], rows: i64) -> Result<Vec<At>, StoreError> {
    let of_item = || i::table.filter(i::ci_key.eq_any(records.to_vec()));
    let mut found: Vec<At> =
        of_item().select(i::valid_from).distinct().order(i::valid_from.desc()).limit(rows).load(conn)?;
    let ended = of_item().filter(i::valid_to.is_not_null());
    let ends: Vec<Option<At>> =
        ended.select(i::valid_to).distinct().order(i::valid_to.desc()).limit(rows).load(conn)?;
    found.extend(ends.into_iter().flatten());
    Ok(found)
}

fn relations(conn: &mut Conn, scope: &Scope, records: &[i32], rows: i64) -> Result<Vec<At>, StoreError> {
    let of_item = || {
        let either = rel::source_key.eq_any(records.to_vec()).or(rel::target_key.eq_any(records.to_vec()));
        let query = rel::table.filter(either).into_boxed::<MultiBackend>();
        match scope.organisations() {
            None => query,
            Some(organisations) => {
                let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
                let seen = || c::table.filter(c::organisation_id.eq_any(keys.clone())).select(c::key);
                query.filter(rel::source_key.eq_any(seen())).filter(rel::target_key.eq_any(seen()))
            }
        }
    };
    let mut found: Vec<At> =
        of_item().select(rel::valid_from).distinct().order(rel::valid_from.desc()).limit(rows).load(conn)?;
    let ended = of_item().filter(rel::valid_to.is_not_null());
    let ends: Vec<Option<At>> =
        ended.select(rel::valid_to).distinct().order(rel::valid_to.desc()).limit(rows).load(conn)?;
    found.extend(ends.into_iter().flatten());
    Ok(found)
}
