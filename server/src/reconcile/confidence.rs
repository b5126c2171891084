//! How sure an observed relation is, and when it is over.
//!
//! `confidence = support × freshness`, each in [0, 1]:
//!
//! - *support* of one side is `n / (n + 2)` after `n` snapshots that saw the relation (1: 0.33, 4: 0.67, 18: 0.9);
//!   two sides count as independent witnesses, `1 − (1 − a)(1 − b)`.
//! - *freshness* is 1 while the silence is within the relation's patience, three times the mean distance of its
//!   sightings but a day at least; then it halves with every further patience.
//!
//! A relation without evidence (`runs_on`, `stored_on`) is read from the host's own inventory and stands as long as
//! that says so: 1. So is one that a person declared.

use jiff::{SignedDuration, Timestamp};

/// How long after it was last seen a relation is over: longer than a month, so that a month-end job is not.
pub const OVER_AFTER: SignedDuration = SignedDuration::from_hours(35 * 24);

const PATIENCE_MIN: SignedDuration = SignedDuration::from_hours(24);

/// What one side saw of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sightings {
    /// In how many snapshots; at least 1.
    pub samples: i32,
    /// First.
    pub first: Timestamp,
    /// Last.
    pub last: Timestamp,
}

/// How sure the relation is at `now`, from 0 to 1. `sides` holds what each side saw, one or two of them; none for a
/// relation that needs no evidence.
#[must_use]
pub fn confidence(sides: &[Sightings], now: Timestamp) -> f64 {
    let Some(last) = sides.iter().map(|side| side.last).max() else { return 1.0 };
    let doubt: f64 = sides.iter().map(|side| 1.0 - support(side.samples)).product();
    let patience = sides.iter().map(patience).max().unwrap_or(PATIENCE_MIN).as_secs_f64();
    let overdue = (now.duration_since(last).as_secs_f64() - patience).max(0.0);
    (1.0 - doubt) * 0.5_f64.powf(overdue / patience)
}

/// Whether a relation last seen then is over.
#[must_use]
pub fn is_over(last_seen: Timestamp, now: Timestamp) -> bool {
    now.duration_since(last_seen) > OVER_AFTER
}

fn support(samples: i32) -> f64 {
    let samples = f64::from(samples.max(0));
    samples / (samples + 2.0)
}

fn patience(side: &Sightings) -> SignedDuration {
    let gaps = side.samples.saturating_sub(1).max(1);
    let mean = side.last.duration_since(side.first).checked_div(gaps).unwrap_or(SignedDuration::ZERO);
    mean.checked_mul(3).unwrap_or(SignedDuration::MAX).max(PATIENCE_MIN)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::{Sightings, confidence, is_over};

    fn days(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    fn seen(samples: i32, first: i64, last: i64) -> Sightings {
        Sightings { samples, first: days(first), last: days(last) }
    }

    #[test]
    fn two_witnesses_are_surer_than_one_and_a_monthly_job_is_not_dead_after_a_day() {
        let one = confidence(&[seen(5, 0, 10)], days(10));
        let two = confidence(&[seen(5, 0, 10), seen(5, 0, 10)], days(10));
        assert!(two > one && two < 1.0, "{one} {two}");
        let monthly = [seen(4, 0, 90)];
        assert!((confidence(&monthly, days(91)) - confidence(&monthly, days(120))).abs() < f64::EPSILON);
        let daily = [seen(91, 0, 90)];
        assert!(confidence(&daily, days(120)) < 0.01);
    }

    #[test]
    fn what_needs_no_evidence_is_certain() {
        assert!((confidence(&[], days(0)) - 1.0).abs() < f64::EPSILON);
        assert!(is_over(days(0), days(36)) && !is_over(days(0), days(34)));
    }

    proptest! {
        #[test]
        fn confidence_is_a_share_that_falls_with_silence(
            samples in 0..i32::MAX, length in 0_i64..4000, silence in 0_i64..4000, more in 0_i64..4000,
        ) {
            let sides = [seen(samples, 0, length)];
            let (soon, late) = (confidence(&sides, days(length + silence)), confidence(&sides, days(length + silence + more)));
            prop_assert!((0.0..=1.0).contains(&soon) && late <= soon);
        }
    }
}
