//! The root and the issuing authority, and what they sign.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rcgen::{Issuer, KeyPair, PublicKeyData as _};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};

use super::PkiError;
use super::certificate::{self, Validity};
use super::file::Directory;
use super::peer;
use super::signing_request::PublicKey;
use crate::kernel::clock::Clock;
use crate::kernel::id::AgentId;

const ROOT: &str = "root.pem";
const ROOT_KEY: &str = "root.key.pem";
const ISSUING: &str = "issuing.pem";

/// The certificate authority of this installation.
#[derive(Debug)]
pub struct Authority {
    directory: Directory,
    installation: String,
    clock: Clock,
    root: Certificate,
    pin: [u8; 32],
    issuing: RwLock<Arc<Issuing>>,
}

#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) der: CertificateDer<'static>,
    pub(super) pem: String,
}

#[derive(Debug)]
struct Issuing {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
    validity: Validity,
}

/// A certificate that was signed for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The agent's certificate and the issuing authority's, in PEM.
    pub chain_pem: String,
    /// Its serial number.
    pub serial: Vec<u8>,
    /// When it ends.
    pub not_after: Timestamp,
    /// When to ask for the next: half of its time from now.
    pub renew_at: Timestamp,
}

impl Authority {
    /// Opens the authority in `path`, and makes what is not there yet.
    ///
    /// # Errors
    ///
    /// [`PkiError`] names the file: damaged, readable by others, or missing where it cannot be made.
    pub fn open(path: &Path, installation: &str, clock: &Clock) -> Result<Self, PkiError> {
        let directory = Directory::open(path)?;
        let now = clock.now();
        let root_key = directory.read_secret(ROOT_KEY)?.map(|pem| key(&directory, ROOT_KEY, &pem)).transpose()?;
        let (root, root_key) = open_root(&directory, installation, root_key, now)?;
        let pin = pin(&root)?;
        let issuing = match directory.read_secret(ISSUING)? {
            Some(pem) => Some(read_issuing(&directory, &pem)?),
            None => None,
        };
        let issuing = renewed(&directory, installation, &root, root_key.as_ref(), issuing, now)?;
        let issuing = RwLock::new(Arc::new(issuing));
        Ok(Self { directory, installation: installation.to_owned(), clock: clock.clone(), root, pin, issuing })
    }

    /// Renews the issuing authority if half of its time is over. Says whether it did.
    ///
    /// # Errors
    ///
    /// It has ended and the root's key is not there; or the new one cannot be stored.
    pub fn refresh(&self) -> Result<bool, PkiError> {
        let (now, present) = (self.clock.now(), self.issuing());
        if !present.validity.is_half_over(now) {
            return Ok(false);
        }
        let Some(pem) = self.directory.read_secret(ROOT_KEY)? else {
            let path = self.directory.path(ROOT_KEY);
            return if now < present.validity.to { Ok(false) } else { Err(PkiError::RootKeyMissing { path }) };
        };
        let root_key = key(&self.directory, ROOT_KEY, &pem)?;
        let next = make_issuing(&self.directory, &self.installation, &self.root, &root_key, now)?;
        *self.issuing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(true)
    }

    /// SHA-256 of the root's public key (RFC 7469, section 2.4): what an enrolment token carries.
    #[must_use]
    pub const fn pin(&self) -> [u8; 32] {
        self.pin
    }

