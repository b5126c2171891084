//! Pressure stall information, from `/proc/pressure` (Documentation/accounting/psi.rst); absent on kernels without.

use super::Reading;
use super::number::float;
use crate::collect::host::Host;

const RESOURCES: [(&str, &str); 3] =
    [("cpu", "cpu_pressure_ratio"), ("memory", "memory_pressure_ratio"), ("io", "io_pressure_ratio")];

/// Microseconds since boot in which some task was stalled, by resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stalls([Option<u64>; 3]);

impl Stalls {
    pub(super) fn read(host: &Host) -> Self {
        Self(RESOURCES.map(|(resource, _)| parse(&host.value(format!("/proc/pressure/{resource}"))?)))
    }

    pub(super) fn report(self, before: Self, elapsed_ms: u64, reading: &mut Reading) {
        for (((_, metric), now), before) in RESOURCES.into_iter().zip(self.0).zip(before.0) {
            let stalled = now.zip(before).and_then(|(now, before)| now.checked_sub(before));
            if let Some(stalled_us) = stalled.filter(|_| elapsed_ms > 0) {
                reading.push(metric, (float(stalled_us) / (float(elapsed_ms) * 1000.0)).min(1.0));
            }
        }
    }
}

/// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`
fn parse(text: &str) -> Option<u64> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    some.split_whitespace().find_map(|word| word.strip_prefix("total="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Reading, Stalls, parse};

    #[test]
    fn the_share_is_of_the_time_that_passed_and_never_above_one() {
        let mut reading = Reading::default();
        Stalls([Some(30_000_000), Some(5), None]).report(Stalls([Some(0), Some(9), Some(1)]), 60_000, &mut reading);
        Stalls([Some(99_000_000), None, None]).report(Stalls([Some(0), None, None]), 60_000, &mut reading);
        let values: Vec<_> = reading.values.iter().map(|value| (value.metric, value.value)).collect();
        assert_eq!(values, [("cpu_pressure_ratio", 0.5), ("cpu_pressure_ratio", 1.0)]);
    }

    #[test]
    fn the_line_of_some_is_read_not_that_of_full() {
        assert_eq!(parse("full avg10=0 total=7\nsome avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"), Some(5));
    }
}
