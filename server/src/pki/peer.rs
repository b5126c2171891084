//! Reading the certificate that an agent shows.

use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::certificate::Validity;
use crate::kernel::id::AgentId;

/// What the server reads from a client certificate that TLS has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// Whose it is.
    pub agent: AgentId,
    /// Its serial number.
    pub serial: Vec<u8>,
    /// When it ends. TLS lets a certificate in for a while after that, so that its holder can renew it.
    pub not_after: Timestamp,
}

impl PeerCertificate {
    /// Reads a certificate of `installation`; `None` if it names no agent of it.
    #[must_use]
    pub fn read(der: &CertificateDer<'_>, installation: &str) -> Option<Self> {
        let (_rest, certificate) = X509Certificate::from_der(der).ok()?;
        let names = certificate.subject_alternative_name().ok()??;
        let [GeneralName::URI(uri)] = names.value.general_names.as_slice() else { return None };
        let agent = uri.strip_prefix("spiffe://")?.strip_prefix(installation)?.strip_prefix("/agent/")?.parse().ok()?;
        let not_after = Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
        Some(Self { agent, serial: padded(certificate.serial.to_bytes_be()), not_after })
    }
}

/// What was stored of a serial number. The first ones were 16 bytes that may begin with zeroes, which DER leaves out.
fn padded(read: Vec<u8>) -> Vec<u8> {
    let mut serial = vec![0; 16_usize.saturating_sub(read.len())];
    serial.extend(read);
    serial
}

/// The name of an agent in its certificate, as SPIFFE writes it.
pub(super) fn uri(installation: &str, agent: AgentId) -> String {
    format!("spiffe://{installation}/agent/{agent}")
}

pub(super) fn validity(der: &CertificateDer<'_>) -> Option<Validity> {
    let (_rest, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    let from = Timestamp::from_second(validity.not_before.timestamp()).ok()?;
    let to = Timestamp::from_second(validity.not_after.timestamp()).ok()?;
    Some(Validity { from, to })
}

pub(super) fn public_key_info(der: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_rest, certificate) = X509Certificate::from_der(der).ok()?;
    Some(certificate.tbs_certificate.subject_pki.raw.to_vec())
}

/// The names and addresses a server certificate is for, as they are configured.
pub(super) fn names(der: &CertificateDer<'_>) -> Option<Vec<String>> {
    let (_rest, certificate) = X509Certificate::from_der(der).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    names.value.general_names.iter().map(name).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv4Addr::from(bytes).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether `issuer` is whom the certificate names as its signer.
pub(super) fn is_issued_by(der: &CertificateDer<'_>, issuer: &CertificateDer<'_>) -> bool {
    let (Ok((_, certificate)), Ok((_, issuer))) = (X509Certificate::from_der(der), X509Certificate::from_der(issuer))
    else {
        return false;
    };
    certificate.verify_signature(Some(issuer.public_key())).is_ok()
}
