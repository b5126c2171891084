//! From what agents reported to what the register says.
//!
//! Does: ask `identification` which CI a report is about, compare what is known with what was observed, carry out the difference.
//! Does not: take reports from the network, answer people, or touch what people set.
//!
//! ```text
//! inbox ─read→ Report ─merge→ Inventory ─observe→ Observed ─plan→ Plan ─apply→ rows
//!                                  foreign inventories ─┘
//! ```
//!
//! Invariants: only a section that is *present* removes anything, a fault removes nothing; a request is applied and
//! taken out of the inbox in one transaction, so each is applied once; a weak match never merges two hosts; an
//! unchanged host adds no history; `classify`, `observe` and `plan` are pure.

mod apply;
pub mod attribute;
mod beside;
pub mod changes;
pub mod classify;
pub mod evidence;
pub mod explain;
pub mod foreign;
mod guest;
mod host;
pub mod inventory;
pub mod joined;
pub mod known;
mod load;
pub mod observe;
pub mod plan;
mod reconsider;
mod refuse;
pub mod report;
pub mod split;
mod task;
pub mod value;

pub use self::task::{Progress, Reconciler};
