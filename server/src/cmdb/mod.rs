//! The register: configuration items, their classes, values and relations.
//!
//! Does: keep what is known of CIs, by whom it was said and since when.
//! Does not: decide which machine a report is about or what a report changes; that is `reconcile`.
//!
//! Invariants: values and relations are intervals that nobody rewrites, they only open and close; what people set and
//! what agents observe stand beside each other and never overwrite each other.

pub mod shipped;
