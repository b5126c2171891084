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
            Self::Value(
                ValueError::TooLong { .. } | ValueError::TooMany { .. } | ValueError::TooManyCharacters { .. },
            )
            | Self::TooLong(_) => "too_long",
            Self::Value(ValueError::OutOfRange { .. }) | Self::TooSmall(_) | Self::TooGreat(_) => "out_of_range",
            Self::Value(ValueError::Empty) | Self::Missing => "required",
            Self::Value(ValueError::WrongType(_) | ValueError::NoChoice(_) | ValueError::NoTag) => "invalid",
            Self::TooShort(_) => "too_short",
            Self::NoMatch { .. } => "no_match",
            Self::Taken => "taken",
        }
    }

    /// The limit that was broken, where there is one.
    #[must_use]
    pub fn limit(&self) -> Option<i64> {
        match self {
            Self::Value(
                ValueError::TooLong { limit } | ValueError::TooMany { limit } | ValueError::TooManyCharacters { limit },
            ) => i64::try_from(*limit).ok(),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Fault, missing, value};
    use crate::cmdb::model::attribute::{Attribute, Label, Origin};
    use crate::cmdb::model::class::{Class, ClassBook, Constraint};
    use crate::cmdb::model::rules::Rules;
    use crate::cmdb::model::value::AttributeType;

    fn label() -> Label {
        Label { en: "L".to_owned(), ko: "L".to_owned() }
    }

    fn class(name: String, parent: Option<String>) -> Class {
        let (icon, family, origin) = ("X".to_owned(), "org".to_owned(), Origin::Added);
        Class { name, parent, is_abstract: false, label: label(), icon, family, origin, hidden: false, version: 1 }
    }

    fn attribute(id: i32, class: &str, name: &str) -> Attribute {
        Attribute {
            id,
            class: class.to_owned(),
            name: name.to_owned(),
            kind: AttributeType::Integer,
            unit: None,
            label: label(),
            choices: Vec::new(),
            target: None,
            origin: Origin::Added,
            hidden: false,
            passed_on: false,
        }
    }

    /// Class `c<n>` hangs under an earlier one; each has an attribute of its own, and says something of that of the root.
    fn book(tree: &[(usize, i64, i64, bool)]) -> ClassBook {
        let mut classes = vec![class("c0".to_owned(), None)];
        let mut attributes = vec![attribute(0, "c0", "a0")];
        let mut constraints = Vec::new();
        for (place, (parent, min, max, required)) in tree.iter().enumerate() {
            let (name, number) = (format!("c{}", place + 1), i32::try_from(place + 1).unwrap());
            classes.push(class(name.clone(), Some(format!("c{}", parent % (place + 1)))));
            attributes.push(attribute(number, &name, &format!("a{number}")));
            let rules: Rules = serde_json::from_value(json!({"min": min, "max": max, "required": required})).unwrap();
            constraints.push(Constraint { class: name, attribute_id: 0, origin: Origin::Added, rules });
        }
        ClassBook::new(classes, attributes).constrained(constraints)
    }

    proptest! {
        #[test]
        fn a_class_has_what_its_parent_has_and_is_at_least_as_strict(
            tree in prop::collection::vec((0_usize..20, -20_i64..0, 0_i64..20, any::<bool>()), 1..20),
            number in -25_i64..25,
        ) {
            let book = book(&tree);
            for child in book.classes() {
                let Some(parent) = child.parent.as_deref() else { continue };
                let (above, here) = (book.attributes_of(parent), book.attributes_of(&child.name));
                prop_assert_eq!(&here[..above.len()], &above[..], "the inherited ones come first, in their order");
                prop_assert_eq!(here.len(), above.len() + 1);
                let judge = |class: &str| value(&book, class, "a0", &json!(number));
                if judge(parent).is_err() {
                    prop_assert!(judge(&child.name).is_err(), "{parent} refuses {number} and {} does not", child.name);
                }
                let together = book.effective_rules(&child.name, here[0]);
                let within = together.min.as_ref().and_then(serde_json::Number::as_i64).is_none_or(|min| number >= min)
                    && together.max.as_ref().and_then(serde_json::Number::as_i64).is_none_or(|max| number <= max);
                prop_assert_eq!(judge(&child.name).is_ok(), within, "one by one and together are the same");
                let nothing = |class: &str| missing(&book, class, |_| None).len();
                prop_assert!(nothing(parent) <= nothing(&child.name));
            }
        }
    }

    #[test]
    fn what_the_class_does_not_have_is_not_taken() {
        let book = book(&[(0, -1, 1, false)]);
        assert_eq!(value(&book, "c0", "a1", &Value::from(1)), Err(Fault::NoAttribute));
        assert_eq!(value(&book, "nothing", "a0", &Value::from(1)), Err(Fault::NoAttribute));
        assert_eq!(value(&book, "c1", "a0", &Value::from(2)), Err(Fault::TooGreat(1.into())));
    }
}
