//! Utilisation over time.
//!
//! Does: keep what agents measured, five minutes at a time, and give it back as lines with a point per five minutes,
//! hour or day.
//! Does not: know how it was measured or by which agent.
//!
//! Invariants: a window of a host is written once and never changes; late windows land in their own time; least, mean
//! and greatest of a longer step are exact.

pub mod api;
pub mod codec;
pub mod model;
mod service;
mod store;

pub use self::store::{Window, insert_windows};
