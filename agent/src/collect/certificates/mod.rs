//! X.509 certificates that this host keeps or shows.
//!
//! Does: read certificates in the configured places, and ask local listeners on the configured ports to show theirs.
//! Does not: judge them, read private keys, follow the distribution's store of authorities, or ask another host.
//!
//! Invariants: of a file, nothing but what stands between the marks of a certificate is decoded; to a listener,
//! nothing is sent but the handshake that makes it show its certificate.

mod algorithm;
mod asked;
mod certificate;
mod der;
mod distinguished_name;
mod file;
mod listener;
mod subject_names;
mod validity;

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use terrier_shared::latest::section::certificates::Certificate;
use terrier_shared::latest::section::{Certificates, Section, SectionKind};
use terrier_shared::latest::text::Text;

use super::Collector;
use super::bounds::bounded;
use super::budget::Budget;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct CertificatesCollector;

impl Collector for CertificatesCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Certificates
    }

    fn budget(&self) -> Budget {
        Budget::waiting(listener::BUDGET + Duration::from_secs(10))
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let mut found = Found::default();
        let unread = file::read(&scan.host, &scan.settings.certificate_paths, &mut found)?;
        listener::read(scan, &mut found)?;
        Ok(Section::Certificates(Certificates {
            certificates: bounded("certificates.certificates", found.finish())?,
            unread: bounded("certificates.unread", unread)?,
        }))
    }
}

/// Certificates by their fingerprint.
#[derive(Debug, Default)]
struct Found(BTreeMap<String, Certificate>);

impl Found {
    /// Notes that the file at `path` holds `der`, if that is a certificate.
    fn in_file(&mut self, der: &[u8], path: &str) -> bool {
        self.entry(der).map(|certificate| certificate.files.push(Text::from(path))).is_some()
    }

    /// Notes that `listener` shows `der`, if that is a certificate.
    fn on_listener(&mut self, der: &[u8], listener: &str) {
        if let Some(certificate) = self.entry(der) {
            certificate.listeners.push(listener.to_owned());
        }
    }

    fn entry(&mut self, der: &[u8]) -> Option<&mut Certificate> {
        let fingerprint = hexadecimal(&Sha256::digest(der));
        if !self.0.contains_key(&fingerprint) {
            let parsed = certificate::parse(der)?;
            self.0.insert(fingerprint.clone(), Certificate { fingerprint: fingerprint.clone(), ..parsed });
        }
        self.0.get_mut(&fingerprint)
    }

    fn finish(self) -> Vec<Certificate> {
        let sorted = |mut certificate: Certificate| {
            certificate.files.sort_unstable();
            certificate.files.dedup();
            certificate.listeners.sort_unstable();
            certificate.listeners.dedup();
            certificate
        };
        self.0.into_values().map(sorted).collect()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
