//! Hosts that fell silent: what others saw of them since, and what that means.
//!
//! Does: gather what speaks for and against a host being there; say what is likely and what can be done.
//! Does not: decide that it is silent (`model::observation` does), retire it, merge it.
//!
//! Invariants: what is out of the reader's scope is no evidence for him; where `fleet::silence` holds a silence, nothing
//! is concluded from it; a page costs the same number of statements however many hosts are on it.

pub mod api;
pub mod model;
pub mod service;
mod store;
