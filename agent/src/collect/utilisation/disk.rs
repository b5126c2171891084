//! Disk traffic, from `/proc/diskstats` (Documentation/admin-guide/iostats.rst).

use std::collections::BTreeMap;

use super::number::{float, per_second};
use super::{Reading, sampler};
use crate::collect::host::Host;

const LIMIT: usize = 4 << 20;
/// The unit of the kernel's counters, whatever the device's own sector is.
const SECTOR_BYTES: u64 = 512;
/// Devices whose traffic is another device's, or memory's, or none.
const LEFT_OUT: [&str; 5] = ["loop", "ram", "zram", "sr", "fd"];

/// Counters since boot of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    read_bytes: u64,
    written_bytes: u64,
    busy_ms: u64,
}

/// Counters by kernel name, of whole devices only.
pub(super) fn read(host: &Host) -> BTreeMap<String, Traffic> {
    let text = host.text("/proc/diskstats", LIMIT).unwrap_or_default();
    let devices = text.lines().filter_map(parse).filter(|(name, _)| is_whole(host, name));
    devices.take(sampler::DIMENSIONS).map(|(name, traffic)| (name.to_owned(), traffic)).collect()
}

fn is_whole(host: &Host, name: &str) -> bool {
    let is_left_out = LEFT_OUT
        .iter()
        .any(|prefix| name.strip_prefix(prefix).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())));
    !is_left_out && !host.exists(format!("/sys/class/block/{name}/partition"))
}

fn parse(line: &str) -> Option<(&str, Traffic)> {
    let mut words = line.split_whitespace();
    let name = words.nth(2)?;
    let counters: Option<Vec<u64>> = words.take(11).map(|word| word.parse().ok()).collect();
    let counters = counters?;
    Some((
        name,
        Traffic {
            read_bytes: counters.get(2)?.saturating_mul(SECTOR_BYTES),
            written_bytes: counters.get(6)?.saturating_mul(SECTOR_BYTES),
            busy_ms: *counters.get(9)?,
        },
    ))
}

impl Traffic {
    pub(super) fn report(self, before: Self, elapsed_ms: u64, name: &str, reading: &mut Reading) {
        if let Some(rate) = per_second(before.read_bytes, self.read_bytes, elapsed_ms) {
            reading.push_of("disk_read_bytes_per_second", name, rate);
        }
        if let Some(rate) = per_second(before.written_bytes, self.written_bytes, elapsed_ms) {
            reading.push_of("disk_write_bytes_per_second", name, rate);
        }
        if let Some(busy_ms) = self.busy_ms.checked_sub(before.busy_ms).filter(|_| elapsed_ms > 0) {
            reading.push_of("disk_busy_ratio", name, (float(busy_ms) / float(elapsed_ms)).min(1.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reading, Traffic, parse};

    #[test]
    fn sectors_are_of_512_bytes_and_busy_time_of_milliseconds() {
        let (name, now) = parse(" 254 0 vda 5 0 16 3 4 0 8 2 0 30000 9 0 0 0 0").unwrap();
        let before = Traffic { read_bytes: 0, written_bytes: 9999, busy_ms: 0 };
        let mut reading = Reading::default();
        now.report(before, 60_000, name, &mut reading);
        let values: Vec<_> = reading.values.iter().map(|value| (value.metric, value.value)).collect();
        assert_eq!(values, [("disk_read_bytes_per_second", 8192.0 / 60.0), ("disk_busy_ratio", 0.5)]);
        assert_eq!(reading.values[0].dimension.as_deref(), Some("vda"));
    }

    #[test]
    fn a_line_that_is_too_short_is_no_device() {
        assert_eq!(parse("254 0 vda 5 0 16"), None);
    }
}
