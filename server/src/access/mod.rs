//! Who people are, what they may do and where.
//!
//! Does: keep organisations.
//! Does not: know what the permissions are for.
//!
//! Invariants: there is exactly one organisation without a parent.

pub mod api;
pub mod organisation;

pub use self::organisation::bootstrap;
