//! Takes one reading of everything.

use std::collections::BTreeMap;

use super::cpu::{self, CpuTimes};
use super::pressure::Stalls;
use super::{Reading, disk, filesystem, interface, memory};
use crate::collect::host::Host;

/// Most devices, interfaces and file systems that are followed, of each.
pub(super) const DIMENSIONS: usize = 256;
/// Beyond this many milliseconds a rate says nothing about the minute in which it is read: the host slept.
const GAP_MS: u64 = 300_000;

/// Takes readings; remembers the counters of the last one, because a rate is a difference.
#[derive(Debug)]
pub struct Sampler {
    host: Host,
    last: Option<Counters>,
}

/// What only grows, and when it was read.
#[derive(Debug)]
struct Counters {
    at_mono_ms: u64,
    cpu: Option<CpuTimes>,
    stalls: Stalls,
    disks: BTreeMap<String, disk::Traffic>,
    interfaces: BTreeMap<String, interface::Traffic>,
}

impl Sampler {
    /// A sampler of `host`. Its first reading has no rates.
    #[must_use]
    pub fn new(host: Host) -> Self {
        Self { host, last: None }
    }

    /// One reading of what is in use now.
    ///
    /// `at_wall_ms` is the wall clock in milliseconds since 1970, `at_mono_ms` is `CLOCK_BOOTTIME` in milliseconds.
    /// What could not be read is absent. It reads files and may wait two seconds for each network file system that
    /// stopped answering, so it belongs on a thread that may block.
    pub fn sample(&mut self, at_wall_ms: i64, at_mono_ms: u64) -> Reading {
        let mut reading = Reading { at_wall_ms, values: Vec::new() };
        let now = Counters::read(&self.host, at_mono_ms);
        if let Some(last) = &self.last {
            now.report(last, &mut reading);
        }
        self.last = Some(now);
        cpu::load(&self.host, &mut reading);
        memory::report(&self.host, &mut reading);
        filesystem::report(&self.host, &mut reading);
        reading
    }
}

impl Counters {
    fn read(host: &Host, at_mono_ms: u64) -> Self {
        Self {
            at_mono_ms,
            cpu: CpuTimes::read(host),
            stalls: Stalls::read(host),
            disks: disk::read(host),
            interfaces: interface::read(host),
        }
    }

    fn report(&self, last: &Self, reading: &mut Reading) {
        let elapsed_ms = self.at_mono_ms.saturating_sub(last.at_mono_ms);
        if elapsed_ms == 0 || elapsed_ms > GAP_MS {
            return;
        }
        if let (Some(now), Some(before)) = (self.cpu, last.cpu) {
            now.report(before, reading);
        }
        self.stalls.report(last.stalls, elapsed_ms, reading);
        for (name, before, now) in both(&last.disks, &self.disks) {
            now.report(*before, elapsed_ms, name, reading);
        }
        for (name, before, now) in both(&last.interfaces, &self.interfaces) {
            now.report(*before, elapsed_ms, name, reading);
        }
    }
}

/// What stands in both, by name: a device that is new has no rate yet.
fn both<'a, T>(
    last: &'a BTreeMap<String, T>,
    now: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a str, &'a T, &'a T)> {
    now.iter().filter_map(|(name, value)| Some((name.as_str(), last.get(name)?, value)))
}
