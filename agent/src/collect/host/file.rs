//! Files, links and directories, read with limits.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rustix::fs::{Dir, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use terrier_shared::latest::limits;

use super::Host;
use crate::collect::failure::Failure;

/// Most entries of a directory that are looked at.
const ENTRIES_PER_DIRECTORY: usize = 100_000;

/// What changes when a file is replaced: device-independent and cheap to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    size: u64,
    modified_s: i64,
    modified_ns: i64,
}

/// Who may do what with a file or directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Whose it is.
    pub owner: u32,
    /// Its group.
    pub group: u32,
    /// What it is and what may be done with it, as in inode(7).
    pub mode: u32,
}

impl Access {
    /// Whether it is a regular file.
    #[must_use]
    pub fn is_file(self) -> bool {
        FileType::from_raw_mode(self.mode).is_file()
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(self) -> bool {
        FileType::from_raw_mode(self.mode).is_dir()
    }

    /// Whether it is a regular file that somebody may execute.
    #[must_use]
    pub fn is_program(self) -> bool {
        self.is_file() && self.mode & 0o111 != 0
    }

    /// Whether nobody but root can change it.
    #[must_use]
    pub fn is_roots_alone(self) -> bool {
        let is_closed_to_group = self.group == 0 || self.mode & 0o020 == 0;
        self.owner == 0 && is_closed_to_group && self.mode & 0o002 == 0
    }
}

impl Stamp {
    /// When the file last changed, in seconds since 1970.
    #[must_use]
    pub const fn modified_s(&self) -> i64 {
        self.modified_s
    }

    /// The size of the file in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
}

impl Host {
    /// Who may do what with `path`, or with what it links to.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the path.
    pub fn access(&self, path: impl AsRef<Path>) -> Result<Access, Failure> {
        let path = path.as_ref();
        let found = self.open(path, OFlags::PATH)?.metadata().map_err(|error| Failure::io(path, &error))?;
        Ok(Access { owner: found.uid(), group: found.gid(), mode: found.mode() })
    }

    /// The bytes of the regular file `path`, of which there may be at most `limit`.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the path. A pipe, socket or device is malformed: opening it could wait for ever.
    pub fn read(&self, path: impl AsRef<Path>, limit: usize) -> Result<Vec<u8>, Failure> {
        let path = path.as_ref();
        let bytes = self.beginning(path, limit.saturating_add(1))?;
        if bytes.len() > limit {
            return Err(Failure::TooLarge { what: path.display().to_string(), limit, unit: "bytes" });
        }
        Ok(bytes)
    }

    /// As [`Host::read`], of a longer file the first `limit` bytes.
    ///
    /// # Errors
    ///
    /// As [`Host::read`].
    pub fn beginning(&self, path: impl AsRef<Path>, limit: usize) -> Result<Vec<u8>, Failure> {
        let path = path.as_ref();
        let file = self.stream(path)?;
        let length = file.metadata().map_err(|error| Failure::io(path, &error))?;
        let expected = usize::try_from(length.len()).unwrap_or(limit).min(limit);
        let mut bytes = Vec::with_capacity(expected);
        let allowed = u64::try_from(limit).unwrap_or(u64::MAX);
        file.take(allowed).read_to_end(&mut bytes).map_err(|error| Failure::io(path, &error))?;
        Ok(bytes)
    }

    /// The regular file `path`, to be read in pieces by a caller that sets the limit itself.
    ///
    /// # Errors
    ///
    /// As [`Host::read`].
    pub fn stream(&self, path: impl AsRef<Path>) -> Result<File, Failure> {
        let path = path.as_ref();
        let file = self.open(path, OFlags::empty())?;
        let found = file.metadata().map_err(|error| Failure::io(path, &error))?;
        if !found.is_file() {
            return Err(Failure::malformed(path.display().to_string(), "is no regular file"));
        }
        Ok(file)
    }

