//! Who did what: a trail that only grows and shows when it was tampered with.
//!
//! Does: append a row in the transaction of the change it tells of, list rows, sign checkpoints of the trail into a file
//! outside the database, prove by both that no row was edited, removed, put in, moved, cut off or hashed anew.
//! Does not: decide what is worth a row; notice what was done since the last checkpoint by whoever owns the database.
//!
//! Invariants: `seq` has no gaps; each row's hash covers its content and the hash before it ([`model::Row::seal`]);
//! both databases refuse to change or delete a row; no row holds a secret; no checkpoint is made of a trail that does not
//! hold.

pub mod api;
pub mod checkpoint;
pub mod checkpoints;
pub mod ledger;
pub mod model;
pub mod proof;
pub mod service;
mod store;
#[cfg(test)]
mod tests;

pub use self::checkpoint::PublicKey;
pub use self::checkpoints::{CheckpointError, Checkpoints, verify_all};
pub use self::model::{Entry, Object};
pub use self::proof::Finding;
pub use self::service::record;
