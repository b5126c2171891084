//! What stores data.

pub(super) mod mount;
