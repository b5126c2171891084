//! Key files: written whole or not at all, readable by their owner only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::PkiError;

/// The directory that holds the keys.
#[derive(Debug, Clone)]
pub(super) struct Directory(PathBuf);

impl Directory {
    /// Opens `path`; it is made, for its owner only, if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, PkiError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| PkiError::Io { verb: "make", path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What stands in `name`; `None` if it is not there.
    pub(super) fn read(&self, name: &str) -> Result<Option<String>, PkiError> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(PkiError::Io { verb: "read", path, source }),
        }
    }

    /// [`Directory::read`] of a file that holds a key.
    pub(super) fn read_secret(&self, name: &str) -> Result<Option<String>, PkiError> {
        refuse_exposed(&self.path(name))?;
        self.read(name)
    }

    /// Written beside, synced, renamed over, and the directory synced: a crash leaves the old file or the new one.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), PkiError> {
        let path = self.path(name);
        let beside = self.path(&format!("{name}.new"));
        let written = (|| {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(&self.0)?.sync_all()
        })();
        written.map_err(|source| PkiError::Io { verb: "write", path, source })
    }
}

/// The permissions of group and others.
const OTHERS: u32 = 0o077;

/// Refuses a file that is there and that others than its owner can read.
pub(super) fn refuse_exposed(path: &Path) -> Result<(), PkiError> {
    match fs::metadata(path) {
        Ok(metadata) => {
            let mode = metadata.permissions().mode() & 0o777;
            if mode & OTHERS == 0 { Ok(()) } else { Err(PkiError::Exposed { path: path.to_owned(), mode }) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(PkiError::Io { verb: "read", path: path.to_owned(), source }),
    }
}
