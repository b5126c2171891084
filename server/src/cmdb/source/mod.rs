//! Sources of statements, and who of them is believed first.
//!
//! Does: keep sources and orders as data; tell before a change how much of what is shown it would change, and settle
//! that with it; end what a source says of one item or of all.
//! Does not: choose between statements (`model::precedence`), nor take in what a source says (`reconcile`).

pub mod api;
mod drop;
mod preview;
pub mod service;
pub mod store;
