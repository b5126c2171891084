//! Whether what somebody says fits the class: the same for people, imports and agents.
//!
//! [`value`] judges one value by itself, [`missing`] what has to be there. Whether another item has the value, or the
//! item exists that it refers to, the database knows: [`unique`] says what to ask.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::attribute::{Attribute, Label};
use super::class::ClassBook;
use super::rules::{Condition, Rules, Unique, compare};
use super::value::{AttributeValue, ValueError};

/// Why a value is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Items of the class have no such attribute.
    #[error("the class has no such attribute")]
    NoAttribute,
    /// It is no value of the attribute's type.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// It is less than the least.
    #[error("less than {0}")]
    TooSmall(Number),
    /// It is more than the most.
    #[error("more than {0}")]
    TooGreat(Number),
    /// It has fewer characters than the fewest.
    #[error("shorter than {0} characters")]
    TooShort(u32),
    /// It has more characters than the most.
    #[error("longer than {0} characters")]
    TooLong(u32),
    /// It does not match a pattern.
    #[error("does not match {regex}")]
    NoMatch {
        /// The pattern.
        regex: String,
        /// What it means.
        hint: Option<Label>,
    },
    /// There must be a value.
    #[error("a value is required")]
    Missing,
    /// Another item has it.
    #[error("another item has this value")]
    Taken,
    /// There is no such item of the class that is referred to.
    #[error("there is no such item")]
    NoItem,
}

impl Fault {
    /// The code of the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAttribute | Self::NoItem => "unknown",
            Self::Value(ValueError::TooLong { .. } | ValueError::TooMany { .. }) | Self::TooLong(_) => "too_long",
            Self::Value(ValueError::OutOfRange { .. }) | Self::TooSmall(_) | Self::TooGreat(_) => "out_of_range",
            Self::Value(ValueError::Empty) | Self::Missing => "required",
            Self::Value(ValueError::WrongType(_) | ValueError::NoChoice(_)) => "invalid",
            Self::TooShort(_) => "too_short",
            Self::NoMatch { .. } => "no_match",
            Self::Taken => "taken",
        }
    }

    /// The limit that was broken, where there is one.
    #[must_use]
    pub fn limit(&self) -> Option<i64> {
        match self {
            Self::Value(ValueError::TooLong { limit } | ValueError::TooMany { limit }) => i64::try_from(*limit).ok(),
            Self::Value(ValueError::OutOfRange { max, .. }) => Some(*max),
            Self::TooSmall(number) | Self::TooGreat(number) => number.as_i64(),
            Self::TooShort(length) | Self::TooLong(length) => Some(i64::from(*length)),
            _ => None,
        }
    }
}

/// The value, if an item of `class` can have it.
///
/// # Errors
///
/// The first [`Fault`] of it.
pub fn value(book: &ClassBook, class: &str, attribute: &str, value: &Value) -> Result<AttributeValue, Fault> {
    let attribute = book.attribute(class, attribute).ok_or(Fault::NoAttribute)?;
    let value = attribute.read(value)?;
    for (_, rules) in book.rules(class, attribute) {
        obey(rules, &value)?;
    }
    Ok(value)
}

/// The value of which machines keep the JSON text, if an item of `class` can have it.
///
/// # Errors
///
/// The first [`Fault`] of it.
pub fn stored(book: &ClassBook, class: &str, attribute: &str, stored: &str) -> Result<(), Fault> {
    let json: Value = serde_json::from_str(stored).unwrap_or(Value::Null);
    value(book, class, attribute, &json).map(drop)
}

/// The attributes of `class` that have to have a value and have none. `shown` gives what is shown of an attribute.
#[must_use]
pub fn missing<'b>(book: &'b ClassBook, class: &str, shown: impl Fn(&str) -> Option<Value>) -> Vec<&'b Attribute> {
    let is_missing = |attribute: &&Attribute| {
        let mut rules = book.rules(class, attribute);
        !attribute.hidden
            && rules.any(|(_, rules)| rules.required || rules.required_if.iter().any(|one| holds(one, &shown)))
            && shown(&attribute.name).is_none_or(|value| is_nothing(&value))
    };
    book.attributes_of(class).into_iter().filter(is_missing).collect()
}

/// Among the items of which classes a value of the attribute has to be unique, and whether in the organisation only.
#[must_use]
pub fn unique(book: &ClassBook, class: &str, attribute: &Attribute) -> Vec<Among> {
    let among = |(of, rules): (&str, &Rules)| {
        let scope = rules.unique?;
        let classes = match scope {
            Unique::Class => vec![class.to_owned()],
            _ => book.with_subclasses(of).map(|one| one.name.clone()).collect(),
        };
        Some(Among { classes, same_organisation: scope == Unique::Organisation })
    };
    book.rules(class, attribute).filter_map(among).collect()
}

/// Among which items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Among {
    /// Items of these classes.
    pub classes: Vec<String>,
    /// Of the same organisation only.
    pub same_organisation: bool,
}

/// No value, or one without anything in it.
#[must_use]
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(entries) => entries.is_empty(),
        _ => false,
    }
}

fn holds(condition: &Condition, shown: &impl Fn(&str) -> Option<Value>) -> bool {
    let value = shown(&condition.attribute).filter(|value| !is_nothing(value));
    value.is_some_and(|value| condition.values.is_empty() || condition.values.contains(&value))
}

fn obey(rules: &Rules, value: &AttributeValue) -> Result<(), Fault> {
    match value {
        AttributeValue::Text(text) => obey_text(rules, text),
        AttributeValue::List(texts) => texts.iter().try_for_each(|text| obey_text(rules, text)),
        AttributeValue::Integer(_) | AttributeValue::Decimal(_) => obey_range(rules, value),
        AttributeValue::Boolean(_) | AttributeValue::Datetime(_) | AttributeValue::Reference(_) => Ok(()),
    }
}

fn obey_range(rules: &Rules, value: &AttributeValue) -> Result<(), Fault> {
    let Value::Number(number) = value.to_json() else { return Ok(()) };
    if let Some(min) = rules.min.as_ref().filter(|min| compare(&number, min) == Some(Ordering::Less)) {
        return Err(Fault::TooSmall(min.clone()));
    }
    if let Some(max) = rules.max.as_ref().filter(|max| compare(&number, max) == Some(Ordering::Greater)) {
        return Err(Fault::TooGreat(max.clone()));
    }
    Ok(())
}

fn obey_text(rules: &Rules, text: &str) -> Result<(), Fault> {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if let Some(min) = rules.min_length.filter(|min| length < *min) {
        return Err(Fault::TooShort(min));
    }
    if let Some(max) = rules.max_length.filter(|max| length > *max) {
        return Err(Fault::TooLong(max));
    }
    match rules.patterns.iter().find(|pattern| !pattern.matches(text)) {
        Some(pattern) => Err(Fault::NoMatch { regex: pattern.regex.clone(), hint: pattern.hint.clone() }),
        None => Ok(()),
    }
}
