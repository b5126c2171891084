//! `[log]`: what is logged, and how.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use super::ConfigError;

/// What is logged, and how. Lines go to standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a list such as `info,terrier_server::ingest=debug`.
    pub level: String,
    /// How a line is written.
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// `text` on a terminal, `json` elsewhere.
    #[default]
    Auto,
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Auto }
    }
}

impl Log {
    /// The levels as a filter.
    ///
    /// # Errors
    ///
    /// They cannot be read as one.
    pub fn filter(&self) -> Result<EnvFilter, ConfigError> {
        EnvFilter::builder().parse(&self.level).map_err(|error| ConfigError::value("log.level", error.to_string()))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.filter().map(drop)
    }
}
