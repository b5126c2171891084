//! The door to the operating system.
//!
//! Does: read files, links and directories below a root, each with a limit; run a program, ask the kernel by
//! netlink, a service at its socket or a device, and measure a file system, each with a deadline.
//! Does not: know what any of it means.
//!
//! Invariants: with [`Host::at`] no file or directory outside the given one is read, nothing is run that is not in
//! it, and the kernel is not asked: its answers are files in it. Paths in failures are the host's, without the root.

mod command;
mod device;
mod file;
mod filesystem;
mod http;
mod memo;
mod netlink;
mod slow;
mod socket;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::command::Output;
pub use self::file::{Access, Stamp};
pub use self::filesystem::Usage;
pub use self::memo::Answers;
pub use self::netlink::{Answer, Family};
pub use self::slow::Ticket;

use self::memo::Memo;
use self::slow::Pending;

/// A host to look at: this one, or a directory that looks like one.
///
/// Clones share what is known about calls that hang and what was found out before.
#[derive(Debug, Clone)]
pub struct Host {
    root: PathBuf,
    kernel: Kernel,
    pending: Arc<Pending>,
    memo: Arc<Memo>,
}

/// Who answers what is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kernel {
    Running,
    Recorded,
}

impl Host {
    /// The host this program runs on.
    #[must_use]
    pub fn live() -> Self {
        Self { root: PathBuf::from("/"), kernel: Kernel::Running, pending: Arc::default(), memo: Arc::default() }
    }

    /// A directory that holds a host's files: a fixture, or a file system mounted somewhere.
    ///
    /// What the kernel would answer by netlink stands in `netlink/<name>` as it would come from the socket, see
    /// [`Family`]; what a program would print is printed by a program of that name in its `usr/bin`.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), kernel: Kernel::Recorded, pending: Arc::default(), memo: Arc::default() }
    }

    /// Whether this is the host that the program runs on.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.kernel == Kernel::Running
    }

    /// Where the host's `path` is to be found.
    #[must_use]
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Says that something of this name begins that may never end, until the ticket is dropped.
    ///
    /// Absent while an earlier ticket of the name is still held.
    #[must_use]
    pub fn begin(&self, name: &str) -> Option<Ticket> {
        self.pending.enter(name)
    }

    /// The machine of uname(2): `x86_64`, `aarch64`, …
    #[must_use]
    pub fn machine(&self) -> String {
        self.value("/proc/sys/kernel/arch")
            .unwrap_or_else(|| rustix::system::uname().machine().to_string_lossy().into_owned())
    }
}
