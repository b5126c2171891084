//! Where settings come from, and which of them wins.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Config, ConfigError};

const PREFIX: &str = "TERRIER_SERVER_";

/// A setting from the environment or the command line, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The section; empty for keys that stand above the sections.
    pub section: String,
    /// The key.
    pub key: String,
    /// The value; lists have commas.
    pub value: String,
}

impl Override {
    /// `key` of `section` is `value`.
    pub fn new(section: &str, key: &str, value: impl Into<String>) -> Self {
        Self { section: section.to_owned(), key: key.to_owned(), value: value.into() }
    }
}

pub(super) fn read(
    path: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
    flags: Vec<Override>,
) -> Result<Config, ConfigError> {
    let defaults =
        Table::try_from(Config::default()).map_err(|error| ConfigError::value("the defaults", error.to_string()))?;
    let (from_environment, variable_path) = environment(variables, &defaults);
    let path = path.map(Path::to_owned).or(variable_path);
    let mut table = path.as_deref().map_or(Ok(Table::new()), file)?;
    for setting in from_environment.into_iter().chain(flags) {
        set(&mut table, &defaults, setting)?;
    }
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let problem = error.inner().to_string();
        ConfigError::value(&error.path().to_string(), problem.trim_end())
    })
}

fn file(path: &Path) -> Result<Table, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    text.parse().map_err(|error: toml::de::Error| ConfigError::Malformed {
        path: path.to_owned(),
        problem: error.to_string().trim_end().to_owned(),
    })
}

fn environment(
    variables: impl IntoIterator<Item = (String, String)>,
    defaults: &Table,
) -> (Vec<Override>, Option<PathBuf>) {
    let mut path = None;
    let mut settings = Vec::new();
    for (name, value) in variables {
        let Some(name) = name.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else { continue };
        if name == "config" {
            path = Some(PathBuf::from(value));
            continue;
        }
        let in_section =
            name.split_once('_').filter(|(section, _)| defaults.get(*section).is_some_and(Value::is_table));
        let (section, key) = in_section.unwrap_or(("", &name));
        settings.push(Override::new(section, key, value));
    }
    (settings, path)
}

/// Text becomes what the default of its key is: a number, a switch, a list, or else text.
fn set(table: &mut Table, defaults: &Table, setting: Override) -> Result<(), ConfigError> {
    let Override { section, key, value } = setting;
    if section.is_empty() {
        let value = typed(defaults.get(&key), &key, value)?;
        table.insert(key, value);
        return Ok(());
    }
    let path = format!("{section}.{key}");
    let value = typed(defaults.get(&section).and_then(|section| section.get(&key)), &path, value)?;
    let entry = table.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
    let section = entry.as_table_mut().ok_or_else(|| ConfigError::value(&section, "this is a section"))?;
    section.insert(key, value);
    Ok(())
}

fn typed(default: Option<&Value>, path: &str, text: String) -> Result<Value, ConfigError> {
    let wrong = |what: &str| ConfigError::value(path, format!("`{text}` is no {what}"));
    match default {
        Some(Value::Integer(_)) => text.parse().map(Value::Integer).map_err(|_malformed| wrong("whole number")),
        Some(Value::Boolean(_)) => text.parse().map(Value::Boolean).map_err(|_malformed| wrong("`true` or `false`")),
        Some(Value::Array(_)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
        }
        _ => Ok(Value::String(text)),
    }
}
