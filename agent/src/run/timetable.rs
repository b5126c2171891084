//! When what is due. Pure: moments are milliseconds of a clock that never jumps.

use super::delivery::Delivery;

/// Milliseconds between two samples of utilisation.
const SAMPLE_MS: u64 = 60_000;
/// Longest sleep: after a suspend, what is due is found out within this time.
const LONGEST_SLEEP_MS: u64 = 60_000;

/// What is due when, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timetable {
    sample: u64,
    observation: u64,
    /// `None`: nothing to deliver before the next observation.
    delivery: Option<u64>,
}

impl Timetable {
    /// Everything is due at once, so that a new host shows up within seconds.
    pub(super) const fn begin(now_ms: u64) -> Self {
        Self { sample: now_ms, observation: now_ms, delivery: None }
    }

    pub(super) const fn sample_is_due(&self, now_ms: u64) -> bool {
        now_ms >= self.sample
    }

    pub(super) const fn observation_is_due(&self, now_ms: u64) -> bool {
        now_ms >= self.observation
    }

    pub(super) fn delivery_is_due(&self, now_ms: u64) -> bool {
        self.delivery.is_some_and(|at_ms| now_ms >= at_ms)
    }

    pub(super) const fn sampled(&mut self, now_ms: u64) {
        self.sample = now_ms + SAMPLE_MS;
    }

    /// What was observed is delivered at once, unless the server is being spared.
    pub(super) fn observed(&mut self, now_ms: u64, until_next_turn_s: u32) {
        self.observation = now_ms + u64::from(until_next_turn_s) * 1000;
        self.delivery = self.delivery.or(Some(now_ms));
    }

    pub(super) const fn delivered(&mut self, now_ms: u64, delivery: Delivery) {
        self.delivery = match delivery {
            Delivery::Done => None,
            Delivery::Failed { wait_ms } => Some(now_ms + wait_ms),
        };
    }

    pub(super) fn idle_ms(&self, now_ms: u64) -> u64 {
        let next = self.sample.min(self.observation).min(self.delivery.unwrap_or(u64::MAX));
        next.saturating_sub(now_ms).min(LONGEST_SLEEP_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::{Delivery, Timetable};

    #[test]
    fn a_new_agent_observes_and_delivers_at_once() {
        let mut timetable = Timetable::begin(5);
        assert!(timetable.observation_is_due(5) && timetable.sample_is_due(5));
        timetable.observed(7, 300);
        assert!(timetable.delivery_is_due(7) && !timetable.observation_is_due(300_006));
        assert!(timetable.observation_is_due(300_007));
    }

    #[test]
    fn an_observation_does_not_cut_short_the_wait_after_a_failure() {
        let mut timetable = Timetable::begin(0);
        timetable.observed(0, 60);
        timetable.delivered(0, Delivery::Failed { wait_ms: 500_000 });
        timetable.observed(60_000, 60);
        assert!(!timetable.delivery_is_due(499_999));
        assert!(timetable.delivery_is_due(500_000));
    }

    #[test]
    fn an_agent_sleeps_until_the_next_thing_and_never_longer_than_a_minute() {
        let mut timetable = Timetable::begin(0);
        timetable.sampled(0);
        timetable.observed(0, 86_400);
        timetable.delivered(0, Delivery::Done);
        assert_eq!(timetable.idle_ms(1_000), 59_000);
        timetable.delivered(0, Delivery::Failed { wait_ms: 7_500 });
        assert_eq!(timetable.idle_ms(1_000), 6_500);
        assert_eq!(timetable.idle_ms(100_000), 0);
    }
}
