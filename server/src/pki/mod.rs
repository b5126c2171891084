//! The certificate authority of one installation.
//!
//! Does: make and keep a root (10 years) that signs an issuing authority (1 year), which signs the server's
//! certificate (90 days) and the agents' (14 days); renew the two in between; set up TLS for both listeners.
//! Does not: decide who gets a certificate, keep a list of them or revoke one. There are no revocation lists: whether
//! an agent may speak is asked of the fleet at every request.
//!
//! Invariants: of a signing request nothing is used but a public key whose possession it proves; serial numbers are
//! 128 random bits; keys are files of mode 0600 in a directory of mode 0700, and a key that others can read stops the
//! start; the root's public key, whose hash stands in every enrolment token, never changes.
//!
//! Terms and limits are those of RFC 5280 (certificates), RFC 2986 (requests) and the SPIFFE X.509-SVID.

pub mod authority;
mod certificate;
mod file;
pub mod peer;
pub mod server_certificate;
pub mod signing_request;
pub mod tls;
mod verifier;

#[cfg(test)]
mod tests;

pub use self::authority::{Authority, Issued};
pub use self::peer::PeerCertificate;
pub use self::server_certificate::ServerCertificate;
pub use self::signing_request::{InvalidRequest, PublicKey};

use std::path::PathBuf;

/// The authority cannot do what it should.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// The operating system refused.
    #[error("cannot {verb} {}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A key that others can read is no secret.
    #[error("{} can be read by others (mode {mode:o}); it must have mode 600", path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not what this program wrote.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The root certificate is there, and neither its key nor a valid issuing authority.
    #[error("the issuing authority has ended and {} is not there to make another", path.display())]
    RootKeyMissing {
        /// Where the root's key would be.
        path: PathBuf,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// A time that a certificate cannot hold.
    #[error("a certificate cannot hold the time {0}")]
    Time(jiff::Timestamp),
}
