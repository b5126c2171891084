//! What became of an item: a view of the intervals, newest first.
//!
//! Does: turn the beginnings and ends of intervals into events, joining an end and a beginning into a change.
//! Does not: keep a log of its own.
//!
//! Invariants: a page costs the same number of queries and no more rows than twice its length of each kind, however
//! long the history; an end and a beginning that belong together are never on two pages.

pub mod api;
mod edge;
mod event;
mod moments;
mod service;
mod store;
