//! The register: configuration items, what is said of them by whom and since when, and how they relate.
//!
//! Does: keep classes, attributes and relation types as data; keep what each source says as intervals; choose what is shown.
//! Does not: know agents' reports (`reconcile` turns those into changes), packages (`catalogue`) or utilisation (`capacity`).
//!
//! Invariants: a value, a relation is an interval with a revision at either end, never overwritten;
//! lifecycle is set by people, observation by agents, neither by the other; which source is shown is decided in
//! [`model::precedence`] alone; what is outside the caller's scope answers exactly like what does not exist.

pub mod api;
pub mod attestation;
pub mod baseline;
pub mod bulk;
pub mod class;
pub mod compare;
pub mod error;
pub mod health;
pub mod history;
pub mod inheritance;
pub mod item;
pub mod list;
mod listener;
pub mod merge;
pub mod model;
pub mod observed;
pub mod organisation;
pub mod pin;
pub mod policy;
pub mod query;
pub mod refused;
pub mod relation;
pub mod saved;
pub mod section;
pub mod shipped;
pub mod silent;
pub mod source;
pub mod tag;
pub mod text;
pub mod unique;
pub mod upkeep;
pub mod value;
