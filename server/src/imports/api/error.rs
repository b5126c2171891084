//! Refusals of this slice as problem documents.

use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::imports::model::refusal::Refusal;
use crate::imports::service::Error;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::Beyond { place, .. } if place == "the document" => {
                Self::because(Code::PayloadTooLarge, refusal.to_string())
            }
            _ => Self::field("file", refusal.name(), refusal.to_string()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Code::NotFound),
            Error::UnknownOrganisation => Self::field("organisation_id", "unknown", error.to_string()),
            Error::KeyUsed => Self::because(Code::Conflict, error.to_string()),
            Error::Invalid(wrong) => Self::invalid(wrong),
            Error::Refused(refusal) => refusal.into(),
            Error::NoInventory => Self::field("file", "unknown_format", error.to_string()),
            Error::Busy => Self { retry_after_s: Some(30), ..Self::because(Code::Unavailable, error.to_string()) },
            Error::Bulk(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
