//! What can be searched for: documents of folded text, and the n-grams that find them.
//!
//! Does: fold text, cut it into n-grams, keep documents and addresses, find candidates, judge how one matches.
//! Does not: know what a document is about; whoever owns the thing says its texts.
//!
//! Invariants: what changes stands in `index_change` in the transaction of the change, put there by triggers, and
//! leaves it in the transaction that writes the document, so that nothing is lost wherever the server dies; a document
//! that an n-gram leads to is looked at before it counts as found; folding is done here alone.

pub mod address;
pub mod change;
pub mod condition;
pub mod document;
pub mod find;
pub mod model;
