//! When something was observed, by the server's clock. Pure.
//!
//! Clocks of hosts are wrong; differences within one boot are not. What was observed in the boot that sends it is
//! dated by the monotonic clock, exactly. What was observed before that is dated by the host's wall clock, corrected
//! by what that is wrong by now, and cannot have been after the boot that sends it began.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// When and by which clocks a batch was sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) received_at: Timestamp,
    pub(super) wall_ms: i64,
    pub(super) mono_ms: u64,
}

/// When a report was observed, as it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) wall_ms: i64,
    pub(super) mono_ms: u64,
    /// Whether it was observed in another boot than the one that sends it.
    pub(super) before_this_boot: bool,
}

impl Sent {
    /// By how much the server's clock is ahead of the agent's, in milliseconds.
    pub(super) fn offset_ms(self) -> i64 {
        self.received_at.as_millisecond().saturating_sub(self.wall_ms)
    }

    /// When a report was observed: not before 1970, not after it arrived.
    pub(super) fn observed(self, said: Said) -> Timestamp {
        let at = if said.before_this_boot {
            let corrected = said.wall_ms.saturating_add(self.offset_ms());
            let corrected = Timestamp::from_millisecond(corrected).unwrap_or(Timestamp::UNIX_EPOCH);
            corrected.min(self.before(self.mono_ms))
        } else {
            self.before(self.mono_ms.saturating_sub(said.mono_ms))
        };
        at.clamp(Timestamp::UNIX_EPOCH, self.received_at)
    }

    /// When a window of samples began: the agent's own beginning moved as the report's time is, and then to the
    /// nearest multiple of its length.
    pub(super) fn window_start(self, said: Said, start_ms: i64, length_s: u32) -> Timestamp {
        let window = i64::from(length_s.max(1)).saturating_mul(1_000);
        let moved = self.observed(said).as_millisecond().saturating_sub(said.wall_ms);
        let start_ms = start_ms.saturating_add(moved).clamp(0, self.received_at.as_millisecond());
        let nearest = start_ms.saturating_add(window / 2).div_euclid(window).saturating_mul(window);
        Timestamp::from_millisecond(nearest).unwrap_or(Timestamp::UNIX_EPOCH).min(self.received_at)
    }

    fn before(self, ms: u64) -> Timestamp {
        let ago = SignedDuration::try_from(Duration::from_millis(ms)).unwrap_or(SignedDuration::MAX);
        self.received_at.saturating_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Said, Sent};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn sent(wall: &str) -> Sent {
        Sent { received_at: at("2026-11-21T12:00:00Z"), wall_ms: at(wall).as_millisecond(), mono_ms: 7_200_000 }
    }

    fn said(wall: &str, mono_ms: u64, before_this_boot: bool) -> Said {
        Said { wall_ms: at(wall).as_millisecond(), mono_ms, before_this_boot }
    }

    #[test]
    fn within_a_boot_the_hosts_wall_clock_does_not_matter() {
        for wall in ["1970-01-01T00:00:00Z", "2026-11-21T22:00:00Z", "2038-01-20T00:00:00Z", "9999-01-01T00:00:00Z"] {
            let observed = sent(wall).observed(said(wall, 7_140_000, false));
            assert_eq!(observed, at("2026-11-21T11:59:00Z"), "{wall}");
        }
    }

    #[test]
    fn what_was_observed_before_this_boot_is_corrected_and_never_after_its_beginning() {
        let ten_hours_ahead = sent("2026-11-21T22:00:00Z");
        let observed = ten_hours_ahead.observed(said("2026-11-20T22:00:00Z", 0, true));
        assert_eq!(observed, at("2026-11-20T12:00:00Z"));
        let observed = sent("2026-11-21T12:00:00Z").observed(said("2026-11-21T22:00:00Z", 0, true));
        assert_eq!(observed, at("2026-11-21T10:00:00Z"));
    }

    #[test]
    fn a_window_begins_at_a_multiple_of_its_length_by_our_clock() {
        let start = at("2026-11-21T11:50:00Z");
        let exact = sent("2026-11-21T12:00:00Z");
        let report = said("2026-11-21T11:55:01Z", 6_901_000, false);
        assert_eq!(exact.window_start(report, start.as_millisecond(), 300), start);
        let ahead = sent("2026-11-21T22:00:20Z");
        let report = said("2026-11-21T21:55:21Z", 6_901_000, false);
        assert_eq!(ahead.window_start(report, at("2026-11-21T21:50:00Z").as_millisecond(), 300), start);
    }

    proptest! {
        #[test]
        fn any_numbers_give_a_time_between_1970_and_now(wall: i64, mono: u64, said_wall: i64, said_mono: u64, old: bool, start: i64, length: u32) {
            let sent = Sent { received_at: at("2026-11-21T12:00:00Z"), wall_ms: wall, mono_ms: mono };
            let said = Said { wall_ms: said_wall, mono_ms: said_mono, before_this_boot: old };
            for time in [sent.observed(said), sent.window_start(said, start, length)] {
                prop_assert!(time >= Timestamp::UNIX_EPOCH && time <= sent.received_at);
            }
        }
    }
}
