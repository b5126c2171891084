//! Who is who: which CI a report is about.
//!
//! Does: keep the rules as data, decide by them, learn which identifiers tell nothing, ask people where evidence is
//! weak, remember who else than agents reports of a CI.
//! Does not: read reports (`reconcile` does), move what is said of a CI (`cmdb::merge` does).
//!
//! ```text
//!                        ┌ strong, nothing against it ──────────► the known CI
//! evidence ─rules→ match ┤ strong, its agent may still live ────► wait until that is clear
//!                        └ weak, tied or contradicted ──────────► a new CI, and a proposal for a person
//! ```
//!
//! Invariants: a weak match never makes two machines one; two reporters of one source that are alive at once are never
//! one machine; what is decided does not depend on the order of candidates; [`model`] is pure.

pub mod api;
pub mod model;
pub mod service;
pub mod shipped;
pub mod store;

pub use self::store::candidate::Carrier;
pub use self::store::{hold, proposal, reporter, split};
