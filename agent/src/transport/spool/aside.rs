//! Setting a bad file aside, so that a new one can take its place.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::open::SpoolError;

/// Beginning of the name that a bad file gets.
const PREFIX: &str = "spool.corrupt-";
/// What `SQLite` keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Whether something stands in the place of the spool, or of what belongs to it, that this process cannot use as a
/// file: a directory, a link, a file that it may not open.
pub(super) fn is_no_file_of_ours(path: &Path) -> bool {
    [path.to_owned()].into_iter().chain(BESIDE.map(|suffix| beside(path, suffix))).any(|path| {
        path.symlink_metadata().is_ok_and(|found| {
            !found.is_file()
                || OpenOptions::new()
                    .read(true)
                    .write(true)
                    .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
                    .open(&path)
                    .is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
        })
    })
}

fn flags(flags: OFlags) -> i32 {
    i32::try_from(flags.bits()).unwrap_or(0)
}

/// What was set aside and is still there.
pub(super) fn newest(path: &Path) -> Option<PathBuf> {
    all(path).ok()?.into_iter().max()
}

/// Renames the file, keeps only the newest of those renamed before, and takes its journals away.
///
/// # Errors
///
/// It is still there.
pub(super) fn set(path: &Path, now_ms: i64) -> Result<PathBuf, SpoolError> {
    let at = |source| SpoolError::Io { path: path.to_owned(), source };
    for old in all(path).map_err(at)? {
        if let Err(error) = remove(&old) {
            tracing::warn!(%error, file = %old.display(), "what was set aside earlier cannot be removed");
        }
    }
    let aside = path.with_file_name(format!("{PREFIX}{now_ms}"));
    match fs::rename(path, &aside) {
        // Set aside by an attempt that came no further.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        renamed => renamed.map_err(at)?,
    }
    for suffix in BESIDE {
        let journal = beside(path, suffix);
        match remove(&journal) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_not_ours_to_remove) => fs::rename(&journal, beside(&aside, suffix)).map_err(at)?,
        }
    }
    Ok(aside)
}

fn all(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path.parent().unwrap_or(Path::new(".")))?.flatten();
    Ok(entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
        .map(|entry| entry.path())
        .collect())
}

fn remove(path: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