    fn open(&self, path: &Path, kind: OFlags) -> Result<File, Failure> {
        let waiting = if kind.contains(OFlags::PATH) { OFlags::empty() } else { OFlags::NONBLOCK };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | waiting | kind;
        let opened = if self.is_live() {
            rustix::fs::open(path, flags, Mode::empty())
        } else {
            // A link in a root that is not live means a place in it, also when it is absolute.
            rustix::fs::open(&self.root, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
                .and_then(|root| rustix::fs::openat2(root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT))
        };
        opened.map(File::from).map_err(|error| Failure::io(path, &error.into()))
    }

    /// Where the file or directory `path` really lies, for what opens it by name itself.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the path.
    pub fn locate(&self, path: impl AsRef<Path>) -> Result<PathBuf, Failure> {
        let path = path.as_ref();
        let file = self.open(path, OFlags::empty())?;
        let link = format!("/proc/self/fd/{}", file.as_raw_fd());
        fs::read_link(link).map_err(|error| Failure::io(path, &error))
    }

    /// As [`Host::read`], with nothing for a file that is not there.
    ///
    /// # Errors
    ///
    /// As [`Host::read`], but for [`Failure::NotFound`].
    pub fn find(&self, path: impl AsRef<Path>, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
        match self.read(path, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// As [`Host::read`], as text; bytes that are no UTF-8 become U+FFFD.
    ///
    /// # Errors
    ///
    /// As [`Host::read`].
    pub fn text(&self, path: impl AsRef<Path>, limit: usize) -> Result<String, Failure> {
        self.read(path, limit).map(lossy)
    }

    /// The value of an attribute, as sysfs and procfs give it: one line, trimmed.
    ///
    /// Absent where it is empty, not there or not readable: an attribute is a detail, not a section.
    #[must_use]
    pub fn value(&self, path: impl AsRef<Path>) -> Option<String> {
        let text = self.text(path, limits::STRING_BYTES).ok()?;
        let value = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The value of an attribute that is a number.
    #[must_use]
    pub fn number<T: FromStr>(&self, path: impl AsRef<Path>) -> Option<T> {
        self.value(path)?.parse().ok()
    }

    /// The value of an attribute that is `0` or `1`.
    #[must_use]
    pub fn flag(&self, path: impl AsRef<Path>) -> Option<bool> {
        self.value(path).map(|value| value != "0")
    }

    /// The names in a directory, sorted.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the directory.
    pub fn names(&self, path: impl AsRef<Path>) -> Result<Vec<OsString>, Failure> {
        let path = path.as_ref();
        let failed = |error: Errno| Failure::io(path, &error.into());
        let directory = self.open(path, OFlags::DIRECTORY)?;
        let mut names = Vec::new();
        for entry in Dir::new(directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
            if names.len() > ENTRIES_PER_DIRECTORY {
                let what = path.display().to_string();
                return Err(Failure::TooLarge { what, limit: ENTRIES_PER_DIRECTORY, unit: "entries" });
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The names in a directory that are text; none where there is no such directory.
    ///
    /// # Errors
    ///
    /// As [`Host::names`], but for [`Failure::NotFound`].
    pub fn find_names(&self, path: impl AsRef<Path>) -> Result<Vec<String>, Failure> {
        match self.names(path) {
            Ok(names) => Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect()),
            Err(failure) if failure.is_not_found() => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    /// Where a symbolic link points, as it says; absent where it is none or may not be read.
    #[must_use]
    pub fn link(&self, path: impl AsRef<Path>) -> Option<PathBuf> {
        fs::read_link(self.path(path)).ok()
    }

    /// The last name of what a symbolic link points to.
    #[must_use]
    pub fn link_name(&self, path: impl AsRef<Path>) -> Option<String> {
        Some(self.link(path)?.file_name()?.to_str()?.to_owned())
    }

    /// Whether there is something at `path`, be it a dangling link.
    #[must_use]
    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        fs::symlink_metadata(self.path(path)).is_ok()
    }

    /// What to compare to see whether a file is still the same; absent where there is none.
    #[must_use]
    pub fn stamp(&self, path: impl AsRef<Path>) -> Option<Stamp> {
        let found = fs::metadata(self.path(path)).ok()?;
        Some(Stamp {
            inode: found.ino(),
            size: found.size(),
            modified_s: found.mtime(),
            modified_ns: found.mtime_nsec(),
        })
    }
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::Host;
    use crate::collect::failure::Failure;

    #[test]
    fn a_link_never_leads_out_of_the_root() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/own"), "own").unwrap();
        symlink("/etc/own", root.path().join("absolute")).unwrap();
        symlink("../../../../../../../etc/passwd", root.path().join("upwards")).unwrap();
        let host = Host::at(root.path());
        assert_eq!(host.text("/absolute", 9).unwrap(), "own");
        assert_eq!(host.text("/upwards", 9).unwrap_err(), Failure::NotFound("/upwards".to_owned()));
    }

    #[test]
    fn a_file_is_read_up_to_its_limit_and_refused_beyond() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("f"), "12345").unwrap();
        let host = Host::at(root.path());
        assert_eq!(host.read("/f", 5).unwrap(), b"12345");
        assert_eq!(host.read("/f", 4).unwrap_err().to_string(), "/f is larger than 4 bytes");
        assert_eq!(host.beginning("/f", 4).unwrap(), b"1234");
    }

    #[test]
    fn a_pipe_or_directory_in_a_files_place_is_refused_at_once() {
        let root = tempfile::tempdir().unwrap();
        let pipe = root.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        fs::create_dir(root.path().join("directory")).unwrap();
        for path in ["/pipe", "/directory"] {
            let failure = Host::at(root.path()).read(path, 9).unwrap_err();
            assert_eq!(failure.to_string(), format!("{path}: is no regular file"));
        }
    }
}
