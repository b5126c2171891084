//! Products and their versions.

pub(super) mod store;
