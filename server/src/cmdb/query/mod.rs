//! What people look for, in one line: `class:host os:debian stale:>7d -owner:none "exact phrase"`.
//!
//! Does: read such a line, print it, check it against the classes there are, evaluate it over `cmdb_ci`.
//! Does not: page, sort or count (`list` does); know which saved searches and products there are: [`known`] reads them.
//!
//! Invariants: what is printed reads back as the same; a fault names the column it begins at; an evaluated query asks
//! for nothing that the caller's scope does not hold, because it only narrows; text is folded by `index` alone.

pub mod check;
pub mod known;
pub mod names;
pub mod parse;
pub mod syntax;
pub mod value;

pub use self::check::Condition;
pub use self::known::Known;
pub use self::parse::parse;
pub use self::syntax::{Expr, Fault};
