//! Edits: the same said of many items at once, by a person.
//!
//! Does: say what would become of each item before anything is written; carry that out batch by batch, and nothing else;
//! put back what it changed where that still is as the edit left it.
//! Does not: find out what a change means or write it in another way than a call in bulk does; know what HTTP is but in
//! `api`.
//!
//! Invariants: what is done to an item is what its preview said, or it is refused; a batch with its results, its count
//! and its audit entry is one transaction, so that an edit goes on where it was, wherever the server dies and whichever
//! server takes it up; an item that somebody changed since is not put back; who does not reach every item of an edit
//! does not see it.

pub mod api;
mod asked;
mod judge;
pub mod model;
mod prepare;
mod service;
mod store;
pub mod turn;
