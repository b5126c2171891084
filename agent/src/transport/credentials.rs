//! Who this agent is, in one file of the state directory: written whole or not at all, readable by its owner only.
//!
//! A key that was made but not yet certified stands in a second file, before the request that names it leaves.
//! Whatever crashes in between, the same key asks again and the server gives it the same agent.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};
use serde::{Deserialize, Serialize};
use terrier_shared::latest::enrolment::IssuedCertificate;

const CREDENTIALS: &str = "credentials.json";
const PENDING_KEY: &str = "pending-key.pem";
const LARGEST: u64 = 1 << 20;

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
    #[error("cannot {verb} {}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
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

/// The directory in which an agent keeps who it is.
#[derive(Debug, Clone)]
pub struct StateDir(PathBuf);

impl StateDir {
    /// Opens `path`; it is made, readable by its owner only, if it is not there.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub fn open(path: &Path) -> Result<Self, CredentialsError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| CredentialsError::Io { verb: "make", path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// The path of `name` in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What the agent holds; `None` before its enrolment.
    ///
    /// # Errors
    ///
    /// The file is there and cannot be read.
    pub fn credentials(&self) -> Result<Option<Credentials>, CredentialsError> {
        let path = self.file(CREDENTIALS);
        let Some(text) = read(&path)? else { return Ok(None) };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| CredentialsError::Damaged { path, problem: error.to_string() })
    }

    /// The key that waits for its certificate; made and stored if there is none.
    ///
    /// # Errors
    ///
    /// It cannot be made, stored or read.
    pub fn pending_key(&self) -> Result<KeyPair, CredentialsError> {
        let path = self.file(PENDING_KEY);
        if let Some(pem) = read(&path)? {
            return KeyPair::from_pem(&pem)
                .map_err(|error| CredentialsError::Damaged { path, problem: error.to_string() });
        }
        let key = KeyPair::generate().map_err(CredentialsError::Key)?;
        self.write(PENDING_KEY, key.serialize_pem().as_bytes())?;
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
        let path = self.file(PENDING_KEY);
        fs::remove_file(&path).map_err(|source| CredentialsError::Io { verb: "remove", path, source })?;
        Ok(credentials)
    }

    /// Written beside, synced, renamed over, and the directory synced: a crash leaves the old file or the new one.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CredentialsError> {
        let path = self.file(name);
        let beside = self.file(&format!("{name}.new"));
        let written = (|| {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(&self.0)?.sync_all()
        })();
        written.map_err(|source| CredentialsError::Io { verb: "write", path, source })
    }
}

fn read(path: &Path) -> Result<Option<String>, CredentialsError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CredentialsError::Io { verb: "open", path: path.to_owned(), source }),
    };
    let mut text = String::new();
    match file.take(LARGEST).read_to_string(&mut text) {
        Ok(_length) => Ok(Some(text)),
        Err(source) => Err(CredentialsError::Io { verb: "read", path: path.to_owned(), source }),
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
