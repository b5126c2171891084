//! Folds readings into windows of the wall clock. Pure: it reads no clock and no file.

use std::collections::BTreeMap;

use terrier_shared::latest::limits;
use terrier_shared::latest::metrics::{Metrics, Sample};

use super::{Reading, Value};

/// Most readings of a series that a window keeps: one a second in the longest sensible window.
const READINGS_PER_WINDOW: usize = 3_600;

type Series = (&'static str, Option<String>);

/// Collects readings until their window is over.
#[derive(Debug)]
pub struct Aggregator {
    window_s: u32,
    /// How long the window of the very first reading is, until that has come.
    first_s: Option<u32>,
    open: Option<Window>,
}

#[derive(Debug, Default)]
struct Window {
    start_ms: i64,
    series: BTreeMap<Series, Vec<f64>>,
}

impl Aggregator {
    /// Windows of `window_s` seconds (at least 1) that begin at multiples of it since 1970.
    #[must_use]
    pub fn new(window_s: u32) -> Self {
        Self { window_s: window_s.max(1), first_s: None, open: None }
    }

    /// Gives the first reading at once, as a window of its own of `first_s` seconds (at least 1): whoever has just begun
    /// to measure knows how full a disk is, and nobody has to wait for it.
    #[must_use]
    pub fn first_within(self, first_s: u32) -> Self {
        Self { first_s: Some(first_s.max(1)), ..self }
    }

    /// Takes a reading; gives the window before it when the reading belongs to another one, be it a later one or,
    /// after the wall clock was set back, an earlier one.
    pub fn add(&mut self, reading: Reading) -> Option<Metrics> {
        if let Some(first_s) = self.first_s.take() {
            let mut alone = Self::new(first_s);
            return alone.add(reading).or_else(|| alone.flush());
        }
        let start_ms = self.start_of(reading.at_wall_ms);
        let is_other = self.open.as_ref().is_some_and(|window| window.start_ms != start_ms);
        let closed = if is_other { self.flush() } else { None };
        self.open.get_or_insert_with(|| Window { start_ms, ..Window::default() }).take(reading.values);
        closed
    }

    /// Gives the open window if it is over at `now_wall_ms`: what a timer asks when no reading comes any more.
    pub fn close(&mut self, now_wall_ms: i64) -> Option<Metrics> {
        let start_ms = self.start_of(now_wall_ms);
        if self.open.as_ref().is_some_and(|window| window.start_ms != start_ms) { self.flush() } else { None }
    }

    /// Gives the open window as it is: what is asked for at the end.
    pub fn flush(&mut self) -> Option<Metrics> {
        let window = self.open.take()?;
        let mut samples: Vec<Sample> = window.series.into_iter().filter_map(fold).collect();
        samples.truncate(limits::ITEMS_PER_LIST);
        (!samples.is_empty()).then_some(Metrics { window_start_ms: window.start_ms, window_s: self.window_s, samples })
    }

    fn start_of(&self, wall_ms: i64) -> i64 {
        let length_ms = i64::from(self.window_s) * 1000;
        wall_ms.div_euclid(length_ms).saturating_mul(length_ms)
    }
}

impl Window {
    fn take(&mut self, values: Vec<Value>) {
        for value in values.into_iter().filter(|value| value.value.is_finite()) {
            let series = self.series.entry((value.metric, value.dimension)).or_default();
            if series.len() < READINGS_PER_WINDOW {
                series.push(value.value);
            }
        }
    }
}

fn fold(((metric, dimension), mut values): (Series, Vec<f64>)) -> Option<Sample> {
    values.sort_by(f64::total_cmp);
    let (min, max) = (*values.first()?, *values.last()?);
    let count = u32::try_from(values.len()).ok()?;
    let mean = values.iter().map(|value| value / f64::from(count)).sum::<f64>();
    Some(Sample {
        metric: metric.to_owned(),
        dimension,
        count,
        min,
        // Rounding must not put it outside of what was measured.
        mean: mean.clamp(min, max),
        max,
        p95: nearest_rank(&values, 95)?,
    })
}

/// The smallest value that at least `percent` of the sorted `values` do not exceed.
fn nearest_rank(values: &[f64], percent: usize) -> Option<f64> {
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Aggregator, Reading, Value, nearest_rank};

    fn reading(at_wall_ms: i64, value: f64) -> Reading {
        Reading { at_wall_ms, values: vec![Value { metric: "load_1m", dimension: None, value }] }
    }

    #[test]
    fn a_window_is_aligned_to_the_wall_clock_and_given_when_the_next_begins() {
        let mut aggregator = Aggregator::new(300);
        for minute in 2..5 {
            assert_eq!(aggregator.add(reading(1_200_000 + minute * 60_000, 2.0)), None);
        }
        let window = aggregator.add(reading(1_500_000, 9.0)).unwrap();
        assert_eq!((window.window_start_ms, window.window_s), (1_200_000, 300));
        assert_eq!((window.samples[0].count, window.samples[0].max.to_string()), (3, "2".to_owned()));
        assert_eq!(aggregator.flush().unwrap().window_start_ms, 1_500_000);
        assert_eq!(aggregator.flush(), None);
    }

    #[test]
    fn the_first_reading_may_be_a_window_of_its_own_and_counts_in_no_other() {
        let mut aggregator = Aggregator::new(300).first_within(60);
        let first = aggregator.add(reading(1_290_000, 2.0)).unwrap();
        assert_eq!((first.window_start_ms, first.window_s, first.samples[0].count), (1_260_000, 60, 1));
        assert_eq!(aggregator.add(reading(1_350_000, 4.0)), None);
        let window = aggregator.add(reading(1_500_000, 9.0)).unwrap();
        assert_eq!((window.window_start_ms, window.window_s, window.samples[0].count), (1_200_000, 300, 1));
    }

    #[test]
    fn a_clock_set_back_closes_the_window_and_opens_the_earlier_one() {
        let mut aggregator = Aggregator::new(300);
        assert_eq!(aggregator.add(reading(600_000, 1.0)), None);
        assert_eq!(aggregator.add(reading(0, 1.0)).unwrap().window_start_ms, 600_000);
        assert_eq!(aggregator.add(reading(-1, 1.0)).unwrap().window_start_ms, 0);
        assert_eq!(aggregator.flush().unwrap().window_start_ms, -300_000);
    }

    #[test]
    fn a_window_over_is_given_without_another_reading() {
        let mut aggregator = Aggregator::new(300);
        assert_eq!(aggregator.close(0), None);
        assert_eq!(aggregator.add(reading(10, 1.0)), None);
        assert_eq!(aggregator.close(299_999), None);
        assert!(aggregator.close(300_000).is_some());
    }

    #[test]
    fn what_is_no_number_is_no_sample() {
        let mut aggregator = Aggregator::new(300);
        assert_eq!(aggregator.add(reading(0, f64::NAN)), None);
        assert_eq!(aggregator.add(reading(1, f64::INFINITY)), None);
        assert_eq!(aggregator.flush(), None);
    }

    #[test]
    fn the_percentile_is_the_nearest_rank() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(nearest_rank(&values, 95), Some(19.0));
        assert_eq!(nearest_rank(&values[..5], 95), Some(5.0));
        assert_eq!(nearest_rank(&[], 95), None);
    }

    proptest! {
        #[test]
        fn mean_and_percentile_lie_between_the_least_and_the_greatest(values in proptest::collection::vec(0.0..1e300_f64, 1..50)) {
            let mut aggregator = Aggregator::new(300);
            for value in &values {
                prop_assert_eq!(aggregator.add(reading(0, *value)), None);
            }
            let sample = aggregator.flush().unwrap().samples.remove(0);
            prop_assert!(sample.min <= sample.mean && sample.mean <= sample.max);
            prop_assert!(sample.min <= sample.p95 && sample.p95 <= sample.max);
            prop_assert_eq!(usize::try_from(sample.count).unwrap(), values.len());
        }
    }
}
