//! Certificates that listeners on this host show.
//!
//! A listener is asked by the beginning of a TLS connection, which is closed as soon as the certificate is there.
//! Nothing is ever sent on it, and nobody is trusted because of it: whose certificate it is, is what is asked.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use terrier_shared::latest::section::sockets::Transport;

use super::Found;
use super::asked::Asked;
use crate::clock::{Clock as _, SystemClock};
use crate::collect::failure::Failure;
use crate::collect::scan::Scan;
use crate::collect::sockets::table::State;
use crate::collect::tcp::Stream;

/// How long all listeners together may take.
pub(super) const BUDGET: Duration = Duration::from_secs(5);
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// Most listeners that are asked.
const LISTENERS: usize = 32;
/// Longest chain that is kept.
const CHAIN: usize = 8;

/// What each listener on a configured port shows, asked for now and then. One that does not answer in time or does not speak TLS shows nothing.
pub(super) fn read(scan: &Scan, found: &mut Found) -> Result<(), Failure> {
    let ports = &scan.settings.certificate_ports;
    // The sockets of a root that is not live are none of this host.
    if ports.is_empty() || !scan.host.is_live() {
        return Ok(());
    }
    let sockets = scan.sockets()?.iter();
    let open = sockets.filter(|socket| socket.transport == Transport::Tcp && socket.state == State::Open);
    let mut listeners: Vec<SocketAddr> =
        open.map(|socket| SocketAddr::from(socket.local)).filter(|local| ports.contains(&local.port())).collect();
    listeners.sort_unstable();
    listeners.dedup();
    let name = scan.host.value("/proc/sys/kernel/hostname");
    let deadline = Instant::now() + BUDGET;
    let now_ms = SystemClock.now().mono_ms;
    let mut asked = Asked::recall(&scan.host);
    listeners.truncate(LISTENERS);
    let names: Vec<String> = listeners.iter().map(SocketAddr::to_string).collect();
    for (listener, text) in listeners.into_iter().zip(&names) {
        let patience = deadline.saturating_duration_since(Instant::now()).min(PATIENCE);
        for der in asked.chain(text, now_ms, || shown(reachable(listener), name.as_deref(), patience)) {
            found.on_listener(&der, text);
        }
    }
    asked.keep(&scan.host, &names);
    Ok(())
}

/// Where a listener that listens everywhere can be reached from here.
fn reachable(listener: SocketAddr) -> SocketAddr {
    let address = match listener.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(address, listener.port())
}

/// The chain that is shown at `address` to somebody who asks for `name`; nothing where there is none.
fn shown(address: SocketAddr, name: Option<&str>, patience: Duration) -> Vec<CertificateDer<'static>> {
    handshake(address, name, patience).unwrap_or_default()
}

fn handshake(address: SocketAddr, name: Option<&str>, patience: Duration) -> Option<Vec<CertificateDer<'static>>> {
    let name = name.and_then(|name| ServerName::try_from(name.to_owned()).ok());
    let name = name.unwrap_or_else(|| ServerName::from(address.ip()));
    let mut connection = ClientConnection::new(reader()?, name).ok()?;
    let mut stream = Stream::connect(address, patience).ok()?;
    while connection.is_handshaking() {
        // A listener that wants a certificate of ours refuses the connection after it has shown its own.
        if connection.complete_io(&mut stream).is_err() {
            break;
        }
    }
    connection.send_close_notify();
    drop(connection.write_tls(&mut stream));
    let chain = connection.peer_certificates()?;
    Some(chain.iter().take(CHAIN).map(|der| der.clone().into_owned()).collect())
}

fn reader() -> Option<Arc<ClientConfig>> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Reader(provider)))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Some(Arc::new(config))
}

/// Takes any certificate, for it is only looked at. The listener still has to prove that it has the key.
struct Reader(Arc<CryptoProvider>);

impl fmt::Debug for Reader {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Reader")
    }
}

impl ServerCertVerifier for Reader {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener};
    use std::sync::Arc;
    use std::thread;
    use std::time::{Duration, Instant};

    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::crypto::ring;
    use rustls::{ServerConfig, ServerConnection};
    use rustls_pki_types::PrivateKeyDer;

    use super::{reachable, shown};

    const LONG: Duration = Duration::from_secs(20);

    /// Serves one TLS connection, and returns how many bytes its client sent in it.
    fn serve(listener: TcpListener) -> (Vec<u8>, thread::JoinHandle<usize>) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
        let der = cert.der().to_vec();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let serving = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut sent = Vec::new();
            rustls::StreamOwned::new(connection, stream).read_to_end(&mut sent).unwrap();
            sent.len()
        });
        (der, serving)
    }

    #[test]
    fn a_listener_shows_its_certificate_and_hears_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (der, serving) = serve(listener);
        let chain = shown(address, Some("shop"), LONG);
        assert_eq!(chain.len(), 1);
        assert_eq!(chain[0].as_ref(), der);
        assert_eq!(serving.join().unwrap(), 0);
    }

    #[test]
    fn one_that_speaks_something_else_or_nothing_shows_nothing_and_takes_no_longer_than_allowed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let greeting = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"220 mail ESMTP\r\n").unwrap();
            stream
        });
        assert!(shown(address, None, LONG).is_empty());
        drop(greeting.join().unwrap());

        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let begun = Instant::now();
        assert!(shown(silent.local_addr().unwrap(), None, Duration::from_millis(50)).is_empty());
        assert!(begun.elapsed() < LONG);
    }

    #[test]
    fn a_listener_on_every_address_is_reached_at_the_loopback_one() {
        let at = |text: &str| reachable(text.parse::<SocketAddr>().unwrap()).to_string();
        assert_eq!(at("0.0.0.0:443"), "127.0.0.1:443");
        assert_eq!(at("[::]:443"), "[::1]:443");
        assert_eq!(at("192.0.2.1:443"), "192.0.2.1:443");
    }
}
