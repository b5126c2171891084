//! What began or ended to hold within a window of time: all else is the same at both of its ends.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{
    catalogue_installation as i, catalogue_product as p, catalogue_version as pv, cmdb_ci as c, cmdb_pin as pin,
    cmdb_relation as rel, cmdb_section as s, cmdb_value as v,
};
use crate::store::{Conn, StoreError};

/// Most rows of one kind that are compared.
pub(super) const ROWS_MAX: i64 = 500_000;

/// From after one time until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cmdb) struct Window {
    pub(in crate::cmdb) from: Timestamp,
    pub(in crate::cmdb) to: Timestamp,
}

/// When something held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    from: Timestamp,
    to: Option<Timestamp>,
}

impl Interval {
    pub(super) fn new(from: At, to: Option<At>) -> Self {
        Self { from: from.0, to: to.map(Timestamp::from) }
    }

    /// Whether it held at a time.
    pub(super) fn holds(self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| to > at)
    }
}

/// A relation of a row: to which other row, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tie {
    pub(super) record: i32,
    pub(super) kind: String,
    pub(super) outgoing: bool,
    pub(super) other: i32,
    pub(super) held: Interval,
}

/// A version that was installed on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Installed {
    pub(super) record: i32,
    pub(super) version: i32,
    pub(super) held: Interval,
}

/// A package with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) record: i32,
    /// Product, name and architecture.
    pub(super) of: (i32, String, String),
    pub(super) version: String,
    pub(super) held: Interval,
}

type PackageRow = (i32, (i32, String, String), String, At, Option<At>);

/// The attributes of rows of which statements began or ended, or pins ran out.
pub(super) fn touched(conn: &mut Conn, records: &[i32], window: Window) -> Result<Vec<(i32, i32)>, StoreError> {
    let (from, to) = (At(window.from), At(window.to));
    let begun = v::valid_from.gt(from).and(v::valid_from.le(to));
    let ended = v::valid_to.gt(from).and(v::valid_to.le(to));
    let mut pairs: Vec<(i32, i32)> = v::table
        .filter(v::ci_key.eq_any(records))
        .filter(begun.nullable().or(ended))
        .limit(ROWS_MAX)
        .select((v::ci_key, v::attribute_id))
        .load(conn)?;
    let ran_out = pin::expires_at.gt(from).and(pin::expires_at.le(to));
    let pins: Vec<(i32, i32)> = pin::table
        .filter(pin::ci_key.eq_any(records))
        .filter(ran_out)
        .select((pin::ci_key, pin::attribute_id))
        .load(conn)?;
    pairs.extend(pins);
    Ok(pairs)
}

/// The ends of relations that began or ended, and all those of these rows that held within the window.
pub(super) fn ties(
    conn: &mut Conn,
    scope: &Scope,
    (records, whole): (&[i32], &[i32]),
    window: Window,
) -> Result<Vec<Tie>, StoreError> {
    let mut ties = of_end(conn, scope, (records, whole), window, true)?;
    ties.extend(of_end(conn, scope, (records, whole), window, false)?);
    Ok(ties)
}

fn of_end(
    conn: &mut Conn,
    scope: &Scope,
    (records, whole): (&[i32], &[i32]),
    window: Window,
    outgoing: bool,
) -> Result<Vec<Tie>, StoreError> {
    let (from, to) = (At(window.from), At(window.to));
    let held = rel::valid_from.le(to).and(rel::valid_to.is_null().or(rel::valid_to.assume_not_null().gt(from)));
    let turned = || rel::valid_from.gt(from).or(rel::valid_to.assume_not_null().le(to));
    let query = rel::table.filter(held).limit(ROWS_MAX).into_boxed::<MultiBackend>();
    let query = if outgoing {
        let of_these = rel::source_key.eq_any(records.to_vec());
        query.filter(of_these).filter(turned().or(rel::source_key.eq_any(whole.to_vec())))
    } else {
        let of_these = rel::target_key.eq_any(records.to_vec());
        query.filter(of_these).filter(turned().or(rel::target_key.eq_any(whole.to_vec())))
    };
    let query = match scope.organisations() {
        None => query,
        Some(organisations) => {
            let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
            let seen = c::table.filter(c::organisation_id.eq_any(keys)).select(c::key);
            if outgoing {
                query.filter(rel::target_key.eq_any(seen))
            } else {
                query.filter(rel::source_key.eq_any(seen))
            }
        }
    };
    let rows: Vec<(String, i32, i32, At, Option<At>)> =
        query.select((rel::type_, rel::source_key, rel::target_key, rel::valid_from, rel::valid_to)).load(conn)?;
    let tie = |(kind, source, target, from, to)| {
        let (record, other) = if outgoing { (source, target) } else { (target, source) };
        Tie { record, kind, outgoing, other, held: Interval::new(from, to) }
    };
    Ok(rows.into_iter().map(tie).collect())
}

/// The installations that began or ended, and all those of these rows that held within the window.
pub(super) fn installed(
    conn: &mut Conn,
    (records, whole): (&[i32], &[i32]),
    window: Window,
) -> Result<Vec<Installed>, StoreError> {
    let (from, to) = (At(window.from), At(window.to));
    let held = i::valid_from.le(to).and(i::valid_to.is_null().or(i::valid_to.assume_not_null().gt(from)));
    let turned = i::valid_from.gt(from).or(i::valid_to.assume_not_null().le(to));
    let rows: Vec<(i32, i32, At, Option<At>)> = i::table
        .filter(i::ci_key.eq_any(records))
        .filter(held)
        .filter(turned.or(i::ci_key.eq_any(whole)))
        .limit(ROWS_MAX)
        .select((i::ci_key, i::version_id, i::valid_from, i::valid_to))
        .load(conn)?;
    let one = |(record, version, from, to)| Installed { record, version, held: Interval::new(from, to) };
    Ok(rows.into_iter().map(one).collect())
}

/// What was installed within the window of the products that these versions are of.
pub(super) fn packages(
    conn: &mut Conn,
    records: &[i32],
    versions: &[i32],
    window: Window,
) -> Result<Vec<Package>, StoreError> {
    if versions.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<i32> = pv::table.filter(pv::id.eq_any(versions)).select(pv::product_id).distinct().load(conn)?;
    let held = i::valid_from
        .le(At(window.to))
        .and(i::valid_to.is_null().or(i::valid_to.assume_not_null().gt(At(window.from))));
    let rows: Vec<PackageRow> = i::table
        .inner_join(pv::table.inner_join(p::table))
        .filter(i::ci_key.eq_any(records).and(p::id.eq_any(products)))
        .filter(held)
        .limit(ROWS_MAX)
        .select((i::ci_key, (p::id, p::name, pv::architecture), pv::version, i::valid_from, i::valid_to))
        .load(conn)?;
    let package = |(record, of, version, from, to)| Package { record, of, version, held: Interval::new(from, to) };
    Ok(rows.into_iter().map(package).collect())
}

/// When each of these rows last had a list of packages.
pub(super) fn software_lists(conn: &mut Conn, records: &[i32]) -> Result<BTreeMap<i32, Timestamp>, StoreError> {
    let listed = s::table.filter(s::ci_key.eq_any(records).and(s::section.eq("software")).and(s::hash.is_not_null()));
    let rows: Vec<(i32, At)> = listed.select((s::ci_key, s::received_at)).load(conn)?;
    Ok(rows.into_iter().map(|(key, at)| (key, at.0)).collect())
}
