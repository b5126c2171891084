//! Version 1 of the wire, in the order in which an agent meets it.
//!
//! Does: describe what is sent and check one value against its own limits.
//! Does not: know how a value is collected, transported, stored or shown.

pub mod enrolment;
pub mod fault;
pub mod hash;
mod hex64;
pub mod limits;
pub mod machine;
pub mod metrics;
pub mod paths;
pub mod problem;
pub mod report;
pub mod section;
pub mod text;
