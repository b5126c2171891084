//! Where products are installed, and what is installed on an item.

pub(super) mod census;
pub mod observed;
pub(super) mod store;

/// Versions in a block.
const BLOCK: i32 = 64;
