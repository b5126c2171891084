//! Every way in which a request can be refused, in one table.

use actix_web::http::StatusCode;

/// The stable name of a refusal.
///
/// | status | means |
/// |---|---|
/// | 400 | the request cannot be read |
/// | 401 | who are you? |
/// | 403 | you may not |
/// | 404 | not there, or not yours to see |
/// | 409 | the state of things does not allow it |
/// | 412 / 428 | somebody else changed it / say which version you saw |
/// | 413, 415 | too large, not JSON |
/// | 422 | readable, but a field or a rule is against it |
/// | 429, 503 | later; `Retry-After` says when |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the titles say it")]
pub enum Code {
    MalformedRequest,
    Unauthenticated,
    InvalidCredentials,
    SecondFactorRequired,
    InvalidSecondFactor,
    CertificateRequired,
    IdentityUnknown,
    /// Another machine speaks, or may speak, with this identity.
    IdentityConflict,
    CsrfTokenMissing,
    Forbidden,
    ConfirmationRequired,
    SecondFactorMissing,
    AgentRevoked,
    AgentPending,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    Conflict,
    Stale,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    RuleViolated,
    PreconditionRequired,
    TooManyRequests,
    Internal,
    Unavailable,
}

impl Code {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What it means, in English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::MalformedRequest => ("malformed_request", 400, "The request cannot be read"),
            Self::Unauthenticated => ("unauthenticated", 401, "Sign in first"),
            Self::InvalidCredentials => ("invalid_credentials", 401, "The login or the password is wrong"),
            Self::SecondFactorRequired => {
                ("second_factor_required", 401, "A code of the second factor is needed as well")
            }
            Self::InvalidSecondFactor => {
                ("invalid_second_factor", 401, "The code is wrong, too old or was used before")
            }
            Self::CertificateRequired => ("certificate_required", 401, "A client certificate is required"),
            Self::IdentityConflict => ("identity_conflict", 409, "Another machine speaks with this identity"),
            Self::IdentityUnknown => ("identity_unknown", 401, "No agent has this certificate"),
            Self::CsrfTokenMissing => ("csrf_token_missing", 403, "The request does not carry the session's token"),
            Self::Forbidden => ("forbidden", 403, "You may not do this"),
            Self::ConfirmationRequired => ("confirmation_required", 403, "Show again that you know the password"),
            Self::SecondFactorMissing => {
                ("second_factor_missing", 403, "This installation lets you go on once you have a second factor")
            }
            Self::AgentRevoked => ("agent_revoked", 403, "This agent has been revoked"),
            Self::AgentPending => ("agent_pending", 403, "This agent has not been approved yet"),
            Self::NotFound => ("not_found", 404, "There is no such thing"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "This resource does not have this method"),
            Self::RequestTimeout => ("request_timeout", 408, "The request took too long to arrive"),
            Self::Conflict => ("conflict", 409, "The present state does not allow this"),
            Self::Stale => ("stale", 412, "It was changed in the meantime"),
            Self::PayloadTooLarge => ("payload_too_large", 413, "The body is too large"),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415, "The body is not of a kind read here"),
            Self::ValidationFailed => ("validation_failed", 422, "A field is not as it must be"),
            Self::RuleViolated => ("rule_violated", 422, "A rule is against it"),
            Self::PreconditionRequired => ("precondition_required", 428, "Say which version you saw (If-Match)"),
            Self::TooManyRequests => ("too_many_requests", 429, "Too many requests"),
            Self::Internal => ("internal", 500, "Something is wrong on our side"),
            Self::Unavailable => ("unavailable", 503, "Not available at the moment"),
        }
    }
}
