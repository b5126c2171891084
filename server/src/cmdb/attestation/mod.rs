//! Attestations: somebody confirms that an item is as it stands there.
//!
//! Does: tell what is to be confirmed, by whom; keep who confirmed what, when, and until when that holds.
//! Does not: decide what is to be confirmed and how often (`policy` does).
//!
//! Invariants: an attestation is never changed, only followed by the next; whoever answers for an item may attest it, and
//! so may whoever keeps the register where it is.

pub mod api;
mod service;
pub(in crate::cmdb) mod store;
