//! The fields of a certificate (RFC 5280, 4.1).

use terrier_shared::latest::section::certificates::Certificate;

use super::der::{BOOLEAN, Elements, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use super::{algorithm, distinguished_name, hexadecimal, subject_names, validity};
use crate::collect::bounds::clip;

const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];

/// What `der` says, without its fingerprint and its places; absent where it is no certificate.
pub(super) fn parse(der: &[u8]) -> Option<Certificate> {
    let mut outer = Elements::of(der);
    let mut certificate = outer.within(SEQUENCE)?;
    let mut fields = certificate.within(SEQUENCE)?;
    let mut signature = certificate.within(SEQUENCE)?;
    let _first_version = fields.tagged(VERSION);
    let serial = fields.tagged(INTEGER)?.content;
    fields.tagged(SEQUENCE)?;
    let issuer = fields.tagged(SEQUENCE)?;
    let (not_before_s, not_after_s) = validity::read(fields.within(SEQUENCE)?)?;
    let subject = fields.tagged(SEQUENCE)?;
    let key = algorithm::key(fields.within(SEQUENCE)?)?;
    let extensions = fields.find(|field| field.tag == EXTENSIONS).map(|field| field.content).unwrap_or_default();
    let extensions = Extensions::read(extensions);
    Some(Certificate {
        subject: clip(distinguished_name::read(subject.content)?),
        issuer: clip(distinguished_name::read(issuer.content)?),
        serial: clip(hexadecimal(without_sign(serial))),
        not_before_s,
        not_after_s,
        names: extensions.names,
        key: clip(key),
        signature: clip(algorithm::signature(signature.tagged(OBJECT_IDENTIFIER)?.content)),
        is_authority: extensions.is_authority,
        self_issued: subject.encoding == issuer.encoding,
        ..Certificate::default()
    })
}

/// A leading zero byte only says that the number is positive.
fn without_sign(number: &[u8]) -> &[u8] {
    match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => number,
    }
}

#[derive(Debug, Default)]
struct Extensions {
    names: Vec<String>,
    is_authority: bool,
}

impl Extensions {
    fn read(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        for extension in Elements::of(bytes).within(SEQUENCE).into_iter().flatten() {
            let mut parts = Elements::of(extension.content);
            let id = parts.tagged(OBJECT_IDENTIFIER).map(|id| id.content);
            let _is_critical = parts.tagged(BOOLEAN);
            let value = parts.tagged(OCTET_STRING).map(|value| value.content).unwrap_or_default();
            let inner = Elements::of(value).within(SEQUENCE);
            match (id, inner) {
                (Some(SUBJECT_ALTERNATIVE_NAME), Some(names)) => found.names = subject_names::read(names),
                (Some(BASIC_CONSTRAINTS), Some(mut constraints)) => {
                    found.is_authority = constraints.tagged(BOOLEAN).is_some_and(|is| is.content != [0]);
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair};

    use super::parse;

    fn certificate() -> Vec<u8> {
        let params = CertificateParams::new(vec!["a.example".to_owned(), "192.0.2.1".to_owned()]).unwrap();
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_that_is_cut_anywhere_is_none() {
        let der = certificate();
        assert_eq!(parse(&der).unwrap().names, ["DNS:a.example", "IP:192.0.2.1"]);
        for length in 0..der.len() {
            assert_eq!(parse(&der[..length]), None, "{length}");
        }
    }

    proptest! {
        #[test]
        fn a_damaged_certificate_is_read_without_harm(places in prop::collection::vec((0_usize..2_000, any::<u8>()), 1..9)) {
            let mut der = certificate();
            for (place, byte) in places {
                let length = der.len();
                der[place % length] = byte;
            }
            drop(parse(&der));
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            drop(parse(&bytes));
        }
    }
}
