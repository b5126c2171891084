//! Lists of configuration items.
//!
//! Does: filter, sort, count, page, export.
//! Does not: read one item whole (`item`), write.
//!
//! Invariants: a page costs the same number of queries however many rows it holds; cursors walk every row once while
//! others insert; presence is not kept as history, so with `as_of` the observation is today's.

pub mod api;
mod condition;
pub mod figures;
pub mod filter;
mod health;
pub mod service;
mod sort;
mod store;

pub(crate) use self::api::dto::CiView;
pub use self::filter::{Filter, RawFilter};
pub use self::service::{count, keys, page, whole};
pub use self::sort::{Position, Sort};
