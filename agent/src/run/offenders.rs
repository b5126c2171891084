//! The collectors that the agent died of, kept beside the spool.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use terrier_shared::latest::section::SectionKind;
use tracing::warn;

use crate::clock::Clock;
use crate::collect::journal::Journal;
use crate::transport::state_dir::{StateDir, open_private};

/// Name of the file in the state directory.
const FILE: &str = "collecting.json";
/// Longest file that is read, in bytes.
const LONGEST: u64 = 16 << 10;
/// How often in a row the agent may die of a collector before that is held off: once may have been the power.
const DEATHS_FORGIVEN: u32 = 1;
/// How long a collector is held off at first; twice as long each time after.
const FIRST_S: i64 = 60 * 60;
/// How long it is held off at most.
const LONGEST_S: i64 = 24 * 60 * 60;

/// What stands in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    /// The agent's version: another one may have mended what was wrong.
    version: String,
    /// The section whose collector runs.
    running: Option<SectionKind>,
    offences: BTreeMap<SectionKind, Offence>,
}

/// What a collector did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Offence {
    /// How often in a row the agent died of it.
    deaths: u32,
    /// Until when it is held off, in seconds since 1970.
    until_s: i64,
}

/// Notes which collector runs, in a file that outlives the process. Where that file cannot be written, nothing is held
/// off: an agent that reports is worth more than one that remembers.
#[derive(Debug)]
pub(super) struct Offenders {
    file: Option<File>,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    record: Record,
    /// Those convicted by this process: that they come back after all makes them no better.
    convicted: Vec<SectionKind>,
    /// Those that ran in this process before: their beginning is not forced to the disk again.
    tried: Vec<SectionKind>,
    /// It was said that the file cannot be written.
    has_complained: bool,
}

impl Offenders {
    /// Reads what the process before left. What it was collecting when it died stands as its death.
    #[must_use]
    pub(super) fn open(state: &StateDir, clock: Arc<dyn Clock>) -> Self {
        let path = state.file(FILE);
        let opened = open_private(OpenOptions::new().read(true).write(true).create(true).truncate(false), &path);
        let file = opened.inspect_err(|error| warn!(%error, file = FILE, "what is collected cannot be noted")).ok();
        let mut record = file.as_ref().map(read).unwrap_or_default();
        if record.version != env!("CARGO_PKG_VERSION") {
            record = Record { version: env!("CARGO_PKG_VERSION").to_owned(), ..Record::default() };
        }
        if let Some(section) = record.running.take() {
            let now_s = clock.now().wall_s();
            let offence = record.offences.entry(section).or_default();
            offence.deaths = offence.deaths.saturating_add(1);
            if offence.deaths > DEATHS_FORGIVEN {
                offence.until_s = now_s.saturating_add(pause_s(offence.deaths - DEATHS_FORGIVEN));
            }
            warn!(%section, deaths = offence.deaths, "the agent died while it collected this section");
        }
        let offenders = Self { file, clock, inner: Mutex::new(Inner { record, ..Inner::default() }) };
        offenders.change(false, |_| {});
        offenders
    }

    /// The process is about to end as it should: what it is collecting did not kill it.
    pub(super) fn acquit(&self) {
        self.change(false, |inner| inner.record.running = None);
    }

    fn change(&self, durably: bool, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut inner);
        let Some(file) = &self.file else { return };
        match write(file, &inner.record, durably) {
            Ok(()) => inner.has_complained = false,
            Err(error) => {
                // Said once: this happens at each collector.
                if !std::mem::replace(&mut inner.has_complained, true) {
                    warn!(%error, file = FILE, "what is collected cannot be noted");
                }
            }
        }
    }
}

impl Journal for Offenders {
    fn begin(&self, section: SectionKind) -> Result<(), String> {
        let now_s = self.clock.now().wall_s();
        let offence = {
            let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.record.offences.get(&section).copied().unwrap_or_default()
        };
        let left_s = offence.until_s.saturating_sub(now_s);
        // A clock that was set back must not hold anything off for years.
        if (1..=LONGEST_S).contains(&left_s) {
            let minutes = (left_s + 59).div_euclid(60);
            return Err(format!("the agent died of it {} times; tried again in {minutes} minutes", offence.deaths));
        }
        let is_first = !self.inner.lock().unwrap_or_else(PoisonError::into_inner).tried.contains(&section);
        self.change(is_first, |inner| {
            inner.record.running = Some(section);
            if is_first {
                inner.tried.push(section);
            }
        });
        Ok(())
    }

    fn end(&self, section: SectionKind) {
        self.change(false, |inner| {
            inner.record.running = inner.record.running.filter(|running| *running != section);
            if !inner.convicted.contains(&section) {
                inner.record.offences.remove(&section);
            }
        });
    }

