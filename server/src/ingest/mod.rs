//! Taking reports from agents: from bytes on a connection to rows that wait to be reconciled.
//!
//! Does: read bodies within limits of time and size, check every report by itself, decide what is new, store what is
//! in one transaction with the memory of having seen it, answer after the commit; speak with agents that enrol or
//! renew, over the same port.
//! Does not: know what a section means for the register, or who may enrol.
//!
//! ```text
//! head ──peer──► who speaks ──body──► bytes ──decompress──► JSON ──batch──► checked reports
//!      ──writer (queue, groups)──► decide ──store──► seen, inbox, dead letters, held ──commit──► answer
//! ```
//!
//! Invariants: nothing is acknowledged before it is on disk; a report is stored once however often it comes; a bad
//! report never costs a good one; an older state of a section never follows a newer one into the inbox; who speaks is
//! what his certificate says and nothing else; whoever may not speak is refused before his body is read.

pub mod api;
mod batch;
mod body;
mod check;
pub mod dead_letter;
mod decide;
mod decompress;
mod digest;
#[doc(hidden)]
pub mod fuzzing;
pub mod inbox;
pub mod limits;
mod memory;
mod moment;
mod nul;
pub mod pacing;
mod packed;
pub mod peer;
pub mod rate;
pub mod received;
mod seen;
mod state;
mod store;
mod walk;
pub mod writer;

pub use self::inbox::Arrivals;
pub use self::limits::Limits;
pub use self::rate::AgentRate;
pub use self::received::{Content, Received, ReceivedReport};
pub use self::store::forget_old;
use self::store::forget_section;
pub use self::writer::Writer;
