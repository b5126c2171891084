//! Sections of a host: the last whole content that its agent sent of each, or why there is none newer.

pub mod api;
pub mod store;
