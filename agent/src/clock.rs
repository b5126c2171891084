//! The time, as one value that is passed in, so that a test can choose it.

use std::time::{Duration, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// One moment by the two clocks that an agent reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock in milliseconds since 1970. It may jump, and it may be wrong.
    pub wall_ms: i64,
    /// `CLOCK_BOOTTIME` in milliseconds (`clock_gettime(2)`): never jumps, goes on during suspend, 0 at boot.
    pub mono_ms: u64,
}

impl Moment {
    /// The wall clock in whole seconds since 1970.
    #[must_use]
    pub const fn wall_s(self) -> i64 {
        self.wall_ms.div_euclid(1000)
    }
}

/// When this program was built, in seconds since 1970.
#[must_use]
pub fn built_s() -> i64 {
    env!("BUILT_S").parse().unwrap_or(0)
}

/// Until when a wall clock is believed, in seconds since 1970: 90 days after the end of the certificate that the server
/// issued, when it takes the agent back only with a person's consent. Later than that, a clock that is wrong is likelier
/// than a host that was away for so long.
#[must_use]
pub const fn believed_until_s(certificate_ends_s: i64) -> i64 {
    const AWAY_S: i64 = 90 * 24 * 60 * 60;
    certificate_ends_s.saturating_add(AWAY_S)
}

/// Where the time comes from.
pub trait Clock: std::fmt::Debug + Send + Sync {
    /// This moment.
    fn now(&self) -> Moment;
}

/// The kernel's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
    fn now(&self) -> Moment {
        let wall = std::time::SystemTime::now();
        let wall_ms = match wall.duration_since(UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        };
        let boot = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(boot.tv_sec).unwrap_or(0);
        let nanos = u64::try_from(boot.tv_nsec).unwrap_or(0);
        Moment { wall_ms, mono_ms: seconds.saturating_mul(1000) + nanos / 1_000_000 }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
