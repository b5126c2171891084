//! The processes in `/proc`, as several sections need them.

use std::os::unix::ffi::OsStrExt as _;

use super::membership::{self, Membership};
use super::stat;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const FILE_BYTES: usize = 64 << 10;
const STAT: &str = "/proc/stat";
const STAT_BYTES: usize = 16 << 20;
/// What the kernel puts behind the path of an executable that was removed or replaced.
const DELETED: &[u8] = b" (deleted)";

/// A process.
#[derive(Debug, Clone)]
pub(in crate::collect) struct Entry {
    pub(in crate::collect) pid: u32,
    pub(in crate::collect) parent_pid: u32,
    pub(in crate::collect) name: Vec<u8>,
    /// Absent where it may not be read.
    pub(in crate::collect) executable: Option<Vec<u8>>,
    /// The effective user.
    pub(in crate::collect) uid: u32,
    pub(in crate::collect) started_ticks: u64,
    pub(in crate::collect) membership: Membership,
}

/// All processes by number, without kernel threads and zombies.
///
/// # Errors
///
/// [`Failure`] when `/proc` hides the processes of others (`hidepid`): a part would look like the whole.
pub(in crate::collect) fn read(host: &Host) -> Result<Vec<Entry>, Failure> {
    let names = host.names("/proc")?;
    let mut pids: Vec<u32> = names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    if pids.first() != Some(&1) {
        return Err(Failure::PermissionDenied("/proc/1".to_owned()));
    }
    let mut entries = Vec::with_capacity(pids.len());
    for pid in pids {
        match entry(host, pid) {
            Ok(entry) => entries.extend(entry),
            // It ended in the meantime.
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(entries)
}

fn entry(host: &Host, pid: u32) -> Result<Option<Entry>, Failure> {
    let path = format!("/proc/{pid}/stat");
    let line = host.read(&path, FILE_BYTES)?;
    let stat = stat::parse(&line).ok_or_else(|| Failure::malformed(path, "is no line of a process"))?;
    if stat.is_kernel_thread || stat.is_over {
        return Ok(None);
    }
    let groups = host.text(format!("/proc/{pid}/cgroup"), FILE_BYTES).unwrap_or_default();
    Ok(Some(Entry {
        pid,
        parent_pid: stat.parent_pid,
        name: stat.name,
        executable: executable(host, pid),
        uid: uid(host, pid)?,
        started_ticks: stat.started_ticks,
        membership: membership::parse(&groups),
    }))
}

/// The effective user. The owner of the directory will not do: of processes that changed their user it is root.
fn uid(host: &Host, pid: u32) -> Result<u32, Failure> {
    let path = format!("/proc/{pid}/status");
    let status = host.text(&path, FILE_BYTES)?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    let uid = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    uid.ok_or_else(|| Failure::malformed(path, "has no Uid"))
}

/// The executable, also when it was replaced since: the path still says which program it is.
fn executable(host: &Host, pid: u32) -> Option<Vec<u8>> {
    let target = host.link(format!("/proc/{pid}/exe"))?;
    let path = target.as_os_str().as_bytes();
    let is_there = || host.exists(&target);
    Some(path.strip_suffix(DELETED).filter(|_| !is_there()).unwrap_or(path).to_vec())
}

/// When the host was started, and how fast its processes' clock ticks.
pub(super) struct Clock {
    booted_s: i64,
    ticks_per_second: u64,
}

impl Clock {
    pub(super) fn read(host: &Host) -> Result<Self, Failure> {
        let text = host.text(STAT, STAT_BYTES)?;
        let booted = text.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok());
        let booted_s = booted.ok_or_else(|| Failure::malformed(STAT, "has no btime"))?;
        Ok(Self { booted_s, ticks_per_second: rustix::param::clock_ticks_per_second().max(1) })
    }

    pub(super) fn started_s(&self, ticks: u64) -> i64 {
        let after_boot = i64::try_from(ticks / self.ticks_per_second).unwrap_or(i64::MAX);
        self.booted_s.saturating_add(after_boot)
    }
}
