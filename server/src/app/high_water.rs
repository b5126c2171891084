//! How far the database was when this server wrote to it last, remembered outside the database.
//!
//! A database that is behind was put back from a backup. So was one whose server does not know how far it was, unless
//! another server writes to it at this time: then this one is new to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const FILE: &str = "high-water.json";
/// How often the mark is raised.
pub(super) const EVERY: Duration = Duration::from_secs(30);
/// A mark that was raised so lately was raised by a server that runs.
const LATELY_MS: i64 = 120_000;

/// The file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}", path.display())]
pub struct HighWaterError {
    verb: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// The mark of one server.
#[derive(Debug, Clone)]
pub(super) struct HighWater(PathBuf);

/// What stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    /// The database's mark.
    mark: i64,
    /// The file's own number: a copy of the file has another.
    inode: u64,
}

/// What a server makes of its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// It is the one that the server wrote to, or new, or another server writes to it.
    Current,
    /// It was put back.
    Restored,
}

impl HighWater {
    pub(super) fn at(data_dir: &Path) -> Self {
        Self(data_dir.join(FILE))
    }

    /// What to make of a database with this mark; with none, it was never served.
    pub(super) fn judge(&self, mark: Option<i64>, now: Timestamp) -> Result<Age, HighWaterError> {
        let remembered = self.read()?;
        let Some(mark) = mark else {
            return Ok(if remembered.is_none() { Age::Current } else { Age::Restored });
        };
        let is_served = (now.as_millisecond() - LATELY_MS..=now.as_millisecond() + LATELY_MS).contains(&mark);
        let is_as_remembered = match remembered {
            Some((remembered, inode)) if remembered.inode == inode => remembered.mark <= mark,
            Some((remembered, _)) => is_served && remembered.mark <= mark,
            None => is_served,
        };
        Ok(if is_as_remembered { Age::Current } else { Age::Restored })
    }

    /// Remembers this mark. Written beside, synced and renamed over: a crash leaves the old file or the new one.
    pub(super) fn remember(&self, mark: i64) -> Result<(), HighWaterError> {
        let beside = self.0.with_extension("json.new");
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            serde_json::to_writer(&file, &Remembered { mark, inode: file.metadata()?.ino() })?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&beside, &self.0)
        };
        write().map_err(|source| self.failed("write", source))
    }

    /// What is remembered, and the number of the file in which it stands. What cannot be understood is no memory.
    fn read(&self) -> Result<Option<(Remembered, u64)>, HighWaterError> {
        let read = || -> io::Result<_> {
            let file = File::open(&self.0)?;
            let inode = file.metadata()?.ino();
            Ok(serde_json::from_reader(file).ok().map(|remembered| (remembered, inode)))
        };
        match read() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map_err(|source| self.failed("read", source)),
        }
    }

    fn failed(&self, verb: &'static str, source: io::Error) -> HighWaterError {
        HighWaterError { verb, path: self.0.clone(), source }
    }
}

/// The mark after this one: the time, and never a lower one.
pub(super) fn raised(mark: Option<i64>, now: Timestamp) -> i64 {
    now.as_millisecond().max(mark.unwrap_or(i64::MIN).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::{Age, HighWater, raised};

    #[test]
    fn a_database_that_is_behind_or_that_the_server_does_not_know_was_put_back() {
        let directory = tempfile::TempDir::new().unwrap();
        let water = HighWater::at(directory.path());
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (old, new) = (now.as_millisecond() - 3_600_000, now.as_millisecond() - 1_800_000);
        let judge = |mark| water.judge(mark, now).unwrap();
        assert_eq!(judge(None), Age::Current, "it is new");
        assert_eq!(judge(Some(old)), Age::Restored, "nobody knows it, and nobody serves it");
        assert_eq!(judge(Some(now.as_millisecond() - 30_000)), Age::Current, "another server serves it");
        water.remember(new).unwrap();
        assert_eq!(judge(Some(new)), Age::Current);
        assert_eq!(judge(Some(new + 1)), Age::Current, "another server has raised it since");
        assert_eq!(judge(Some(old)), Age::Restored);
        assert_eq!(judge(None), Age::Restored, "it was taken before there were marks");
        let copied = fs::read(directory.path().join("high-water.json")).unwrap();
        fs::write(directory.path().join("other"), copied).unwrap();
        fs::rename(directory.path().join("other"), directory.path().join("high-water.json")).unwrap();
        assert_eq!(judge(Some(new)), Age::Restored, "the file came with the backup");
        fs::write(directory.path().join("high-water.json"), "nonsense").unwrap();
        assert_eq!(judge(Some(new)), Age::Restored);
    }

    #[test]
    fn a_mark_is_the_time_and_rises_even_if_the_clock_does_not() {
        let now = Timestamp::from_millisecond(1_000).unwrap();
        assert_eq!(
            [None, Some(10), Some(1_000), Some(5_000)].map(|mark| raised(mark, now)),
            [1_000, 1_000, 1_001, 5_001]
        );
    }
}
