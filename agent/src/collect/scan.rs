//! One look at a host: what several sections need is read once.

use std::cell::OnceCell;

use terrier_shared::latest::section::processes::Owner;
use terrier_shared::latest::section::software::Package;

use super::failure::Failure;
use super::host::Host;
use super::identity::Hardware;
use super::processes::table::{self, Entry};
use super::processes::user::Users;
use super::services::search::Units;
use super::settings::Settings;
use super::smbios::Board;
use super::sockets::owner::Owners;
use super::sockets::table::{self as socket_table, Socket};
use super::software;

/// The host, and what was already read of it in this run.
pub(super) struct Scan {
    pub(super) host: Host,
    pub(super) settings: Settings,
    processes: OnceCell<Result<Vec<Entry>, Failure>>,
    users: OnceCell<Users>,
    sockets: OnceCell<Result<Vec<Socket>, Failure>>,
    owners: OnceCell<Owners>,
    noted: OnceCell<Hardware>,
    board: OnceCell<Option<Board>>,
    units: OnceCell<Result<Units, Failure>>,
    packages: OnceCell<Result<Vec<Package>, Failure>>,
}

impl Scan {
    pub(super) fn new(host: Host, settings: Settings) -> Self {
        Self {
            host,
            settings,
            processes: OnceCell::new(),
            users: OnceCell::new(),
            sockets: OnceCell::new(),
            owners: OnceCell::new(),
            noted: OnceCell::new(),
            board: OnceCell::new(),
            units: OnceCell::new(),
            packages: OnceCell::new(),
        }
    }

    /// The processes, by number.
    pub(super) fn processes(&self) -> Result<&[Entry], Failure> {
        let found = self.processes.get_or_init(|| table::read(&self.host));
        found.as_deref().map_err(Clone::clone)
    }

    /// The files of units.
    pub(super) fn units(&self) -> Result<&Units, Failure> {
        self.units.get_or_init(|| Units::find(&self.host)).as_ref().map_err(Clone::clone)
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

    /// What root has noted at boot.
    pub(super) fn noted(&self) -> &Hardware {
        self.noted.get_or_init(|| Hardware::noted(&self.host))
    }

    /// What the firmware's tables say; absent where they may not be read and nobody who may has noted it.
    pub(super) fn board(&self) -> Option<&Board> {
        let found = self.board.get_or_init(|| Board::read(&self.host).ok().or_else(|| self.noted().board.clone()));
        found.as_ref()
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
