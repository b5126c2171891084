//! Facts of the people who run the host.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Facts from files and programs in a drop-in directory. Each has a namespace of its own, its file's name, so that it
/// can neither replace another nor anything that the agent finds out itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custom {
    /// Facts by namespace and name.
    pub facts: BTreeMap<String, BTreeMap<String, Fact>>,
    /// Files that gave none, and why, by namespace.
    pub problems: BTreeMap<String, String>,
}

/// A fact's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text, also a number with decimals, as it was written.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}
