//! This slice's errors as problem documents.

use crate::access::error::Error;
use crate::access::model::user::Obstacle;
use crate::api::kit::code::Code;
use crate::api::kit::etag::stale;
use crate::api::kit::problem::{FieldError, Problem};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Invalid(values) => Self::invalid(values),
            Error::NotFound => Self::new(Code::NotFound),
            Error::Stale(version) => stale(version),
            Error::AlreadySetUp | Error::SecondFactorExists => Self::because(Code::Conflict, error.to_string()),
            Error::BadLink => Self::because(Code::Forbidden, error.to_string()),
            Error::Obstacle(obstacle) => obstacle.into(),
            Error::Organisation(obstacle) => against_a_rule(obstacle.name(), obstacle.detail()),
            Error::InvalidCredentials => Self::new(Code::InvalidCredentials),
            Error::SecondFactorRequired => Self::new(Code::SecondFactorRequired),
            Error::WrongSecondFactor => Self::new(Code::InvalidSecondFactor),
            Error::SecondFactorNeeded => Self::because(Code::RuleViolated, error.to_string()),
            Error::TooManyAttempts(wait_s) => {
                Self { retry_after_s: Some(wait_s), ..Self::because(Code::TooManyRequests, error.to_string()) }
            }
            Error::Busy => Self { retry_after_s: Some(2), ..Self::because(Code::Unavailable, error.to_string()) },
            Error::Machinery(_) => Self::internal(&error),
        }
    }
}

impl From<Obstacle> for Problem {
    fn from(obstacle: Obstacle) -> Self {
        if obstacle == Obstacle::NeedsPermission {
            return Self::because(Code::Forbidden, obstacle.detail());
        }
        against_a_rule(obstacle.name(), obstacle.detail())
    }
}

fn against_a_rule(code: &'static str, detail: &str) -> Problem {
    let reason = FieldError { field: String::new(), code, detail: detail.to_owned(), limit: None };
    Problem { errors: vec![reason], ..Problem::because(Code::RuleViolated, detail) }
}
