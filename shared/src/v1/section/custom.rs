//! Facts of the people who run the host.

use serde::{Deserialize, Serialize};

/// Facts from files and programs in a drop-in directory. Each has a namespace of its own, its file's name, so that it
/// can neither replace another nor anything that the agent finds out itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custom {
    /// Facts, by namespace and name.
    pub facts: Vec<CustomFact>,
    /// Files that gave none, and why, by namespace.
    pub problems: Vec<FactProblem>,
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomFact {
    /// Name of the file it is from, without its ending.
    pub namespace: String,
    /// Its name, unique in its namespace.
    pub name: String,
    /// What it says.
    pub value: Fact,
}

/// A file that gave no facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactProblem {
    /// Its name without its ending.
    pub namespace: String,
    /// Why, for people.
    pub problem: String,
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
