//! Baselines: a set of items as it was at a time, and what differs from it.
//!
//! Does: keep which items and which time; tell what differs now or at another time; take differences as expected, and
//! take that back.
//! Does not: copy what was true of the items (history has it), compare (`compare` does), find items (`list` does).
//!
//! Invariants: a baseline of a set of which nothing changed shows nothing; what is accepted is expected as it was when
//! it was accepted, for just those attributes, relations and packages; taking an acceptance back shows what it hid.

pub mod api;
mod drift;
pub(in crate::cmdb) mod model;
mod service;
mod store;
