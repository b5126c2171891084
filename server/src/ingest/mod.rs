//! Taking reports from agents: from bytes on a connection to rows that wait to be reconciled.
//!
//! Does: read bodies within limits of time and size, check every report by itself, decide what is new, store what is
//! in one transaction with the memory of having seen it, answer after the commit.
//! Does not: know what a section means for the register, or who may enrol.
//!
//! Invariants: nothing is acknowledged before it is on disk; a report is stored once however often it comes; a bad
//! report never costs a good one; an older state of a section never follows a newer one into the inbox; who speaks is
//! what his certificate says and nothing else.

pub mod inbox;
pub mod received;

pub use self::received::{Content, Received, ReceivedReport};
