//! The directory in which an agent keeps what must outlive it: readable by its owner only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};

/// Largest file that is read whole, in bytes.
const LARGEST: u64 = 1 << 20;

/// The state directory.
#[derive(Debug, Clone)]
pub struct StateDir(PathBuf);

/// The operating system refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}", path.display())]
pub struct StateDirError {
    verb: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl StateDir {
    /// Opens `path`; it is made, for its owner only, if it is not there.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub fn open(path: &Path) -> Result<Self, StateDirError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| StateDirError { verb: "make", path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// The path of `name` in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Whether so little of the disk is left that it belongs to the host: less than 512 MiB or a twentieth of it,
    /// whichever is more. A disk that does not say is taken to have enough.
    #[must_use]
    pub fn is_short_of_space(&self) -> bool {
        let found = rustix::fs::statvfs(&self.0);
        found.is_ok_and(|disk| {
            is_short(disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize))
        })
    }

    /// What `name` holds; `None` if there is none.
    ///
    /// # Errors
    ///
    /// It is there and cannot be read.
    pub(super) fn read(&self, name: &str) -> Result<Option<String>, StateDirError> {
        let path = self.file(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StateDirError { verb: "open", path, source }),
        };
        let mut text = String::new();
        match file.take(LARGEST).read_to_string(&mut text) {
            Ok(_length) => Ok(Some(text)),
            Err(source) => Err(StateDirError { verb: "read", path, source }),
        }
    }

    /// Written beside, synced, renamed over, and the directory synced: a crash leaves the old file or the new one.
    ///
    /// # Errors
    ///
    /// The old file is still there.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StateDirError> {
        let path = self.file(name);
        let beside = self.file(&format!("{name}.new"));
        let written = (|| {
            let mut file = open_private(OpenOptions::new().write(true).create(true).truncate(true), &beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(&self.0)?.sync_all()
        })();
        written.map_err(|source| StateDirError { verb: "write", path, source })
    }

    /// Removes `name`, if it is there.
    ///
    /// # Errors
    ///
    /// It still is.
    pub(super) fn remove(&self, name: &str) -> Result<(), StateDirError> {
        let path = self.file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StateDirError { verb: "remove", path, source: error })
            }
            _ => Ok(()),
        }
    }
}

/// Bytes of a disk that are the host's, if that is more than a twentieth of it.
const HOSTS_BYTES: u64 = 512 << 20;

fn is_short(free_bytes: u64, size_bytes: u64) -> bool {
    free_bytes < HOSTS_BYTES.max(size_bytes / 20)
}

/// Opens `path` as `options` say; if that makes the file, it is for its owner only, and the directory's owner is
/// its owner: an administrator who enrols as root does not lock the agent out.
pub(crate) fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.mode(0o600).open(path)?;
    let directory = fs::metadata(path.parent().unwrap_or(Path::new(".")))?;
    if file.metadata()?.uid() != directory.uid() {
        fchown(&file, Some(directory.uid()), Some(directory.gid()))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::is_short;

    #[test]
    fn a_disk_is_short_below_512_mib_or_a_twentieth_whichever_is_more() {
        const MIB: u64 = 1 << 20;
        for (free, size, expected) in [
            (511 * MIB, 1_024 * MIB, true),
            (512 * MIB, 1_024 * MIB, false),
            (49_999 * MIB, 1_000_000 * MIB, true),
            (50_000 * MIB, 1_000_000 * MIB, false),
            (0, 0, true),
        ] {
            assert_eq!(is_short(free, size), expected, "{free} of {size}");
        }
    }
}
