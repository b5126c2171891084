//! The configuration as it stands in the environment.

use std::path::PathBuf;

use super::ConfigError;
use super::raw::RawConfig;

const PREFIX: &str = "TERRIER_AGENT_";

/// What the environment says.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// Where the file is.
    pub(super) path: Option<PathBuf>,
    /// What overrides it.
    pub(super) values: RawConfig,
}

pub(super) fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Environment, ConfigError> {
    let mut found = Environment::default();
    for (name, value) in variables {
        if let Some(key) = name.strip_prefix(PREFIX) {
            take(&mut found, key, value).map_err(|problem| ConfigError::Variable { name: name.clone(), problem })?;
        }
    }
    Ok(found)
}

fn take(found: &mut Environment, key: &str, value: String) -> Result<(), String> {
    let values = &mut found.values;
    match key {
        "CONFIG" => found.path = Some(value.into()),
        "SERVER" => values.server = Some(value),
        "STATE_DIR" => values.state_dir = Some(value.into()),
        "INTERVAL_S" => {
            values.interval_s = Some(value.parse().map_err(|_none| format!("`{value}` is no number of seconds"))?);
        }
        "LOG_LEVEL" => values.log.level = Some(value),
        "LOG_FORMAT" => values.log.format = Some(value),
        _ => {
            let section = key.strip_prefix("SECTIONS_").ok_or("there is no such setting")?;
            let is_on = value.parse().map_err(|_neither| format!("`{value}` is neither `true` nor `false`"))?;
            values.sections.insert(section.to_ascii_lowercase(), is_on);
        }
    }
    Ok(())
}
