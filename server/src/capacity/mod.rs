//! Utilisation over time.
//!
//! Does: keep what agents measured, five minutes at a time, and give it back as series.
//! Does not: know how it was measured or by which agent.
//!
//! Invariants: a window of a host is written once and never changes; late windows land in their own time.

pub mod codec;
mod store;

pub use self::store::{Window, insert_windows};
