//! X.509 certificates that this host shows or keeps.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// Certificates, each once, by fingerprint. Private keys are never read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificates {
    /// What was found in the configured places and on local listeners.
    pub certificates: Vec<Certificate>,
    /// Configured files and directories, and what is below them, that the agent may not read: certificates in them are
    /// missing here.
    pub unread: Vec<Text>,
}

/// A certificate (RFC 5280).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// SHA-256 of its DER encoding, 64 hexadecimal digits.
    pub fingerprint: String,
    /// Subject, as RFC 4514 writes it.
    pub subject: String,
    /// Issuer, as RFC 4514 writes it.
    pub issuer: String,
    /// Serial number in hexadecimal digits.
    pub serial: String,
    /// From when it holds, in seconds since 1970.
    pub not_before_s: i64,
    /// Until when it holds, in seconds since 1970.
    pub not_after_s: i64,
    /// Names it holds for, sorted: `DNS:example.com`, `IP:192.0.2.1`, `email:…`, `URI:…`, `DirName:…`.
    pub names: Vec<String>,
    /// `RSA 2048`, `EC P-256`, `Ed25519`, …
    pub key: String,
    /// How it was signed: `sha256WithRSAEncryption`, or the algorithm's number where it has no known name.
    pub signature: String,
    /// Whether it may sign others.
    pub is_authority: bool,
    /// Whether subject and issuer are the same.
    pub self_issued: bool,
    /// Files it stands in.
    pub files: Vec<Text>,
    /// Listeners on this host that show it, as `address:port`: `0.0.0.0:443`, `[::]:443`.
    pub listeners: Vec<String>,
}
