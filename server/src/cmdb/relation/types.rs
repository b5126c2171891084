//! The types of relations that there are.

use diesel::prelude::*;

use crate::cmdb::model::attribute::Label;
use crate::store::schema::cmdb_relation_type as t;
use crate::store::{Conn, StoreError};

/// A type of relation, seen from its source.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct RelationType {
    /// Its name in the API.
    pub name: String,
    /// What it is called.
    pub label: Label,
}

/// Every type of relation, by name.
///
/// # Errors
///
/// The database fails.
pub fn list(conn: &mut Conn) -> Result<Vec<RelationType>, StoreError> {
    let rows: Vec<(String, String, String)> =
        t::table.order(t::name).select((t::name, t::label_en, t::label_ko)).load(conn)?;
    Ok(rows.into_iter().map(|(name, en, ko)| RelationType { name, label: Label { en, ko } }).collect())
}
