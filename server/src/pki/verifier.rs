//! Letting in an agent whose certificate ended while it was away.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::peer;

/// Checks certificates as the verifier within does, and one that has ended as if it were its last second.
///
/// Such a certificate proves who its holder is, because the handshake has him sign a challenge with its key, and is good
/// for nothing but its own renewal: the listener sees to the one, the fleet to how long and how often.
#[derive(Debug)]
pub(super) struct Lenient(Arc<dyn ClientCertVerifier>);

impl Lenient {
    pub(super) fn new(strict: Arc<dyn ClientCertVerifier>) -> Self {
        Self(strict)
    }
}

impl ClientCertVerifier for Lenient {
    fn offer_client_auth(&self) -> bool {
        self.0.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.0.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.0.verify_client_cert(end_entity, intermediates, now) {
            Err(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
                let last = last_second(end_entity, now).ok_or(CertificateError::Expired)?;
                self.0.verify_client_cert(end_entity, intermediates, last)
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn last_second(certificate: &CertificateDer<'_>, now: UnixTime) -> Option<UnixTime> {
    let end = u64::try_from(peer::validity(certificate)?.to.as_second()).ok()?;
    (end <= now.as_secs()).then(|| UnixTime::since_unix_epoch(Duration::from_secs(end)))
}
