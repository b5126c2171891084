//! What is over goes.

use jiff::Timestamp;

use crate::access::store::{link, session};
use crate::store::{Conn, StoreError};

/// How much was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Sessions that were idle for too long or too old.
    pub sessions: usize,
    /// Links that were used or too old.
    pub links: usize,
}

/// Removes sessions and links that nobody can use any more.
pub fn forget_dead(conn: &mut Conn, now: Timestamp) -> Result<Removed, StoreError> {
    Ok(Removed { sessions: session::delete_dead(conn, now)?, links: link::delete_dead(conn, now)? })
}
