//! The file of checkpoints: lines that are only ever added.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::checkpoint::Checkpoint;

/// The file in the directory of checkpoints.
pub const FILE: &str = "checkpoints.jsonl";
/// How much of the file's end is read where the newest checkpoints are enough.
const RECENT_BYTES: u64 = 256 << 10;

/// The file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}", path.display())]
pub struct LedgerError {
    verb: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A checkpoint, signed by whomever.
    Checkpoint(Checkpoint),
    /// Something else.
    Foreign,
}

/// The file of checkpoints.
#[derive(Debug, Clone)]
pub struct Ledger(PathBuf);

impl Ledger {
    /// The file in this directory, whether it is there or not.
    #[must_use]
    pub fn at(directory: &Path) -> Self {
        Self(directory.join(FILE))
    }

    /// Every line, the oldest first; none if there is no file. A last line that was torn off in the middle is left out.
    pub fn read(&self) -> Result<Vec<Line>, LedgerError> {
        self.tail(u64::MAX)
    }

    /// The newest checkpoints, the oldest of them first.
    pub fn recent(&self) -> Result<Vec<Line>, LedgerError> {
        self.tail(RECENT_BYTES)
    }

    fn tail(&self, bytes: u64) -> Result<Vec<Line>, LedgerError> {
        let read = || -> io::Result<(Vec<u8>, bool)> {
            let mut file = File::open(&self.0)?;
            let skipped = file.metadata()?.len().saturating_sub(bytes);
            file.seek(SeekFrom::Start(skipped))?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            Ok((text, skipped > 0))
        };
        match read() {
            Ok((text, is_cut)) => Ok(lines(&text, is_cut)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(self.failed("read", source)),
        }
    }

    /// Adds a checkpoint; when this returns, it is on disk.
    pub fn append(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        self.write(checkpoint).map_err(|source| self.failed("write", source))
    }

    fn write(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        if let Some(directory) = self.0.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.0)?;
        let torn = torn_bytes(&mut file)?;
        if torn > 0 {
            file.set_len(file.metadata()?.len().saturating_sub(torn))?;
        }
        let mut line = serde_json::to_vec(checkpoint)?;
        line.push(b'\n');
        file.write_all(&line)?;
        file.sync_all()
    }

    fn failed(&self, verb: &'static str, source: io::Error) -> LedgerError {
        LedgerError { verb, path: self.0.clone(), source }
    }
}

/// What a crash left of a line: bytes after the last line break, which were never acknowledged to anybody.
fn torn_bytes(file: &mut File) -> io::Result<u64> {
    let start = file.metadata()?.len().saturating_sub(RECENT_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let torn = text.iter().rev().take_while(|byte| **byte != b'\n').count();
    Ok(u64::try_from(torn).unwrap_or(u64::MAX))
}

fn lines(text: &[u8], is_cut: bool) -> Vec<Line> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    // After the last line break stands nothing, or what a crash left of a line.
    lines.pop();
    let lines = lines.into_iter().skip(usize::from(is_cut));
    lines.map(|line| serde_json::from_slice(line).map_or(Line::Foreign, Line::Checkpoint)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::{FILE, Ledger, Line};
    use crate::audit::checkpoint::{Head, Signer};

    #[test]
    fn what_a_crash_left_of_a_line_goes_and_foreign_lines_are_seen() {
        let directory = tempfile::TempDir::new().unwrap();
        let (ledger, path) = (Ledger::at(&directory.path().join("audit")), directory.path().join("audit").join(FILE));
        assert_eq!(ledger.read().unwrap(), []);
        let signer = Signer::new(&[1; 32]).unwrap();
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let checkpoint = signer.sign(Head { seq: 1, hash: &[1; 32] }, at, None);
        ledger.append(&checkpoint).unwrap();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [whole.as_slice(), b"{\"seq\":2,"].concat()).unwrap();
        assert_eq!(ledger.read().unwrap(), [Line::Checkpoint(checkpoint.clone())]);
        ledger.append(&checkpoint).unwrap();
        assert_eq!(fs::read(&path).unwrap(), [whole.as_slice(), &whole].concat());
        fs::write(&path, [b"nonsense\n".as_slice(), &whole].concat()).unwrap();
        assert_eq!(ledger.recent().unwrap(), [Line::Foreign, Line::Checkpoint(checkpoint)]);
    }
}
