//! Utilisation over time.
//!
//! Does: keep what agents measured, window by window (five minutes, or hours of an agent that was away for long), and
//! give it back as lines with a point per five minutes, hour or day.
//! Does not: know how it was measured or by which agent.
//!
//! Invariants: a window of a host is written once and never changes; late windows land in their own time; least, mean
//! and greatest of a longer step are exact.

pub mod api;
pub mod codec;
pub mod model;
mod service;
mod store;

pub use self::model::Window;
pub use self::store::insert_windows;
