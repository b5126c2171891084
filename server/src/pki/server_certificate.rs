//! The certificate that the server shows, and its renewal while the server runs.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rcgen::KeyPair;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::PkiError;
use super::authority::{self, Authority, Certificate};
use super::{file, peer};

const SERVER: &str = "server.pem";

/// A certificate with its key that can be exchanged while connections come in.
#[derive(Debug)]
pub struct ServerCertificate {
    current: RwLock<Arc<CertifiedKey>>,
}

impl ServerCertificate {
    /// The server's own certificate for `names`: the stored one, or a new one where that is for other names, half over
    /// or not of the present issuing authority. It is shown with the issuing authority and the root, so that an agent
    /// can find the pinned key in the chain.
    ///
    /// # Errors
    ///
    /// The stored one cannot be read, or a new one not be made.
    pub fn own(authority: &Authority, names: &[String]) -> Result<Self, PkiError> {
        Ok(Self { current: RwLock::new(own(authority, names)?) })
    }

    /// A chain and its key from files in PEM.
    ///
    /// # Errors
    ///
    /// The key can be read by others; the files are not what they should be; they do not belong together.
    pub fn from_files(chain: &Path, key: &Path) -> Result<Self, PkiError> {
        file::refuse_exposed(key)?;
        let unreadable = |path: &Path, error: rustls_pki_types::pem::Error| PkiError::Damaged {
            path: path.to_owned(),
            problem: error.to_string(),
        };
        let certificates: Vec<_> = CertificateDer::pem_file_iter(chain)
            .and_then(Iterator::collect)
            .map_err(|error| unreadable(chain, error))?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error))?;
        let certified = CertifiedKey::from_der(certificates, private, &provider())?;
        Ok(Self { current: RwLock::new(Arc::new(certified)) })
    }

    /// Renews the server's own certificate if it is due.
    ///
    /// # Errors
    ///
    /// As for [`ServerCertificate::own`]; the present one stays in use.
    pub fn refresh(&self, authority: &Authority, names: &[String]) -> Result<(), PkiError> {
        let next = own(authority, names)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn own(authority: &Authority, names: &[String]) -> Result<Arc<CertifiedKey>, PkiError> {
    let directory = authority.directory();
    if let Some(pem) = directory.read_secret(SERVER)? {
        let leaf = authority::certificate(directory, SERVER, &pem)?;
        if is_usable(authority, &leaf, names) {
            return certified(authority, &authority::key(directory, SERVER, &pem)?, &leaf);
        }
    }
    let (key, leaf) = authority.issue_server(names)?;
    directory.write(SERVER, &format!("{}{}", key.serialize_pem(), leaf.pem))?;
    certified(authority, &key, &leaf)
}

fn is_usable(authority: &Authority, leaf: &Certificate, names: &[String]) -> bool {
    let is_fresh = peer::validity(&leaf.der).is_some_and(|validity| !validity.is_half_over(authority.clock().now()));
    is_fresh
        && peer::names(&leaf.der).is_some_and(|present| present == names)
        && peer::is_issued_by(&leaf.der, &authority.issuing_der())
}

fn certified(authority: &Authority, key: &KeyPair, leaf: &Certificate) -> Result<Arc<CertifiedKey>, PkiError> {
    let chain = vec![leaf.der.clone(), authority.issuing_der(), authority.root_der().clone()];
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    Ok(Arc::new(CertifiedKey::from_der(chain, key, &provider())?))
}

pub(super) fn provider() -> CryptoProvider {
    ring::default_provider()
}