    /// The root certificate in PEM: whom agents trust.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root.pem
    }

    /// The root certificate.
    #[must_use]
    pub const fn root_der(&self) -> &CertificateDer<'static> {
        &self.root.der
    }

    /// Signs a certificate for an agent, valid from an hour ago for 14 days.
    ///
    /// # Errors
    ///
    /// The library refuses.
    pub fn issue_agent(&self, key: &PublicKey, agent: AgentId) -> Result<Issued, PkiError> {
        let (now, issuing) = (self.clock.now(), self.issuing());
        let validity = Validity::starting(now, certificate::AGENT, Some(issuing.validity.to));
        let uri = peer::uri(&self.installation, agent);
        let params = certificate::agent(&agent.to_string(), &uri, validity)?;
        let serial = params.serial_number.as_ref().map(rcgen::SerialNumber::to_bytes).unwrap_or_default();
        let leaf = params.signed_by(key.inner(), &issuing.issuer)?;
        let half = validity.to.duration_since(now) / 2;
        let renew_at = now.saturating_add(half).unwrap_or(validity.to);
        let chain_pem = format!("{}{}", leaf.pem(), issuing.certificate.pem);
        Ok(Issued { chain_pem, serial, not_after: validity.to, renew_at })
    }

    pub(super) fn issue_server(&self, names: &[String]) -> Result<(KeyPair, Certificate), PkiError> {
        let issuing = self.issuing();
        let validity = Validity::starting(self.clock.now(), certificate::SERVER, Some(issuing.validity.to));
        let key = KeyPair::generate()?;
        let leaf = certificate::server(names, validity)?.signed_by(&key, &issuing.issuer)?;
        Ok((key, Certificate { der: leaf.der().clone(), pem: leaf.pem() }))
    }

    pub(super) fn issuing_der(&self) -> CertificateDer<'static> {
        self.issuing().certificate.der.clone()
    }

    pub(super) const fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Which installation this is the authority of.
    #[must_use]
    pub fn installation(&self) -> &str {
        &self.installation
    }

    fn issuing(&self) -> Arc<Issuing> {
        Arc::clone(&self.issuing.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The root's certificate and, unless somebody has taken it away, its key. A key without a certificate is what a crash
/// at the first start leaves.
fn open_root(
    directory: &Directory,
    installation: &str,
    key: Option<KeyPair>,
    now: Timestamp,
) -> Result<(Certificate, Option<KeyPair>), PkiError> {
    if let Some(pem) = directory.read(ROOT)? {
        return Ok((certificate(directory, ROOT, &pem)?, key));
    }
    let key = key.map_or_else(|| make_root_key(directory), Ok)?;
    let params = certificate::root(installation, Validity::starting(now, certificate::ROOT, None))?;
    let pem = params.self_signed(&key)?.pem();
    directory.write(ROOT, &pem)?;
    Ok((certificate(directory, ROOT, &pem)?, Some(key)))
}

fn make_root_key(directory: &Directory) -> Result<KeyPair, PkiError> {
    let key = KeyPair::generate()?;
    directory.write(ROOT_KEY, &key.serialize_pem())?;
    Ok(key)
}

fn renewed(
    directory: &Directory,
    installation: &str,
    root: &Certificate,
    root_key: Option<&KeyPair>,
    present: Option<Issuing>,
    now: Timestamp,
) -> Result<Issuing, PkiError> {
    match (present, root_key) {
        (Some(issuing), _) if !issuing.validity.is_half_over(now) => Ok(issuing),
        (_, Some(root_key)) => make_issuing(directory, installation, root, root_key, now),
        (Some(issuing), None) if now < issuing.validity.to => Ok(issuing),
        (_, None) => Err(PkiError::RootKeyMissing { path: directory.path(ROOT_KEY) }),
    }
}

/// Key and certificate go into one file, so that no crash leaves one without the other.
fn make_issuing(
    directory: &Directory,
    installation: &str,
    root: &Certificate,
    root_key: &KeyPair,
    now: Timestamp,
) -> Result<Issuing, PkiError> {
    let root = Issuer::from_ca_cert_der(&root.der, root_key)?;
    let key = KeyPair::generate()?;
    let params = certificate::issuing(installation, Validity::starting(now, certificate::ISSUING, None))?;
    let signed = params.signed_by(&key, &root)?;
    let pem = format!("{}{}", key.serialize_pem(), signed.pem());
    directory.write(ISSUING, &pem)?;
    read_issuing(directory, &pem)
}

fn read_issuing(directory: &Directory, pem: &str) -> Result<Issuing, PkiError> {
    let certificate = certificate(directory, ISSUING, pem)?;
    let issuer = Issuer::from_ca_cert_der(&certificate.der, key(directory, ISSUING, pem)?)?;
    let validity = peer::validity(&certificate.der).ok_or_else(|| damaged(directory, ISSUING, "no certificate"))?;
    Ok(Issuing { certificate, issuer, validity })
}

pub(super) fn key(directory: &Directory, name: &str, pem: &str) -> Result<KeyPair, PkiError> {
    KeyPair::from_pem(pem).map_err(|error| damaged(directory, name, &error.to_string()))
}

/// The certificate in `pem`, which may hold its key before it.
pub(super) fn certificate(directory: &Directory, name: &str, pem: &str) -> Result<Certificate, PkiError> {
    let der =
        CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| damaged(directory, name, &error.to_string()))?;
    let begin = pem.find("-----BEGIN CERTIFICATE-----").unwrap_or(0);
    Ok(Certificate { der, pem: pem.get(begin..).unwrap_or_default().to_owned() })
}

pub(super) fn damaged(directory: &Directory, name: &str, problem: &str) -> PkiError {
    PkiError::Damaged { path: directory.path(name), problem: problem.to_owned() }
}

fn pin(root: &Certificate) -> Result<[u8; 32], PkiError> {
    let key = peer::public_key_info(&root.der).ok_or(rcgen::Error::CouldNotParseCertificate)?;
    Ok(Sha256::digest(key).into())
}

impl PublicKey {
    /// SHA-256 of the `SubjectPublicKeyInfo`: the same key has the same hash whatever request it comes in.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.inner().subject_public_key_info()).into()
    }
}
