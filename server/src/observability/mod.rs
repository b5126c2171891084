//! What the server tells those who run it: a log, metrics, and whether it is well.
//!
//! Does: set up the log and the metrics of the process; answer `/healthz`, `/readyz` and `/metrics`.
//! Does not: decide what is worth a line or a number.
//!
//! Invariants: what an agent or a person wrote reaches the log through [`crate::kernel::excerpt::Excerpt`].

pub mod health;
pub mod logging;
pub mod metrics;
