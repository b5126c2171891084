//! What the four kinds of certificates say.

use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
    SanType, SerialNumber,
};
use time::OffsetDateTime;

use super::PkiError;

/// How long the root lasts.
pub(super) const ROOT: Duration = Duration::from_hours(24 * 3_652);
/// How long an issuing authority lasts; it is renewed after half of it.
pub(super) const ISSUING: Duration = Duration::from_hours(24 * 365);
/// How long the server's certificate lasts; it is renewed after half of it.
pub(super) const SERVER: Duration = Duration::from_hours(24 * 90);
/// How long an agent's certificate lasts; the agent renews it after half of it.
pub(super) const AGENT: Duration = Duration::from_hours(24 * 14);

/// Certificates begin this long before they are made, because clocks differ.
const BEFORE: Duration = Duration::from_hours(1);

/// From when to when a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Validity {
    /// From an hour ago, for `length` from now on, in whole seconds; never beyond `end`.
    pub(super) fn starting(now: Timestamp, length: Duration, end: Option<Timestamp>) -> Self {
        let to = now.saturating_add(length).unwrap_or(Timestamp::MAX);
        let from = now.saturating_sub(BEFORE).unwrap_or(Timestamp::MIN);
        Self { from: whole_seconds(from), to: whole_seconds(end.map_or(to, |end| to.min(end))) }
    }

    /// Whether half of the time is over.
    pub(super) fn is_half_over(self, now: Timestamp) -> bool {
        let left = self.to.duration_since(now);
        left < self.to.duration_since(self.from) / 2
    }
}

pub(super) fn root(installation: &str, validity: Validity) -> Result<CertificateParams, PkiError> {
    let mut params = common(&format!("Terrier root {installation}"), validity)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

pub(super) fn issuing(installation: &str, validity: Validity) -> Result<CertificateParams, PkiError> {
    let mut params = common(&format!("Terrier issuing {installation}"), validity)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

pub(super) fn server(names: &[String], validity: Validity) -> Result<CertificateParams, PkiError> {
    let mut params = common(names.first().map_or("terrier", String::as_str), validity)?;
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

pub(super) fn agent(id: &str, uri: &str, validity: Validity) -> Result<CertificateParams, PkiError> {
    let mut params = common(id, validity)?;
    params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn common(name: &str, validity: Validity) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name.chars().take(64).collect::<String>());
    params.distinguished_name = subject;
    params.not_before = date(validity.from)?;
    params.not_after = date(validity.to)?;
    params.serial_number = Some(SerialNumber::from_slice(&serial()));
    Ok(params)
}

/// 128 random bits behind a one: DER writes a number without the zeroes before it (X.690, 8.3.2), and with one before a
/// number that would read as negative, so that other bytes would be read than were stored.
fn serial() -> [u8; 17] {
    let mut random = [0; 16];
    rand::fill(&mut random);
    let mut serial = [1; 17];
    serial.iter_mut().skip(1).zip(random).for_each(|(to, from)| *to = from);
    serial
}

fn date(at: Timestamp) -> Result<OffsetDateTime, PkiError> {
    OffsetDateTime::from_unix_timestamp(at.as_second()).map_err(|_out_of_range| PkiError::Time(at))
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
