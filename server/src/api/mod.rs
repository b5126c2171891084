//! The people's listener: routes, documents and what every handler shares.
//!
//! Does: join the slices' routes and describe them.
//! Does not: hold a rule or a query.

pub mod kit;
pub mod openapi;
pub mod routes;
