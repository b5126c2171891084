//! Names of keys and signatures (RFC 3279, 4055, 5480, 8410, 9881).

use super::der::{BIT_STRING, Elements, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, dotted};

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";

/// Curves and keys without parameters.
const KEYS: [(&str, &str); 17] = [
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.10040.4.1", "DSA"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];
const SIGNATURES: [(&str, &str); 16] = [
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

/// `sha256WithRSAEncryption`, or the algorithm's number.
pub(super) fn signature(identifier: &[u8]) -> String {
    named(&SIGNATURES, dotted(identifier))
}

/// `RSA 2048`, `EC P-256`, `Ed25519`, … of a `SubjectPublicKeyInfo`, or the algorithm's number.
pub(super) fn key(mut info: Elements<'_>) -> Option<String> {
    let mut algorithm = info.within(SEQUENCE)?;
    let identifier = dotted(algorithm.tagged(OBJECT_IDENTIFIER)?.content);
    let bits = info.tagged(BIT_STRING)?.content;
    Some(match identifier.as_str() {
        RSA => format!("RSA {}", modulus_bits(bits)?),
        RSA_PSS => format!("RSA-PSS {}", modulus_bits(bits)?),
        EC => match algorithm.tagged(OBJECT_IDENTIFIER) {
            Some(curve) => format!("EC {}", named(&KEYS, dotted(curve.content))),
            None => "EC".to_owned(),
        },
        _ => named(&KEYS, identifier),
    })
}

fn named(names: &[(&str, &str)], identifier: String) -> String {
    names.iter().find(|(of, _)| *of == identifier).map_or(identifier, |(_, name)| (*name).to_owned())
}

/// The first byte counts the bits of the last that are not used.
fn modulus_bits(bits: &[u8]) -> Option<usize> {
    let modulus = Elements::of(bits.get(1..)?).within(SEQUENCE)?.tagged(INTEGER)?.content;
    let leading = modulus.iter().position(|byte| *byte != 0)?;
    let unused = usize::try_from(modulus.get(leading)?.leading_zeros()).ok()?;
    Some((modulus.len() - leading) * 8 - unused)
}
