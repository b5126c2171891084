//! Many items and relations in one call: created, changed, joined and parted, each with an answer of its own.
//!
//! Does: find what is meant by an id, by a key or by a value, judge each item as any other change is judged, write
//! batches in a fixed number of statements, remember what was answered to a call that may come again.
//! Does not: read files (`imports` does), decide what is shown of what several sources say (`value::settle` does).
//!
//! Invariants: an item that is refused changes nothing and nothing else; a batch is one transaction, and an atomic call
//! is one; a dry run goes the whole way and is rolled back; the number of statements of a batch does not depend on how
//! many items are in it.

mod answer;
pub mod api;
mod batch;
pub mod edit;
mod find;
mod known;
pub mod model;
mod overlay;
mod plan;
mod relate;
pub mod service;
mod store;
mod write;
