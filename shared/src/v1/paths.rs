//! Where the agent listener serves what, and the headers that go with it.

/// `POST`, no client certificate: [`super::enrolment::EnrolRequest`] → [`super::enrolment::EnrolReply`].
pub const ENROL: &str = "/agent/v1/enrol";
/// `POST`, client certificate: [`super::enrolment::RenewRequest`] → [`super::enrolment::EnrolReply`].
pub const RENEW: &str = "/agent/v1/renew";
/// `POST`, client certificate of an identity that is in use elsewhere: [`super::enrolment::ReEnrolRequest`] →
/// [`super::enrolment::EnrolReply`].
pub const RE_ENROL: &str = "/agent/v1/re-enrol";
/// `POST`, client certificate: [`super::report::Batch`] → [`super::report::BatchReply`].
pub const REPORTS: &str = "/agent/v1/reports";

/// Header that carries [`PROTOCOL_VERSION`] on every agent request.
pub const PROTOCOL_HEADER: &str = "Terrier-Protocol";
/// The protocol this module describes.
pub const PROTOCOL_VERSION: &str = "1";
/// Header with `sha-256=:<base64>:` over the body as sent (RFC 9530).
pub const DIGEST_HEADER: &str = "Content-Digest";
