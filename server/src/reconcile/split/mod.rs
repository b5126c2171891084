//! A reporter that was taken for another machine than it is: it is given a CI of its own.
//!
//! Does: say who reports of a CI, part what one of them says from what all others say, take that back.
//! Does not: rewrite what was: what was known until then stays where it was known.
//!
//! ```text
//! original ─ agent, GLPI, people          original ─ agent, people
//!                                split ►
//!                                         separate ─ GLPI
//! ```
//!
//! Invariants: of what is said now nothing is lost and nothing is said twice; whoever was parted goes on reporting of
//! the new CI; that the two are one is not asked again; taking a split back is a merge of the two, so that it can be
//! taken back in turn.

pub mod api;
mod parting;
mod reporters;
mod service;
mod share;
