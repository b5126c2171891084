//! One function per use case.

pub mod proposal;
pub mod recognise;
pub mod rule;
pub mod verdict;

use crate::store::StoreError;

/// Why a use case was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not in the caller's scope.
    #[error("there is no such thing in scope")]
    NotFound,
    /// Somebody changed it in the meantime.
    #[error("it is at version {current} now")]
    Stale {
        /// The version now.
        current: i32,
    },
    /// A field is not as it must be.
    #[error("{field}: {detail}")]
    Field {
        /// Which.
        field: &'static str,
        /// What kind of wrong: a code of the API.
        code: &'static str,
        /// The same for people, in English.
        detail: String,
        /// The limit that was broken.
        limit: Option<i64>,
    },
    /// Its state does not allow it.
    #[error("{0}")]
    State(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl Error {
    /// A field without a limit.
    #[must_use]
    pub fn field(field: &'static str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Field { field, code, detail: detail.into(), limit: None }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
