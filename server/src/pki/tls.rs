//! TLS of the two listeners.

use std::sync::Arc;

use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::UnixTime;

use super::PkiError;
use super::authority::Authority;
use super::server_certificate::{ServerCertificate, provider};
use super::verifier::Lenient;
use crate::kernel::clock::Clock;

/// For people and programs: TLS 1.2 and 1.3, no client certificates.
///
/// # Errors
///
/// The library refuses its own defaults.
pub fn for_people(certificate: Arc<ServerCertificate>, clock: &Clock) -> Result<ServerConfig, PkiError> {
    Ok(ServerConfig::builder_with_details(Arc::new(provider()), time(clock))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(certificate))
}

/// For agents: TLS 1.3 only, nothing resumed, a client certificate checked where one is shown. Whether one is needed
/// is decided per path, because enrolment comes without.
///
/// # Errors
///
/// The root is no usable trust anchor.
pub fn for_agents(
    certificate: Arc<ServerCertificate>,
    authority: &Authority,
    clock: &Clock,
) -> Result<ServerConfig, PkiError> {
    let provider = Arc::new(provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.root_der().clone())?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let mut config = ServerConfig::builder_with_details(provider, time(clock))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(Lenient::new(verifier)))
        .with_cert_resolver(certificate);
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}

fn time(clock: &Clock) -> Arc<dyn TimeProvider> {
    Arc::new(ClockTime(clock.clone()))
}

#[derive(Debug)]
struct ClockTime(Clock);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}
