//! Brings the schema up to date.

use diesel::migration::Migration;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::error::StoreError;
use super::{Store, conn};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Any number will do, as long as every server of one database takes the same.
const MIGRATION_LOCK: i64 = 0x7465_7272_6965_7201;

/// Runs what has not been run yet; several servers may do so at once. Gives the names of what it ran.
///
/// # Errors
///
/// [`StoreError::Migration`] names the migration; each runs in its own transaction, so none is half-applied.
pub fn run(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut conn = conn::take(&store.pools().writers)?;
    match &mut *conn {
        Conn::Sqlite(conn) => pending(conn, SQLITE),
        Conn::Postgres(conn) => {
            advisory_lock(conn, "SELECT pg_advisory_lock($1)")?;
            let outcome = pending(conn, POSTGRES);
            advisory_lock(conn, "SELECT pg_advisory_unlock($1)")?;
            outcome
        }
    }
}

fn pending<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
    Box<dyn Migration<DB>>: Sized,
{
    let ran = conn.run_pending_migrations(source).map_err(|error| StoreError::Migration(error.to_string()))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

fn advisory_lock(conn: &mut diesel::PgConnection, statement: &'static str) -> Result<(), StoreError> {
    use diesel::RunQueryDsl as _;
    diesel::sql_query(statement).bind::<diesel::sql_types::BigInt, _>(MIGRATION_LOCK).execute(conn)?;
    Ok(())
}
