//! Pins: values that a person decided are shown, for a reason and until a time.
//!
//! Does: pin what a source says or what the person says himself, lift a pin, let it fall away when it is over.
//! Does not: change what any source says. What is pinned is a statement of its own, under the name `pin`.

pub mod api;
pub mod service;
pub(in crate::cmdb) mod store;
