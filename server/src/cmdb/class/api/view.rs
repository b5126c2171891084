//! Classes as they are sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::cmdb::class::obstacle::Obstacle;
use crate::cmdb::class::{attribute, service};
use crate::cmdb::model::attribute::{Attribute, Choice, Label, Origin};
use crate::cmdb::model::class::{Class, ClassBook};
use crate::cmdb::model::rules::Rules;

/// Every class of the installation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassList {
    pub(super) items: Vec<ClassView>,
}

/// A class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassView {
    name: String,
    parent: Option<String>,
    label: Label,
    /// Whether it only serves to be inherited from.
    r#abstract: bool,
    /// A letter.
    icon: String,
    /// `compute`, `network`, `data`, `app`, `service` or `org`.
    family: String,
    #[schema(value_type = Origin)]
    origin: &'static str,
    /// Whether forms no longer offer it.
    hidden: bool,
    /// Counts changes of it, its attributes and constraints; the `ETag` names it.
    version: i32,
    /// With the inherited ones, those of the most distant ancestor first.
    attributes: Vec<AttributeView>,
    /// Items of exactly this class in scope.
    count: i64,
}

/// An attribute.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttributeView {
    name: String,
    label: Label,
    /// `text`, `integer`, `decimal`, `boolean`, `datetime`, `enum`, `bytes`, `list` or `reference`.
    r#type: &'static str,
    unit: Option<String>,
    /// The class that defines it, if that is another one.
    inherited_from: Option<String>,
    /// What an `enum` chooses from.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Choice>>,
    /// Of which class the items are that a `reference` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[schema(value_type = Origin)]
    origin: &'static str,
    /// Whether forms no longer offer it.
    hidden: bool,
    /// Whether what contains an item passes its value on to it.
    passed_on: bool,
    /// What its values must be like in this class, all in all.
    rules: Rules,
}

/// A class with what administrators said of it, and what may be done with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassDetailView {
    #[serde(flatten)]
    class: ClassView,
    /// What administrators say that values must be like in this very class, by attribute.
    own_rules: BTreeMap<String, Rules>,
    allowed_actions: Vec<DefinitionActionView>,
    /// What may be done with each of its attributes.
    attribute_actions: BTreeMap<String, Vec<DefinitionActionView>>,
}

/// Something that can be done with a definition, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DefinitionActionView {
    /// `edit`, `relabel`, `add_attribute`, `add_subclass`, `constrain`, `retype` or `delete`.
    action: &'static str,
    allowed: bool,
    /// `needs_permission`, `shipped`, `inherited`, `has_items`, `has_subclasses`, `has_values` or `named`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl ClassDetailView {
    pub(super) fn name(&self) -> &str {
        &self.class.name
    }

    pub(super) const fn version(&self) -> i32 {
        self.class.version
    }
}

pub(super) fn class_view(book: &ClassBook, class: &Class, counts: &BTreeMap<String, i64>) -> ClassView {
    let attributes = book.attributes_of(&class.name);
    ClassView {
        name: class.name.clone(),
        parent: class.parent.clone(),
        label: class.label.clone(),
        r#abstract: class.is_abstract,
        icon: class.icon.clone(),
        family: class.family.clone(),
        origin: class.origin.name(),
        hidden: class.hidden,
        version: class.version,
        attributes: attributes.into_iter().map(|attribute| attribute_view(book, class, attribute)).collect(),
        count: counts.get(&class.name).copied().unwrap_or_default(),
    }
}

fn attribute_view(book: &ClassBook, class: &Class, attribute: &Attribute) -> AttributeView {
    AttributeView {
        name: attribute.name.clone(),
        label: attribute.label.clone(),
        r#type: attribute.kind.name(),
        unit: attribute.unit.clone(),
        inherited_from: (attribute.class != class.name).then(|| attribute.class.clone()),
        values: (!attribute.choices.is_empty()).then(|| attribute.choices.clone()),
        target: attribute.target.clone(),
        origin: attribute.origin.name(),
        hidden: attribute.hidden,
        passed_on: attribute.passed_on,
        rules: book.effective_rules(&class.name, attribute),
    }
}

pub(super) fn detail_view(
    book: &ClassBook,
    class: &Class,
    counts: &BTreeMap<String, i64>,
    configures: bool,
    has_items: bool,
    with_values: &BTreeSet<i32>,
) -> ClassDetailView {
    let attributes = book.attributes_of(&class.name);
    let own = |one: &&Attribute| Some((one.name.clone(), book.added_rules(&class.name, one.id)?.clone()));
    let shipped = (class.origin == Origin::Shipped).then_some(Obstacle::Shipped.name());
    let obstacle = service::obstacle(book, class, has_items).map(Obstacle::name);
    let actions =
        [("relabel", None), ("edit", shipped), ("add_attribute", None), ("add_subclass", None), ("delete", obstacle)];
    let of_attribute = |one: &&Attribute| {
        let has_values = with_values.contains(&one.id);
        (one.name.clone(), verdicts(&attribute_actions(book, class, one, has_values), configures))
    };
    ClassDetailView {
        own_rules: attributes.iter().filter_map(own).collect(),
        allowed_actions: verdicts(&actions, configures),
        attribute_actions: attributes.iter().map(of_attribute).collect(),
        class: class_view(book, class, counts),
    }
}

type Verdict = (&'static str, Option<&'static str>);

fn attribute_actions(book: &ClassBook, class: &Class, one: &Attribute, has_values: bool) -> [Verdict; 5] {
    let inherited = (one.class != class.name).then_some("inherited");
    let shipped = (one.origin == Origin::Shipped).then_some(Obstacle::Shipped.name());
    let obstacle = attribute::obstacle(book, one, has_values).map(Obstacle::name);
    let kept = has_values.then_some(Obstacle::HasValues.name());
    [
        ("constrain", None),
        ("relabel", inherited),
        ("edit", inherited.or(shipped)),
        ("retype", inherited.or(shipped).or(kept)),
        ("delete", inherited.or(obstacle)),
    ]
}

fn verdicts(actions: &[Verdict], configures: bool) -> Vec<DefinitionActionView> {
    let view = |(action, reason): &Verdict| {
        let reason = if configures { *reason } else { Some("needs_permission") };
        DefinitionActionView { action, allowed: reason.is_none(), reason }
    };
    actions.iter().map(view).collect()
}
