//! Whom the agent talks to, and how it proves who it is.
//!
//! TLS 1.3 only. The agent trusts the authorities it was given at its enrolment and nobody else; at the enrolment
//! itself it trusts the authority whose public key is pinned in its token. There is no way to switch this off.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
use crate::clock::{Clock, built_s};

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
    let time = BelievedTime { clock, until_s: built_s().saturating_add(YEARS_IN_USE_S) };
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(time))
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Unusable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    settle(&mut config);
    Ok(config)
}

/// How to talk to the server as an enrolled agent. `until_s`: when a clock is not believed any more, in seconds since
/// 1970.
///
/// # Errors
///
/// What the agent holds is damaged: [`TlsError`] says which part.
pub fn for_reports(
    authorities_pem: &str,
    certificate_pem: &str,
    key_pem: &str,
    clock: Arc<dyn Clock>,
    until_s: i64,
) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(authorities_pem, "authorities")? {
        roots.add(authority).map_err(TlsError::Unusable)?;
    }
    let chain = certificates(certificate_pem, "certificate")?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|_malformed| TlsError::Pem("key"))?;
    let provider = Arc::new(ring::default_provider());
    let verifier = KnownAuthorities(verifier(roots, &provider).map_err(TlsError::Unusable)?);
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(BelievedTime { clock, until_s }))
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Unusable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
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

/// How long after it was built an agent may be in use that was never enrolled, in seconds: ten years.
const YEARS_IN_USE_S: i64 = 10 * 365 * 24 * 60 * 60;

/// The wall clock as long as it can be right: not before this program was built, and not long after its certificate has
/// ended. One that is wrong tells nothing but that: then it is the time of the build at least.
#[derive(Debug)]
struct BelievedTime {
    clock: Arc<dyn Clock>,
    until_s: i64,
}

impl TimeProvider for BelievedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let (clock_s, built_s) = (self.clock.now().wall_s(), built_s());
        let believed_s = if (built_s..=self.until_s).contains(&clock_s) { clock_s } else { built_s };
        Some(UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(believed_s).unwrap_or(0))))
    }
}

/// Longest chain of certificates: the server's, the issuing authority's and the root's.
const CHAIN: usize = 3;

/// What `check` says at `now`. If something in the chain is not valid yet, it is so late at least: an authority signs
/// nothing before its time, so that a machine whose clock is behind still connects.
fn in_time(
    now: UnixTime,
    check: impl Fn(UnixTime) -> Result<ServerCertVerified, Error>,
) -> Result<ServerCertVerified, Error> {
    let mut at = now;
    for _ in 0..CHAIN {
        match check(at) {
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => at = not_before,
            verdict => return verdict,
        }
    }
    check(at)
}

fn verifier(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, Error> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| Error::General(error.to_string()))
}

/// Accepts a server for which one of the known authorities vouches, at a time that can be right.
#[derive(Debug)]
struct KnownAuthorities(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for KnownAuthorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        in_time(now, |at| self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at))
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
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
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
        let verifier = verifier(roots, &self.provider)?;
        in_time(now, |at| verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at))
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
