//! Making one coarse window of several fine ones, for a spool that has to keep much in little room.

use std::collections::BTreeMap;

use terrier_shared::latest::metrics::{Metrics, Sample};

/// Length of a coarse window, in seconds.
pub const COARSE_S: u32 = 3_600;

/// The hour in which a window begins, in milliseconds since 1970.
#[must_use]
pub const fn hour_of(window_start_ms: i64) -> i64 {
    let length_ms = 1000 * 3_600;
    window_start_ms.div_euclid(length_ms) * length_ms
}

/// The hour that begins at `start_ms`, of the windows in it. Least, mean and greatest are those of all readings; the
/// 95th percentile is the highest of the windows', because theirs cannot be put together and load is not to be
/// understated.
#[must_use]
pub fn hour(start_ms: i64, windows: &[Metrics]) -> Metrics {
    let mut series: BTreeMap<(&str, Option<&str>), Sample> = BTreeMap::new();
    for sample in windows.iter().flat_map(|window| &window.samples) {
        series
            .entry((&sample.metric, sample.dimension.as_deref()))
            .and_modify(|known| add(known, sample))
            .or_insert_with(|| sample.clone());
    }
    Metrics { window_start_ms: start_ms, window_s: COARSE_S, samples: series.into_values().collect() }
}

fn add(known: &mut Sample, more: &Sample) {
    let count = known.count.saturating_add(more.count).max(1);
    let weight = f64::from(more.count) / f64::from(count);
    known.min = known.min.min(more.min);
    known.max = known.max.max(more.max);
    // Rounding must not put it outside of what was measured.
    known.mean = (known.mean + (more.mean - known.mean) * weight).clamp(known.min, known.max);
    known.p95 = known.p95.max(more.p95);
    known.count = count;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use terrier_shared::latest::metrics::{Metrics, Sample};

    use super::{hour, hour_of};

    fn window(samples: Vec<Sample>) -> Metrics {
        Metrics { window_start_ms: 0, window_s: 300, samples }
    }

    fn sample(metric: &str, count: u32, (min, mean, max): (f64, f64, f64)) -> Sample {
        Sample { metric: metric.to_owned(), dimension: None, count, min, mean, max, p95: max }
    }

    #[test]
    fn an_hour_weighs_every_reading_the_same_and_keeps_each_series() {
        let first = window(vec![sample("a", 5, (1.0, 2.0, 3.0)), sample("b", 1, (9.0, 9.0, 9.0))]);
        let second = window(vec![sample("a", 15, (0.0, 4.0, 8.0))]);
        let hour = hour(3_600_000, &[first, second]);
        assert_eq!((hour.window_start_ms, hour.window_s), (3_600_000, 3_600));
        let [a, b] = hour.samples.as_slice() else { panic!("{hour:?}") };
        assert_eq!((a.count, a.min.to_string(), a.max.to_string()), (20, "0".to_owned(), "8".to_owned()));
        assert_eq!((a.mean.to_string(), a.p95.to_string()), ("3.5".to_owned(), "8".to_owned()));
        assert_eq!((b.metric.as_str(), b.count), ("b", 1));
    }

    #[test]
    fn a_window_belongs_to_the_hour_it_begins_in() {
        assert_eq!([0, 3_599_999, 3_600_000, -1].map(hour_of), [0, 0, 3_600_000, -3_600_000]);
    }

    proptest! {
        #[test]
        fn whatever_is_put_together_mean_and_percentile_stay_within_the_extremes(
            all in prop::collection::vec((1_u32..4_000, 0.0..1e300_f64, 0.0..1e300_f64), 1..13)
        ) {
            let windows: Vec<Metrics> = all
                .iter()
                .map(|(count, a, b)| window(vec![sample("a", *count, (a.min(*b), a.min(*b), a.max(*b)))]))
                .collect();
            let one = hour(0, &windows).samples.remove(0);
            prop_assert!(one.min <= one.mean && one.mean <= one.max && one.p95 <= one.max);
            prop_assert_eq!(one.count, all.iter().map(|(count, ..)| count).sum::<u32>());
        }
    }
}
