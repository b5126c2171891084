//! An empty, migrated database of either kind for one test.

use std::fs;
use std::path::{Path, PathBuf};
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
    Nothing,
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

    /// The database at this place, as it is, which stays.
    pub(crate) fn at(location: Location) -> Self {
        let store = Store::open(&location).unwrap();
        Self { store: Some(store), location, dropped_with: Cleanup::Nothing }
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// A copy of it as it is now. Nobody else may have it open.
    pub(crate) fn back_up(&mut self) -> Self {
        let mut backup = Self::unmigrated(self.backend());
        backup.put_back(self);
        backup
    }

    /// Makes it what `backup` is. Nobody else may have either of them open.
    pub(crate) fn put_back(&mut self, backup: &mut Self) {
        drop((self.store.take(), backup.store.take()));
        match (&self.dropped_with, &backup.dropped_with) {
            (Cleanup::Database { name }, Cleanup::Database { name: template }) => {
                administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
                // What closes its connections may not be through with it.
                administer(&format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'"
                ));
                administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
            }
            _ => self.put_file_back(backup),
        }
        self.store = Some(Store::open(&self.location).unwrap());
        backup.store = Some(Store::open(&backup.location).unwrap());
    }

    fn put_file_back(&self, backup: &Self) {
        let (Location::Sqlite(to), Location::Sqlite(from)) = (&self.location, &backup.location) else {
            panic!("a backup of another kind of database");
        };
        let beside = |path: &Path, what: &str| PathBuf::from(format!("{}-{what}", path.display()));
        assert!(!beside(from, "wal").exists(), "it is open");
        for file in [to.clone(), beside(to, "wal"), beside(to, "shm")] {
            drop(fs::remove_file(file));
        }
        fs::copy(from, to).unwrap();
    }

    const fn backend(&self) -> Backend {
        match self.location {
            Location::Sqlite(_) => Backend::Sqlite,
            Location::Postgres(_) => Backend::Postgres,
        }
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
