//! How busy a host is.

use terrier_shared::latest::metrics::{METRICS, Metrics, Sample};

use super::Host;

/// Length of a window in seconds.
const WINDOW_S: u32 = 300;
const WINDOW_MS: i64 = 300_000;
/// Windows of a day.
const DAY: i64 = 288;

impl Host {
    /// What it measured in window `number`, counted from 1970.
    #[must_use]
    pub fn utilisation(self, number: i64) -> Metrics {
        let share = self.busy(number);
        let mut samples: Vec<Sample> = METRICS.iter().flat_map(|metric| self.samples(metric, share)).collect();
        samples.sort_by(|one, other| (&one.metric, &one.dimension).cmp(&(&other.metric, &other.dimension)));
        Metrics { window_start_ms: number.saturating_mul(WINDOW_MS), window_s: WINDOW_S, samples }
    }

    /// How much of it is in use, from 0 to 1: more by day than by night, more on one host than on another, and a
    /// little by chance.
    fn busy(self, number: i64) -> f64 {
        let of_day = i32::try_from(number.rem_euclid(DAY)).map_or(0.0, f64::from) / 288.0;
        let by_day = 0.5 - 0.5 * (of_day * std::f64::consts::TAU).cos();
        let own = self.draw(10).share();
        let chance = self.draw(11).of(number.cast_unsigned()).share();
        (0.05 + 0.35 * own + 0.4 * own * by_day + 0.2 * chance).clamp(0.0, 1.0)
    }

    fn samples(self, metric: &str, share: f64) -> Vec<Sample> {
        let (dimensions, most) = self.measured(metric);
        let sample = |dimension: Option<String>| Sample {
            metric: metric.to_owned(),
            dimension,
            count: 5,
            min: rounded(most * share * 0.8),
            mean: rounded(most * share * 0.9),
            max: rounded(most * share),
            p95: rounded(most * share),
        };
        dimensions.into_iter().map(sample).collect()
    }

    /// Of what a metric is taken, and the most that it can be.
    fn measured(self, metric: &str) -> (Vec<Option<String>>, f64) {
        let named = |name: &str| vec![Some(name.to_owned())];
        let gibibytes = f64::from(1_u32 << 30);
        match metric {
            "disk_read_bytes_per_second" | "disk_write_bytes_per_second" => (named("sda"), 4e8),
            "disk_busy_ratio" => (named("sda"), 1.0),
            "network_receive_bytes_per_second" | "network_transmit_bytes_per_second" => (named("eth0"), 1.2e9),
            "filesystem_size_bytes" | "filesystem_used_bytes" | "filesystem_inodes_used_ratio" => {
                let mounts = self.filesystems().map(|(mount, _)| Some(mount.to_owned())).collect();
                (mounts, if metric.ends_with("_ratio") { 1.0 } else { 50.0 * gibibytes })
            }
            "memory_used_bytes" | "memory_available_bytes" => {
                (vec![None], f64::from(self.shape().cores) * 4.0 * gibibytes)
            }
            "swap_used_bytes" => (vec![None], 2.0 * gibibytes),
            "load_1m" => (vec![None], f64::from(self.shape().cores) * 2.0),
            _ => (vec![None], 1.0),
        }
    }
}

/// Four digits after the point, as the agent writes them.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
