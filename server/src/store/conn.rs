//! Connections and their pools.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::sql_types::Text;
use diesel::{Connection, ConnectionError, PgConnection, RunQueryDsl as _, SqliteConnection};
use secrecy::ExposeSecret;

use super::error::StoreError;
use super::location::{Location, impatient};
use super::statement::statement;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// Runs the same body on whichever connection `$conn` holds, compiled once for each.
///
/// For the few statements that the derived connection does not do: upserts, batches, `returning` of a struct.
#[macro_export]
macro_rules! on_each_database {
    ($conn:expr, |$name:ident| $body:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($name) => $body,
            $crate::store::Conn::Postgres($name) => $body,
        }
    };
}

/// Connections ready for use.
pub type Pool = diesel::r2d2::Pool<Opener>;

/// A connection on loan from its pool.
pub type Loan = diesel::r2d2::PooledConnection<Opener>;

/// How long to wait for a free connection.
const WAIT: Duration = Duration::from_secs(5);
/// How long to wait where there is none at all: the database is away, and whoever asks is told so at once.
const WAIT_FOR_THE_FIRST: Duration = Duration::from_millis(100);
/// Connections that read at once on SQLite; more would only wait for the two or four cores of such an installation.
const SQLITE_READERS: u32 = 8;
/// Connections on PostgreSQL, for reading and for writing each.
const POSTGRES_CONNECTIONS: u32 = 12;

/// What a connection is told when it is opened.
#[derive(Debug, Clone, Copy)]
struct Settings {
    sqlite: &'static str,
    postgres: &'static [&'static str],
}

/// Of a connection that writes. On SQLite the WAL is flushed at every commit: that is what an acknowledgement means.
/// What of it is over 16 MiB is given back once it can be: some reader may have held it for an hour.
const WRITER: Settings = Settings { sqlite: SQLITE_WRITER, postgres: &[POSTGRES_SESSION, POSTGRES_BY_KEY] };
/// Of a connection that reads.
const READER: Settings = Settings { sqlite: SQLITE_READER, postgres: &[POSTGRES_SESSION] };
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; \
     PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 2000; \
     PRAGMA journal_size_limit = 16777216;";
const SQLITE_READER: &str = "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON; PRAGMA cache_size = -4000;";
/// A condition over many columns takes longer to compile than to look at every item with it.
const POSTGRES_SESSION: &str = "SET TIME ZONE 'UTC'; SET jit = off";
/// The longest that a statement takes, that a lock is waited for, and that a transaction waits for us: one whose
/// connection was given up must not hold others up for longer. In milliseconds each.
const POSTGRES_PATIENCE: &str = "SELECT set_config('statement_timeout', $1, false), \
     set_config('lock_timeout', $2, false), set_config('idle_in_transaction_session_timeout', $1, false)";
/// Whatever a writer does is a look-up of few rows by key. In a table that grows by the minute the planner would take
/// statistics of yesterday for true and read the whole of it.
const POSTGRES_BY_KEY: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;";

/// Makes connections for a pool.
#[derive(Debug)]
pub struct Opener {
    location: Location,
    settings: Settings,
    statement: Duration,
}

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(conn) => conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || R2D2Connection::is_broken(conn)
    }
}

impl Opener {
    fn open(&self) -> Result<Conn, ConnectionError> {
        match &self.location {
            Location::Sqlite(path) => {
                let path = path.to_str().ok_or_else(|| {
                    ConnectionError::InvalidConnectionUrl("the path of a SQLite file is UTF-8".to_owned())
                })?;
                let mut conn = SqliteConnection::establish(path)?;
                conn.batch_execute(self.settings.sqlite).map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
            Location::Postgres(url) => {
                let mut conn = PgConnection::establish(impatient(url).expose_secret())?;
                for settings in self.settings.postgres {
                    conn.batch_execute(settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
                }
                statement(POSTGRES_PATIENCE)
                    .bind::<Text, _>(self.statement.as_millis().to_string())
                    .bind::<Text, _>((self.statement / 4).as_millis().to_string())
                    .execute(&mut conn)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

/// Opens the pools for reading and for writing; a statement may take `statement` on PostgreSQL.
pub(super) fn pools(location: &Location, statement: Duration) -> Result<(Pool, Pool), StoreError> {
    let [(reader, readers), (writer, writers)] = builders(location, statement);
    let opened =
        |builder: Builder, opener| builder.build(opener).map_err(|error| StoreError::Unavailable(error.to_string()));
    // The writer goes first: it creates the file and switches it to WAL, which readers cannot.
    let writers = opened(writers, writer)?;
    Ok((opened(readers, reader)?, writers))
}

/// The same, without waiting for the first connections.
pub(super) fn pools_to_be(location: &Location, statement: Duration) -> (Pool, Pool) {
    let [(reader, readers), (writer, writers)] = builders(location, statement);
    (readers.build_unchecked(reader), writers.build_unchecked(writer))
}

type Builder = diesel::r2d2::Builder<Opener>;

fn builders(location: &Location, statement: Duration) -> [(Opener, Builder); 2] {
    let (readers, writers) = match location {
        Location::Sqlite(_) => (SQLITE_READERS, 1),
        Location::Postgres(_) => (POSTGRES_CONNECTIONS, POSTGRES_CONNECTIONS),
    };
    [(READER, readers), (WRITER, writers)].map(|(settings, size)| {
        let builder = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(WAIT)
            .test_on_check_out(matches!(location, Location::Postgres(_)));
        (Opener { location: location.clone(), settings, statement }, builder)
    })
}

/// Takes a connection, waiting for one at most a few seconds, and hardly at all once there is none in use that could come
/// back: the last of them may turn out to be dead while one waits.
pub(super) fn take(pool: &Pool) -> Result<Loan, StoreError> {
    let began = Instant::now();
    loop {
        match pool.get_timeout(WAIT_FOR_THE_FIRST) {
            Ok(loan) => return Ok(loan),
            Err(error) if pool.state().connections == 0 || began.elapsed() >= WAIT => {
                return Err(StoreError::Unavailable(error.to_string()));
            }
            Err(_none_yet) => {}
        }
    }
}