    fn convict(&self, section: SectionKind) {
        let now_s = self.clock.now().wall_s();
        self.change(true, |inner| {
            inner.convicted.push(section);
            inner.record.running = None;
            let offence = inner.record.offences.entry(section).or_default();
            offence.deaths = offence.deaths.max(DEATHS_FORGIVEN).saturating_add(1);
            offence.until_s = now_s.saturating_add(pause_s(offence.deaths - DEATHS_FORGIVEN));
        });
    }
}

/// How long a collector is held off after so many deaths beyond those forgiven.
fn pause_s(deaths: u32) -> i64 {
    let doubled = FIRST_S.checked_shl(deaths.saturating_sub(1).min(8)).unwrap_or(LONGEST_S);
    doubled.min(LONGEST_S)
}

/// What cannot be read is as if nothing had been noted.
fn read(file: &File) -> Record {
    let mut text = String::new();
    let mut limited = file.take(LONGEST);
    match limited.read_to_string(&mut text) {
        Ok(_length) => serde_json::from_str(&text).unwrap_or_default(),
        Err(_) => Record::default(),
    }
}

/// In place, because it happens at each collector: what a crash tears is read as nothing.
fn write(file: &File, record: &Record, durably: bool) -> io::Result<()> {
    let json = serde_json::to_vec(record)?;
    file.write_all_at(&json, 0)?;
    file.set_len(u64::try_from(json.len()).unwrap_or(0))?;
    if durably { file.sync_data() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use terrier_shared::latest::section::SectionKind;

    use super::{FILE, Offenders};
    use crate::clock::{Clock, Moment};
    use crate::collect::journal::Journal as _;
    use crate::transport::state_dir::StateDir;

    const SECTION: SectionKind = SectionKind::Software;
    const HOUR_S: i64 = 60 * 60;

    #[derive(Debug, Clone, Default)]
    struct At(Arc<AtomicI64>);
    impl Clock for At {
        fn now(&self) -> Moment {
            Moment { wall_ms: self.0.load(Ordering::Relaxed) * 1000, mono_ms: 0 }
        }
    }
    impl At {
        fn pass(&self, seconds: i64) {
            self.0.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    /// A state directory, a clock, and how a process begins there.
    fn place() -> (tempfile::TempDir, At, impl Fn() -> Offenders) {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::open(dir.path()).unwrap();
        let clock = At(Arc::new(AtomicI64::new(1_700_000_000)));
        let of_process = clock.clone();
        (dir, clock, move || Offenders::open(&state, Arc::new(of_process.clone())))
    }

    #[test]
    fn a_collector_that_kills_the_agent_twice_in_a_row_is_held_off_an_hour_then_longer() {
        let (_dir, clock, process) = place();
        assert_eq!(process().begin(SECTION), Ok(()));
        assert_eq!(process().begin(SECTION), Ok(()), "once may have been the power");
        let why = process().begin(SECTION).unwrap_err();
        assert!(why.contains("died of it 2 times"), "{why}");
        assert_eq!(process().begin(SectionKind::Os), Ok(()), "no other section is held off");
        process().end(SectionKind::Os);

        clock.pass(HOUR_S);
        assert_eq!(process().begin(SECTION), Ok(()));
        assert!(process().begin(SECTION).is_err());
        clock.pass(HOUR_S);
        assert!(process().begin(SECTION).is_err(), "the third time it is two hours");
        clock.pass(HOUR_S);
        let process = process();
        assert_eq!(process.begin(SECTION), Ok(()));
        process.end(SECTION);
        assert_eq!(process.begin(SECTION), Ok(()), "one that comes back is forgiven");
    }

    #[test]
    fn one_that_takes_too_much_is_held_off_at_once_even_if_it_comes_back_late() {
        let (_dir, _clock, process) = place();
        let first = process();
        assert_eq!(first.begin(SECTION), Ok(()));
        first.convict(SECTION);
        first.end(SECTION);
        assert!(first.begin(SECTION).is_err());
        assert!(process().begin(SECTION).is_err());
    }

    #[test]
    fn a_process_that_is_told_to_stop_did_not_die_of_what_it_collected() {
        let (_dir, _clock, process) = place();
        for _ in 0..3 {
            let told = process();
            assert_eq!(told.begin(SECTION), Ok(()));
            told.acquit();
        }
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_off_for_long() {
        let (_dir, clock, process) = place();
        let first = process();
        assert_eq!(first.begin(SECTION), Ok(()));
        first.convict(SECTION);
        clock.pass(-30 * 365 * 24 * HOUR_S);
        assert_eq!(process().begin(SECTION), Ok(()));
    }

    #[test]
    fn a_note_that_cannot_be_read_or_is_of_another_version_holds_nothing_off() {
        for text in ["", "{", "[]", "\0\0", r#"{"version":"0.0.1","running":"software"}"#, r#"{"running":7}"#] {
            let (dir, _clock, process) = place();
            fs::write(dir.path().join(FILE), text).unwrap();
            assert_eq!(process().begin(SECTION), Ok(()), "{text}");
        }
        let (dir, _clock, process) = place();
        fs::create_dir(dir.path().join(FILE)).unwrap();
        assert_eq!(process().begin(SECTION), Ok(()));
    }
}
