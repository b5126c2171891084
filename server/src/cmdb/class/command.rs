//! What an administrator wants to define.

use crate::cmdb::model::attribute::{Choice, Label};
use crate::cmdb::model::rules::Rules;

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
    /// None within takes an own label off a shipped class.
    pub(super) label: Option<Option<Label>>,
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
    pub(super) rules: Rules,
}

/// What changes in an attribute. Of one that is inherited only the rules do, and only for this class and those below.
#[derive(Debug, Default)]
pub(super) struct AttributeChange {
    /// None within takes an own label off a shipped attribute.
    pub(super) label: Option<Option<Label>>,
    pub(super) kind: Option<String>,
    pub(super) unit: Option<Option<String>>,
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) target: Option<Option<String>>,
    pub(super) hidden: Option<bool>,
    pub(super) rules: Option<Rules>,
}
