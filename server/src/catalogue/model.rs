//! Products, versions, installations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::version::Comparison;
use crate::cmdb::item::summary::Reference;

/// A product with how widely it is installed in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) id: i32,
    pub(super) ecosystem: String,
    pub(super) name: String,
    /// Who built it, of any of its versions.
    pub(super) vendor: Option<String>,
    /// How many items have it installed.
    pub(super) hosts: i64,
    /// How many versions of it are installed.
    pub(super) versions: i64,
}

/// A version for one architecture with how widely it is installed in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) id: i32,
    pub(super) text: String,
    /// Empty where there is none.
    pub(super) architecture: String,
    pub(super) hosts: i64,
}

/// A product on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installation {
    /// The row that reports it, and what that is called by itself.
    pub(super) row: (i32, String),
    /// The item that the row is part of.
    pub(super) item: Reference,
    pub(super) version_id: i32,
    pub(super) version: String,
    pub(super) architecture: String,
    pub(super) since: Timestamp,
}

/// An item's package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) product_id: i32,
    pub(super) ecosystem: String,
    pub(super) name: String,
    pub(super) version_id: i32,
    pub(super) version: String,
    pub(super) architecture: String,
    pub(super) source: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) valid_from: Timestamp,
    pub(super) valid_to: Option<Timestamp>,
}

/// Where a page of products, installations or packages ended: by name, then by keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) major: i32,
    pub(super) minor: i32,
}

/// Which versions: those that relate so to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) version: String,
    pub(super) comparison: Comparison,
}
