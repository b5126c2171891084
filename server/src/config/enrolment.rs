//! `[enrolment]`: limits on how agents get in.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// How often somebody may try to enrol. Decided before anything is read or looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Enrolment {
    /// Attempts per second from one address.
    pub per_address: u32,
    /// Attempts per second from all addresses together.
    pub per_second: u32,
    /// Attempts at once from all addresses together, after a time without any.
    pub burst: u32,
}

impl Default for Enrolment {
    fn default() -> Self {
        Self { per_address: 1, per_second: 10, burst: 100 }
    }
}

impl Enrolment {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("enrolment.per_address", self.per_address),
            ("enrolment.per_second", self.per_second),
            ("enrolment.burst", self.burst),
        ] {
            if !(1..=1_000_000).contains(&value) {
                return Err(ConfigError::value(key, format!("{value} is not within 1 and 1000000")));
            }
        }
        Ok(())
    }
}
