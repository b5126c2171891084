//! Attributes: what can be said of the items of a class.

use serde_json::Value;

use super::tag;
use super::value::{AttributeType, AttributeValue, ValueError};

/// The levels of criticality; 1 matters most.
pub const CRITICALITY: std::ops::RangeInclusive<i64> = 1..=4;
/// Longest name, owner and support team in bytes.
pub const NAME_BYTES: usize = 1 << 10;

/// The attributes of the root that stand in the item's own row, and beside `attributes` in the API.
pub const DECIDED: [&str; 6] = ["name", "owner", "support_team", "criticality", "environment", "lifecycle"];

/// A word in both languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

/// A value that an attribute of type `enum` can take.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// As it is stored and sent.
    pub value: String,
    /// As it is shown.
    pub label: Label,
}

/// An attribute of a class and its subclasses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The database's key.
    pub id: i32,
    /// The class that defines it.
    pub class: String,
    /// Its name, unique within a class and its ancestors.
    pub name: String,
    /// What it takes.
    pub kind: AttributeType,
    /// The unit of a number, as `MHz`.
    pub unit: Option<String>,
    /// As it is shown.
    pub label: Label,
    /// What an `enum` chooses from; empty for other types.
    pub choices: Vec<Choice>,
    /// Of which class the items are that a `reference` names.
    pub target: Option<String>,
    /// Who made it.
    pub origin: Origin,
    /// Whether forms no longer offer it.
    pub hidden: bool,
    /// Whether what contains an item passes its value on to it.
    pub passed_on: bool,
}

/// Who made a class or an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Origin {
    /// It comes with the program.
    Shipped,
    /// An administrator.
    Added,
}

impl Origin {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Added => "added",
        }
    }
}

impl std::str::FromStr for Origin {
    type Err = super::value::UnknownType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = [Self::Shipped, Self::Added].into_iter().find(|one| one.name() == text);
        known.ok_or_else(|| super::value::UnknownType(text.to_owned()))
    }
}

impl Attribute {
    /// The value, if it fits this attribute.
    ///
    /// # Errors
    ///
    /// [`ValueError`] says why it does not.
    pub fn read(&self, value: &Value) -> Result<AttributeValue, ValueError> {
        self.judge(self.kind.read(value)?)
    }

    /// The value as people write it in a query string: a text, a number, `true`, a time, one entry of a list.
    ///
    /// # Errors
    ///
    /// [`ValueError`] says why it does not fit.
    pub fn read_text(&self, written: &str) -> Result<AttributeValue, ValueError> {
        self.judge(self.kind.read_text(written)?)
    }

    /// Whether it is one of [`DECIDED`].
    #[must_use]
    pub fn is_decided(&self) -> bool {
        DECIDED.into_iter().any(|name| self.is_of_root(name))
    }

    /// Whether it holds tags.
    #[must_use]
    pub fn is_tags(&self) -> bool {
        self.kind == AttributeType::List && self.is_of_root(tag::ATTRIBUTE)
    }

    fn judge(&self, value: AttributeValue) -> Result<AttributeValue, ValueError> {
        match &value {
            AttributeValue::List(tags) if self.is_tags() => return tag::all(tags).map(AttributeValue::List),
            // One that is looked for.
            AttributeValue::Text(one) if self.is_tags() => return tag::one(one).map(AttributeValue::Text),
            AttributeValue::Text(text) if self.kind == AttributeType::Enum => self.judge_choice(text)?,
            AttributeValue::Text(text) if self.is_name() => judge_name(text)?,
            AttributeValue::Integer(level) if self.is_of_root("criticality") && !CRITICALITY.contains(level) => {
                return Err(ValueError::OutOfRange { min: *CRITICALITY.start(), max: *CRITICALITY.end() });
            }
            _ => {}
        }
        Ok(value)
    }

    fn judge_choice(&self, text: &str) -> Result<(), ValueError> {
        if self.choices.iter().any(|choice| choice.value == text) {
            return Ok(());
        }
        let values: Vec<&str> = self.choices.iter().map(|choice| choice.value.as_str()).collect();
        Err(ValueError::NoChoice(values.join(", ")))
    }

    fn is_name(&self) -> bool {
        ["name", "owner", "support_team"].into_iter().any(|name| self.is_of_root(name))
    }

    fn is_of_root(&self, name: &str) -> bool {
        self.class == super::class::ROOT && self.name == name
    }
}

fn judge_name(text: &str) -> Result<(), ValueError> {
    if text.trim().is_empty() {
        return Err(ValueError::Empty);
    }
    if text.len() > NAME_BYTES {
        return Err(ValueError::TooLong { limit: NAME_BYTES });
    }
    Ok(())
}
