//! One owner at a time for a state directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;

use super::state_dir::{StateDir, open_private};

/// The directory is this process's until this is dropped or the process ends, however it ends (flock(2)).
#[derive(Debug)]
pub struct Lock(File);

/// The directory could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("another terrier-agent uses {}", .0.display())]
    Taken(PathBuf),
    /// The operating system refused.
    #[error("cannot lock {}", .0.display())]
    Io(PathBuf, #[source] std::io::Error),
}

impl Lock {
    /// Takes `state` for this process.
    ///
    /// # Errors
    ///
    /// Another process has it, or nobody can.
    pub fn take(state: &StateDir) -> Result<Self, LockError> {
        let path = state.file("lock");
        let opened = open_private(OpenOptions::new().write(true).create(true).truncate(false), &path);
        let file = opened.map_err(|error| LockError::Io(path.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken(path)),
            Err(TryLockError::Error(error)) => Err(LockError::Io(path, error)),
        }
    }
}

impl Drop for Lock {
    /// Closing the file is not enough: a child that was forked and has not called exec(2) yet has it open as well, and
    /// the lock is that of the open file.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::debug!(%error, "the state directory is unlocked when its file is closed");
        }
    }
}
