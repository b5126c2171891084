//! Delivers what is given to it, without loss and to the right server only.
//!
//! Does: keep reports until the server has them, prove who this agent is, check who the server is, and wait
//! between attempts.
//! Does not: know what a report says, how it was collected, or when to collect again.
//!
//! Invariants: a report has its name on disk before its first byte leaves; a name never comes with two bodies;
//! nothing but a server's answer or a counted drop removes a report; no refusal makes the agent give up its key.

pub mod answer;
pub mod client;
pub mod credentials;
pub mod enrol;
pub mod lock;
pub mod retry;
pub mod server_url;
pub mod spool;
pub mod state_dir;
mod stream;
pub mod tls;
pub mod token;
