//! Running processes.
//!
//! Does: list them with their command lines, without secrets, and say to which unit or container each belongs.
//! Does not: read their environment or memory, or list kernel threads.

pub(super) mod membership;
pub(super) mod redact;
mod stat;
pub(super) mod table;
pub(super) mod user;

use terrier_shared::latest::limits::{COMMAND_LINE_BYTES, STRING_BYTES};
use terrier_shared::latest::section::processes::Process;
use terrier_shared::latest::section::{Processes, Section, SectionKind};

use self::table::Entry;
use super::Collector;
use super::bounds::{bounded, clip, clip_bytes};
use super::failure::Failure;
use super::scan::Scan;

/// A command line of which more than this is secret-free text would be cut anyway.
const READ_BYTES: usize = 2 * COMMAND_LINE_BYTES;

pub(super) struct ProcessesCollector;

impl Collector for ProcessesCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Processes
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let clock = table::Clock::read(&scan.host)?;
        let entries = scan.processes()?;
        let processes = entries.iter().map(|entry| describe(scan, &clock, entry)).collect();
        Ok(Section::Processes(Processes { processes: bounded("processes.processes", processes)? }))
    }
}

fn describe(scan: &Scan, clock: &table::Clock, entry: &Entry) -> Process {
    Process {
        pid: entry.pid,
        parent_pid: entry.parent_pid,
        name: clip_bytes(&entry.name, STRING_BYTES),
        executable: entry.executable.as_ref().map(|path| clip_bytes(path, STRING_BYTES)),
        command_line: clip_bytes(&command_line(scan, entry.pid), COMMAND_LINE_BYTES),
        user: scan.users().name(entry.uid),
        started_s: clock.started_s(entry.started_ticks),
        unit: entry.membership.unit.clone().map(clip),
        container: entry.membership.container.clone().map(clip),
    }
}

/// The arguments end with a null byte each; a process that gave itself a title leaves several at the end.
fn command_line(scan: &Scan, pid: u32) -> Vec<u8> {
    let bytes = scan.host.beginning(format!("/proc/{pid}/cmdline"), READ_BYTES).unwrap_or_default();
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let arguments: Vec<&[u8]> = bytes.get(..end).unwrap_or_default().split(|byte| *byte == 0).collect();
    redact::command_line(&arguments)
}
