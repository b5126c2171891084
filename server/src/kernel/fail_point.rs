//! Named places on a report's way where a test has the process die, to see what is on disk then.
//!
//! Only where the feature `fail-points` is on, which no release is built with; elsewhere nothing is left of them.

/// A place where the process can be made to die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailPoint {
    /// An agent's TLS handshake is over.
    AfterTls,
    /// A body has arrived whole and is not decoded yet.
    AfterBody,
    /// A body is decoded and read into reports.
    AfterDecode,
    /// A request waits to be written.
    Queued,
    /// The transaction that writes a group of requests has begun.
    AfterBegin,
    /// It is written, but not committed, which reports of which run were decided.
    RunsSaved,
    /// A request of the inbox is applied in part.
    MidApply,
    /// An audit entry of an agent's life is written, but not committed.
    AfterAudit,
    /// A group of requests is written, but not committed.
    BeforeCommit,
    /// A group of requests is committed, and nobody has been answered.
    AfterCommit,
    /// The first half of an agent's answer has been sent.
    HalfAnswered,
    /// What is too old is deleted, but not committed.
    Housekeeping,
    /// Requests are applied and taken out of the inbox, but not committed.
    InboxTaken,
}

/// Marks a place.
#[cfg(not(feature = "fail-points"))]
#[inline]
pub const fn fail_point(_: FailPoint) {}

#[cfg(feature = "fail-points")]
pub use armed::{UnknownFailPoint, VARIABLE, arm, fail_point, is_armed};

#[cfg(feature = "fail-points")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::FailPoint;

    /// The variable of the environment that says where to die, as `name:passage`.
    pub const VARIABLE: &str = "TERRIER_FAIL_POINT";

    struct Armed {
        at: FailPoint,
        /// Passages until it dies; at the last of them.
        left: AtomicU64,
    }

    static ARMED: OnceLock<Armed> = OnceLock::new();

    /// The variable names no place.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{VARIABLE} is `name:passage`, not `{0}`")]
    pub struct UnknownFailPoint(String);

    impl FailPoint {
        /// Every place.
        pub const ALL: [Self; 13] = [
            Self::AfterTls,
            Self::AfterBody,
            Self::AfterDecode,
            Self::Queued,
            Self::AfterBegin,
            Self::RunsSaved,
            Self::MidApply,
            Self::AfterAudit,
            Self::BeforeCommit,
            Self::AfterCommit,
            Self::HalfAnswered,
            Self::Housekeeping,
            Self::InboxTaken,
        ];

        /// What it is called in the variable.
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                Self::AfterTls => "after-tls",
                Self::AfterBody => "after-body",
                Self::AfterDecode => "after-decode",
                Self::Queued => "queued",
                Self::AfterBegin => "after-begin",
                Self::RunsSaved => "runs-saved",
                Self::MidApply => "mid-apply",
                Self::AfterAudit => "after-audit",
                Self::BeforeCommit => "before-commit",
                Self::AfterCommit => "after-commit",
                Self::HalfAnswered => "half-answered",
                Self::Housekeeping => "housekeeping",
                Self::InboxTaken => "inbox-taken",
            }
        }
    }

    /// Has the process die at `wanted`, as [`VARIABLE`] says it; the first call counts.
    ///
    /// # Errors
    ///
    /// There is no such place.
    pub fn arm(wanted: &str) -> Result<(), UnknownFailPoint> {
        let armed = read(wanted).ok_or_else(|| UnknownFailPoint(wanted.to_owned()))?;
        let _armed_before = ARMED.set(armed);
        Ok(())
    }

    fn read(text: &str) -> Option<Armed> {
        let (name, passage) = text.split_once(':')?;
        let at = FailPoint::ALL.into_iter().find(|point| point.name() == name)?;
        Some(Armed { at, left: AtomicU64::new(passage.parse().ok()?) })
    }

    /// Whether the process is to die here at some passage.
    #[must_use]
    pub fn is_armed(here: FailPoint) -> bool {
        ARMED.get().is_some_and(|armed| armed.at == here)
    }

    /// Dies here if that was wanted: at once, with nothing flushed, dropped or told to anybody.
    pub fn fail_point(here: FailPoint) {
        if let Some(armed) = ARMED.get()
            && armed.at == here
            && armed.left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            std::process::abort();
        }
    }
}
