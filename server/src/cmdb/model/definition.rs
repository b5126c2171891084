//! What administrators may define: names, limits, and what a definition must not do to what is there.

use super::attribute::{Attribute, Choice, Label, Origin};
use super::class::{Class, ClassBook, Constraint, ROOT};
use super::rules::{RULES_MAX, Rules};
use super::value::AttributeType;
use crate::cmdb::error::FieldFault;

/// Longest name in bytes.
pub const NAME_BYTES: usize = 63;
/// Longest label in characters.
pub const LABEL_CHARS: usize = 100;
/// Longest unit in characters.
pub const UNIT_CHARS: usize = 40;
/// Most classes of an installation.
pub const CLASSES_MAX: usize = 500;
/// Most attributes of a class, with the inherited ones.
pub const ATTRIBUTES_MAX: usize = 500;
/// Most choices of an `enum`, and most values of a condition.
pub const CHOICES_MAX: usize = 500;
/// How far below the root a class may stand.
pub const DEPTH_MAX: usize = 16;
/// The families of classes.
pub const FAMILIES: [&str; 6] = ["compute", "network", "data", "app", "service", "org"];

/// Names that mean something else where classes and attributes are named.
const RESERVED: [&str; 22] = [
    "agent",
    "all",
    "any",
    "as_of",
    "attributes",
    "class",
    "cols",
    "cursor",
    "first_seen",
    "id",
    "last_seen",
    "limit",
    "new",
    "none",
    "null",
    "observation",
    "organisation",
    "organisation_id",
    "parent",
    "sort",
    "values",
    "version",
];

/// Faults of a definition, as they are found.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Notes a fault.
    pub fn note(&mut self, field: &str, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldFault::new(field, code, detail));
    }

    /// Notes a fault with the limit that was broken.
    pub fn beyond(&mut self, field: &str, limit: usize, unit: &str) {
        let detail = format!("more than {limit} {unit}");
        let limit = i64::try_from(limit).ok();
        self.0.push(FieldFault { limit, ..FieldFault::new(field, "too_long", detail) });
    }

    /// Nothing, or all that were noted.
    ///
    /// # Errors
    ///
    /// What was noted.
    pub fn judge(self) -> Result<(), Vec<FieldFault>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// Judges a class as it is to stand; `is_new` if no class of its name is there yet.
pub fn class(book: &ClassBook, class: &Class, is_new: bool, faults: &mut Faults) {
    if is_new {
        name(&class.name, faults);
        if book.class(&class.name).is_some() {
            faults.note("name", "taken", "there is a class of this name");
        }
        if book.classes().len() >= CLASSES_MAX {
            faults.beyond("name", CLASSES_MAX, "classes");
        }
    }
    label("label", &class.label, faults);
    if class.icon.chars().count() != 1 || class.icon.chars().any(|one| one.is_control() || one.is_whitespace()) {
        faults.note("icon", "invalid", "one character");
    }
    if !FAMILIES.contains(&class.family.as_str()) {
        faults.note("family", "unknown", format!("one of: {}", FAMILIES.join(", ")));
    }
    parent(book, class, faults);
}

/// Judges where a class hangs: no circle, not too deep, nothing inherited that it or a subclass has itself.
fn parent(book: &ClassBook, class: &Class, faults: &mut Faults) {
    let Some(parent) = class.parent.as_deref() else {
        if class.name != ROOT {
            faults.note("parent", "required", "every class but the root inherits from one");
        }
        return;
    };
    if book.class(parent).is_none() {
        return faults.note("parent", "unknown", "there is no such class");
    }
    if book.is_a(parent, &class.name) {
        return faults.note("parent", "circle", "a class cannot inherit from itself");
    }
    let below = book.with_subclasses(&class.name).map(|one| book.lineage(&one.name).count()).max().unwrap_or(1);
    let own = book.lineage(&class.name).count();
    if book.lineage(parent).count() + below.saturating_sub(own) >= DEPTH_MAX {
        faults.beyond("parent", DEPTH_MAX, "levels");
    }
    let inherited = book.attributes_of(parent);
    let mut beneath = book.with_subclasses(&class.name).flat_map(|one| book.own_attributes(&one.name));
    if let Some(twice) = beneath.find(|own| inherited.iter().any(|one| one.name == own.name)) {
        faults.note("parent", "shadows", format!("`{}` would be inherited twice", twice.name));
    }
}

