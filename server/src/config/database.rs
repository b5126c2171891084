//! `[database]`: what stores the register.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ConfigError;
use crate::store::{Location, STATEMENT};

/// What stores the register.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host/database` or `sqlite:path`; without it `terrier.db` in the data directory.
    #[serde(serialize_with = "masked", deserialize_with = "secret", skip_serializing_if = "Option::is_none")]
    pub url: Option<SecretString>,
    /// Longest time that a statement may take on PostgreSQL, in seconds. A connection that is silent for some seconds
    /// more is given up.
    pub statement_s: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, statement_s: u32::try_from(STATEMENT.as_secs()).unwrap_or(u32::MAX) }
    }
}

impl Database {
    /// The database that is set.
    ///
    /// # Errors
    ///
    /// The URL is of no kind known here; the error does not repeat it, because it may hold a password.
    pub fn location(&self) -> Result<Option<Location>, ConfigError> {
        let parsed = self.url.as_ref().map(|url| url.expose_secret().parse::<Location>()).transpose();
        parsed.map_err(|error| ConfigError::value("database.url", error.to_string()))
    }

    /// Longest time that a statement may take on PostgreSQL.
    #[must_use]
    pub fn statement(&self) -> Duration {
        Duration::from_secs(self.statement_s.into())
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=3_600).contains(&self.statement_s) {
            let problem = format!("{} is not within 1 and 3600", self.statement_s);
            return Err(ConfigError::value("database.statement_s", problem));
        }
        self.location().map(drop)
    }
}

#[expect(clippy::ref_option, reason = "serde hands a field over by reference")]
fn masked<S: Serializer>(url: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    let shown = url.as_ref().map(|url| match url.expose_secret().parse::<Location>() {
        Ok(location) => location.to_string(),
        Err(_unknown) => "***".to_owned(),
    });
    shown.serialize(serializer)
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    String::deserialize(deserializer).map(|url| Some(url.into()))
}
