//! The configuration: files, then the environment, checked once.
//!
//! Does: read `/etc/terrier/agent.toml`, the files of `conf.d` beside it in the order of their names, and the
//! variables `TERRIER_AGENT_…`; the later wins. Say by name what is wrong and where it stands.
//! Does not: hold a secret. The agent's key lives in the state directory, its token is read from a file once.

mod environment;
mod raw;

use std::fmt;
use std::path::{Path, PathBuf};

use terrier_shared::latest::limits;
use terrier_shared::latest::section::SectionKind;
use tracing_subscriber::filter::LevelFilter;

use self::raw::RawConfig;
use crate::collect::settings::Settings;
use crate::transport::server_url::ServerUrl;

/// Where the configuration is, if nobody says otherwise.
pub const DEFAULT_PATH: &str = "/etc/terrier/agent.toml";

/// The configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The server; without it the one that the agent enrolled with.
    pub server: Option<ServerUrl>,
    /// Where the agent keeps its key and its spool.
    pub state_dir: PathBuf,
    /// Seconds between reports, until the server asks for another interval.
    pub interval_s: u32,
    /// The sections that are collected, in the order in which a person reads them.
    pub sections: Vec<SectionKind>,
    /// How the host is looked at.
    pub settings: Settings,
    /// What is logged, and how.
    pub log: Log,
}

/// What is logged, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// The least important that is logged.
    pub level: LevelFilter,
    /// For people or for programs.
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The configuration is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file is no TOML, or has a key that there is not.
    #[error("{}: {problem}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Line, key and what is wrong with it.
        problem: String,
    },
    /// A variable that there is not, or with a value that it cannot have.
    #[error("environment variable {name}: {problem}")]
    Variable {
        /// Which variable.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A key has a value that it cannot have.
    #[error("{key}: {problem}")]
    Value {
        /// Which key, as `log.level`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Config {
    /// Reads the configuration at `path`, or at [`DEFAULT_PATH`], which need not be there. `variables` is the
    /// environment; what does not begin with `TERRIER_AGENT_` is ignored.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names file, variable or key.
    pub fn load(
        path: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let environment = environment::read(variables)?;
        let path = path.map(Path::to_owned).or(environment.path);
        let files = raw::read_files(path.as_deref())?;
        Self::check(files.overridden_by(environment.values))
    }

    fn check(raw: RawConfig) -> Result<Self, ConfigError> {
        let wrong = |key: &str, problem: String| ConfigError::Value { key: key.to_owned(), problem };
        let server = raw.server.map(|text| text.parse()).transpose();
        let server = server
            .map_err(|error: crate::transport::server_url::InvalidServerUrl| wrong("server", error.to_string()))?;
        let state_dir = raw.state_dir.unwrap_or_else(|| PathBuf::from("/var/lib/terrier-agent"));
        if !state_dir.is_absolute() {
            return Err(wrong("state_dir", format!("`{}` is not absolute", state_dir.display())));
        }
        let interval_s = raw.interval_s.unwrap_or(limits::INTERVAL_DEFAULT_S);
        if !(limits::INTERVAL_MIN_S..=limits::INTERVAL_MAX_S).contains(&interval_s) {
            let problem =
                format!("{interval_s} is not within {} and {}", limits::INTERVAL_MIN_S, limits::INTERVAL_MAX_S);
            return Err(wrong("interval_s", problem));
        }
        let sections = sections(&raw.sections)?;
        let settings = raw.certificates.check()?;
        Ok(Self { server, state_dir, interval_s, sections, settings, log: raw.log.check()? })
    }
}

fn sections(switches: &std::collections::BTreeMap<String, bool>) -> Result<Vec<SectionKind>, ConfigError> {
    for name in switches.keys() {
        name.parse::<SectionKind>()
            .map_err(|error| ConfigError::Value { key: format!("sections.{name}"), problem: error.to_string() })?;
    }
    let is_on = |kind: &SectionKind| switches.get(kind.name()).copied().unwrap_or(true);
    Ok(SectionKind::ALL.into_iter().filter(is_on).collect())
}

impl raw::RawCertificates {
    fn check(self) -> Result<Settings, ConfigError> {
        let default = Settings::default();
        let settings = Settings {
            certificate_paths: self.paths.unwrap_or(default.certificate_paths),
            certificate_ports: self.ports.unwrap_or(default.certificate_ports),
        };
        match settings.certificate_paths.iter().find(|path| !path.starts_with('/')) {
            None => Ok(settings),
            Some(path) => Err(ConfigError::Value {
                key: "certificates.paths".to_owned(),
                problem: format!("`{path}` is not absolute"),
            }),
        }
    }
}

impl raw::RawLog {
    fn check(self) -> Result<Log, ConfigError> {
        let wrong = |key: &str, text: &str, all: &str| ConfigError::Value {
            key: key.to_owned(),
            problem: format!("`{text}` is none of {all}"),
        };
        let level = match self.level.as_deref().unwrap_or("info") {
            "error" => LevelFilter::ERROR,
            "warn" => LevelFilter::WARN,
            "info" => LevelFilter::INFO,
            "debug" => LevelFilter::DEBUG,
            "trace" => LevelFilter::TRACE,
            other => return Err(wrong("log.level", other, "error warn info debug trace")),
        };
        let format = match self.format.as_deref().unwrap_or("text") {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => return Err(wrong("log.format", other, "text json")),
        };
        Ok(Log { level, format })
    }
}

/// The configuration as a file that would give it.
impl fmt::Display for Config {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.server {
            Some(server) => writeln!(out, "server = \"{server}\"")?,
            None => writeln!(out, "# server: the one the agent enrolled with")?,
        }
        writeln!(out, "state_dir = {:?}", self.state_dir.to_string_lossy())?;
        writeln!(out, "interval_s = {}", self.interval_s)?;
        writeln!(out, "\n[sections]")?;
        for kind in SectionKind::ALL {
            writeln!(out, "{kind} = {}", self.sections.contains(&kind))?;
        }
        writeln!(out, "\n[certificates]")?;
        writeln!(out, "paths = {:?}", self.settings.certificate_paths)?;
        writeln!(out, "ports = {:?}", self.settings.certificate_ports)?;
        writeln!(out, "\n[log]")?;
        writeln!(out, "level = \"{}\"", self.log.level)?;
        writeln!(out, "format = \"{}\"", if self.log.format == LogFormat::Json { "json" } else { "text" })
    }
}

#[cfg(test)]
mod tests;
