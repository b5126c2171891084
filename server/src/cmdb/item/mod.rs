//! One configuration item: read whole, created, edited, moved along its life.
//!
//! Does: show one item with what each source says of it; write what people say.
//! Does not: list (`list`), write what agents see.
//!
//! Invariants: what a person says is kept beside what agents say, never over it; a write names the version it was made
//! from; a write that changes nothing writes nothing; value, revision and audit row are one transaction.

mod agree;
pub mod api;
pub mod decided;
pub mod deletion;
pub mod detail;
mod draft;
pub mod finding;
pub(in crate::cmdb) mod gone;
pub mod reason;
pub mod reclass;
pub mod reference;
pub mod row;
pub mod service;
pub mod software;
pub(in crate::cmdb) mod standing;
pub(in crate::cmdb) mod store;
pub mod summary;
pub(in crate::cmdb) mod view;
