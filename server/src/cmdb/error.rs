//! What can be wrong with a request to the register.

use super::class::Obstacle;
use super::model::action::Refusal;
use super::model::check::Fault;
use super::model::lifecycle::LifecycleError;
use crate::store::{Inconsistent, StoreError};

/// Why the register refuses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not in the caller's scope.
    #[error("there is no such thing in scope")]
    NotFound,
    /// It is in scope, and the caller may not do this with it.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Somebody changed it in the meantime.
    #[error("it is at version {current} now")]
    Stale {
        /// The version now.
        current: i32,
    },
    /// Fields are not as they must be.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldFault>),
    /// The state of the item does not allow it.
    #[error("not allowed now: {}", .0.name())]
    Refused(Refusal),
    /// The lifecycle does not lead there.
    #[error("the lifecycle does not allow it")]
    Lifecycle(#[from] LifecycleError),
    /// Something that is defined stays as it is.
    #[error(transparent)]
    Obstacle(#[from] Obstacle),
    /// Definitions hold everywhere, and the caller may not make them everywhere.
    #[error("this holds in every organisation, and you may do it in some only")]
    NotEverywhere,
    /// Something is not in the state in which this can be done.
    #[error("`{action}` is not possible now: {why}")]
    NotNow {
        /// What was asked for.
        action: &'static str,
        /// Why not: a code of the API.
        why: &'static str,
    },
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, as `attributes.serial_number`.
    pub field: String,
    /// What kind of wrong: a code of the API.
    pub code: &'static str,
    /// The same for people, in English.
    pub detail: String,
    /// The limit that was broken.
    pub limit: Option<i64>,
}

impl FieldFault {
    /// A fault without a limit.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into(), limit: None }
    }

    /// A value that does not fit its attribute.
    #[must_use]
    pub fn of_value(field: impl Into<String>, fault: &Fault) -> Self {
        Self { limit: fault.limit(), ..Self::new(field, fault.code(), fault.to_string()) }
    }
}

impl From<FieldFault> for Error {
    fn from(fault: FieldFault) -> Self {
        Self::Invalid(vec![fault])
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Inconsistent> for Error {
    fn from(error: Inconsistent) -> Self {
        Self::Store(error.into())
    }
}
