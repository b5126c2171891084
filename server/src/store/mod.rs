//! The engine room: two databases behind one door.
//!
//! Does: open, migrate and pool connections; run a closure with one, on the blocking pool, in a transaction where it writes.
//! Does not: know any slice, any rule or any row.
//!
//! Invariants: [`Store::read`] and [`Store::write`] are the only ways to a connection; a write is one transaction and
//! takes SQLite's write lock at once (`BEGIN IMMEDIATE`), so that it never fails half-way for want of it;
//! when a write returns `Ok`, it is on disk.

pub mod column;
pub mod conn;
pub mod dialect;
pub mod error;
pub mod json_lines;
pub mod location;
pub mod migrate;
#[cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form in which diesel writes a schema"))]
pub mod schema;
pub mod statement;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};

pub use self::conn::Conn;
pub use self::error::{Inconsistent, StoreError};
pub use self::location::Location;

use self::conn::Pool;

/// Longest time that a statement may take on PostgreSQL, unless said.
pub const STATEMENT: Duration = Duration::from_mins(1);
/// How much later than that a connection is given up. PostgreSQL itself ends what takes too long; one that has not
/// answered then is out of reach, and its socket may never say so.
const GRACE: Duration = Duration::from_secs(5);

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    pools: RwLock<Arc<Pools>>,
    location: Location,
    statement: Duration,
}

struct Pools {
    readers: Pool,
    /// One connection on SQLite, which has one write lock; as many as there are readers on PostgreSQL.
    writers: Pool,
}

impl Store {
    /// Opens the database; does not migrate it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it cannot be opened or reached.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        Self::open_with(location, STATEMENT)
    }

    /// The same, with the longest time that a statement may take on PostgreSQL.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it cannot be opened or reached.
    pub fn open_with(location: &Location, statement: Duration) -> Result<Self, StoreError> {
        let (readers, writers) = conn::pools(location, statement)?;
        let pools = RwLock::new(Arc::new(Pools { readers, writers }));
        Ok(Self { shared: Arc::new(Shared { pools, location: location.clone(), statement }) })
    }

    /// Where the database is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.shared.location
    }

    /// How large SQLite's write-ahead log is, in bytes. PostgreSQL looks after its own.
    #[must_use]
    pub fn log_bytes(&self) -> Option<u64> {
        let Location::Sqlite(path) = self.location() else { return None };
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        std::fs::metadata(log).ok().map(|log| log.len())
    }

    /// Runs `work` with a connection that only reads.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(move |pools| work(&mut *conn::take(&pools.readers)?)).await
    }

    /// Runs `work` in a transaction; commits when it returns `Ok`, rolls back otherwise.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(move |pools| in_transaction(&mut *conn::take(&pools.writers)?, work)).await
    }

    /// [`Store::read`] for callers outside the async runtime: the command line and start-up.
    pub fn read_blocking<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        work(&mut *conn::take(&self.pools().readers)?)
    }

    /// [`Store::write`] for callers outside the async runtime: the command line and start-up.
    pub fn write_blocking<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        in_transaction(&mut *conn::take(&self.pools().writers)?, work)
    }

    fn pools(&self) -> Arc<Pools> {
        Arc::clone(&self.shared.pools.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` on the blocking pool, and waits for PostgreSQL for so long and no longer. What is given up may still
    /// come to its end: then it is as if the answer had been lost.
    async fn run<T, E>(&self, work: impl FnOnce(&Pools) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pools = self.pools();
        let used = Arc::clone(&pools);
        let outcome = on_blocking_pool(move || work(&used));
        if matches!(self.shared.location, Location::Sqlite(_)) {
            return outcome.await;
        }
        match tokio::time::timeout(self.shared.statement + GRACE, outcome).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => {
                self.give_up(&pools);
                Err(StoreError::Unavailable("it does not answer".to_owned()).into())
            }
        }
    }

    /// Puts new connections in the place of these, which are all taken for dead; those that wait on one of them keep it
    /// until the system ends it.
    fn give_up(&self, silent: &Arc<Pools>) {
        let mut pools = self.shared.pools.write().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&pools, silent) {
            tracing::error!(database = %self.shared.location, "the database does not answer: its connections are given up");
            let (readers, writers) = conn::pools_to_be(&self.shared.location, self.shared.statement);
            *pools = Arc::new(Pools { readers, writers });
        }
    }
}

async fn on_blocking_pool<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(stopped) => Err(StoreError::Stopped(stopped.to_string()).into()),
    }
}

fn in_transaction<T, E: From<StoreError>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin(conn).map_err(StoreError::from)?;
    match work(conn) {
        Ok(value) => {
            commit(conn).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(failure) = rollback(conn) {
                tracing::error!(%failure, "rollback failed; the connection will be dropped");
            }
            Err(error)
        }
    }
}

fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

fn commit(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn),
        Conn::Postgres(conn) => AnsiTransactionManager::commit_transaction(conn),
    }
}

fn rollback(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
        Conn::Postgres(conn) => AnsiTransactionManager::rollback_transaction(conn),
    }
}
