//! What a collector may take, and what it has taken.

use std::fs;
use std::time::Duration;

/// What a collector may take. Beyond it, it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How long it may be waited for.
    pub time: Duration,
    /// Processor time of its thread.
    pub cpu: Duration,
    /// By how much the process may grow while it runs, in bytes.
    pub memory_bytes: u64,
}

impl Default for Budget {
    /// Far more than a collector takes that reads only the host; one that reads much or waits for others says so.
    fn default() -> Self {
        Self { time: Duration::from_secs(10), cpu: Duration::from_secs(3), memory_bytes: 64 << 20 }
    }
}

impl Budget {
    /// The same with more time to wait: for a collector that waits for others.
    #[must_use]
    pub fn waiting(time: Duration) -> Self {
        Self { time, ..Self::default() }
    }
}

/// What a budget was not enough for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
}

/// What a thread has taken so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) cpu: Duration,
    pub(super) resident_bytes: u64,
}

impl Taken {
    /// What the thread `thread` of this process has taken: `/proc/self/task/<thread>/schedstat`, whose first number is
    /// the time on a processor in nanoseconds (Documentation/scheduler/sched-stats.rst), and the second number of
    /// `/proc/self/statm`, the resident pages (proc(5)). What the kernel does not say is nothing.
    pub(super) fn by(thread: i32) -> Self {
        let number = |path: &str, field: usize| -> Option<u64> {
            fs::read_to_string(path).ok()?.split_ascii_whitespace().nth(field)?.parse().ok()
        };
        let cpu = number(&format!("/proc/self/task/{thread}/schedstat"), 0).unwrap_or(0);
        let pages = number("/proc/self/statm", 1).unwrap_or(0);
        let page_bytes = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
        Self { cpu: Duration::from_nanos(cpu), resident_bytes: pages.saturating_mul(page_bytes) }
    }

    /// What `budget` does not allow of what was taken since `before`.
    pub(super) fn excess(self, before: Self, budget: Budget) -> Option<Excess> {
        if self.cpu.saturating_sub(before.cpu) > budget.cpu {
            Some(Excess::Cpu)
        } else if self.resident_bytes.saturating_sub(before.resident_bytes) > budget.memory_bytes {
            Some(Excess::Memory)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Budget, Excess, Taken};

    #[test]
    fn what_was_taken_before_does_not_count() {
        let budget = Budget { cpu: Duration::from_secs(1), memory_bytes: 100, ..Budget::default() };
        let taken = |cpu_s: u64, resident_bytes| Taken { cpu: Duration::from_secs(cpu_s), resident_bytes };
        let before = taken(60, 1_000);
        assert_eq!(taken(61, 1_100).excess(before, budget), None);
        assert_eq!(taken(62, 1_000).excess(before, budget), Some(Excess::Cpu));
        assert_eq!(taken(60, 1_101).excess(before, budget), Some(Excess::Memory));
        assert_eq!(taken(0, 0).excess(before, budget), None);
    }

    #[test]
    fn the_kernel_says_what_a_thread_takes() {
        let before = Taken::by(rustix::thread::gettid().as_raw_nonzero().get());
        assert!(before.resident_bytes > 0);
        let after = std::iter::repeat_with(|| Taken::by(rustix::thread::gettid().as_raw_nonzero().get()));
        assert!(after.take(1_000_000).any(|after| after.cpu > before.cpu));
    }
}
