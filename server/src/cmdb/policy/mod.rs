//! Policies: what is to become of items that are so for long enough.
//!
//! Does: keep them; say what they would do; note which items match and since when; apply what is due, item by item, as a
//! person would; take a run back.
//! Does not: evaluate a query (`list` does), move an item along its life (`item` does), delete anything.
//!
//! Invariants: nothing happens before an item has matched for the whole grace; what is due is looked at again in the
//! transaction in which it is done; what a policy did to an item it does not do again until that item was seen anew, so
//! what people bring back stays; any number of server processes may take turns.

pub mod api;
mod matches;
pub mod model;
mod run;
mod service;
pub mod shipped;
pub(in crate::cmdb) mod store;
pub mod turn;
