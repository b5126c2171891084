//! One look at a host: what several sections need is read once.

use std::cell::OnceCell;

use terrier_shared::latest::section::processes::Owner;
use terrier_shared::latest::section::software::Package;

use super::failure::Failure;
use super::host::Host;
use super::processes::table::{self, Entry};
use super::processes::user::Users;
use super::sockets::owner::Owners;
use super::sockets::table::{self as socket_table, Socket};
use super::software;

/// The host, and what was already read of it in this run.
pub(super) struct Scan {
    pub(super) host: Host,
    processes: OnceCell<Result<Vec<Entry>, Failure>>,
    users: OnceCell<Users>,
    sockets: OnceCell<Result<Vec<Socket>, Failure>>,
    owners: OnceCell<Owners>,
    packages: OnceCell<Result<Vec<Package>, Failure>>,
}

impl Scan {
    pub(super) fn new(host: Host) -> Self {
        Self {
            host,
            processes: OnceCell::new(),
            users: OnceCell::new(),
            sockets: OnceCell::new(),
            owners: OnceCell::new(),
            packages: OnceCell::new(),
        }
    }

    /// The processes, by number.
    pub(super) fn processes(&self) -> Result<&[Entry], Failure> {
        let found = self.processes.get_or_init(|| table::read(&self.host));
        found.as_deref().map_err(Clone::clone)
    }

    /// The sockets.
    pub(super) fn sockets(&self) -> Result<&[Socket], Failure> {
        let found = self.sockets.get_or_init(|| socket_table::read(&self.host));
        found.as_deref().map_err(Clone::clone)
    }

    /// Whose socket it is. Where processes cannot be read, sockets have no owner, but they are there.
    pub(super) fn owner(&self, socket: &Socket) -> Owner {
        let owners = self.owners.get_or_init(|| {
            let processes = self.processes().unwrap_or_default();
            Owners::find(&self.host, self.users(), processes, self.sockets().unwrap_or_default())
        });
        owners.of(socket, self.users())
    }

    /// The packages, sorted.
    pub(super) fn packages(&self) -> Result<&[Package], Failure> {
        self.packages.get_or_init(|| software::read(&self.host)).as_deref().map_err(Clone::clone)
    }

    /// The names of users.
    pub(super) fn users(&self) -> &Users {
        self.users.get_or_init(|| Users::read(&self.host))
    }
}
