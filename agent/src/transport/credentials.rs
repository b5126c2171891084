//! Who this agent is, in one file of the state directory: written whole or not at all, readable by its owner only.
//!
//! A key that was made but not yet certified stands in a second file, before the request that names it leaves.
//! Whatever crashes in between, the same key asks again and the server gives it the same agent.

use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair};
use serde::{Deserialize, Serialize};
use terrier_shared::latest::enrolment::IssuedCertificate;

use super::state_dir::{StateDir, StateDirError};

const CREDENTIALS: &str = "credentials.json";
const PENDING_KEY: &str = "pending-key.pem";
/// The key of an agent of its own, while this one has the identity of another machine.
const OWN_KEY: &str = "own-key.pem";

/// What an enrolled agent holds.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The server it enrolled with, as `https://host:port`.
    pub server: String,
    /// Its key in PEM: never leaves this host.
    pub key_pem: String,
    /// Its certificate and what came with it.
    #[serde(flatten)]
    pub issued: IssuedCertificate,
}

/// The state directory cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The operating system refused.
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    /// The file is not what this program wrote.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// No key could be made, or no request with it.
    #[error("cannot make a key")]
    Key(#[source] rcgen::Error),
    /// The server sent something that is no certificate for this agent.
    #[error("the server sent an unusable certificate: {0}")]
    Unusable(&'static str),
}

impl StateDir {
    /// What the agent holds; `None` before its enrolment.
    ///
    /// # Errors
    ///
    /// The file is there and cannot be read.
    pub fn credentials(&self) -> Result<Option<Credentials>, CredentialsError> {
        let path = self.file(CREDENTIALS);
        let Some(text) = self.read(CREDENTIALS)? else { return Ok(None) };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| CredentialsError::Damaged { path, problem: error.to_string() })
    }

    /// The key that waits for its certificate; made and stored if there is none that can be read.
    ///
    /// # Errors
    ///
    /// It cannot be made, stored or read.
    pub fn pending_key(&self) -> Result<KeyPair, CredentialsError> {
        self.key(PENDING_KEY)
    }

    /// The key that is to make this an agent of its own; made and stored if there is none that can be read.
    ///
    /// # Errors
    ///
    /// It cannot be made, stored or read.
    pub fn own_key(&self) -> Result<KeyPair, CredentialsError> {
        self.key(OWN_KEY)
    }

    /// Whether this agent was told to become one of its own and has not yet.
    #[must_use]
    pub fn wants_own_identity(&self) -> bool {
        self.file(OWN_KEY).exists()
    }

    /// This agent is one of its own now, or need not be.
    ///
    /// # Errors
    ///
    /// The key is still there.
    pub fn forget_own_key(&self) -> Result<(), CredentialsError> {
        Ok(self.remove(OWN_KEY)?)
    }

    fn key(&self, name: &str) -> Result<KeyPair, CredentialsError> {
        let stored = self.read(name)?;
        if let Some(key) = stored.and_then(|pem| KeyPair::from_pem(&pem).ok()) {
            return Ok(key);
        }
        let key = KeyPair::generate().map_err(CredentialsError::Key)?;
        self.write(name, key.serialize_pem().as_bytes())?;
        Ok(key)
    }

    /// Takes over what the server issued for `key`, in one step.
    ///
    /// # Errors
    ///
    /// It cannot be stored; then what was held before still is.
    pub fn adopt(
        &self,
        server: &str,
        key: &KeyPair,
        issued: IssuedCertificate,
    ) -> Result<Credentials, CredentialsError> {
        check(key, &issued)?;
        let credentials = Credentials { server: server.to_owned(), key_pem: key.serialize_pem(), issued };
        let json = serde_json::to_vec_pretty(&credentials)
            .map_err(|error| CredentialsError::Damaged { path: self.file(CREDENTIALS), problem: error.to_string() })?;
        self.write(CREDENTIALS, &json)?;
        self.remove(PENDING_KEY)?;
        Ok(credentials)
    }
}

/// A PKCS #10 request in PEM. It carries nothing but the key, because the server takes nothing else from it.
///
/// # Errors
///
/// The key cannot sign.
pub fn signing_request(key: &KeyPair) -> Result<String, CredentialsError> {
    let params = CertificateParams::new(Vec::new()).map_err(CredentialsError::Key)?;
    params.serialize_request(key).and_then(|request| request.pem()).map_err(CredentialsError::Key)
}

/// The certificate is for this very key, and the id is a UUID: what is stored will work.
fn check(key: &KeyPair, issued: &IssuedCertificate) -> Result<(), CredentialsError> {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;

    let certificate = CertificateDer::from_pem_slice(issued.certificate_pem.as_bytes())
        .map_err(|_malformed| CredentialsError::Unusable("its certificate is no PEM"))?;
    let parsed = webpki::EndEntityCert::try_from(&certificate)
        .map_err(|_malformed| CredentialsError::Unusable("its certificate cannot be read"))?;
    if !parsed.subject_public_key_info().ends_with(key.public_key_raw()) {
        return Err(CredentialsError::Unusable("its certificate is for another key"));
    }
    if CertificateDer::from_pem_slice(issued.authorities_pem.as_bytes()).is_err() {
        return Err(CredentialsError::Unusable("it names no authority"));
    }
    let is_uuid =
        issued.agent_id.len() == 36 && issued.agent_id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if is_uuid { Ok(()) } else { Err(CredentialsError::Unusable("the agent's id is no UUID")) }
}
