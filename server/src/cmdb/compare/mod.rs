//! What differs between two times.
//!
//! Does: tell of one item what was shown, related and installed at one time and no longer, or otherwise, at another.
//! Does not: tell what happened in between and was taken back (history does).
//!
//! Invariants: comparing a time with itself finds nothing; comparing backwards finds the same with before and after
//! exchanged; the number of statements does not depend on how much differs.

pub mod api;
mod model;
mod service;
mod store;
