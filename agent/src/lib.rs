//! The agent: collect → report → transport.
//!
//! Does: find out what is on this host and deliver it to the server, without loss and without being noticed.
//! Does not: decide anything about what it found, open a port, or run what a server sends.
//!
//! Invariants: a collector that fails yields a fault, never an empty section; a report that was acknowledged is
//! never sent as new, and one that was not is sent again.

pub mod cli;
pub mod command;
pub mod config;
pub mod run;

pub mod collect;
pub mod report;
pub mod transport;

pub mod chain;
pub mod clock;
pub mod entropy;
