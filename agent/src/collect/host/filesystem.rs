//! How large and how full a file system is, by statvfs(3).

use std::io;
use std::path::Path;
use std::time::Duration;

use super::{Host, Kernel, slow};
use crate::collect::failure::Failure;

/// Space and inodes of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Size in bytes.
    pub size_bytes: u64,
    /// Bytes that are taken, also those that only the administrator could still take.
    pub used_bytes: u64,
    /// Inodes it has; 0 where it makes them as needed.
    pub inodes: u64,
    /// Inodes that are taken.
    pub inodes_used: u64,
}

impl Host {
    /// How full the local file system at `path` is, of which `device` is the number by stat(2), where it is known.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the path. Another device at `path` means that the file system is hidden from this process,
    /// by a sandbox or a later mount; what is there instead is not measured for it.
    pub fn usage(&self, path: &Path, device: Option<u64>) -> Result<Usage, Failure> {
        self.answers(path)?;
        measure(&self.path(path), device).map_err(|error| Failure::io(path, &error))
    }

    /// The files below a root that is not live lie on some file system, but not on the one they show.
    fn answers(&self, path: &Path) -> Result<(), Failure> {
        match self.kernel {
            Kernel::Running => Ok(()),
            Kernel::Recorded => Err(Failure::NotFound(format!("the use of {}", path.display()))),
        }
    }

    /// How full the file system at `path` is, when its server may be gone: waits at most `budget`, and not at all
    /// while an earlier call for the same path still hangs.
    ///
    /// # Errors
    ///
    /// As [`Host::usage`].
    pub fn usage_within(&self, path: &Path, device: Option<u64>, budget: Duration) -> Result<Usage, Failure> {
        self.answers(path)?;
        let (place, name) = (self.path(path), path.display().to_string());
        match slow::within(&self.pending, &name, budget, move || measure(&place, device)) {
            Some(usage) => usage.map_err(|error| Failure::io(path, &error)),
            None => Err(Failure::TimedOut { what: name, budget }),
        }
    }
}

fn measure(place: &Path, device: Option<u64>) -> io::Result<Usage> {
    if device.is_some_and(|device| rustix::fs::stat(place).is_ok_and(|found| found.st_dev != device)) {
        return Err(io::Error::new(io::ErrorKind::NotFound, "another file system is in its place"));
    }
    let found = rustix::fs::statvfs(place)?;
    let unit = if found.f_frsize == 0 { found.f_bsize } else { found.f_frsize };
    Ok(Usage {
        size_bytes: found.f_blocks.saturating_mul(unit),
        used_bytes: found.f_blocks.saturating_sub(found.f_bfree).saturating_mul(unit),
        inodes: found.f_files,
        inodes_used: found.f_files.saturating_sub(found.f_ffree),
    })
}
