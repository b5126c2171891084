//! What a query may speak of: saved searches and products. Read before it is checked, in two statements at most.

use diesel::prelude::*;
use jiff::Timestamp;

use super::parse::parse;
use super::syntax::{Asked, Expr};
use crate::cmdb::item::software::outdated_lists;
use crate::cmdb::saved::visible::{self, Visible};
use crate::index::model::fold::fold;
use crate::kernel::ctx::Ctx;
use crate::store::conn::MultiBackend;
use crate::store::dialect::lower;
use crate::store::schema::{catalogue_product as p, catalogue_version as v};
use crate::store::{Conn, StoreError};

/// Most versions that one query may speak of.
pub const VERSIONS_MAX: usize = 20_000;

/// What a query may speak of.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub(super) groups: Vec<Visible>,
    pub(super) versions: Vec<ProductVersion>,
    /// The rows of which software does not count: see [`outdated_lists`].
    pub(super) outdated_lists: Vec<i32>,
}

/// A version of a product.
#[derive(Debug, Clone)]
pub(super) struct ProductVersion {
    pub(super) id: i32,
    pub(super) ecosystem: String,
    pub(super) product: String,
    pub(super) version: String,
}

impl Known {
    /// Reads what the query speaks of, as of a time or now. What cannot be read speaks of nothing: checking says what is wrong.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn load(
        conn: &mut Conn,
        ctx: &Ctx,
        (query, as_of): (Option<&str>, Option<Timestamp>),
    ) -> Result<Self, StoreError> {
        let Some(Ok(query)) = query.map(parse) else { return Ok(Self::default()) };
        let mut known = Self::default();
        if asks_for(&query, "group") {
            known.groups = visible::list(conn, ctx)?;
        }
        let products = known.products(&query);
        if !products.is_empty() {
            known.versions = versions(conn, &products)?;
            known.outdated_lists = outdated_lists(conn, as_of)?;
        }
        Ok(known)
    }

    /// Puts a saved search in the place of the caller's own of that name.
    pub(in crate::cmdb) fn put(&mut self, group: Visible) {
        self.groups.retain(|one| !(one.is_own && one.name_folded == group.name_folded));
        self.groups.insert(0, group);
    }

    /// The saved search of this name: the caller's own before those of others.
    pub(super) fn group(&self, name: &str) -> Option<&Visible> {
        let name = fold(name);
        let of_name = || self.groups.iter().filter(|one| one.name_folded == name);
        of_name().find(|one| one.is_own).or_else(|| of_name().next())
    }

    /// The products that the query or a group that it may lead to speaks of, in lower case.
    fn products(&self, query: &Expr) -> Vec<String> {
        let own = query.filters();
        let in_groups: Vec<Expr> = self.groups.iter().filter_map(|group| parse(&group.query).ok()).collect();
        let in_groups = in_groups.iter().flat_map(Expr::filters);
        let of_software = own.into_iter().chain(in_groups).filter(|asked| asked.name == "software");
        let mut products: Vec<String> = of_software.flat_map(product_names).collect();
        products.sort_unstable();
        products.dedup();
        products
    }
}

/// The name of a product in a filter's value, and what follows it.
pub(super) fn split_version(text: &str) -> (&str, &str) {
    text.split_at_checked(text.find(['<', '>', '=']).unwrap_or(text.len())).unwrap_or((text, ""))
}

fn product_names(asked: &Asked) -> Vec<String> {
    let name = |text: &str| split_version(text).0.replace('\0', "").to_lowercase();
    asked.values.iter().map(|value| name(&value.text)).collect()
}

fn asks_for(query: &Expr, name: &str) -> bool {
    query.filters().iter().any(|asked| asked.name == name)
}

/// Every version of these products; a star at the end stands for anything.
fn versions(conn: &mut Conn, products: &[String]) -> Result<Vec<ProductVersion>, StoreError> {
    let (begun, whole): (Vec<&String>, Vec<&String>) = products.iter().partition(|name| name.ends_with('*'));
    let mut query = p::table.inner_join(v::table).into_boxed::<MultiBackend>();
    query = query.filter(lower(p::name).eq_any(whole.into_iter().cloned().collect::<Vec<_>>()));
    for name in begun {
        let pattern = super::value::literal(name.trim_end_matches('*'));
        query = query.or_filter(lower(p::name).like(format!("{pattern}%")).escape('\\'));
    }
    let most = i64::try_from(VERSIONS_MAX).unwrap_or(i64::MAX);
    let rows: Vec<(i32, String, String, String)> =
        query.order(v::id).limit(most + 1).select((v::id, p::ecosystem, p::name, v::version)).load(conn)?;
    let version = |(id, ecosystem, product, version)| ProductVersion { id, ecosystem, product, version };
    Ok(rows.into_iter().map(version).collect())
}
