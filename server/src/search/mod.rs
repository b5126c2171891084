//! One box over everything.
//!
//! Does: keep the documents of `index` up to date, ask every provider that the caller may ask, order what they find,
//! complete what is being typed.
//! Does not: fold or match text (`index` does), evaluate filters (`cmdb::list` does), own a table.
//!
//! Invariants: a provider gets the scope of its own permission, and finds, counts and offers nothing outside it; what is
//! shown was read after it was found, so an index that lags shows nothing that is not so; the number of statements
//! depends on what is asked, never on how much there is. Whoever adds a kind of thing adds a provider.

pub mod api;
mod ask;
pub mod indexer;
mod provider;
mod service;
mod suggest;
