//! How long a session lives.

use jiff::{SignedDuration, Timestamp};

use crate::kernel::id::{SessionId, UserId};

/// A session that nobody used for this long is over. Use is written down at most once a minute, so that it may be over
/// up to a minute earlier.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A session is over this long after it began.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// How many sessions of a user there are at most; the oldest goes when another begins.
pub const PER_USER: usize = 5;
/// How often a session's or a token's use is written down at most.
pub const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie.
    pub id_hash: [u8; 32],
    /// By what its owner tells it from his others.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// What the browser repeats on everything that changes something.
    pub csrf_token: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used, to the minute.
    pub last_used_at: Timestamp,
    /// When it is over however much it is used.
    pub expires_at: Timestamp,
    /// When the password was last shown to be known.
    pub confirmed_at: Timestamp,
}

/// A session as its owner sees it in the list of his own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// The session.
    pub session: Session,
    /// From where it was begun.
    pub address: Option<String>,
    /// What the browser said it was.
    pub user_agent: Option<String>,
}

impl Session {
    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && now.duration_since(self.last_used_at) < IDLE
    }

    /// Whether it is time to write down that it was used.
    #[must_use]
    pub fn is_use_due(&self, now: Timestamp) -> bool {
        is_use_due(Some(self.last_used_at), now)
    }
}

/// Whether it is time to write down a use.
#[must_use]
pub fn is_use_due(last_used_at: Option<Timestamp>, now: Timestamp) -> bool {
    last_used_at.is_none_or(|last| now.duration_since(last) >= USE_NOTED_EVERY)
}
