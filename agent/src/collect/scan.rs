//! One look at a host: what several sections need is read once.

use std::cell::OnceCell;

use super::failure::Failure;
use super::host::Host;
use super::processes::table::{self, Entry};
use super::processes::user::Users;

/// The host, and what was already read of it in this run.
pub(super) struct Scan {
    pub(super) host: Host,
    processes: OnceCell<Result<Vec<Entry>, Failure>>,
    users: OnceCell<Users>,
}

impl Scan {
    pub(super) fn new(host: Host) -> Self {
        Self { host, processes: OnceCell::new(), users: OnceCell::new() }
    }

    /// The processes, by number.
    pub(super) fn processes(&self) -> Result<&[Entry], Failure> {
        let found = self.processes.get_or_init(|| table::read(&self.host));
        found.as_deref().map_err(Clone::clone)
    }

    /// The names of users.
    pub(super) fn users(&self) -> &Users {
        self.users.get_or_init(|| Users::read(&self.host))
    }
}
