//! What items take over from what contains them: owner, team, criticality, environment, and whatever else is said to be
//! passed on.
//!
//! Does: keep, as statements of the source `inherited`, what the nearest container that says anything of itself says.
//! Does not: choose what is shown ([`super::model::precedence`] does: what is inherited goes after everything else).
//!
//! Invariants: what is inherited depends on what containers say of themselves alone, never on what they inherit, so that
//! nothing goes round in a circle; triggers note what may change it in the transaction of the change, and a note is gone
//! when the transaction that made up for it is on disk; nothing is written where nothing differs.

mod change;
mod containment;
pub mod job;
pub mod model;
pub mod origin;
mod write;

pub use self::change::look_at_everything;
