//! Definitions as they are written.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::cmdb::class::command::{AttributeChange, ClassChange, NewAttribute, NewClass, Said};
use crate::cmdb::model::attribute::{Choice, Label};
use crate::cmdb::model::rules::Rules;

/// A new class.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClassBody {
    /// Small letters, digits and underscores, a letter first; at most 63. It never changes.
    name: String,
    parent: String,
    label: Label,
    /// Whether it only serves to be inherited from.
    #[serde(default)]
    r#abstract: bool,
    /// One character; the parent's unless said.
    icon: Option<String>,
    /// `compute`, `network`, `data`, `app`, `service` or `org`; the parent's unless said.
    family: Option<String>,
}

/// What changes in a class. What is absent stays. Of a shipped class only the label and whether it is hidden do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassChangeBody {
    /// Null takes an own label off a shipped class.
    #[serde(default)]
    #[schema(value_type = Option<Label>)]
    label: Said<Label>,
    /// Only as long as there are no items of it or below it.
    parent: Option<String>,
    r#abstract: Option<bool>,
    icon: Option<String>,
    family: Option<String>,
    hidden: Option<bool>,
}

/// A new attribute.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAttributeBody {
    /// Small letters, digits and underscores, a letter first; at most 63. It never changes, and no class above or below
    /// has one of the same name.
    name: String,
    label: Label,
    /// `text`, `integer`, `decimal`, `boolean`, `datetime`, `enum`, `bytes`, `list` or `reference`.
    r#type: String,
    unit: Option<String>,
    /// What an `enum` chooses from.
    #[serde(default)]
    values: Vec<Choice>,
    /// Of which class the items are that a `reference` names.
    target: Option<String>,
    /// Whether what contains an item passes its value on to it.
    #[serde(default)]
    passed_on: bool,
    #[serde(default)]
    rules: Rules,
}

/// What changes in an attribute. What is absent stays. Of an inherited one only the rules do, and only for this class
/// and those below it; of a shipped one the label, the rules and whether it is hidden or passed on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttributeChangeBody {
    /// Null takes an own label off a shipped attribute.
    #[serde(default)]
    #[schema(value_type = Option<Label>)]
    label: Said<Label>,
    /// Only as long as no item has or had a value.
    r#type: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    unit: Said<String>,
    values: Option<Vec<Choice>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    target: Said<String>,
    hidden: Option<bool>,
    /// Whether what contains an item passes its value on to it.
    passed_on: Option<bool>,
    /// What values must be like in this class, in place of what administrators said before.
    rules: Option<Rules>,
}

impl NewClassBody {
    pub(super) fn name_of(&self) -> String {
        self.name.clone()
    }
}

impl From<NewClassBody> for NewClass {
    fn from(body: NewClassBody) -> Self {
        let NewClassBody { name, parent, label, r#abstract, icon, family } = body;
        Self { name, parent, label, is_abstract: r#abstract, icon, family }
    }
}

impl From<ClassChangeBody> for ClassChange {
    fn from(body: ClassChangeBody) -> Self {
        let ClassChangeBody { label, parent, r#abstract, icon, family, hidden } = body;
        Self { label, parent, is_abstract: r#abstract, icon, family, hidden }
    }
}

impl From<NewAttributeBody> for NewAttribute {
    fn from(body: NewAttributeBody) -> Self {
        let NewAttributeBody { name, label, r#type, unit, values, target, passed_on, rules } = body;
        Self { name, label, kind: r#type, unit, choices: values, target, passed_on, rules }
    }
}

impl From<AttributeChangeBody> for AttributeChange {
    fn from(body: AttributeChangeBody) -> Self {
        let AttributeChangeBody { label, r#type, unit, values, target, hidden, passed_on, rules } = body;
        Self { label, kind: r#type, unit, choices: values, target, hidden, passed_on, rules }
    }
}
