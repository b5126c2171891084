//! Problem documents (RFC 9457).

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use terrier_shared::latest::problem::AgentAction;
use utoipa::ToSchema;

use super::code::Code;
use crate::kernel::chain::Chain;
use crate::kernel::invalid::Invalid;
use crate::store::StoreError;

/// A refusal on its way out.
#[derive(Debug)]
pub struct Problem {
    /// What kind of refusal.
    pub code: Code,
    /// What was wrong with this very request, in English.
    pub detail: Option<String>,
    /// Which fields were wrong, and how.
    pub errors: Vec<FieldError>,
    /// Seconds after which to try again.
    pub retry_after_s: Option<u32>,
    /// The current entity tag, when `code` is [`Code::Stale`].
    pub etag: Option<String>,
    /// What an agent should do about it.
    pub action: Option<AgentAction>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, as `grants[0].role`.
    pub field: String,
    /// `required`, `too_short`, `too_long`, `too_common`, `invalid`, `unknown`, `taken`, `out_of_range`, `unknown_field`.
    pub code: &'static str,
    /// The same for people, in English.
    pub detail: String,
    /// The limit that was broken, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// A problem document (RFC 9457) as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument<'a> {
    /// `about:blank#<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the code means, in English.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// The stable name of the refusal.
    pub code: &'a str,
    /// What was wrong with this very request, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
    /// The request's id, as it stands in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// Which fields were wrong, and how.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldError],
    /// What an agent should do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub action: Option<AgentAction>,
}

impl Problem {
    /// A refusal without details.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), retry_after_s: None, etag: None, action: None }
    }

    /// A refusal that says what was wrong.
    #[must_use]
    pub fn because(code: Code, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }

    /// One wrong field.
    #[must_use]
    pub fn field(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { field: field.into(), code, detail: detail.into(), limit: None }])
    }

    /// Several wrong fields.
    #[must_use]
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Code::ValidationFailed) }
    }

    /// Every value that was found wrong.
    #[must_use]
    pub fn invalid(values: Vec<Invalid>) -> Self {
        Self::fields(values.into_iter().map(FieldError::from).collect())
    }

    /// Our own fault: the cause goes to the log, not to the caller.
    #[must_use]
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        tracing::error!(error = %Chain(cause), "internal error");
        Self::new(Code::Internal)
    }

    /// The response, with the request's id where it is known.
    #[must_use]
    pub fn respond(&self, request_id: Option<&str>) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.code.status());
        if let Some(seconds) = self.retry_after_s {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(etag) = &self.etag {
            response.insert_header((header::ETAG, etag.as_str()));
        }
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.content_type("application/problem+json").json(self.document(request_id))
    }

    fn document<'a>(&'a self, request_id: Option<&'a str>) -> ProblemDocument<'a> {
        ProblemDocument {
            kind: format!("about:blank#{}", self.code.name()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code.name(),
            detail: self.detail.as_deref(),
            request_id,
            errors: &self.errors,
            action: self.action,
        }
    }
}

impl From<Invalid> for FieldError {
    fn from(value: Invalid) -> Self {
        Self { field: value.field, code: value.fault.name(), detail: value.detail, limit: value.limit }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.detail {
            Some(detail) => write!(out, "{}: {detail}", self.code.name()),
            None => out.write_str(self.code.name()),
        }
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.respond(None)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            tracing::warn!(error = %Chain(&error), "the database is not available");
            Self { retry_after_s: Some(5), ..Self::new(Code::Unavailable) }
        } else {
            Self::internal(&error)
        }
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        StoreError::from(error).into()
    }
}
