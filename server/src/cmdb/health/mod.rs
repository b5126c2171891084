//! How good the register is: correct, complete, as it should be.
//!
//! Does: say what is judged; count what passes and what fails, of everything and by class, team and organisation.
//! Does not: list what fails: every number has a query, and `list` gives what is behind it.
//!
//! Invariants: a number and the list of its query agree, because both are the same condition; everything is counted in a
//! fixed number of statements; what is retired or disposed of is not judged, but for whether it is seen all the same.

pub mod api;
pub mod model;
pub mod service;
