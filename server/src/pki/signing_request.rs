//! Reading a signing request (PKCS #10, RFC 2986): of all it says, only the public key is used.

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData as _, SubjectPublicKeyInfo};
use rustls_pki_types::CertificateSigningRequestDer;
use rustls_pki_types::pem::PemObject as _;
use terrier_shared::latest::limits;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::oid_registry::OID_SIG_ED25519;
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
    /// A point of small order: whoever likes can sign for it.
    #[error("the key is one for which anybody can sign")]
    WeakKey,
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
        if key.algorithm() == &PKCS_ED25519 && is_of_small_order(key.der_bytes()) {
            return Err(InvalidRequest::WeakKey);
        }
        // Which bytes are a key depends on the kind of signature alone, for whoever checks it.
        if (request.signature_algorithm.algorithm == OID_SIG_ED25519) != (key.algorithm() == &PKCS_ED25519) {
            return Err(InvalidRequest::Signature);
        }
        request.verify_signature().map_err(|_forged| InvalidRequest::Signature)?;
        Ok(Self(key))
    }

    pub(super) const fn inner(&self) -> &SubjectPublicKeyInfo {
        &self.0
    }
}

/// Every way to write the y of a point of Ed25519 whose order divides eight. Checking a signature as RFC 8032 says
/// (section 5.1.7) takes them for keys, though none of them has a secret.
const SMALL_ORDERS: [[u8; 32]; 7] = [
    [0; 32],
    ends(1, 0, 0),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
];

const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    let [begin, .., end] = &mut bytes;
    (*begin, *end) = (first, last);
    bytes
}

fn is_of_small_order(point: &[u8]) -> bool {
    // The last bit is the sign of x.
    point.split_last().is_some_and(|(last, rest)| {
        SMALL_ORDERS
            .iter()
            .any(|known| known.split_last().is_some_and(|(end, others)| others == rest && *end == last & 0x7f))
    })
}
