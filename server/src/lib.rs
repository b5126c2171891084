//! The server: ingest → reconcile → store → graph → practices → API → UI.
//!
//! Modules stand in the order in which a report passes through them.

pub mod kernel;
pub mod store;

pub mod access;
pub mod audit;

pub mod api;
