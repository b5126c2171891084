//! Comparing one item, and naming what differs of several.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::many::{Ground, NAMED_MAX, Request, Rough, differing};
use super::model::{Difference, Topic, differences};
use super::store::{self, Package, Window};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::item::summary::Reference;
use crate::kernel::id::CiId;
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// Two times, the earlier first or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// One time.
    pub from: Timestamp,
    /// The other.
    pub to: Timestamp,
}

/// Product, name and architecture.
type Product = (i32, String, String);

/// A relation of an item: its type, whether the item is its source, and the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cmdb) struct Related {
    pub(in crate::cmdb) kind: String,
    pub(in crate::cmdb) outgoing: bool,
    pub(in crate::cmdb) other: Reference,
}

/// What differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cmdb) struct Comparison {
    /// By attribute; values as JSON text.
    pub(in crate::cmdb) attributes: Vec<(String, Difference<String>)>,
    pub(in crate::cmdb) relations: Vec<(Related, Difference<bool>)>,
    pub(in crate::cmdb) software: Vec<(Product, Difference<Vec<String>>)>,
}

/// Whether all that differs is named, or what a report has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cmdb) enum Depth {
    All,
    Some,
}

/// What differs of an item between two times: a fixed number of statements.
pub(super) fn compare(conn: &mut Conn, scope: &Scope, id: CiId, span: Span) -> Result<Comparison, Error> {
    let row = row::find(conn, scope, id)?.ok_or(Error::NotFound)?;
    let (first, last) = (span.from.min(span.to), span.from.max(span.to));
    if row.created_at > last {
        return Err(FieldFault::new("to", "invalid", format!("the item is known since {}", row.created_at)).into());
    }
    let rows = [row];
    let window = Window { from: first, to: last };
    let request = Request { scope, rows: &rows, window, since: &|_item, _topic| span.from, to: span.to };
    let mut rough = differing(conn, request)?;
    let named = named(conn, request, &mut rough, Depth::All)?;
    Ok(named.into_values().next().unwrap_or_default())
}

/// Names what differs of these items, by key.
pub(in crate::cmdb) fn named(
    conn: &mut Conn,
    request: Request<'_>,
    rough: &mut BTreeMap<i32, Rough>,
    depth: Depth,
) -> Result<BTreeMap<i32, Comparison>, Error> {
    if depth == Depth::Some {
        for one in rough.values_mut() {
            one.relations.truncate(NAMED_MAX);
            one.versions.truncate(NAMED_MAX);
        }
    }
    let others = rough.values().flat_map(|one| one.relations.iter().map(|((_, _, other), _)| *other));
    let others: BTreeSet<i32> = others.collect();
    let names = row::named(conn, request.scope, others.into_iter().collect())?;
    let mut software = software(conn, request, rough)?;
    let mut found = BTreeMap::new();
    for row in request.rows {
        let Some(one) = rough.remove(&row.key) else { continue };
        let related = |((kind, outgoing, other), difference): ((String, bool, i32), Difference<bool>)| {
            let other = names.get(&other)?.clone();
            Some((Related { kind, outgoing, other }, difference))
        };
        let mut relations: Vec<_> = one.relations.into_iter().filter_map(related).collect();
        relations.sort_by(|(one, _), (other, _)| order(one).cmp(&order(other)));
        let software = software.remove(&row.key).unwrap_or_default();
        found.insert(row.key, Comparison { attributes: one.attributes, relations, software });
    }
    Ok(found)
}

fn order(related: &Related) -> (&str, bool, &str, CiId) {
    (&related.kind, related.outgoing, &related.other.name, related.other.id)
}

type Software = Vec<(Product, Difference<Vec<String>>)>;

/// The packages of which versions differ.
fn software(
    conn: &mut Conn,
    request: Request<'_>,
    rough: &BTreeMap<i32, Rough>,
) -> Result<BTreeMap<i32, Software>, Error> {
    let rows: Vec<CiRow> = request
        .rows
        .iter()
        .filter(|row| rough.get(&row.key).is_some_and(|one| !one.versions.is_empty()))
        .cloned()
        .collect();
    let versions: BTreeSet<i32> = rough.values().flat_map(|one| one.versions.iter().copied()).collect();
    let mut ground = Ground::load(conn, &rows, request.window)?;
    let records: Vec<i32> = ground.records.iter().copied().collect();
    let versions: Vec<i32> = versions.into_iter().collect();
    let mut packages: BTreeMap<i32, Vec<Package>> = BTreeMap::new();
    for package in store::packages(conn, &records, &versions, request.window)? {
        packages.entry(package.record).or_default().push(package);
    }
    let mut found = BTreeMap::new();
    for row in &rows {
        let since = (request.since)(row.key, &Topic::Software);
        let mut at = |at: Timestamp| {
            let record = ground.software_record(row.key, at);
            let held = packages.get(&record).filter(|_| row.created_at <= at).into_iter().flatten();
            installed(held.filter(|package| package.held.holds(at)))
        };
        let (before, after) = (at(since), at(request.to));
        found.insert(row.key, differences(&before, &after));
    }
    Ok(found)
}

fn installed<'p>(packages: impl Iterator<Item = &'p Package>) -> BTreeMap<Product, Vec<String>> {
    let mut found: BTreeMap<Product, Vec<String>> = BTreeMap::new();
    for package in packages {
        found.entry(package.of.clone()).or_default().push(package.version.clone());
    }
    for versions in found.values_mut() {
        versions.sort_unstable();
    }
    found
}
