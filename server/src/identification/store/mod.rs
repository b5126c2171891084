//! The slice's rows.

pub mod candidate;
pub mod hold;
pub mod identifier;
pub mod proposal;
pub mod reporter;
pub mod rule;
pub mod split;
pub mod verdict;
