//! Reports that were set aside: kept with the reason, for people to look at.
//!
//! Does: keep them for a time, list them, show what is in one, throw them away, have the section of one sent anew.
//! Does not: decide what is set aside; take one back in.
//!
//! Invariants: what an agent sent is shown byte for byte as text and never as anything else; nobody sees or touches
//! those of agents out of reach.

pub mod api;
pub mod model;
pub mod service;
pub(super) mod store;

pub use self::model::KEPT;
