//! Searches that people keep: a name for a query, and with it a group of items that follows what is true.
//!
//! Does: keep, share, rename, delete, list what is in one; offer them to queries as `group:NAME`.
//! Does not: evaluate a query (`list` does).
//!
//! Invariants: somebody sees what is his own and what is shared in his scope, and in it what his own scope holds; a
//! shared one speaks of shared ones alone; none contains itself; one that another speaks of is neither renamed nor
//! deleted.

pub mod api;
mod model;
mod service;
mod store;
pub mod visible;
