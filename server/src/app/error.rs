//! Why a server does not start or goes down.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use metrics_exporter_prometheus::BuildError;

use super::installation::ForeignAuthority;
use super::key_file::KeyFileError;
use super::restore::MemoryError;
use crate::access;
use crate::cmdb;
use crate::config::ConfigError;
use crate::identification;
use crate::pki::PkiError;
use crate::store::StoreError;

/// A server does not start, or it went down.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says what its error says")]
pub enum AppError {
    #[error("the configuration is wrong")]
    Config(#[from] ConfigError),
    #[error("cannot make {}", path.display())]
    DataDirectory { path: PathBuf, source: io::Error },
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    #[error("the certificate authority cannot be used")]
    Pki(#[from] PkiError),
    #[error(transparent)]
    ForeignAuthority(#[from] ForeignAuthority),
    #[error(transparent)]
    Access(#[from] access::Error),
    #[error("the shipped classes cannot be installed")]
    Classes(#[from] cmdb::shipped::Error),
    #[error("the shipped rules cannot be installed")]
    Rules(#[from] identification::shipped::Error),
    #[error("cannot write {}", path.display())]
    SetupLink { path: PathBuf, source: io::Error },
    #[error("cannot record metrics")]
    Metrics(#[source] BuildError),
    #[error("cannot listen on {address}")]
    Bind { address: SocketAddr, source: io::Error },
    #[error("a key cannot be used")]
    KeyFile(#[from] KeyFileError),
    #[error("a key is not accepted")]
    KeyRefused,
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error("the server ends: {0}")]
    Broken(String),
    #[error("a listener failed")]
    Listener(#[source] io::Error),
}
