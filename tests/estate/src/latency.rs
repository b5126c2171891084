//! How long things took.

use std::time::Duration;

use serde::Serialize;

/// What was measured of one thing that was done many times.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measured {
    /// How often it went well.
    pub done: usize,
    /// How often it did not.
    pub failed: usize,
    /// Why the first of those failed.
    pub why: Option<String>,
    /// Wall time of the whole in seconds.
    pub seconds: f64,
    /// Of those that went well, how many in a second.
    pub per_second: f64,
    /// Half of them took at most this, in milliseconds.
    pub p50_ms: f64,
    /// Ninety-five of a hundred took at most this, in milliseconds.
    pub p95_ms: f64,
    /// Ninety-nine of a hundred took at most this, in milliseconds.
    pub p99_ms: f64,
    /// All of them took at most this, in milliseconds.
    pub max_ms: f64,
}

/// Collects single measurements.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    done: Vec<Duration>,
    failed: usize,
    why: Option<String>,
}

impl Latencies {
    /// Takes in one: how long it took, or why it failed.
    pub fn add(&mut self, outcome: Result<Duration, String>) {
        match outcome {
            Ok(took) => self.done.push(took),
            Err(why) => {
                self.failed += 1;
                self.why.get_or_insert(why);
            }
        }
    }

    /// Takes in all of another's.
    pub fn join(&mut self, other: Self) {
        self.done.extend(other.done);
        self.failed += other.failed;
        self.why = self.why.take().or(other.why);
    }

    /// What that comes to, if the whole took so long.
    #[must_use]
    pub fn measured(mut self, took: Duration) -> Measured {
        self.done.sort_unstable();
        let seconds = took.as_secs_f64();
        let count = u32::try_from(self.done.len()).unwrap_or(u32::MAX);
        Measured {
            done: self.done.len(),
            failed: self.failed,
            why: self.why.clone(),
            seconds,
            per_second: f64::from(count) / seconds,
            p50_ms: self.quantile(50),
            p95_ms: self.quantile(95),
            p99_ms: self.quantile(99),
            max_ms: self.quantile(100),
        }
    }

    /// Nearest rank.
    fn quantile(&self, percent: usize) -> f64 {
        let rank = (self.done.len() * percent).div_ceil(100).saturating_sub(1);
        self.done.get(rank).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latencies;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let mut latencies = Latencies::default();
        (1..=100).for_each(|ms| latencies.add(Ok(Duration::from_millis(ms))));
        latencies.add(Err("no".to_owned()));
        let measured = latencies.measured(Duration::from_secs(10));
        assert_eq!((measured.done, measured.failed), (100, 1));
        assert!((measured.p50_ms - 50.0).abs() < 0.001 && (measured.p99_ms - 99.0).abs() < 0.001);
        assert!((measured.p95_ms - 95.0).abs() < 0.001 && (measured.max_ms - 100.0).abs() < 0.001);
        assert!((measured.per_second - 10.0).abs() < 0.001);
    }
}
