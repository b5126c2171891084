//! The configuration as it stands in the files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{ConfigError, DEFAULT_PATH};

/// One file, or several laid over each other.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConfig {
    pub(super) server: Option<String>,
    pub(super) state_dir: Option<PathBuf>,
    pub(super) interval_s: Option<u32>,
    #[serde(default)]
    pub(super) sections: BTreeMap<String, bool>,
    #[serde(default)]
    pub(super) certificates: RawCertificates,
    #[serde(default)]
    pub(super) log: RawLog,
}

/// Its `[certificates]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCertificates {
    pub(super) paths: Option<Vec<String>>,
    pub(super) ports: Option<Vec<u16>>,
}

/// Its `[log]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLog {
    pub(super) level: Option<String>,
    pub(super) format: Option<String>,
}

impl RawConfig {
    /// This one, where `later` says nothing else.
    pub(super) fn overridden_by(mut self, later: Self) -> Self {
        self.sections.extend(later.sections);
        Self {
            server: later.server.or(self.server),
            state_dir: later.state_dir.or(self.state_dir),
            interval_s: later.interval_s.or(self.interval_s),
            sections: self.sections,
            certificates: RawCertificates {
                paths: later.certificates.paths.or(self.certificates.paths),
                ports: later.certificates.ports.or(self.certificates.ports),
            },
            log: RawLog { level: later.log.level.or(self.log.level), format: later.log.format.or(self.log.format) },
        }
    }
}

/// The file and the `conf.d` beside it. The default file may be absent; one that was asked for may not.
pub(super) fn read_files(asked_for: Option<&Path>) -> Result<RawConfig, ConfigError> {
    let path = asked_for.unwrap_or(Path::new(DEFAULT_PATH));
    let mut config = match read(path) {
        Err(ConfigError::Unreadable { source, .. })
            if asked_for.is_none() && source.kind() == io::ErrorKind::NotFound =>
        {
            RawConfig::default()
        }
        other => other?,
    };
    for file in additions(&path.with_file_name("conf.d"))? {
        config = config.overridden_by(read(&file)?);
    }
    Ok(config)
}

fn additions(dir: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: dir.to_owned(), source };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn read(path: &Path) -> Result<RawConfig, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text)
        .map_err(|error| ConfigError::File { path: path.to_owned(), problem: error.to_string().trim_end().to_owned() })
}
