//! What can be against a use case of this slice.

use super::model::organisation;
use super::model::user::Obstacle;
use crate::kernel::invalid::Invalid;
use crate::store::{Inconsistent, StoreError};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Values are wrong.
    #[error("{}", describe(.0))]
    Invalid(Vec<Invalid>),
    /// It is not there, or not in the caller's scope.
    #[error("there is no such thing")]
    NotFound,
    /// It has this version now.
    #[error("it was changed in the meantime")]
    Stale(i32),
    /// There are users already.
    #[error("this installation has been set up already")]
    AlreadySetUp,
    /// The link is wrong, used, replaced or too old.
    #[error("the link is not valid any more")]
    BadLink,
    /// A rule is against it.
    #[error("{}", .0.detail())]
    Obstacle(Obstacle),
    /// A rule of the tree is against it.
    #[error("{}", .0.detail())]
    Organisation(organisation::Obstacle),
    /// The login or the password is wrong, or the account is disabled.
    #[error("the login or the password is wrong")]
    InvalidCredentials,
    /// The password was right; a code is needed as well.
    #[error("a code of the second factor is needed")]
    SecondFactorRequired,
    /// The code is wrong, too old or was used before.
    #[error("the code is wrong, too old or was used before")]
    WrongSecondFactor,
    /// There is one already.
    #[error("there is a second factor already; remove it first")]
    SecondFactorExists,
    /// This installation asks for one.
    #[error("this installation does not let you go on without a second factor")]
    SecondFactorNeeded,
    /// Too many attempts; how many seconds to wait.
    #[error("too many attempts; try again in {0} s")]
    TooManyAttempts(u32),
    /// Too many passwords are being checked at the moment.
    #[error("too many sign-ins at the same time")]
    Busy,
    /// A password could not be hashed or no random number be had.
    #[error("the operating system or the hash refused: {0}")]
    Machinery(String),
}

fn describe(values: &[Invalid]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("{}: {}", value.field, value.detail)).collect();
    values.join("; ")
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

impl From<Invalid> for Error {
    fn from(value: Invalid) -> Self {
        Self::Invalid(vec![value])
    }
}

impl From<Obstacle> for Error {
    fn from(obstacle: Obstacle) -> Self {
        Self::Obstacle(obstacle)
    }
}

impl From<organisation::Obstacle> for Error {
    fn from(obstacle: organisation::Obstacle) -> Self {
        Self::Organisation(obstacle)
    }
}
