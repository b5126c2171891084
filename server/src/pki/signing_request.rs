//! Reading a signing request (PKCS #10, RFC 2986): of all it says, only the public key is used.

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData as _, SubjectPublicKeyInfo};
use rustls_pki_types::CertificateSigningRequestDer;
use rustls_pki_types::pem::PemObject as _;
use terrier_shared::latest::limits;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;

/// A public key of an agent: P-256 or Ed25519.
#[derive(Debug, Clone)]
pub struct PublicKey(SubjectPublicKeyInfo);

/// The request cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Larger than any honest one.
    #[error("a signing request has at most {} bytes", limits::CSR_BYTES)]
    TooLarge,
    /// No PKCS #10 in PEM.
    #[error("this is no signing request in PEM")]
    Malformed,
    /// Whoever asks does not hold the key.
    #[error("the request is not signed by the key it names")]
    Signature,
    /// RSA, other curves.
    #[error("the key must be of the kind P-256 or Ed25519")]
    KeyKind,
}

impl PublicKey {
    /// The key of a request whose signature proves that the sender holds it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn of_request(pem: &str) -> Result<Self, InvalidRequest> {
        if pem.len() > limits::CSR_BYTES {
            return Err(InvalidRequest::TooLarge);
        }
        let der = CertificateSigningRequestDer::from_pem_slice(pem.as_bytes())
            .map_err(|_malformed| InvalidRequest::Malformed)?;
        let (rest, request) =
            X509CertificationRequest::from_der(&der).map_err(|_malformed| InvalidRequest::Malformed)?;
        if !rest.is_empty() {
            return Err(InvalidRequest::Malformed);
        }
        // The kind comes first: no signature of a key that is refused anyway is worth its arithmetic.
        let key = SubjectPublicKeyInfo::from_der(request.certification_request_info.subject_pki.raw)
            .map_err(|_unknown| InvalidRequest::KeyKind)?;
        if key.algorithm() != &PKCS_ECDSA_P256_SHA256 && key.algorithm() != &PKCS_ED25519 {
            return Err(InvalidRequest::KeyKind);
        }
        request.verify_signature().map_err(|_forged| InvalidRequest::Signature)?;
        Ok(Self(key))
    }

    pub(super) const fn inner(&self) -> &SubjectPublicKeyInfo {
        &self.0
    }
}
