//! What an administrator wants to define.

use serde::{Deserialize, Deserializer};

use crate::cmdb::model::attribute::{Choice, Label};
use crate::cmdb::model::rules::Rules;

/// What is said of something that can also be taken away: in JSON absent, null, or a value.
#[derive(Debug, Clone, Default)]
pub(super) enum Said<T> {
    /// It stays.
    #[default]
    Nothing,
    /// It goes.
    Gone,
    /// It becomes this.
    This(T),
}

impl<T> Said<T> {
    pub(super) const fn is_something(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// What there is afterwards.
    pub(super) fn after(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => before,
            Self::Gone => None,
            Self::This(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Gone, Self::This))
    }
}

/// A new class.
#[derive(Debug)]
pub(super) struct NewClass {
    pub(super) name: String,
    pub(super) parent: String,
    pub(super) label: Label,
    pub(super) is_abstract: bool,
    /// The parent's unless said.
    pub(super) icon: Option<String>,
    /// The parent's unless said.
    pub(super) family: Option<String>,
}

/// What changes in a class.
#[derive(Debug, Default)]
pub(super) struct ClassChange {
    /// Taken away, an own label comes off a shipped class.
    pub(super) label: Said<Label>,
    pub(super) parent: Option<String>,
    pub(super) is_abstract: Option<bool>,
    pub(super) icon: Option<String>,
    pub(super) family: Option<String>,
    pub(super) hidden: Option<bool>,
}

/// A new attribute.
#[derive(Debug)]
pub(super) struct NewAttribute {
    pub(super) name: String,
    pub(super) label: Label,
    pub(super) kind: String,
    pub(super) unit: Option<String>,
    pub(super) choices: Vec<Choice>,
    pub(super) target: Option<String>,
    pub(super) passed_on: bool,
    pub(super) rules: Rules,
}

/// What changes in an attribute. Of one that is inherited only the rules do, and only for this class and those below.
#[derive(Debug, Default)]
pub(super) struct AttributeChange {
    /// Taken away, an own label comes off a shipped attribute.
    pub(super) label: Said<Label>,
    pub(super) kind: Option<String>,
    pub(super) unit: Said<String>,
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) target: Said<String>,
    pub(super) hidden: Option<bool>,
    pub(super) passed_on: Option<bool>,
    pub(super) rules: Option<Rules>,
}
