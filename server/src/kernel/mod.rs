//! Types that every slice shares and that know nothing of databases, HTTP or the time of day.
//!
//! Does: name things (ids, actors, permissions, organisations in scope), carry time and randomness as values.
//! Does not: read or write anything; no diesel, no actix, no tokio.
//!
//! Invariants: a [`scope::Scope`] is made by authentication or by the server itself, never from input;
//! the clock is asked once per use case, in [`ctx::Ctx`].

pub mod actor;
pub mod cell;
pub mod chain;
pub mod clock;
pub mod ctx;
pub mod excerpt;
pub mod fail_point;
pub mod id;
pub mod invalid;
pub mod page;
pub mod permission;
pub mod scope;
