//! Reading products. Only what is installed in scope is counted, and only what is counted is there.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::catalogue::installation::census;
use crate::catalogue::model::{Place, Product, Version};
use crate::cmdb::item::software::outdated_lists;
use crate::cmdb::value::shown::NOW;
use crate::kernel::page::PageRequest;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::dialect::{contains_pattern, lower};
use crate::store::schema::{catalogue_installation as i, catalogue_product as p, catalogue_version as v, cmdb_ci as c};
use crate::store::{Conn, StoreError};

/// Which products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::catalogue) struct Filter {
    /// A part of the name.
    pub(in crate::catalogue) q: Option<String>,
    /// Only of this ecosystem.
    pub(in crate::catalogue) ecosystem: Option<String>,
    /// What was installed then; now unless said.
    pub(in crate::catalogue) as_of: Option<Timestamp>,
}

type ProductQuery = p::BoxedQuery<'static, MultiBackend>;
/// A version, its product, its text and who made it.
type VersionRow = (i32, i32, String, Option<String>);
/// Items, versions and a vendor by product.
type Counts = BTreeMap<i32, (i64, i64, Option<String>)>;

/// How many products match.
pub(in crate::catalogue) fn count_products(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, StoreError> {
    Ok(matching(scope, filter, outdated_lists(conn, filter.as_of)?).count().get_result(conn)?)
}

/// Products by name, in a fixed number of statements.
pub(in crate::catalogue) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    request: &PageRequest<Place>,
) -> Result<Vec<Product>, StoreError> {
    let mut query = matching(scope, filter, outdated_lists(conn, filter.as_of)?);
    if let Some(Place { name, major, .. }) = request.after.clone() {
        query = query.filter(p::name.ge(name.clone()).and(p::name.gt(name).or(p::id.gt(major))));
    }
    let rows: Vec<(i32, String, String)> = query
        .order((p::name, p::id))
        .limit(request.rows_to_fetch())
        .select((p::id, p::ecosystem, p::name))
        .load(conn)?;
    let mut counts = counts(conn, (scope, filter.as_of), rows.iter().map(|row| row.0).collect())?;
    let product = |(id, ecosystem, name)| {
        let (hosts, versions, vendor) = counts.remove(&id).unwrap_or_default();
        Product { id, ecosystem, name, vendor, hosts, versions }
    };
    Ok(rows.into_iter().map(product).collect())
}

/// One product, if anything in scope has it installed, or had at a time.
pub(in crate::catalogue) fn find(
    conn: &mut Conn,
    (scope, as_of): (&Scope, Option<Timestamp>),
    id: i32,
) -> Result<Option<Product>, StoreError> {
    let row: Option<(String, String)> =
        p::table.filter(p::id.eq(id)).select((p::ecosystem, p::name)).first(conn).optional()?;
    let counted = counts(conn, (scope, as_of), vec![id])?.remove(&id);
    Ok(row.zip(counted).map(|((ecosystem, name), (hosts, versions, vendor))| Product {
        id,
        ecosystem,
        name,
        vendor,
        hosts,
        versions,
    }))
}

/// A version's id and its text.
type VersionText = (i32, String);

/// The ecosystem of a product, and its versions, if anything in scope ever had it installed.
pub(in crate::catalogue) fn find_ever(
    conn: &mut Conn,
    scope: &Scope,
    id: i32,
) -> Result<Option<(String, Vec<VersionText>)>, StoreError> {
    let mut installed = v::table.inner_join(i::table.inner_join(c::table)).filter(v::product_id.eq(id)).into_boxed();
    if let Some(keys) = organisations(scope) {
        installed = installed.filter(c::organisation_id.eq_any(keys));
    }
    if installed.select(v::id).first::<i32>(conn).optional()?.is_none() {
        return Ok(None);
    }
    let ecosystem = p::table.find(id).select(p::ecosystem).first(conn)?;
    Ok(Some((ecosystem, v::table.filter(v::product_id.eq(id)).order(v::id).select((v::id, v::version)).load(conn)?)))
}

/// The versions of a product that something in scope has installed, or had at a time.
pub(in crate::catalogue) fn list_versions(
    conn: &mut Conn,
    (scope, as_of): (&Scope, Option<Timestamp>),
    id: i32,
) -> Result<Vec<Version>, StoreError> {
    let of_product = v::table.filter(v::product_id.eq(id)).order(v::id);
    let rows: Vec<(i32, String, String)> = of_product.select((v::id, v::version, v::architecture)).load(conn)?;
    let versions: Vec<(i32, i32)> = rows.iter().map(|(version, ..)| (*version, id)).collect();
    let census = census::take(conn, (scope, as_of), &versions)?;
    let installed = |(version, text, architecture)| {
        let hosts = *census.versions.get(&version)?;
        Some(Version { id: version, text, architecture, hosts })
    };
    Ok(rows.into_iter().filter_map(installed).collect())
}

/// The organisations to filter by.
pub(in crate::catalogue) fn organisations(scope: &Scope) -> Option<Vec<Key16>> {
    scope.organisations().map(|organisations| organisations.iter().copied().map(Key16::from).collect())
}

pub(in crate::catalogue) fn matching(scope: &Scope, filter: &Filter, outdated: Vec<i32>) -> ProductQuery {
    let (at, today) = (At(filter.as_of.unwrap_or(NOW)), filter.as_of.is_none());
    let of_product = v::product_id.eq(p::id).and(i::ci_key.ne_all(outdated));
    let installed = v::table.inner_join(i::table.inner_join(c::table)).filter(of_product);
    let then = i::valid_from.le(at).and(i::valid_to.is_null().or(i::valid_to.gt(at)));
    let mut query = p::table.into_boxed();
    query = match (organisations(scope), today) {
        (None, true) => query.filter(exists(installed.filter(i::valid_to.is_null()))),
        (None, false) => query.filter(exists(installed.filter(then))),
        (Some(keys), true) => {
            let in_scope = c::organisation_id.eq_any(keys);
            query.filter(exists(installed.filter(i::valid_to.is_null().and(in_scope))))
        }
        (Some(keys), false) => query.filter(exists(installed.filter(then.and(c::organisation_id.eq_any(keys))))),
    };
    if let Some(needle) = &filter.q {
        query = query.filter(lower(p::name).like(lower(contains_pattern(needle))).escape('\\'));
    }
    if let Some(ecosystem) = &filter.ecosystem {
        query = query.filter(p::ecosystem.eq(ecosystem.clone()));
    }
    query
}

/// Items, versions and a vendor of each of these products.
fn counts(
    conn: &mut Conn,
    (scope, as_of): (&Scope, Option<Timestamp>),
    products: Vec<i32>,
) -> Result<Counts, StoreError> {
    let of_products = v::table.filter(v::product_id.eq_any(products));
    let rows: Vec<VersionRow> = of_products.select((v::id, v::product_id, v::version, v::vendor)).load(conn)?;
    let versions: Vec<(i32, i32)> = rows.iter().map(|(version, product, ..)| (*version, *product)).collect();
    let census = census::take(conn, (scope, as_of), &versions)?;
    let mut counts = Counts::new();
    let mut texts = BTreeSet::new();
    for (version, product, text, vendor) in rows {
        let Some(items) = census.products.get(&product).filter(|_| census.versions.contains_key(&version)) else {
            continue;
        };
        let count = counts.entry(product).or_insert((*items, 0, None));
        count.1 += i64::from(texts.insert((product, text)));
        count.2 = vendor.max(count.2.take());
    }
    Ok(counts)
}
