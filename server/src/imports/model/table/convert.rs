//! From rows to what is to be done in the register.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::Row;
use super::mapping::{By, Checked, Meaning};
use crate::cmdb::bulk::model::{CiWish, RelationWish, Target, Wish};
use crate::cmdb::error::FieldFault;
use crate::cmdb::model::attribute::{Attribute, DECIDED};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::value::AttributeType;
use crate::cmdb::organisation::OrganisationTree;
use crate::index::model::fold::fold;
use crate::kernel::cell::{entries, plain};
use crate::kernel::scope::Scope;

/// What rows are held against.
#[derive(Debug)]
pub struct Words<'a> {
    /// Every class and attribute.
    pub book: &'a ClassBook,
    /// Every organisation.
    pub tree: &'a OrganisationTree,
    /// Whose organisations can be named.
    pub scope: &'a Scope,
    /// What the columns mean.
    pub checked: &'a Checked,
}

/// A step of a row: what is to be done, or why it cannot be read.
pub type Step = Result<Wish, FieldFault>;

impl Words<'_> {
    /// What a row asks for: its item first, then its relations. `place` is that of its first step in the call.
    #[must_use]
    pub fn steps(&self, row: &Row, place: usize) -> Vec<Step> {
        if self.checked.is_of_relations() {
            return vec![Ok(self.relation(row))];
        }
        let wish = match self.item(row) {
            Ok(wish) => wish,
            Err(fault) => return vec![Err(fault)],
        };
        let itself = Target { item: Some(place), ..Target::default() };
        let mut steps = vec![Ok(Wish::Ci(Box::new(wish)))];
        for (column, meaning) in &self.checked.meanings {
            let (Meaning::To(kind, by) | Meaning::From(kind, by)) = meaning else { continue };
            for named in texts(row.cells.get(*column)) {
                let other = target(&named, *by);
                let (source, target) = match meaning {
                    Meaning::To(..) => (itself.clone(), other),
                    _ => (other, itself.clone()),
                };
                steps.push(Ok(Wish::Relation(RelationWish { r#type: kind.clone(), source, target })));
            }
        }
        steps
    }

    fn item(&self, row: &Row) -> Result<CiWish, FieldFault> {
        let mapping = &self.checked.mapping;
        let mut wish = CiWish { class: mapping.class.clone(), match_on: mapping.match_on.clone(), ..CiWish::default() };
        for (column, meaning) in &self.checked.meanings {
            let cell = row.cells.get(*column).filter(|cell| !cell.is_null());
            match (meaning, cell) {
                (Meaning::Attribute(name), cell) if cell.is_some() || mapping.empty_withdraws => {
                    self.attribute(&mut wish, name, cell);
                }
                (Meaning::Id, Some(cell)) => wish.id = Some(id("id", &plain(cell))?),
                (Meaning::Key, Some(cell)) => wish.key = Some(plain(cell)),
                (Meaning::Class, Some(cell)) => wish.class = Some(self.class(&plain(cell))),
                (Meaning::Organisation, Some(cell)) => wish.organisation_id = Some(self.organisation(cell)?),
                (Meaning::Lifecycle, Some(cell)) => wish.lifecycle = Some(plain(cell).trim().to_owned()),
                (Meaning::Reason, Some(cell)) => wish.reason = Some(plain(cell)),
                _ => {}
            }
        }
        Ok(wish)
    }

    fn attribute(&self, wish: &mut CiWish, name: &str, cell: Option<&Value>) {
        let class = wish.class.as_deref().unwrap_or_default();
        let known = self.book.attribute(class, name).or_else(|| self.book.attributes_named(name).next());
        let value = match (known, cell) {
            (_, None) => Value::Null,
            (Some(attribute), Some(cell)) => read(attribute, cell),
            (None, Some(cell)) => cell.clone(),
        };
        match name {
            "name" => wish.name = Some(value),
            "owner" => wish.owner = Some(value),
            "support_team" => wish.support_team = Some(value),
            "criticality" => wish.criticality = Some(value),
            "environment" => wish.environment = Some(value),
            _ => drop(wish.attributes.insert(name.to_owned(), value)),
        }
    }

    /// A class by its name or by what it is called in either language.
    fn class(&self, cell: &str) -> String {
        let folded = fold(cell.trim());
        let is_meant =
            |label: &crate::cmdb::model::attribute::Label| fold(&label.en) == folded || fold(&label.ko) == folded;
        let by_label = || self.book.classes().iter().find(|one| is_meant(&one.label)).map(|one| one.name.clone());
        match self.book.class(&folded) {
            Some(class) => class.name.clone(),
            None => by_label().unwrap_or_else(|| cell.trim().to_owned()),
        }
    }

    fn organisation(&self, cell: &Value) -> Result<Uuid, FieldFault> {
        let named = cell.get("id").unwrap_or(cell);
        let text = plain(named);
        if let Ok(id) = Uuid::try_parse(text.trim()) {
            return Ok(id);
        }
        let in_scope = self.tree.named(&fold(text.trim())).into_iter().filter(|id| self.scope.contains(*id));
        match in_scope.collect::<Vec<_>>().as_slice() {
            [one] => Ok(one.uuid()),
            [] => Err(FieldFault::new("organisation", "unknown", "there is no such organisation in scope")),
            _ => Err(FieldFault::new("organisation", "ambiguous", "several organisations are called so")),
        }
    }

    fn relation(&self, row: &Row) -> Wish {
        let (mut source, mut to, mut kind) = (Target::default(), Target::default(), String::new());
        for (column, meaning) in &self.checked.meanings {
            let text = row.cells.get(*column).map(plain).unwrap_or_default();
            match meaning {
                Meaning::Source(by) => source = target(&text, *by),
                Meaning::Target(by) => to = target(&text, *by),
                Meaning::Type => text.trim().clone_into(&mut kind),
                _ => {}
            }
        }
        Wish::Relation(RelationWish { r#type: kind, source, target: to })
    }
}

/// A cell as a value of the attribute. What it does not fit stays as it is, and is refused by whoever judges values.
fn read(attribute: &Attribute, cell: &Value) -> Value {
    let Value::String(text) = cell else { return cell.clone() };
    let trimmed = text.trim();
    let number = || serde_json::from_str(trimmed).ok().filter(Value::is_number);
    match attribute.kind {
        AttributeType::Integer | AttributeType::Bytes | AttributeType::Decimal => number(),
        AttributeType::Boolean => match fold(trimmed).as_str() {
            "true" | "yes" | "1" | "예" | "참" => Some(Value::from(true)),
            "false" | "no" | "0" | "아니오" | "아니요" | "거짓" => Some(Value::from(false)),
            _ => None,
        },
        AttributeType::List => Some(entries(text)),
        AttributeType::Enum => {
            let folded = fold(trimmed);
            let is_meant =
                |label: &crate::cmdb::model::attribute::Label| fold(&label.en) == folded || fold(&label.ko) == folded;
            let choice = attribute.choices.iter().find(|choice| choice.value == trimmed || is_meant(&choice.label));
            choice.map(|choice| Value::from(choice.value.as_str()))
        }
        AttributeType::Datetime | AttributeType::Reference => Some(Value::from(trimmed)),
        AttributeType::Text => None,
    }
    .unwrap_or_else(|| cell.clone())
}

/// What a cell names: one, or several with semicolons between them.
fn texts(cell: Option<&Value>) -> Vec<String> {
    match cell {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(entries)) => entries.iter().map(plain).collect(),
        Some(cell) => match entries(&plain(cell)) {
            Value::Array(entries) => entries.iter().map(plain).collect(),
            _ => Vec::new(),
        },
    }
}

fn target(text: &str, by: By) -> Target {
    let text = text.trim().to_owned();
    match by {
        By::Id => Target { id: Uuid::try_parse(&text).ok(), ..Target::default() },
        By::Key => Target { key: Some(text), ..Target::default() },
        By::Name => Target { name: Some(text), ..Target::default() },
    }
}

fn id(field: &str, text: &str) -> Result<Uuid, FieldFault> {
    Uuid::try_parse(text.trim()).map_err(|_no_id| FieldFault::new(field, "invalid", "not an id"))
}

/// What a row is called in a report: its name, as far as it says one.
#[must_use]
pub fn called(wish: &Wish) -> (String, String) {
    let text = |value: &Option<Value>| value.as_ref().map(plain).unwrap_or_default();
    match wish {
        Wish::Ci(wish) => (text(&wish.name), wish.class.clone().unwrap_or_default()),
        Wish::Relation(wish) | Wish::RelationEnd(wish) => (wish.r#type.clone(), String::new()),
    }
}

/// Whether a name is one of what every item has.
#[must_use]
pub fn is_common(name: &str) -> bool {
    DECIDED.contains(&name)
}

/// Fields as the columns that they come from.
#[must_use]
pub fn columns(checked: &Checked, headings: &[String]) -> BTreeMap<String, String> {
    let named = |meaning: &Meaning| match meaning {
        Meaning::Id => "id".to_owned(),
        Meaning::Key => "key".to_owned(),
        Meaning::Class => "class".to_owned(),
        Meaning::Organisation => "organisation_id".to_owned(),
        Meaning::Lifecycle => "lifecycle".to_owned(),
        Meaning::Reason => "reason".to_owned(),
        Meaning::Attribute(name) if is_common(name) => name.clone(),
        Meaning::Attribute(name) => format!("attributes.{name}"),
        Meaning::To(..) | Meaning::Target(_) => "target".to_owned(),
        Meaning::From(..) | Meaning::Source(_) => "source".to_owned(),
        Meaning::Type => "type".to_owned(),
    };
    let pair = |(place, meaning): &(usize, Meaning)| Some((named(meaning), headings.get(*place)?.clone()));
    checked.meanings.iter().filter_map(pair).collect()
}
