//! An empty, migrated database of either kind for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use tempfile::TempDir;
use terrier_server::store::{Location, Store, migrate};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub(crate) const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// A database that goes when it is dropped.
pub(crate) struct TestDatabase {
    pub(crate) store: Option<Store>,
    pub(crate) location: Location,
    dropped_with: Cleanup,
}

enum Cleanup {
    Directory { _directory: TempDir },
    Database { name: String },
}

impl TestDatabase {
    /// An empty database, migrated.
    pub(crate) fn new(backend: Backend) -> Self {
        let database = Self::unmigrated(backend);
        migrate::run(database.store()).unwrap();
        database
    }

    /// An empty database.
    pub(crate) fn unmigrated(backend: Backend) -> Self {
        let (location, dropped_with) = match backend {
            Backend::Sqlite => {
                let directory = TempDir::new().unwrap();
                let location = Location::Sqlite(directory.path().join("terrier.db"));
                (location, Cleanup::Directory { _directory: directory })
            }
            Backend::Postgres => {
                let name = fresh_name();
                administer(&format!("CREATE DATABASE {name}"));
                (Location::Postgres(url_of(&name).into()), Cleanup::Database { name })
            }
        };
        let store = Store::open(&location).unwrap();
        Self { store: Some(store), location, dropped_with }
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.store.take();
        if let Cleanup::Database { name } = &self.dropped_with {
            administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn administer(statement: &str) {
    PgConnection::establish(&server_url()).unwrap().batch_execute(statement).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "`tests/with-postgres` tells where its server is by this variable")]
fn server_url() -> String {
    std::env::var("TERRIER_TEST_POSTGRES").expect("run this as `tests/with-postgres cargo test`, or `make test`")
}

fn url_of(database: &str) -> String {
    server_url().replace("/postgres?", &format!("/{database}?"))
}
