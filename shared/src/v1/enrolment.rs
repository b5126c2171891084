//! How an agent gets and renews its certificate.

use serde::{Deserialize, Serialize};

use super::report::Epoch;

/// Body of [`super::paths::ENROL`].
///
/// The server takes nothing from the signing request but its public key. The same key with the same token gets
/// the same agent, however often it is sent: a crash between request and answer costs nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// `ter1.<id>.<secret>.<pin>`, as an administrator made it.
    pub token: String,
    /// PKCS #10 request in PEM, signed by a P-256 key.
    pub csr_pem: String,
    /// What the machine says of itself. Evidence for people and for identification; never authority.
    pub evidence: Evidence,
}

/// Body of [`super::paths::RENEW`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenewRequest {
    /// PKCS #10 request in PEM; the key may be a new one.
    pub csr_pem: String,
    /// What the machine says of itself now.
    pub evidence: Evidence,
    /// The run that asks: a copy of the agent gets no certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Epoch>,
}

/// Body of [`super::paths::RE_ENROL`]: a copy of an agent asks to be an agent of its own.
///
/// The old key vouches for the new one, because the connection was opened with it. The same new key gets the same new
/// agent, however often it is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReEnrolRequest {
    /// PKCS #10 request in PEM, signed by a key that no copy has.
    pub csr_pem: String,
    /// What the machine says of itself.
    pub evidence: Evidence,
    /// The run that was told to enrol again.
    pub run: Epoch,
}

/// What a machine says of itself when it asks for a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The kernel's host name.
    pub hostname: String,
    /// `/etc/machine-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// SMBIOS system UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_uuid: Option<String>,
    /// SMBIOS system serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Version of the agent.
    pub agent_version: String,
}

/// The answer to an enrolment or renewal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum EnrolReply {
    /// The certificate.
    Issued(IssuedCertificate),
    /// A person has to approve first; ask again with the same key and token.
    Pending {
        /// The agent's id, which the approver sees too.
        agent_id: String,
        /// Seconds to wait before asking again.
        retry_after_s: u32,
    },
}

/// A certificate and what the agent needs to use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCertificate {
    /// The agent's id: a UUID that never changes.
    pub agent_id: String,
    /// The agent's certificate in PEM.
    pub certificate_pem: String,
    /// The authorities to trust as servers, in PEM, one after the other.
    pub authorities_pem: String,
    /// Raised by one at every issue.
    pub generation: u32,
    /// When the certificate ends, in seconds since 1970.
    pub not_after_s: i64,
    /// When to renew, in seconds since 1970.
    pub renew_at_s: i64,
}
