//! How much of the host is in use.
//!
//! Does: take one reading a minute of what `terrier_shared::latest::metrics` names, and fold readings into windows.
//! Does not: keep time itself, know when to sample, or send anything.
//!
//! Invariants: a value is a measurement or it is absent; a counter that went back, a device that is new and a gap
//! in time give no value.

mod aggregate;
mod cpu;
mod disk;
mod filesystem;
mod interface;
mod memory;
mod number;
mod pressure;
mod sampler;

pub use self::aggregate::Aggregator;
pub use self::sampler::Sampler;

/// What one look at the host gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// When, by the wall clock, in milliseconds since 1970.
    pub at_wall_ms: i64,
    /// What was measured.
    pub values: Vec<Value>,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// One of `terrier_shared::latest::metrics::METRICS`.
    pub metric: &'static str,
    /// Which one of several: a mount point, a block device, an interface.
    pub dimension: Option<String>,
    /// The value in the unit that the metric's name ends with.
    pub value: f64,
}

impl Reading {
    fn push(&mut self, metric: &'static str, value: f64) {
        self.values.push(Value { metric, dimension: None, value });
    }

    fn push_of(&mut self, metric: &'static str, dimension: &str, value: f64) {
        self.values.push(Value { metric, dimension: Some(dimension.to_owned()), value });
    }
}
