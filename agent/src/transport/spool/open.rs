//! Opening the file, whatever state it is in.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, params};
use terrier_shared::latest::report::Epoch;

use super::Spool;
use crate::chain::Chain;
use crate::transport::state_dir::open_private;

/// Pages of 4 KiB: the file never grows beyond 64 MiB.
pub(super) const MAX_PAGES: i64 = 16_384;
const VERSION: i64 = 1;
const SCHEMA: &str = include_str!("schema.sql");
/// What a database is made of, as one text: tables with their columns, indexes, and whatever else there is.
const LAYOUT: &str = "
    SELECT coalesce(group_concat(part, char(10)), '') FROM (
        SELECT object.type || ' ' || object.name || coalesce(' ' || col.name || ' ' || col.type, '') AS part
        FROM sqlite_schema AS object LEFT JOIN pragma_table_info(object.name) AS col ORDER BY part)";

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
    /// Whether the file itself is bad, so that only a new one helps: whatever went wrong, unless the machine is short of
    /// something or refuses the file. A new file would fare no better there.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Io { .. } => false,
            Self::Row(_) => true,
            Self::Database(error) => !matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::CannotOpen
                        | ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::DiskFull
                        | ErrorCode::FileLockingProtocolFailed
                        | ErrorCode::OutOfMemory
                        | ErrorCode::PermissionDenied
                        | ErrorCode::ReadOnly
                        | ErrorCode::SystemIoFailure
                )
            ),
        }
    }
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
    /// Opens the spool at `path` and starts `epoch` in it. A damaged file is set aside, never repaired and never
    /// a reason to stop. `boot_id` is the kernel's; `now_ms` names a file that is set aside.
    ///
    /// # Errors
    ///
    /// The directory cannot be used.
    pub fn open(path: &Path, epoch: Epoch, boot_id: &str, now_ms: i64) -> Result<(Self, Opened), SpoolError> {
        let existed = path.symlink_metadata().is_ok();
        let (db, opened) = match connect(path) {
            Ok(db) => (db, if existed { Opened::Kept } else { Opened::Made }),
            Err(SpoolError::Io { path, source }) => return Err(SpoolError::Io { path, source }),
            Err(error) if !existed => return Err(error),
            Err(error) => {
                tracing::error!(error = %Chain(&error), "the spool is damaged and is set aside");
                let aside = set_aside(path, now_ms)?;
                (connect(path)?, Opened::Replaced(aside))
            }
        };
        let mut spool = Self { db, epoch, boot_id: boot_id.to_owned() };
        spool.start_epoch(epoch)?;
        Ok((spool, opened))
    }

    /// Sets the spool at `path` aside, whatever it holds, and begins a new one; says where the old one went.
    ///
    /// # Errors
    ///
    /// The directory cannot be used.
    pub fn replace(path: &Path, epoch: Epoch, boot_id: &str, now_ms: i64) -> Result<(Self, PathBuf), SpoolError> {
        let aside = set_aside(path, now_ms)?;
        let (spool, _made) = Self::open(path, epoch, boot_id, now_ms)?;
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
    // Before anything is written: pages that are not needed any more can be given back to the disk.
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "journal_size_limit", 1 << 20)?;
    db.pragma_update(None, "cache_size", -512)?;
    db.pragma_update(None, "max_page_count", MAX_PAGES)?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (version, tables) {
        (0, 0) => db.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?,
        (VERSION, _) if !is_new => require_sound(&db)?,
        _ => return Err(SpoolError::Row("it was written by another version")),
    }
    Ok(db)
}

fn require_sound(db: &Connection) -> Result<(), SpoolError> {
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(SpoolError::Row("its own check finds it damaged"));
    }
    let own = Connection::open_in_memory()?;
    own.execute_batch(SCHEMA)?;
    if layout(db)? == layout(&own)? { Ok(()) } else { Err(SpoolError::Row("its tables are not those of a spool")) }
}

fn layout(db: &Connection) -> rusqlite::Result<String> {
    db.query_row(LAYOUT, [], |row| row.get(0))
}

/// Renames the file, keeps only the newest of those renamed before, and takes its journals away with it.
fn set_aside(path: &Path, now_ms: i64) -> Result<PathBuf, SpoolError> {
    let at = |source| SpoolError::Io { path: path.to_owned(), source };
    let prefix = "spool.corrupt-";
    let dir = path.parent().unwrap_or(Path::new("."));
    for entry in fs::read_dir(dir).map_err(at)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_file(entry.path()).map_err(at)?;
        }
    }
    let aside = dir.join(format!("{prefix}{now_ms}"));
    fs::rename(path, &aside).map_err(at)?;
    for suffix in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(PathBuf::from(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(error)),
        }
    }
    Ok(aside)
}
