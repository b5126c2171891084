//! What ARCHITECTURE.md says about the code, held.
//!
//! Does: read every Rust file of `agent`, `server` and `shared` as tokens and judge what it imports, which tables it
//! writes, what it is called and how long it is. Tests inside the crates are not judged.
//! Does not: compile anything; a rule that the compiler or a lint can hold belongs there.

mod imports;
mod manifests;
mod names;
mod panics;
mod sizes;
pub(crate) mod source;
mod tables;
pub(crate) mod token;
mod ui;
