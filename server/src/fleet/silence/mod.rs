//! Silences that are not the hosts' own: the server was away or overloaded, or many agents went silent at once.
//!
//! Does: keep the server's own history; find out, organisation by organisation, whether a silence says something of the
//! hosts or of what lies between; record one event of it and end it; say as of when presence is to be judged.
//! Does not: judge a single agent; that is presence, which asks here first, as everything must that would act on a
//! silence.
//!
//! ```text
//!   own history ─┐
//!   last seen  ──┼─► judge ─► finding ─► open event ─► Holds ─► presence, observation
//!   intervals  ──┘              │ none, and nothing holds it any longer, or nobody is missing
//!                               └──────► event ended: presence is judged as of now again
//! ```
//!
//! Invariants: an agent is missing before it would be late, so that the event is there before the first mark; an
//! organisation has one open event at most; what is decided stands in the database, so that every server process says
//! the same; every event ends.

mod load;
pub mod model;
mod service;
mod store;

pub use self::load::Load;
pub use self::model::Holds;
pub use self::service::{holds, holds_and_open, watch, watch_blocking};