/// Judges an attribute as it is to stand in its class; `is_new` if it is not there yet.
pub fn attribute(book: &ClassBook, attribute: &Attribute, is_new: bool, faults: &mut Faults) {
    if is_new {
        name(&attribute.name, faults);
        shadows(book, attribute, faults);
        let widest = book.with_subclasses(&attribute.class).map(|one| book.attributes_of(&one.name).len()).max();
        if widest.unwrap_or_default() >= ATTRIBUTES_MAX {
            faults.beyond("name", ATTRIBUTES_MAX, "attributes in a class");
        }
    }
    label("label", &attribute.label, faults);
    if let Some(unit) = &attribute.unit {
        text("unit", unit, UNIT_CHARS, faults);
    }
    choices(attribute, faults);
    match (attribute.kind == AttributeType::Reference, attribute.target.as_deref()) {
        (true, None) => faults.note("target", "required", "say of which class the items are"),
        (true, Some(target)) if book.class(target).is_none() => {
            faults.note("target", "unknown", "there is no such class");
        }
        (false, Some(_)) => faults.note("target", "invalid", "only a reference has one"),
        _ => {}
    }
    if attribute.passed_on && attribute.class == ROOT && ["name", "lifecycle"].contains(&attribute.name.as_str()) {
        faults.note("passed_on", "invalid", "every item has its own");
    }
}

fn shadows(book: &ClassBook, attribute: &Attribute, faults: &mut Faults) {
    let (class, name) = (&attribute.class, &attribute.name);
    if let Some(there) = book.attribute(class, name) {
        let code = if there.class == *class { "taken" } else { "shadows" };
        return faults.note("name", code, format!("`{}` has it already", there.class));
    }
    let below = book.with_subclasses(class).find(|one| book.own_attributes(&one.name).any(|own| own.name == *name));
    if let Some(below) = below {
        faults.note("name", "shadows", format!("the subclass `{}` has it already", below.name));
    }
}

fn choices(attribute: &Attribute, faults: &mut Faults) {
    let choices = &attribute.choices;
    match (attribute.kind == AttributeType::Enum, choices.is_empty()) {
        (true, true) => return faults.note("values", "required", "an enum needs values"),
        (false, false) => return faults.note("values", "invalid", "only an enum has values"),
        _ => {}
    }
    if choices.len() > CHOICES_MAX {
        return faults.beyond("values", CHOICES_MAX, "values");
    }
    for (index, Choice { value, label: shown }) in choices.iter().enumerate() {
        text(&format!("values[{index}].value"), value, LABEL_CHARS, faults);
        label(&format!("values[{index}].label"), shown, faults);
        if choices.iter().take(index).any(|one| one.value == *value) {
            faults.note(&format!("values[{index}].value"), "taken", "it stands there twice");
        }
    }
}

