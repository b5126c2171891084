//! Two CIs that are one.
//!
//! Does: record that a CI is part of another, say which rows an item is made of, take that back.
//! Does not: decide that they are one (`identification` and people do), move any row.
//!
//! ```text
//! row B ──survivor──► row A        reading A reads both; B's agent goes on writing B, A's agent A
//! ```
//!
//! Invariants: a merge changes no value, relation, installation or sample, so that taking it back leaves what would be
//! there without it; a chain of merges leads to one CI, never round; what is under two hosts that are one and has the
//! same name there is one, too; two merges of one CI do not overlap in time.

pub mod api;
pub mod expression;
pub mod records;
pub mod rival;
pub mod service;
mod store;
