//! Where products are installed, and what is installed on an item.

pub mod observed;
pub(super) mod store;
