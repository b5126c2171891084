//! The file of checkpoints: lines that are only ever added.

use std::path::Path;

use super::checkpoint::Checkpoint;
use crate::store::json_lines::JsonLines;
pub use crate::store::json_lines::JsonLinesError as LedgerError;

/// The file in the directory of checkpoints.
pub const FILE: &str = "checkpoints.jsonl";
/// How much of the file's end is read where the newest checkpoints are enough.
const RECENT_BYTES: u64 = 256 << 10;

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
pub struct Ledger(JsonLines);

impl Ledger {
    /// The file in this directory, whether it is there or not.
    #[must_use]
    pub fn at(directory: &Path) -> Self {
        Self(JsonLines::at(&directory.join(FILE)))
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
        let lines = self.0.tail(bytes)?.into_iter();
        Ok(lines.map(|line| line.map_or(Line::Foreign, Line::Checkpoint)).collect())
    }

    /// Adds a checkpoint; when this returns, it is on disk.
    pub fn append(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        self.0.append(std::slice::from_ref(checkpoint))
    }
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
