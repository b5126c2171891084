//! What differs between two times.
//!
//! Does: tell of one item, or of all that a filter finds, what was shown, related and installed at one time and no longer,
//! or otherwise, at another; count it.
//! Does not: tell what happened in between and was taken back (history does).
//!
//! Invariants: comparing a time with itself finds nothing; comparing backwards finds the same with before and after
//! exchanged; of many items it tells what it would tell of each; the number of statements does not depend on how many
//! items there are nor on how much differs.

pub mod api;
mod changes;
mod lineage;
mod many;
pub(in crate::cmdb) mod model;
pub(in crate::cmdb) mod report;
mod service;
mod store;
pub(in crate::cmdb) mod view;

pub(in crate::cmdb) use self::changes::entries;
pub use self::changes::{Asked, changes};
pub(in crate::cmdb) use self::lineage::Lineage;
pub use self::report::{Only, Position, Report};
pub use self::service::Span;
pub(in crate::cmdb) use self::store::Window;
