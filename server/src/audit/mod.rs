//! Who did what: a trail that only grows and shows when it was tampered with.
//!
//! Does: append a row in the transaction of the change it tells of, list rows, prove that none was edited, removed,
//! put in or moved.
//! Does not: decide what is worth a row; notice a tail that was cut off (that takes a copy kept elsewhere).
//!
//! Invariants: `seq` has no gaps; each row's hash covers its content and the hash before it ([`model::Row::seal`]);
//! both databases refuse to change or delete a row; no row holds a secret.

pub mod api;
pub mod model;
pub mod service;
mod store;
#[cfg(test)]
mod tests;

pub use self::model::{Entry, Object};
pub use self::service::record;
