//! A query as it is written.

use std::fmt;

/// A query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All of these; none of them holds for everything.
    All(Vec<Expr>),
    /// Any of these.
    Any(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A text of the item.
    Text(Value),
    /// What a filter says.
    Filter(Asked),
}

/// `name:value,value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which filter.
    pub name: String,
    /// One of these.
    pub values: Vec<Value>,
    /// Where it stands.
    pub at: Column,
}

/// A text, and whether it stood in quotes: then it means nothing but itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The text.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

/// Where something begins in the query, in characters from 1. Two queries are the same wherever their parts stand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Column(pub usize);

impl PartialEq for Column {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Column {}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {detail}")]
pub struct Fault {
    /// Where, in characters from 1.
    pub column: usize,
    /// `unknown`, `invalid`, `required` or `too_long`.
    pub code: &'static str,
    /// What, in English.
    pub detail: String,
    /// What could stand there.
    pub allowed: Vec<String>,
}

impl Fault {
    /// A fault for which nothing can be offered.
    #[must_use]
    pub fn new(column: usize, code: &'static str, detail: impl Into<String>) -> Self {
        Self { column, code, detail: detail.into(), allowed: Vec::new() }
    }

    /// The same with what could stand there.
    #[must_use]
    pub fn allowing<T: Into<String>>(self, allowed: impl IntoIterator<Item = T>) -> Self {
        Self { allowed: allowed.into_iter().map(Into::into).collect(), ..self }
    }
}

impl Expr {
    /// Every filter in it.
    #[must_use]
    pub fn filters(&self) -> Vec<&Asked> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::filters).collect(),
            Self::Not(part) => part.filters(),
            Self::Text(_) => Vec::new(),
            Self::Filter(asked) => vec![asked],
        }
    }

    /// The texts that must stand in an item, as far as they are joined by nothing but "and".
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::texts).collect(),
            Self::Text(value) => vec![value.needle()],
            Self::Any(_) | Self::Not(_) | Self::Filter(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(out, parts, " "),
            Self::Any(parts) => joined(out, parts, " OR "),
            Self::Not(part) => {
                out.write_str("-")?;
                part.inner(out)
            }
            Self::Text(value) => write!(out, "{value}"),
            Self::Filter(asked) => {
                write!(out, "{}:", asked.name)?;
                for (place, value) in asked.values.iter().enumerate() {
                    write!(out, "{}{value}", if place == 0 { "" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

impl Value {
    /// What has to stand in a text: anything may stand around it, so a star at its ends says nothing.
    #[must_use]
    pub fn needle(&self) -> &str {
        if self.quoted { &self.text } else { self.text.trim_matches('*') }
    }
}

impl Expr {
    /// In brackets where it consists of several.
    fn inner(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(_) | Self::Any(_) => write!(out, "({self})"),
            _ => write!(out, "{self}"),
        }
    }
}

fn joined(out: &mut fmt::Formatter<'_>, parts: &[Expr], between: &str) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.write_str(between)?;
        }
        part.inner(out)?;
    }
    Ok(())
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.quoted {
            return out.write_str(&self.text);
        }
        write!(out, "\"{}\"", self.text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
