//! Whom the agent talks to, and how it proves who it is.
//!
//! TLS 1.3 only. The agent trusts the authorities it was given at its enrolment and nobody else; at the enrolment
//! itself it trusts the authority whose public key is pinned in its token. There is no way to switch this off.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature};
use rustls::time_provider::TimeProvider;
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, PeerIncompatible, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use sha2::{Digest as _, Sha256};

use super::token::Pin;
use crate::clock::Clock;

/// A certificate or key that the agent holds cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// No PEM, or not the one expected.
    #[error("the {0} is not readable PEM")]
    Pem(&'static str),
    /// It is PEM, but it does not fit.
    #[error("the agent's certificates cannot be used")]
    Unusable(#[source] Error),
}

/// How to talk to the server before there is a certificate: the chain it shows must contain the pinned authority.
///
/// # Errors
///
/// The library refuses its own defaults.
pub fn for_enrolment(pin: Pin, clock: Arc<dyn Clock>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = PinnedAuthority { pin, provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(NotBeforeBuild(clock)))
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Unusable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    settle(&mut config);
    Ok(config)
}

/// How to talk to the server as an enrolled agent.
///
/// # Errors
///
/// What the agent holds is damaged: [`TlsError`] says which part.
pub fn for_reports(
    authorities_pem: &str,
    certificate_pem: &str,
    key_pem: &str,
    clock: Arc<dyn Clock>,
) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(authorities_pem, "authorities")? {
        roots.add(authority).map_err(TlsError::Unusable)?;
    }
    let chain = certificates(certificate_pem, "certificate")?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|_malformed| TlsError::Pem("key"))?;
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(NotBeforeBuild(clock)))
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Unusable)?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(TlsError::Unusable)?;
    settle(&mut config);
    Ok(config)
}

fn settle(config: &mut ClientConfig) {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
}

fn certificates(pem: &str, what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or(TlsError::Pem(what))
}

/// The wall clock, but never before this program was built: a machine whose clock starts in 1970 still connects.
#[derive(Debug)]
struct NotBeforeBuild(Arc<dyn Clock>);

const BUILT_S: &str = env!("BUILT_S");

impl TimeProvider for NotBeforeBuild {
    fn current_time(&self) -> Option<UnixTime> {
        let clock_s = u64::try_from(self.0.now().wall_s()).unwrap_or(0);
        let built_s = BUILT_S.parse().unwrap_or(0);
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(clock_s.max(built_s))))
    }
}

/// Accepts a server whose chain contains the pinned authority, if that authority vouches for the server's
/// certificate: signature, validity, purpose and name, as webpki checks them for any other root.
struct PinnedAuthority {
    pin: Pin,
    provider: Arc<CryptoProvider>,
}

impl PinnedAuthority {
    fn find<'a>(&self, chain: &'a [CertificateDer<'a>]) -> Option<&'a CertificateDer<'a>> {
        chain.iter().find(|certificate| {
            webpki::EndEntityCert::try_from(*certificate).is_ok_and(|parsed| {
                let key = parsed.subject_public_key_info();
                <[u8; 32]>::from(Sha256::digest(key.as_ref())) == self.pin.0
            })
        })
    }
}

impl fmt::Debug for PinnedAuthority {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PinnedAuthority").field("pin", &self.pin).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for PinnedAuthority {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let authority = self.find(intermediates).ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|error| Error::General(error.to_string()))?;
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