/// Judges what an administrator says that the values of `attribute` must be like in `class`.
pub fn rules(book: &ClassBook, class: &str, attribute: &Attribute, rules: &Rules, faults: &mut Faults) {
    use AttributeType as T;
    let is_number = matches!(attribute.kind, T::Integer | T::Decimal | T::Bytes);
    let is_text = matches!(attribute.kind, T::Text | T::List);
    if !is_number && (rules.min.is_some() || rules.max.is_some()) {
        faults.note("rules.min", "invalid", "only a number has a range");
    }
    if !is_text && (rules.min_length.is_some() || rules.max_length.is_some() || !rules.patterns.is_empty()) {
        faults.note("rules.patterns", "invalid", "only a text or a list has a length and patterns");
    }
    if rules.unique.is_some() && matches!(attribute.kind, T::Boolean | T::List) {
        faults.note("rules.unique", "invalid", "not for this type");
    }
    let unique_elsewhere =
        |one: &Constraint| one.rules.unique.is_some() && (one.class.as_str(), one.origin) != (class, Origin::Added);
    let mut constraints = book.constraints().filter(|one| one.attribute_id == attribute.id);
    if attribute.passed_on && (rules.unique.is_some() || constraints.any(unique_elsewhere)) {
        faults.note("passed_on", "invalid", "what is passed on is not unique");
    }
    if attribute.name == "lifecycle" && attribute.class == ROOT && !rules.is_empty() {
        faults.note("rules", "invalid", "the lifecycle has rules of its own");
    }
    patterns(rules, faults);
    conditions(book, class, attribute, rules, faults);
    let others = book.constraints().filter(|one| one.attribute_id == attribute.id);
    let others = others.filter(|one| (one.class.as_str(), one.origin) != (class, Origin::Added));
    let related = others.filter(|one| book.is_a(class, &one.class) || book.is_a(&one.class, class));
    let together = related.fold(rules.clone(), |all, one| all.and(&one.rules));
    if rules.is_contradiction() || together.is_contradiction() {
        faults.note("rules", "contradiction", "no value could keep to it and to what holds above or below");
    }
}

fn patterns(rules: &Rules, faults: &mut Faults) {
    if rules.patterns.len() > RULES_MAX {
        return faults.beyond("rules.patterns", RULES_MAX, "patterns");
    }
    for (index, pattern) in rules.patterns.iter().enumerate() {
        if let Some(why) = pattern.fault() {
            faults.note(&format!("rules.patterns[{index}].regex"), "invalid", why);
        }
        if let Some(hint) = &pattern.hint {
            label(&format!("rules.patterns[{index}].hint"), hint, faults);
        }
    }
}

fn conditions(book: &ClassBook, class: &str, attribute: &Attribute, rules: &Rules, faults: &mut Faults) {
    if rules.required_if.len() > RULES_MAX {
        return faults.beyond("rules.required_if", RULES_MAX, "conditions");
    }
    for (index, condition) in rules.required_if.iter().enumerate() {
        let field = |part: &str| format!("rules.required_if[{index}].{part}");
        let Some(other) = book.attribute(class, &condition.attribute).filter(|one| one.id != attribute.id) else {
            faults.note(&field("attribute"), "unknown", "the class has no such other attribute");
            continue;
        };
        if condition.values.len() > CHOICES_MAX {
            faults.beyond(&field("values"), CHOICES_MAX, "values");
        } else if condition.values.iter().any(|value| other.read(value).is_err()) {
            faults.note(&field("values"), "invalid", format!("not a value of `{}`", other.name));
        }
    }
}

fn name(name: &str, faults: &mut Faults) {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() {
        faults.note("name", "required", "empty");
    } else if name.len() > NAME_BYTES {
        faults.beyond("name", NAME_BYTES, "characters");
    } else if !name.bytes().all(is_word) || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        faults.note("name", "invalid", "small letters, digits and underscores, a letter first");
    } else if RESERVED.contains(&name) {
        faults.note("name", "reserved", "this name means something else");
    }
}

fn label(field: &str, label: &Label, faults: &mut Faults) {
    text(&format!("{field}.en"), &label.en, LABEL_CHARS, faults);
    text(&format!("{field}.ko"), &label.ko, LABEL_CHARS, faults);
}

fn text(field: &str, text: &str, limit: usize, faults: &mut Faults) {
    if text.trim().is_empty() {
        faults.note(field, "required", "empty");
    } else if text.chars().count() > limit {
        faults.beyond(field, limit, "characters");
    } else if text.chars().any(char::is_control) {
        faults.note(field, "invalid", "a control character");
    }
}
