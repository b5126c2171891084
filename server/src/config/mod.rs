//! The configuration: a file, then the environment, then the command line, checked once.
//!
//! Does: read a TOML file, variables `TERRIER_SERVER_…` and flags, the later winning; say by key what is wrong; write
//! the effective configuration with its secrets masked.
//! Does not: open, bind or create anything.
//!
//! Invariants: a key that there is not is an error wherever it stands; past this module nothing reads a file, a
//! variable or a flag for its settings.

pub mod access;
pub mod agents;
pub mod audit;
pub mod database;
pub mod enrolment;
pub mod ingest;
pub mod inventories;
pub mod log;
pub mod people;
mod source;
pub mod tls;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::access::Access;
pub use self::agents::Agents;
pub use self::audit::Audit;
pub use self::database::Database;
pub use self::enrolment::Enrolment;
pub use self::ingest::Ingest;
pub use self::inventories::Inventories;
pub use self::log::{Log, LogFormat};
pub use self::people::People;
pub use self::source::Override;
pub use self::tls::Tls;

use crate::store::Location;

/// Everything that can be set, one section each.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where keys, the set-up link and the SQLite database are; made with mode 0700 if it is not there.
    pub data_dir: PathBuf,
    /// What stores the register.
    pub database: Database,
    /// The listener for people and programs.
    pub people: People,
    /// How people sign in.
    pub access: Access,
    /// Proof that the audit trail is as it was written.
    pub audit: Audit,
    /// The listener for agents.
    pub agents: Agents,
    /// The server's own certificate.
    pub tls: Tls,
    /// What is logged, and how.
    pub log: Log,
    /// Limits on what agents send.
    pub ingest: Ingest,
    /// Limits on how agents get in.
    pub enrolment: Enrolment,
    /// Agents of others that report here.
    pub inventories: Inventories,
}

/// The configuration is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{}: {problem}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where, and what is wrong.
        problem: String,
    },
    /// A key that there is not, or a value that it cannot have.
    #[error("{key}: {problem}")]
    Value {
        /// Which key, as `log.level`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ConfigError {
    pub(crate) fn value(key: &str, problem: impl Into<String>) -> Self {
        Self::Value { key: key.to_owned(), problem: problem.into() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            database: Database::default(),
            people: People::default(),
            access: Access::default(),
            audit: Audit::default(),
            agents: Agents::default(),
            tls: Tls::default(),
            log: Log::default(),
            ingest: Ingest::default(),
            enrolment: Enrolment::default(),
            inventories: Inventories::default(),
        }
    }
}

impl Config {
    /// Reads the file at `path`, if there is one to read, then `variables`, then `flags`.
    ///
    /// Of the variables only `TERRIER_SERVER_<SECTION>_<KEY>` count, and `TERRIER_SERVER_CONFIG`, which is the path.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the file or the key.
    pub fn load(
        path: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
        flags: Vec<Override>,
    ) -> Result<Self, ConfigError> {
        let config = source::read(path, variables, flags)?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        if self.data_dir.as_os_str().is_empty() {
            return Err(ConfigError::value("data_dir", "a directory is needed"));
        }
        self.database.validate()?;
        self.people.validate()?;
        self.agents.validate()?;
        self.tls.validate()?;
        self.log.validate()?;
        self.ingest.validate()?;
        self.enrolment.validate()?;
        self.inventories.validate()
    }

    /// The database: the one that is set, or a file in the data directory.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] on `database.url`.
    pub fn database_location(&self) -> Result<Location, ConfigError> {
        let default = || Location::Sqlite(self.data_dir.join("terrier.db"));
        Ok(self.database.location()?.unwrap_or_else(default))
    }

    /// Where checkpoints of the audit trail are.
    #[must_use]
    pub fn checkpoints(&self) -> PathBuf {
        self.audit.checkpoints.clone().unwrap_or_else(|| self.data_dir.join("audit"))
    }

    /// The effective configuration as a file, secrets masked.
    ///
    /// # Errors
    ///
    /// A value that TOML cannot hold.
    pub fn masked(&self) -> Result<String, ConfigError> {
        let path = PathBuf::from("the configuration");
        toml::to_string_pretty(self).map_err(|error| ConfigError::Malformed { path, problem: error.to_string() })
    }
}

#[cfg(test)]
mod tests;
