//! Classes: a tree with single inheritance, kept as data.

use std::collections::BTreeMap;

use super::attribute::{Attribute, Label, Origin};
use super::rules::Rules;

/// The class at the root, which carries what every item has.
pub const ROOT: &str = "ci";

/// How many ancestors a class may have. A longer chain can only be a circle.
const DEPTH_MAX: usize = 32;

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The class it inherits from; none at the root.
    pub parent: Option<String>,
    /// Whether it only serves to be inherited from.
    pub is_abstract: bool,
    /// As it is shown.
    pub label: Label,
    /// The letter shown for it.
    pub icon: String,
    /// Its colour and its lane in impact views.
    pub family: String,
    /// Who made it.
    pub origin: Origin,
    /// Whether forms no longer offer it.
    pub hidden: bool,
    /// Counts changes of it, its attributes and constraints.
    pub version: i32,
}

/// What values of an attribute must be like in a class and its subclasses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Where it begins to hold.
    pub class: String,
    /// The attribute's key.
    pub attribute_id: i32,
    /// Who says so.
    pub origin: Origin,
    /// The constraint.
    pub rules: Rules,
}

/// Every class and attribute of an installation, in the order in which they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassBook {
    classes: Vec<Class>,
    attributes: Vec<Attribute>,
    constraints: BTreeMap<i32, Vec<Constraint>>,
    position: BTreeMap<String, usize>,
    by_class: BTreeMap<String, Vec<usize>>,
    by_id: BTreeMap<i32, usize>,
}

