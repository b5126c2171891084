//! Somebody who uses the interface all the while: pages asked for at a steady rate, whether or not the last has come.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use terrier_agent::transport::server_url::ServerUrl;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

use crate::Failure;
use crate::latency::Latencies;

/// What a person has on screen: lists, and the estate's numbers.
const PAGES: [&str; 3] = ["/api/v1/cis?limit=50", "/api/v1/agents?limit=50", "/api/v1/software?limit=50"];
/// Between two pages.
const EVERY: Duration = Duration::from_millis(250);
/// Longest that a page is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A person with an access token.
#[derive(Clone)]
pub struct Probe {
    server: ServerUrl,
    token: Rc<str>,
    tls: Arc<ClientConfig>,
}

impl Probe {
    /// Somebody who asks `server` with this token, and trusts the authority of `authorities_pem`.
    ///
    /// # Errors
    ///
    /// That is no authority.
    pub fn new(server: ServerUrl, token: &str, authorities_pem: &str) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        for authority in CertificateDer::pem_slice_iter(authorities_pem.as_bytes()) {
            roots.add(authority?)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { server, token: token.trim().into(), tls: Arc::new(tls) })
    }

    /// Asks for page after page until `stop` turns true; gives how long each took.
    pub async fn look(self, mut stop: watch::Receiver<bool>) -> Latencies {
        let seen: Rc<RefCell<Latencies>> = Rc::default();
        let mut under_way = Vec::new();
        let mut ticks = tokio::time::interval(EVERY);
        for page in PAGES.into_iter().cycle() {
            tokio::select! {
                biased;
                _told_or_gone = stop.wait_for(|is_over| *is_over) => break,
                _tick = ticks.tick() => {}
            }
            let (probe, seen) = (self.clone(), Rc::clone(&seen));
            under_way.push(tokio::task::spawn_local(async move {
                let began = Instant::now();
                let got = tokio::time::timeout(PATIENCE, probe.get(page)).await;
                let outcome = match got {
                    Ok(Ok(())) => Ok(began.elapsed()),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_elapsed) => Err(format!("{page}: no answer within {PATIENCE:?}")),
                };
                seen.borrow_mut().add(outcome);
            }));
        }
        for page in under_way {
            let _its_outcome_is_noted = page.await;
        }
        seen.take()
    }

    /// Asks for a page over a connection of its own.
    ///
    /// # Errors
    ///
    /// Anything but the page.
    pub async fn get(&self, page: &str) -> Result<(), Failure> {
        let tcp = TcpStream::connect((self.server.host(), self.server.port())).await?;
        tcp.set_nodelay(true)?;
        let name = self.server.certificate_name()?;
        let mut stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await?;
        let request = format!(
            "GET {page} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            self.server.authority(),
            self.token
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let head = String::from_utf8_lossy(answer.get(..answer.len().min(64)).unwrap_or_default());
        match head.split(' ').nth(1) {
            Some("200") => Ok(()),
            Some(status) => Err(format!("{page}: status {status}").into()),
            None => Err(format!("{page}: no answer").into()),
        }
    }
}
