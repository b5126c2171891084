//! What can go wrong between us and the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database, not of a rule.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had in time.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A query failed.
    #[error("a query failed")]
    Query(#[from] DieselError),
    /// A stored row breaks an invariant of the code that reads it.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
    /// The worker that ran the query was stopped.
    #[error("the database worker stopped: {0}")]
    Stopped(String),
    /// A value has no form in which the database could hold it.
    #[error("a value cannot be stored: {0}")]
    Unstorable(String),
    /// The schema could not be brought up to date.
    #[error("migration failed: {0}")]
    Migration(String),
}

/// A row that should not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table}.{column} of row {row} holds `{value}`")]
pub struct Inconsistent {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub row: String,
    /// What stands there.
    pub value: String,
}

impl StoreError {
    /// Whether trying again later may help: the database was away, busy, full or chose this transaction as a victim.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Stopped(_) => true,
            Self::Query(error) => is_passing(error),
            Self::Inconsistent(_) | Self::Unstorable(_) | Self::Migration(_) => false,
        }
    }

    /// Whether the row is still referred to, or refers to what there is not.
    #[must_use]
    pub const fn is_reference_violation(&self) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)))
    }

    /// Whether a unique key refused the row.
    #[must_use]
    pub const fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }
}

fn is_passing(error: &DieselError) -> bool {
    match error {
        DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(kind, info) => {
            matches!(
                kind,
                DatabaseErrorKind::SerializationFailure
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::UnableToSendCommand
            ) || TRANSIENT.iter().any(|phrase| info.message().contains(phrase))
        }
        // The rollback fails for what made the commit fail: the connection is gone, or SQLite has rolled back already.
        DieselError::RollbackErrorOnCommit { commit_error, .. } => is_passing(commit_error),
        _ => false,
    }
}

/// Diesel has no kind for these conditions; the drivers' own words are all there is.
const TRANSIENT: [&str; 10] = [
    "database is locked",
    "database or disk is full",
    "No space left on device",
    "attempt to write a readonly database",
    "disk I/O error",
    "deadlock detected",
    "canceling statement due to lock timeout",
    "terminating connection",
    "the database system is",
    "server closed the connection",
];