impl ClassBook {
    /// The book of these classes and attributes, each in the order of its position.
    #[must_use]
    pub fn new(classes: Vec<Class>, attributes: Vec<Attribute>) -> Self {
        let position = classes.iter().enumerate().map(|(index, class)| (class.name.clone(), index)).collect();
        let mut by_class: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, attribute) in attributes.iter().enumerate() {
            by_class.entry(attribute.class.clone()).or_default().push(index);
        }
        let by_id = attributes.iter().enumerate().map(|(index, attribute)| (attribute.id, index)).collect();
        Self { classes, attributes, constraints: BTreeMap::new(), position, by_class, by_id }
    }

    /// The same with these constraints.
    #[must_use]
    pub fn constrained(mut self, constraints: Vec<Constraint>) -> Self {
        for constraint in constraints {
            self.constraints.entry(constraint.attribute_id).or_default().push(constraint);
        }
        self
    }

    /// Every class.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The class of this name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.position.get(name).and_then(|index| self.classes.get(*index))
    }

    /// The class and its ancestors, itself first.
    pub fn lineage(&self, name: &str) -> impl Iterator<Item = &Class> {
        let parent = |class: &&Class| class.parent.as_deref().and_then(|parent| self.class(parent));
        std::iter::successors(self.class(name), parent).take(DEPTH_MAX)
    }

    /// Whether `name` is `ancestor` or inherits from it.
    #[must_use]
    pub fn is_a(&self, name: &str, ancestor: &str) -> bool {
        self.lineage(name).any(|class| class.name == ancestor)
    }

    /// The class and all that inherit from it.
    pub fn with_subclasses(&self, ancestor: &str) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(move |class| self.is_a(&class.name, ancestor))
    }

    /// The attributes of a class: those of its most distant ancestor first.
    #[must_use]
    pub fn attributes_of(&self, class: &str) -> Vec<&Attribute> {
        let mut lineage: Vec<&Class> = self.lineage(class).collect();
        lineage.reverse();
        lineage.into_iter().flat_map(|one| self.own_attributes(&one.name)).collect()
    }

    /// The attributes that the class itself defines.
    pub fn own_attributes(&self, class: &str) -> impl Iterator<Item = &Attribute> {
        let own = self.by_class.get(class).into_iter().flatten();
        own.filter_map(|index| self.attributes.get(*index))
    }

    /// The attribute of this name that items of `class` have.
    #[must_use]
    pub fn attribute(&self, class: &str, name: &str) -> Option<&Attribute> {
        self.lineage(class).find_map(|one| self.own_attributes(&one.name).find(|attribute| attribute.name == name))
    }

    /// The attribute with this key.
    #[must_use]
    pub fn attribute_by_id(&self, id: i32) -> Option<&Attribute> {
        self.by_id.get(&id).and_then(|index| self.attributes.get(*index))
    }

    /// The attributes of this name in any class.
    pub fn attributes_named(&self, name: &str) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.name == name)
    }

    /// Every attribute.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The constraints of an attribute that hold in `class`, each with the class where it begins to.
    pub fn rules<'b>(&'b self, class: &str, attribute: &Attribute) -> impl Iterator<Item = (&'b str, &'b Rules)> {
        let lineage: Vec<&str> = self.lineage(class).map(|one| one.name.as_str()).collect();
        let of_attribute = self.constraints.get(&attribute.id).into_iter().flatten();
        let here = of_attribute.filter(move |one| lineage.contains(&one.class.as_str()));
        here.map(|one| (one.class.as_str(), &one.rules))
    }

    /// All of them as one.
    #[must_use]
    pub fn effective_rules(&self, class: &str, attribute: &Attribute) -> Rules {
        self.rules(class, attribute).fold(Rules::default(), |all, (_, rules)| all.and(rules))
    }

    /// What an administrator said of the attribute in this very class.
    #[must_use]
    pub fn added_rules(&self, class: &str, attribute_id: i32) -> Option<&Rules> {
        let of_attribute = self.constraints.get(&attribute_id)?;
        let added = of_attribute.iter().find(|one| one.class == class && one.origin == Origin::Added);
        added.map(|one| &one.rules)
    }

    /// Every constraint.
    pub fn constraints(&self) -> impl Iterator<Item = &Constraint> {
        self.constraints.values().flatten()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Class, ClassBook, ROOT};
    use crate::cmdb::model::attribute::{Attribute, Label};
    use crate::cmdb::model::value::{AttributeType, ValueError};

    fn label(text: &str) -> Label {
        Label { en: text.to_owned(), ko: text.to_owned() }
    }

    fn class(name: &str, parent: Option<&str>) -> Class {
        let (icon, family) = ("X".to_owned(), "compute".to_owned());
        Class {
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            is_abstract: parent.is_none(),
            label: label(name),
            icon,
            family,
            origin: crate::cmdb::model::attribute::Origin::Shipped,
            hidden: false,
            version: 1,
        }
    }

    fn attribute(id: i32, class: &str, name: &str, kind: AttributeType) -> Attribute {
        let (class, name) = (class.to_owned(), name.to_owned());
        let origin = crate::cmdb::model::attribute::Origin::Shipped;
        let (label, choices) = (label(&name), Vec::new());
        Attribute {
            id,
            label,
            class,
            name,
            kind,
            unit: None,
            choices,
            target: None,
            origin,
            hidden: false,
            passed_on: false,
        }
    }

    pub(in crate::cmdb::model) fn book() -> ClassBook {
        let classes = [(ROOT, None), ("host", Some(ROOT)), ("virtual_machine", Some("host")), ("printer", Some(ROOT))];
        ClassBook::new(
            classes.map(|(name, parent)| class(name, parent)).into(),
            vec![
                attribute(1, ROOT, "name", AttributeType::Text),
                attribute(2, ROOT, "criticality", AttributeType::Integer),
                attribute(3, "virtual_machine", "hypervisor", AttributeType::Text),
                attribute(4, "host", "os_name", AttributeType::Text),
            ],
        )
    }

    #[test]
    fn a_class_has_the_attributes_of_its_ancestors_before_its_own() {
        let book = book();
        let names: Vec<_> = book.attributes_of("virtual_machine").iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["name", "criticality", "os_name", "hypervisor"]);
        assert!(book.attribute("virtual_machine", "os_name").is_some());
        assert!(book.attribute("printer", "os_name").is_none());
    }

    #[test]
    fn a_class_includes_what_inherits_from_it() {
        let book = book();
        let names: Vec<_> = book.with_subclasses("host").map(|class| class.name.as_str()).collect();
        assert_eq!(names, ["host", "virtual_machine"]);
        assert!(!book.is_a("printer", "host"));
    }

    #[test]
    fn classes_that_inherit_in_a_circle_end() {
        let book = ClassBook::new(vec![class("a", Some("b")), class("b", Some("a"))], Vec::new());
        assert!(!book.is_a("a", "c"));
    }

    #[test]
    fn criticality_is_one_to_four_and_a_name_is_not_blank() {
        let book = book();
        let criticality = book.attribute("host", "criticality").unwrap();
        assert!(criticality.read(&serde_json::json!(4)).is_ok());
        assert_eq!(criticality.read(&serde_json::json!(5)), Err(ValueError::OutOfRange { min: 1, max: 4 }));
        let name = book.attribute("host", "name").unwrap();
        assert_eq!(name.read(&serde_json::json!(" \u{3000}")), Err(ValueError::Empty));
    }
}
