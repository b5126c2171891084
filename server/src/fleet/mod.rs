//! Agents: how they get in, whether they may speak, when they last did.
//!
//! Does: make enrolment tokens, turn a token and a key into an agent with a certificate, renew it, approve and revoke;
//! know at any moment, without asking the database, what an agent may do and how often it reports; remember when each
//! was last seen; tell a silence of the hosts from one of the server or of what lies between.
//! Does not: read what agents report, or decide which CI an agent's host is.
//!
//! ```text
//!            token of mode `approve`            approve
//!   enrol ──────────────────────────► pending ─────────► active
//!     │                                  │                 │
//!     └── token of mode `auto` ──────────┼────► active ────┤ revoke
//!                                        └────────────────►├──────► revoked (for good)
//! ```
//!
//! Invariants: a use of a token and the agent it makes are one transaction; the same key with the same token is the
//! same agent, however often it asks; every renewal raises the generation, and a key that is not of the latest one gets
//! no certificate; of what a machine says of itself nothing decides anything; a refused agent costs no SQL.

pub mod api;
pub mod census;
pub mod claims;
pub mod cli;
pub mod copy;
pub mod ended;
pub mod enrolment;
pub mod identity;
pub mod intervals;
pub mod limiter;
pub mod model;
pub mod names;
pub mod presence;
pub mod roster;
pub mod secret;
pub mod service;
pub mod silence;
mod store;
pub mod token;

pub use self::intervals::Intervals;
pub use self::limiter::EnrolmentLimiter;
pub use self::model::AgentState;
pub use self::presence::{Presences, Sighting};
pub use self::roster::{KnownAgent, Roster};
pub use self::silence::Load;
