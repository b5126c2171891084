//! Relations of one item, in both directions.
//!
//! Does: list what was so at a time, with the labels of either direction and what was seen of it.
//! Does not: follow relations (the graph does).
//!
//! Invariants: a relation whose other end is out of scope is not shown; a relation of an item to itself is shown once,
//! as going out.

pub mod api;
mod list;
mod store;
mod twin;
pub mod types;

pub(in crate::cmdb) use self::store::count;
