//! What agents and other machines say of CIs: bulk reads and writes for reconciliation.
//!
//! Does: read what is known of a host in a fixed number of statements, write what changed in a fixed number.
//! Does not: decide what changes.
//!
//! Invariants: the number of statements does not depend on the number of rows; rows cross as one JSON array; only
//! values of the source that reports and relations whose origin is `observed` are written.

pub mod ci;
pub mod guest;
pub mod identifier;
pub mod peer;
pub mod refused;
pub mod relation;
pub mod revision;
pub mod section;
pub mod value;

use serde::Serialize;

use crate::store::StoreError;

/// The origin of every relation written here.
pub const OBSERVED: &str = "observed";

/// The origin of relations that nobody sees.
pub const DECLARED: &str = "declared";

/// Rows as the one parameter that carries them.
pub(crate) fn rows<T: Serialize>(rows: &[T]) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| diesel::result::Error::SerializationError(error.into()).into())
}
