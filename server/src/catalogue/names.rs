//! The names of products, for whoever searches.

use diesel::prelude::*;

use super::product::store::{self as products, Filter};
use crate::cmdb::item::software::outdated_lists;
use crate::kernel::scope::Scope;
use crate::store::dialect::{contains_pattern, lower};
use crate::store::schema::catalogue_product as p;
use crate::store::{Conn, StoreError};

/// Most names that are offered.
const MOST: i64 = 20;

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Named {
    /// Its id.
    pub id: i32,
    /// Its ecosystem.
    pub ecosystem: String,
    /// Its name.
    pub name: String,
}

/// These products, wherever they are installed.
pub fn load(conn: &mut Conn, ids: &[i32]) -> Result<Vec<Named>, StoreError> {
    Ok(p::table.filter(p::id.eq_any(ids)).select((p::id, p::ecosystem, p::name)).load(conn)?)
}

/// Those of these products that something in scope has installed.
pub fn visible(conn: &mut Conn, scope: &Scope, ids: Vec<i32>) -> Result<Vec<Named>, StoreError> {
    let query = products::matching(scope, &Filter::default(), outdated_lists(conn, None)?);
    Ok(query.filter(p::id.eq_any(ids)).select((p::id, p::ecosystem, p::name)).load(conn)?)
}

/// Names of products that begin so and that something in scope has installed.
pub fn beginning(conn: &mut Conn, scope: &Scope, begin: &str) -> Result<Vec<String>, StoreError> {
    let pattern = contains_pattern(begin);
    let pattern = pattern.strip_prefix('%').unwrap_or(&pattern).to_owned();
    let query = products::matching(scope, &Filter::default(), outdated_lists(conn, None)?);
    let query = query.filter(lower(p::name).like(pattern).escape('\\'));
    Ok(query.distinct().order(p::name).limit(MOST).select(p::name).load(conn)?)
}
