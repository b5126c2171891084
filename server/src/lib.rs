//! The server: ingest → reconcile → store → graph → practices → API → UI.
//!
//! Modules stand in the order in which a report passes through them.

pub mod kernel;
pub mod store;

pub mod audit;

pub mod index;

pub mod access;
pub mod pki;

pub mod fleet;

pub mod ingest;

pub mod identification;

pub mod reconcile;

pub mod cmdb;

pub mod catalogue;

pub mod capacity;

pub mod imports;

pub mod search;

pub mod jobs;

pub mod api;
pub mod ui;

pub mod config;
pub mod observability;

pub mod app;
pub mod cli;
