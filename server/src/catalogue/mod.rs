//! The software catalogue: products, their versions, and where they are installed.
//!
//! Does: list products and installations in scope, compare versions the way their ecosystem does.
//! Does not: make an installed package a configuration item; decide what is installed (`reconcile` does).
//!
//! Invariants: an installation is an interval; versions are compared in [`version`] alone, never as text; a product
//! that nothing in scope has installed does not exist for the caller.

pub mod api;
pub mod installation;
mod model;
pub mod names;
pub mod observed;
mod product;
mod service;
pub mod version;
