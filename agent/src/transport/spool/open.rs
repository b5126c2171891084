//! Opening the file, whatever state it is in.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, params};
use terrier_shared::latest::report::Epoch;

use super::{Ledger, Spool, aside};
use crate::chain::Chain;
use crate::transport::state_dir::open_private;

/// Pages of 4 KiB: the file never grows beyond 64 MiB.
pub(super) const MAX_PAGES: i64 = 16_384;
const VERSION: i64 = 1;
/// How long another program may hold the file, which is this one's alone.
const PATIENCE: Duration = Duration::from_secs(1);
pub(super) const SCHEMA: &str = include_str!("schema.sql");

/// The spool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The operating system refused.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The database refused.
    #[error("the spool failed")]
    Database(#[from] rusqlite::Error),
    /// A row is not what this program wrote.
    #[error("the spool holds a row that cannot be read: {0}")]
    Row(&'static str),
}

impl SpoolError {
    /// Whether the file itself is bad, so that only a new one helps. What the host lacks (room, memory, a disk that
    /// answers) or somebody else holds is no damage: with that, the same file is good again.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Io { .. } => false,
            Self::Row(_) => true,
            Self::Database(error) => match error.sqlite_error_code() {
                Some(ErrorCode::SystemIoFailure) => is_torn(error),
                Some(code) => !IS_THE_HOSTS.contains(&code),
                // A value of another type than this program writes.
                None => true,
            },
        }
    }
}

/// What the host is to blame for and not the file.
const IS_THE_HOSTS: [ErrorCode; 11] = [
    ErrorCode::PermissionDenied,
    ErrorCode::DatabaseBusy,
    ErrorCode::DatabaseLocked,
    ErrorCode::OutOfMemory,
    ErrorCode::ReadOnly,
    ErrorCode::OperationInterrupted,
    ErrorCode::DiskFull,
    ErrorCode::CannotOpen,
    ErrorCode::FileLockingProtocolFailed,
    ErrorCode::NoLargeFileSupport,
    ErrorCode::AuthorizationForStatementDenied,
];

/// A file that ends in the middle of a page, or that its filesystem knows to be damaged (`SQLITE_IOERR_SHORT_READ` and
/// `SQLITE_IOERR_CORRUPTFS`, <https://sqlite.org/rescode.html>).
fn is_torn(error: &rusqlite::Error) -> bool {
    const TORN: [i32; 2] = [522, 8458];
    error.sqlite_error().is_some_and(|error| TORN.contains(&error.extended_code))
}

/// In what state the spool was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It was there and sound.
    Kept,
    /// There was none.
    Made,
    /// It was damaged: it now has this name, and a new one was made.
    Replaced(PathBuf),
}

impl Spool {
    /// Opens the spool at `path` and starts `epoch` in it. A damaged file, or something else in its place, is set aside,
    /// never repaired and never a reason to stop. `boot_id` is the kernel's; `now_ms` names what is set aside, and the
    /// new spool remembers it until the server was told.
    ///
    /// # Errors
    ///
    /// The directory cannot be used, or the disk takes nothing: what is there stays as it is.
    pub fn open(path: &Path, epoch: Epoch, boot_id: &str, now_ms: i64) -> Result<(Self, Opened), SpoolError> {
        let existed = path.symlink_metadata().is_ok();
        let (mut spool, opened) = match Self::begin(path, epoch, boot_id) {
            Ok(spool) if existed => (spool, Opened::Kept),
            Ok(spool) => (spool, aside::newest(path).map_or(Opened::Made, Opened::Replaced)),
            Err(error) if error.is_damage() || aside::is_no_file_of_ours(path) => {
                tracing::error!(error = %Chain(&error), "the spool is damaged and is set aside");
                let aside = aside::set(path, now_ms)?;
                (Self::begin(path, epoch, boot_id)?, Opened::Replaced(aside))
            }
            Err(error) => return Err(error),
        };
        if matches!(opened, Opened::Replaced(_)) {
            spool.remember(&[(Ledger::ReplacedMs, now_ms.to_string())])?;
        }
        Ok((spool, opened))
    }

    fn begin(path: &Path, epoch: Epoch, boot_id: &str) -> Result<Self, SpoolError> {
        let mut spool = Self { db: connect(path)?, epoch, boot_id: boot_id.to_owned() };
        spool.start_epoch(epoch)?;
        Ok(spool)
    }

    /// Sets the spool at `path` aside, whatever it holds, and begins a new one; says where the old one went.
    ///
    /// # Errors
    ///
    /// The directory cannot be used.
    pub fn replace(path: &Path, epoch: Epoch, boot_id: &str, now_ms: i64) -> Result<(Self, PathBuf), SpoolError> {
        let aside = aside::set(path, now_ms)?;
        let (spool, _replaced) = Self::open(path, epoch, boot_id, now_ms)?;
        Ok((spool, aside))
    }

    /// Opens the spool at `path` to look at it while its owner goes on; `None` where there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn look(path: &Path) -> Result<Option<Self>, SpoolError> {
        if !path.exists() {
            return Ok(None);
        }
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        Ok(Some(Self { db, epoch: Epoch(0), boot_id: String::new() }))
    }

    /// Names reports by `epoch` from now on, beginning with 1.
    ///
    /// # Errors
    ///
    /// It could not be stored; then it is not used either.
    pub fn start_epoch(&mut self, epoch: Epoch) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        for (key, value) in [("epoch", epoch.to_string()), ("next_seq", "1".to_owned())] {
            tx.execute(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                params![key, value],
            )?;
        }
        tx.commit()?;
        self.epoch = epoch;
        Ok(())
    }
}

fn connect(path: &Path) -> Result<Connection, SpoolError> {
    let at = |source| SpoolError::Io { path: path.to_owned(), source };
    let is_new = match open_private(OpenOptions::new().write(true).create_new(true), path) {
        Ok(_file) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(at(error)),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(PATIENCE)?;
    // Before anything is written: pages that are not needed any more can be given back to the disk.
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "journal_size_limit", 1 << 20)?;
    db.pragma_update(None, "cache_size", -512)?;
    db.pragma_update(None, "max_page_count", MAX_PAGES)?;
    require_ours(&db, is_new)?;
    Ok(db)
}

/// Makes the tables in a file that has none; any other file has exactly those, and sound ones.
fn require_ours(db: &Connection, is_new: bool) -> Result<(), SpoolError> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (version, tables) {
        (0, 0) => db.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?,
        (VERSION, _) if !is_new => {
            require_tables(db)?;
            require_sound(db)?;
        }
        _ => return Err(SpoolError::Row("it was written by another version")),
    }
    Ok(())
}

/// Another program's database may have the same version, and be as sound.
fn require_tables(db: &Connection) -> Result<(), SpoolError> {
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(SCHEMA)?;
    if parts(db)? == parts(&ours)? { Ok(()) } else { Err(SpoolError::Row("it has the tables of another program")) }
}

/// What a database is made of: everything in it by kind and name, tables column by column. Not the words by which it was
/// made, which another version of this program may write otherwise.
const PARTS: &str = "
    SELECT object.type, object.name, col.name, col.type
    FROM sqlite_schema AS object LEFT JOIN pragma_table_info(object.name) AS col ORDER BY 1, 2, 3";

type Part = (String, String, Option<String>, Option<String>);

fn parts(db: &Connection) -> Result<Vec<Part>, SpoolError> {
    let mut query = db.prepare(PARTS)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// With the indexes: a report that one of them does not find would be sent for ever.
fn require_sound(db: &Connection) -> Result<(), SpoolError> {
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(SpoolError::Row("its own check finds it damaged")) }
}
