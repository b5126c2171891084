//! Reading installations.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::catalogue::model::{Installation, Package, Place};
use crate::catalogue::product::store::organisations;
use crate::cmdb::item::reference;
use crate::cmdb::item::software::outdated_lists;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::value::shown::NOW;
use crate::kernel::page::PageRequest;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::dialect::{contains_pattern, lower};
use crate::store::schema::{catalogue_installation as i, catalogue_product as p, catalogue_version as v, cmdb_ci as c};
use crate::store::{Conn, StoreError};

/// Which installations of a product.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct Filter {
    /// The product.
    pub(in crate::catalogue) product: i32,
    /// Only of these versions.
    pub(in crate::catalogue) versions: Option<Vec<i32>>,
    /// A part of the item's name.
    pub(in crate::catalogue) q: Option<String>,
    /// The time to look at, if not now.
    pub(in crate::catalogue) as_of: Option<Timestamp>,
}

/// Which packages of an item.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct PackageFilter {
    /// The item.
    pub(in crate::catalogue) ci_key: i32,
    /// A part of the product's name.
    pub(in crate::catalogue) q: Option<String>,
    /// The time to look at.
    pub(in crate::catalogue) at: Timestamp,
}

type Row = ((i32, Key16, String, String), (i32, String, String), At);
type PackageRow = ((i32, String, String), (i32, String, String, Option<String>, Option<String>), At, Option<At>);

/// Installations by the name of the row that reports them, and how many there are in all. Each is told of the item that
/// the row is part of, and of several rows of one item the list counts that came last.
pub(in crate::catalogue) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    request: &PageRequest<Place>,
) -> Result<(Vec<Installation>, i64), StoreError> {
    let (at, outdated) = (At(filter.as_of.unwrap_or(NOW)), outdated_lists(conn, filter.as_of)?);
    let matching = || {
        let mut query = i::table
            .inner_join(v::table)
            .inner_join(c::table)
            .filter(v::product_id.eq(filter.product).and(i::valid_from.le(at)))
            .filter(i::ci_key.ne_all(outdated.clone()))
            .filter(i::valid_to.is_null().or(i::valid_to.gt(at)))
            .into_boxed::<MultiBackend>();
        if let Some(keys) = organisations(scope) {
            query = query.filter(c::organisation_id.eq_any(keys));
        }
        if let Some(versions) = &filter.versions {
            query = query.filter(i::version_id.eq_any(versions.clone()));
        }
        if let Some(needle) = &filter.q {
            query = query.filter(lower(c::name).like(lower(contains_pattern(needle))).escape('\\'));
        }
        query
    };
    let total = matching().count().get_result(conn)?;
    let mut query = matching();
    if let Some(Place { name, major, minor }) = request.after.clone() {
        let later = c::key.gt(major).or(c::key.eq(major).and(v::id.gt(minor)));
        query = query.filter(c::name.ge(name.clone()).and(c::name.gt(name).or(later)));
    }
    let rows: Vec<Row> = query
        .order((c::name, c::key, v::id))
        .limit(request.rows_to_fetch())
        .select(((c::key, c::id, c::name, c::class), (v::id, v::version, v::architecture), i::valid_from))
        .load(conn)?;
    let keys: Vec<i32> = rows.iter().map(|row| row.0.0).collect();
    let items = reference::of_rows(conn, scope, &keys, filter.as_of)?;
    Ok((rows.into_iter().map(|row| installation(row, &items)).collect(), total))
}

/// An item's packages by name, and how many there are in all.
pub(in crate::catalogue) fn list_packages(
    conn: &mut Conn,
    filter: &PackageFilter,
    request: &PageRequest<Place>,
) -> Result<(Vec<Package>, i64), StoreError> {
    let at = At(filter.at);
    let matching = || {
        let mut query = i::table
            .inner_join(v::table.inner_join(p::table))
            .filter(i::ci_key.eq(filter.ci_key).and(i::valid_from.le(at)))
            .filter(i::valid_to.is_null().or(i::valid_to.gt(at)))
            .into_boxed::<MultiBackend>();
        if let Some(needle) = &filter.q {
            query = query.filter(lower(p::name).like(lower(contains_pattern(needle))).escape('\\'));
        }
        query
    };
    let total = matching().count().get_result(conn)?;
    let mut query = matching();
    if let Some(Place { name, major, minor }) = request.after.clone() {
        let later = p::id.gt(major).or(p::id.eq(major).and(v::id.gt(minor)));
        query = query.filter(p::name.ge(name.clone()).and(p::name.gt(name).or(later)));
    }
    let rows: Vec<PackageRow> = query
        .order((p::name, p::id, v::id))
        .limit(request.rows_to_fetch())
        .select((
            (p::id, p::ecosystem, p::name),
            (v::id, v::version, v::architecture, v::source, v::vendor),
            i::valid_from,
            i::valid_to,
        ))
        .load(conn)?;
    Ok((rows.into_iter().map(package).collect(), total))
}

fn installation((row, version, since): Row, items: &BTreeMap<i32, Reference>) -> Installation {
    let (key, id, name, class) = row;
    let (version_id, version, architecture) = version;
    let own = || Reference { id: id.into(), name: name.clone(), class };
    let item = items.get(&key).cloned().unwrap_or_else(own);
    Installation { row: (key, name), item, version_id, version, architecture, since: since.0 }
}

fn package((product, version, valid_from, valid_to): PackageRow) -> Package {
    let (product_id, ecosystem, name) = product;
    let (version_id, version, architecture, source, vendor) = version;
    let (valid_from, valid_to) = (valid_from.0, valid_to.map(Timestamp::from));
    Package { product_id, ecosystem, name, version_id, version, architecture, source, vendor, valid_from, valid_to }
}
