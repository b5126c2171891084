//! The form of the shipped documents.

use serde::{Deserialize, Serialize};

use crate::cmdb::model::rules::Rules;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In English.
    pub en: String,
    /// In Korean.
    pub ko: String,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its name in the API.
    pub name: String,
    /// The class it inherits from; only the root has none.
    pub parent: Option<String>,
    /// Whether no CI is of exactly this class.
    #[serde(default, rename = "abstract")]
    pub abstract_: bool,
    /// What people read.
    pub label: Label,
    /// The letter shown for it.
    pub icon: String,
    /// Its colour, and its lane in impact views.
    pub family: Family,
}

/// Families of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Family {
    Compute,
    Network,
    Data,
    App,
    Service,
    Org,
}

impl Family {
    /// The name in the database and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Network => "network",
            Self::Data => "data",
            Self::App => "app",
            Self::Service => "service",
            Self::Org => "org",
        }
    }
}

/// An attribute of a class and of its subclasses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The class that defines it.
    pub class: String,
    /// Its name in the API.
    pub name: String,
    /// The type of its values.
    pub kind: AttributeKind,
    /// The unit of its values, spelt out.
    pub unit: Option<String>,
    /// What people read.
    pub label: Label,
    /// The values an `enum` may have.
    pub choices: Option<Vec<Choice>>,
    /// The class whose items a `reference` names.
    pub target: Option<String>,
    /// Whether what contains an item passes its value on to it, until an administrator says otherwise.
    pub passed_on: bool,
    /// What its values must be like.
    pub rules: Rules,
}

/// Further rules for an attribute in a class that inherits it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Where they begin to hold.
    pub class: String,
    /// The attribute's name.
    pub attribute: String,
    /// The rules.
    pub rules: Rules,
}

/// An attribute as it is written: several classes may have the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    class: Option<String>,
    #[serde(default)]
    classes: Vec<String>,
    name: String,
    kind: AttributeKind,
    unit: Option<String>,
    label: Label,
    choices: Option<Vec<Choice>>,
    target: Option<String>,
    #[serde(default)]
    passed_on: bool,
    #[serde(default)]
    rules: Rules,
}

impl Entry {
    /// One attribute for each class.
    pub(super) fn each(&self) -> impl Iterator<Item = Attribute> {
        self.class.iter().chain(&self.classes).map(|class| Attribute {
            class: class.clone(),
            name: self.name.clone(),
            kind: self.kind,
            unit: self.unit.clone(),
            label: self.label.clone(),
            choices: self.choices.clone(),
            target: self.target.clone(),
            passed_on: self.passed_on,
            rules: self.rules.clone(),
        })
    }
}

/// Types of attribute values, and the JSON each is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// A string.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A finite number.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// A string, RFC 3339 in UTC.
    Datetime,
    /// A string out of the attribute's choices.
    Enum,
    /// A whole number of bytes.
    Bytes,
    /// An array of strings.
    List,
    /// A string: the id of a CI.
    Reference,
}

impl AttributeKind {
    /// The name in the database and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::Enum => "enum",
            Self::Bytes => "bytes",
            Self::List => "list",
            Self::Reference => "reference",
        }
    }
}

/// One value of an `enum`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value as stored.
    pub value: String,
    /// What people read.
    pub label: Label,
}

/// A relation type; the document says what its words mean.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationType {
    /// Its name in the API.
    pub name: String,
    /// How it reads from the source.
    pub label: Label,
    /// How it reads from the target.
    pub inverse: Label,
    /// Where trouble travels.
    pub propagation: String,
    /// What trouble does there.
    pub effect: String,
    /// Whether the source is contained in the target, and which of several kinds goes first: the least.
    pub containment: Option<i32>,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name in the API.
    pub name: String,
    /// What kind it is.
    pub kind: String,
    /// What people read.
    pub label: Label,
    /// Hours after which what it has not confirmed counts as stale.
    pub stale_after_h: Option<i32>,
}

/// An order of sources.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The class it is for.
    pub class: String,
    /// The attribute; all that have no order of their own without it.
    pub attribute: Option<String>,
    /// Most believed first.
    pub sources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sources {
    pub(super) source: Vec<Source>,
    pub(super) order: Vec<Order>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Classes {
    pub(super) class: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attributes {
    pub(super) attribute: Vec<Entry>,
    #[serde(default)]
    pub(super) constraint: Vec<Constraint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationTypes {
    pub(super) relation_type: Vec<RelationType>,
}
