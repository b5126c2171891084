//! The estate simulator: a made-up estate, from a seed, whose agents speak the real protocol with real certificates.
//!
//! Does: make hosts of several kinds that change over time, and be the agents of thousands of them in one process, with
//! the agent's own transport, retry policy and timetable.
//! Does not: start, watch or judge a server.
//!
//! ```text
//! draw ──► host (what it has and does) ──► agent (what is said of it) ──► fleet ──► server
//!                                                          load, herd: when, and what came of it
//! outage: the same policies in virtual time
//! ```

pub mod agent;
pub mod draw;
pub mod fleet;
pub mod herd;
pub mod host;
pub mod latency;
pub mod life;
pub mod load;
pub mod outage;
pub mod probe;
pub mod shell;

/// Anything that ends a run: it is printed and nobody acts on it.
pub type Failure = Box<dyn std::error::Error>;
