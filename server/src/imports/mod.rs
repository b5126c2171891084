//! What other programs know: inventories of other agents and registers, as files and by their protocol.
//!
//! Does: read documents within limits, put them into the register's words, say what of them is not kept and why,
//! remember what was imported; let agents of others speak that have a token for it.
//! Does not: decide which CI a device is (`reconcile` does), or what is shown of what several say (`cmdb` does).
//!
//! Invariants: a document is read as a whole or refused with its place and limit, and then nothing of it is applied;
//! every entry is either in the register or named as not taken with a reason; the same document twice changes nothing
//! the second time; where Terrier's own agent reports a host, others add to it and take nothing away.

pub mod api;
pub mod map;
pub mod model;
pub mod service;
mod store;
