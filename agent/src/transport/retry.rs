//! How long to wait after a failure. Pure: randomness comes in as 64 bits, time as milliseconds.
//!
//! Full jitter, with the random draw last and nothing clamped after it: a fleet that lost its server in one second
//! comes back spread over the whole of the ceiling, not in step with it.

use terrier_shared::latest::limits::{RETRY_AFTER_MAX_S, RETRY_AFTER_MIN_S};

/// Shortest wait after a failure, in milliseconds.
pub const FLOOR_MS: u64 = 7_500;
/// Longest ceiling of the wait, in milliseconds.
pub const CEILING_MS: u64 = 900_000;
/// What is doubled by every failure to get the ceiling, in milliseconds.
pub const STEP_MS: u64 = 15_000;
/// Most that is added at the first failure of a session that had worked, in milliseconds.
pub const RECONNECT_MS: u64 = 120_000;
/// Good exchanges in a row after which failures are forgotten.
pub const GOOD_ENOUGH: u32 = 3;

/// What happened lately, as far as the next wait depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
    good: u32,
    established: bool,
}

impl Backoff {
    /// An exchange went well. Three of them in a row make the next failure the first again; one does not, because
    /// a server that is coming back answers one request and fails the next.
    pub fn succeeded(&mut self) {
        self.established = true;
        self.good = self.good.saturating_add(1);
        if self.good >= GOOD_ENOUGH {
            self.failures = 0;
        }
    }

    /// An exchange failed: the milliseconds to wait before the next.
    ///
    /// `retry_after_s` is what the server asked for; it is a floor, spread by up to a fifth, and it is believed only
    /// from one second to one hour. `random` are two independent draws.
    pub fn failed(&mut self, retry_after_s: Option<u64>, random: [u64; 2]) -> u64 {
        let [first, second] = random;
        let ceiling = STEP_MS.checked_shl(self.failures).unwrap_or(CEILING_MS).min(CEILING_MS);
        let mut delay = uniform(FLOOR_MS, ceiling, first);
        if std::mem::take(&mut self.established) {
            delay += uniform(0, RECONNECT_MS, second);
        }
        self.failures = self.failures.saturating_add(1).min(32);
        self.good = 0;
        match retry_after_s.filter(|&seconds| is_believable(seconds)) {
            Some(seconds) => delay.max(seconds * 1000 + uniform(0, seconds * 200, second)),
            None => delay,
        }
    }
}

fn is_believable(retry_after_s: u64) -> bool {
    (u64::from(RETRY_AFTER_MIN_S)..=u64::from(RETRY_AFTER_MAX_S)).contains(&retry_after_s)
}

/// A number from `low` to `high`, both included.
fn uniform(low: u64, high: u64, random: u64) -> u64 {
    low + random % (high.saturating_sub(low) + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Backoff, CEILING_MS, FLOOR_MS, RECONNECT_MS, STEP_MS};

    proptest! {
        #[test]
        fn every_wait_lies_between_the_floor_and_the_ceiling_of_its_turn(turns in prop::collection::vec(any::<[u64; 2]>(), 1..40)) {
            let mut backoff = Backoff::default();
            for (turn, random) in turns.into_iter().enumerate() {
                let ceiling = CEILING_MS.min(STEP_MS << turn.min(16));
                let delay = backoff.failed(None, random);
                prop_assert!((FLOOR_MS..=ceiling).contains(&delay), "{} in turn {}", delay, turn);
            }
        }

        #[test]
        fn no_retry_after_makes_an_agent_wait_much_more_than_an_hour_or_less_than_the_floor(asked: u64, random: [u64; 2], good: bool) {
            let mut backoff = Backoff::default();
            if good {
                backoff.succeeded();
            }
            let delay = backoff.failed(Some(asked), random);
            prop_assert!((FLOOR_MS..=3_600_000 * 6 / 5).contains(&delay), "{}", delay);
        }

        #[test]
        fn a_believable_retry_after_is_a_floor_spread_by_a_fifth(asked in 1_u64..=3600, random: [u64; 2]) {
            let delay = Backoff::default().failed(Some(asked), random);
            prop_assert!(delay >= asked * 1000);
            prop_assert!(delay <= (asked * 1200).max(STEP_MS));
        }
    }

    #[test]
    fn the_first_failure_of_a_session_that_worked_is_spread_over_two_minutes_more() {
        let mut backoff = Backoff::default();
        backoff.succeeded();
        assert_eq!(backoff.failed(None, [0, RECONNECT_MS]), FLOOR_MS + RECONNECT_MS);
        assert_eq!(backoff.failed(None, [0, RECONNECT_MS]), FLOOR_MS);
    }

    #[test]
    fn only_three_good_exchanges_in_a_row_make_failures_forgotten() {
        let mut backoff = Backoff::default();
        for _ in 0..5 {
            backoff.failed(None, [0, 0]);
        }
        for _ in 0..2 {
            backoff.succeeded();
        }
        let widest = STEP_MS * 32 - FLOOR_MS;
        assert_eq!(backoff.failed(None, [widest, 0]), STEP_MS * 32);
        for _ in 0..3 {
            backoff.succeeded();
        }
        assert_eq!(backoff.failed(None, [STEP_MS - FLOOR_MS, 0]), STEP_MS);
    }

    #[test]
    fn what_is_not_believable_is_ignored() {
        for asked in [0, 3601, 1_000_000_000, u64::MAX] {
            assert_eq!(Backoff::default().failed(Some(asked), [0, 0]), FLOOR_MS, "{asked}");
        }
    }
}
