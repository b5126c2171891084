//! Keys of 256 random bits that are neither the authority's nor in the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rand::TryRng as _;
use rand::rngs::SysRng;

/// The permissions of group and others.
const OTHERS: u32 = 0o077;

/// A key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("cannot read or write {}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} can be read by others (mode {mode:03o}): chmod 600", path.display())]
    Exposed { path: PathBuf, mode: u32 },
    #[error("{} does not hold a key of 32 bytes", path.display())]
    Malformed { path: PathBuf },
    #[error("the operating system gives no random bytes: {0}")]
    Random(String),
}

/// The file with the key that seals the secrets of second factors.
pub(crate) const SECOND_FACTOR: &str = "second-factor.key";
/// The file with the key that signs checkpoints of the audit trail.
pub(crate) const AUDIT: &str = "audit.key";

/// The key in this file; made at the first start, for its owner only.
pub(crate) fn open(path: &Path) -> Result<[u8; 32], KeyFileError> {
    read(path)?.map_or_else(|| make(path), Ok)
}

/// The key in this file, if there is one.
pub(crate) fn read(path: &Path) -> Result<Option<[u8; 32]>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    match File::open(path) {
        Ok(mut file) => {
            let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
            if mode & OTHERS != 0 {
                return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
            }
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(failed)?;
            bytes.try_into().map(Some).map_err(|_wrong_length| KeyFileError::Malformed { path: path.to_owned() })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(source)),
    }
}

/// Written beside, synced and linked: a crash leaves no half a key, and of two servers at once the first wins.
fn make(path: &Path) -> Result<[u8; 32], KeyFileError> {
    let mut key = [0; 32];
    SysRng.try_fill_bytes(&mut key).map_err(|error| KeyFileError::Random(error.to_string()))?;
    let beside = path.with_extension(format!("new.{}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&key)?;
        file.sync_all()?;
        let linked = fs::hard_link(&beside, path);
        fs::remove_file(&beside)?;
        // The name, too: what is sealed with the key outlives a power cut.
        if let Some(directory) = path.parent() {
            File::open(directory)?.sync_all()?;
        }
        linked
    })();
    match written {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open(path),
        Err(source) => Err(KeyFileError::Io { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{KeyFileError, open};

    #[test]
    fn a_key_is_made_once_for_its_owner_only_and_read_after_that() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("second-factor.key");
        let key = open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(open(&path).unwrap(), key);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(open(&path), Err(KeyFileError::Exposed { mode: 0o640, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, b"short").unwrap();
        assert!(matches!(open(&path), Err(KeyFileError::Malformed { .. })));
    }
}
