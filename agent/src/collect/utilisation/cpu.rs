//! Processor time by mode, from `/proc/stat` (`proc_stat(5)`), and the load, from `/proc/loadavg`.

use super::Reading;
use super::number::ratio;
use crate::collect::host::Host;

const STAT_BYTES: usize = 16 << 20;

/// Time since boot in ticks, summed over all processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CpuTimes {
    user: u64,
    system: u64,
    idle: u64,
    iowait: u64,
    steal: u64,
}

impl CpuTimes {
    pub(super) fn read(host: &Host) -> Option<Self> {
        Self::parse(&host.text("/proc/stat", STAT_BYTES).ok()?)
    }

    /// `cpu user nice system idle iowait irq softirq steal guest guest_nice`; guests are counted in user already.
    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let times: Option<Vec<u64>> = line.split_whitespace().map(|word| word.parse().ok()).collect();
        let times = times?;
        let at = |index: usize| times.get(index).copied().unwrap_or(0);
        (times.len() >= 4).then(|| Self {
            user: at(0).saturating_add(at(1)),
            system: at(2).saturating_add(at(5)).saturating_add(at(6)),
            idle: at(3),
            iowait: at(4),
            steal: at(7),
        })
    }

    /// What happened since `before`. The kernel corrects idle and iowait backwards now and then; that counts as none.
    fn since(self, before: Self) -> Option<Self> {
        Some(Self {
            user: self.user.checked_sub(before.user)?,
            system: self.system.checked_sub(before.system)?,
            idle: self.idle.saturating_sub(before.idle),
            iowait: self.iowait.saturating_sub(before.iowait),
            steal: self.steal.checked_sub(before.steal)?,
        })
    }

    pub(super) fn report(self, before: Self, reading: &mut Reading) {
        let Some(spent) = self.since(before) else { return };
        let busy = [spent.user, spent.system, spent.steal].into_iter().fold(0, u64::saturating_add);
        let total = [busy, spent.idle, spent.iowait].into_iter().fold(0, u64::saturating_add);
        let shares = [
            ("cpu_busy_ratio", busy),
            ("cpu_user_ratio", spent.user),
            ("cpu_system_ratio", spent.system),
            ("cpu_iowait_ratio", spent.iowait),
            ("cpu_steal_ratio", spent.steal),
        ];
        for (metric, ticks) in shares {
            if let Some(share) = ratio(ticks, total) {
                reading.push(metric, share);
            }
        }
    }
}

/// The load average over one minute.
pub(super) fn load(host: &Host, reading: &mut Reading) {
    let text = host.value("/proc/loadavg");
    if let Some(load) = text.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok()) {
        reading.push("load_1m", load);
    }
}

#[cfg(test)]
mod tests {
    use super::{CpuTimes, Reading};

    fn shares(before: &str, now: &str) -> Vec<(&'static str, f64)> {
        let mut reading = Reading::default();
        CpuTimes::parse(now).unwrap().report(CpuTimes::parse(before).unwrap(), &mut reading);
        reading.values.into_iter().map(|value| (value.metric, value.value)).collect()
    }

    #[test]
    fn shares_are_of_the_time_since_the_last_reading() {
        let shares = shares("cpu  10 0 10 100 0 0 0 0 0 0\n", "cpu  20 10 20 150 10 5 5 0 20 0\n");
        assert_eq!(
            shares,
            [
                ("cpu_busy_ratio", 0.4),
                ("cpu_user_ratio", 0.2),
                ("cpu_system_ratio", 0.2),
                ("cpu_iowait_ratio", 0.1),
                ("cpu_steal_ratio", 0.0),
            ]
        );
    }

    #[test]
    fn iowait_that_went_back_counts_as_none_and_user_time_that_did_as_a_restart() {
        assert!(!shares("cpu 1 0 1 10 9\n", "cpu 2 0 2 20 8\n").is_empty());
        assert!(shares("cpu 9 0 1 10 9\n", "cpu 2 0 2 20 9\n").is_empty());
    }

    #[test]
    fn no_time_passed_gives_no_share() {
        assert!(shares("cpu 1 0 1 10 9\n", "cpu 1 0 1 10 9\n").is_empty());
    }

    #[test]
    fn a_line_that_is_no_times_is_none() {
        assert_eq!(CpuTimes::parse("cpu 1 x 2 3\n"), None);
        assert_eq!(CpuTimes::parse("cpu0 1 2 3 4\n"), None);
    }
}
