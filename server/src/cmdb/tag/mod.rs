//! Tags in use: to complete what is typed, and to count.
//!
//! Does: list them with how many items have each.
//! Does not: say what a tag is (`model::tag`), put tags on items (they are an attribute like others).
//!
//! Invariants: `cmdb_tag` is what is shown of the attribute, tag by tag; triggers write it with the change.

pub mod api;
pub(in crate::cmdb) mod store;

pub use self::store::list;
