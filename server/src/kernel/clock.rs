//! Where time and ids come from.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::id::Id;

/// From when on the system's steady time counts.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The time of day and fresh ids, as a value that is passed in.
///
/// Times are whole microseconds, because that is what both databases keep.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual { micros: Arc<AtomicI64>, issued: Arc<AtomicU64> },
}

impl Clock {
    /// The machine's clock and random ids.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`], with ids that count up.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        let micros = Arc::new(AtomicI64::new(start.as_microsecond()));
        Self(Source::Manual { micros, issued: Arc::default() })
    }

    /// Moves a manual clock forward; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual { micros, .. } = &self.0 {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// The time now, in whole microseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in everywhere else")]
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            Source::System => Timestamp::now().as_microsecond(),
            Source::Manual { micros, .. } => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Time since some moment. It never goes back, also when the machine's clock is set; for what has to be waited for.
    #[must_use]
    pub fn steady(&self) -> Duration {
        match &self.0 {
            Source::System => START.elapsed(),
            Source::Manual { micros, .. } => {
                Duration::from_micros(u64::try_from(micros.load(Ordering::SeqCst)).unwrap_or_default())
            }
        }
    }

    /// A new id: UUID version 7 (RFC 9562), so that ids made later sort later.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is where ids come from everywhere else")]
    pub fn new_id<K>(&self) -> Id<K> {
        Id::from_uuid(match &self.0 {
            Source::System => Uuid::now_v7(),
            Source::Manual { issued, .. } => {
                let millis = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
                let mut counter = [0; 10];
                let number = issued.fetch_add(1, Ordering::SeqCst).to_be_bytes();
                counter.iter_mut().skip(2).zip(number).for_each(|(to, from)| *to = from);
                uuid::Builder::from_unix_timestamp_millis(millis, &counter).into_uuid()
            }
        })
    }
}
