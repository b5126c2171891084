//! Files of JSON, a value a line, that are only ever added to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How much of the file's end is looked at for a line that a crash has torn; no line is longer.
const LINE_BYTES: u64 = 256 << 10;

/// Such a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}", path.display())]
pub struct JsonLinesError {
    verb: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// Such a file, whether it is there or not. What stands after the last line break is what a crash left of a line, and
/// counts for nothing.
#[derive(Debug, Clone)]
pub struct JsonLines(PathBuf);

impl JsonLines {
    /// The file of this name.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The values among its last `bytes`, the oldest first; none if there is no file. A line that is no such value is
    /// `None`.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn tail<T: DeserializeOwned>(&self, bytes: u64) -> Result<Vec<Option<T>>, JsonLinesError> {
        let read = || -> io::Result<(Vec<u8>, bool)> {
            let mut file = File::open(&self.0)?;
            let skipped = file.metadata()?.len().saturating_sub(bytes);
            file.seek(SeekFrom::Start(skipped))?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            Ok((text, skipped > 0))
        };
        match read() {
            Ok((text, is_cut)) => Ok(values(&text, is_cut)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(self.failed("read", source)),
        }
    }

    /// Adds values; when this returns, they are on disk.
    ///
    /// # Errors
    ///
    /// The file cannot be written; then none of them counts, or some of the first.
    pub fn append<T: Serialize>(&self, values: &[T]) -> Result<(), JsonLinesError> {
        self.write(values).map_err(|source| self.failed("write", source))
    }

    fn write<T: Serialize>(&self, values: &[T]) -> io::Result<()> {
        if let Some(directory) = self.0.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.0)?;
        let torn = torn_bytes(&mut file)?;
        if torn > 0 {
            file.set_len(file.metadata()?.len().saturating_sub(torn))?;
        }
        let mut text = Vec::new();
        for value in values {
            serde_json::to_writer(&mut text, value)?;
            text.push(b'\n');
        }
        file.write_all(&text)?;
        file.sync_all()
    }

    fn failed(&self, verb: &'static str, source: io::Error) -> JsonLinesError {
        JsonLinesError { verb, path: self.0.clone(), source }
    }
}

/// What a crash left of a line: bytes after the last line break, which were never acknowledged to anybody.
fn torn_bytes(file: &mut File) -> io::Result<u64> {
    let start = file.metadata()?.len().saturating_sub(LINE_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let torn = text.iter().rev().take_while(|byte| **byte != b'\n').count();
    Ok(u64::try_from(torn).unwrap_or(u64::MAX))
}

fn values<T: DeserializeOwned>(text: &[u8], is_cut: bool) -> Vec<Option<T>> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    // After the last line break stands nothing, or what a crash left of a line.
    lines.pop();
    lines.into_iter().skip(usize::from(is_cut)).map(|line| serde_json::from_slice(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::JsonLines;

    #[test]
    fn what_a_crash_left_of_a_line_counts_for_nothing_and_goes_with_the_next() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("below").join("lines");
        let file = JsonLines::at(&path);
        assert_eq!(file.tail::<u8>(u64::MAX).unwrap(), []);
        file.append(&[11, 22]).unwrap();
        fs::write(&path, b"11\n22\n3").unwrap();
        assert_eq!(file.tail(u64::MAX).unwrap(), [Some(11), Some(22)]);
        file.append(&[44]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"11\n22\n44\n");
        assert_eq!(file.tail(4).unwrap(), [Some(44)], "a line of which only the end was read is left out");
        fs::write(&path, b"11\nno\n").unwrap();
        assert_eq!(file.tail(u64::MAX).unwrap(), [Some(11), None]);
    }
}
