//! Signing requests written byte by byte (X.690, RFC 2986): no library writes what is wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};

/// `AlgorithmIdentifier` of ECDSA with SHA-256 (RFC 5758, section 3.2).
pub(super) const ECDSA_SHA256: [u8; 12] = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
/// `AlgorithmIdentifier` of ECDSA with SHA-384.
pub(super) const ECDSA_SHA384: [u8; 12] = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
/// `AlgorithmIdentifier` of Ed25519, for keys and signatures (RFC 8410, section 3).
pub(super) const ED25519: [u8; 7] = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
/// `AlgorithmIdentifier` of a P-256 key (RFC 5480, section 2.1.1).
pub(super) const P256: [u8; 21] =
    [0x30, 19, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// Tags of DER.
pub(super) const BOOLEAN: u8 = 1;
pub(super) const BIT_STRING: u8 = 3;
pub(super) const OCTETS: u8 = 4;
pub(super) const OBJECT_ID: u8 = 6;
pub(super) const UTF8: u8 = 12;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

const EXTENSION_REQUEST: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14];

/// What a request says before it is signed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) version: u8,
    /// A `Name`.
    pub(super) subject: Vec<u8>,
    /// A `SubjectPublicKeyInfo`.
    pub(super) key: Vec<u8>,
    /// `Attribute`s, one after the other.
    pub(super) attributes: Vec<u8>,
    /// The `AlgorithmIdentifier` beside the signature.
    pub(super) algorithm: Vec<u8>,
}

impl Draft {
    /// One that asks for nothing, for the holder of `key`.
    pub(super) fn of(key: &KeyPair) -> Self {
        let algorithm = if key.algorithm() == &rcgen::PKCS_ED25519 { ED25519.to_vec() } else { ECDSA_SHA256.to_vec() };
        let (subject, key) = (name(UTF8, b"web-1"), key.subject_public_key_info());
        Self { version: 0, subject, key, attributes: Vec::new(), algorithm }
    }

    /// The same, which asks for these extensions.
    pub(super) fn asking(mut self, extensions: &[u8]) -> Self {
        self.attributes.extend(attribute(&EXTENSION_REQUEST, &der(SEQUENCE, &[extensions])));
        self
    }

    /// What is signed.
    pub(super) fn info(&self) -> Vec<u8> {
        let (version, attributes) = (der(2, &[&[self.version]]), der(0xa0, &[&self.attributes]));
        der(SEQUENCE, &[&version, &self.subject, &self.key, &attributes])
    }

    pub(super) fn signed_by(&self, key: &KeyPair) -> Vec<u8> {
        self.with_signature(&key.sign(&self.info()).unwrap())
    }

    pub(super) fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        der(SEQUENCE, &[&self.info(), &self.algorithm, &der(BIT_STRING, &[&[0], signature])])
    }
}

/// An element with this tag and these parts, one after the other.
pub(super) fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|digit| **digit == 0).count()..];
    let mut element = vec![tag];
    match digits {
        [] => element.push(0),
        [short] if *short < 0x80 => element.push(*short),
        digits => {
            element.push(0x80 | u8::try_from(digits.len()).unwrap());
            element.extend(digits);
        }
    }
    element.extend(content);
    element
}

/// A subject whose common name is this.
pub(super) fn name(tag: u8, text: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[&der(SET, &[&der(SEQUENCE, &[&der(OBJECT_ID, &[&[0x55, 4, 3]]), &der(tag, &[text])])])])
}

/// A key of this kind.
pub(super) fn public_key(algorithm: &[u8], bytes: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[algorithm, &der(BIT_STRING, &[&[0], bytes])])
}

pub(super) fn attribute(id: &[u8], value: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[&der(OBJECT_ID, &[id]), &der(SET, &[value])])
}

pub(super) fn extension(id: &[u8], is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical { der(BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    der(SEQUENCE, &[&der(OBJECT_ID, &[id]), &critical, &der(OCTETS, &[value])])
}

pub(super) fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}
