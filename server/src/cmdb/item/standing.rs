//! What is said of an item, and what would be shown if a person said more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::draft::Statement;
use crate::cmdb::error::FieldFault;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::check::{self, Fault};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::model::value::AttributeValue;
use crate::cmdb::value::rules::{AsOf, Rules};
use crate::cmdb::value::settle::Settler;
use crate::cmdb::value::shown::NOW;
use crate::cmdb::value::store::{self as values, Stated};
use crate::store::{Conn, StoreError};

/// What sources say of one item now, by attribute.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    rules: Rules,
    /// The item; none of that name if it is not there yet.
    key: i32,
    now: Timestamp,
    said: BTreeMap<i32, Vec<Stated>>,
}

/// The key of an item that is not there yet.
const NONE_YET: i32 = 0;

impl Standing {
    pub(super) fn load(conn: &mut Conn, settler: &Settler, key: i32) -> Result<Self, StoreError> {
        let stated = values::list(conn, &[key], NOW)?;
        Ok(Self::of(settler.rules.clone(), (key, settler.now), stated))
    }

    /// Of an item that is not there yet.
    pub(super) fn nothing(settler: &Settler) -> Self {
        Self::of(settler.rules.clone(), (NONE_YET, settler.now), Vec::new())
    }

    /// What these statements say.
    pub(super) fn of(rules: Rules, (key, now): (i32, Timestamp), stated: impl IntoIterator<Item = Stated>) -> Self {
        let mut said: BTreeMap<i32, Vec<Stated>> = BTreeMap::new();
        for one in stated {
            said.entry(one.attribute_id).or_default().push(one);
        }
        Self { rules, key, now, said }
    }

    /// The same after a person said this.
    pub(super) fn with(&self, statements: &[Statement]) -> Self {
        let mut after = self.clone();
        for one in statements {
            let said = after.said.entry(one.attribute_id).or_default();
            said.retain(|one| one.source != SourceName::PERSON);
            said.extend(one.value.as_ref().map(|value| self.by_person(one.attribute_id, value)));
        }
        after
    }

    fn by_person(&self, attribute_id: i32, value: &AttributeValue) -> Stated {
        let (ci_key, source, value) = (self.key, SourceName::PERSON, value.to_stored());
        Stated { ci_key, attribute_id, source, valid_from: self.now, value, shown_of: None, pin: None }
    }

    /// The same without what is said of these attributes.
    pub(super) fn without(mut self, attributes: &[i32]) -> Self {
        self.said.retain(|id, _| !attributes.contains(id));
        self
    }

    /// What every source says of what.
    pub(super) fn all(&self) -> impl Iterator<Item = (i32, &SourceName, &str)> {
        self.said.values().flatten().map(|one| (one.attribute_id, &one.source, one.value.as_str()))
    }

    /// What is shown of an attribute if the item is of this class.
    pub(super) fn shown(&self, book: &ClassBook, class: &str, attribute: &Attribute) -> Option<Value> {
        let said: Vec<&Stated> = self.said.get(&attribute.id)?.iter().collect();
        let choice = self.rules.choose(book, (self.key, class, &attribute.name), &said, &AsOf(self.now))?;
        serde_json::from_str(&said.get(choice.place)?.value).ok()
    }

    /// The attributes that have to have a value and have none.
    pub(super) fn missing<'b>(&self, book: &'b ClassBook, class: &str) -> Vec<&'b Attribute> {
        let shown = |name: &str| book.attribute(class, name).and_then(|one| self.shown(book, class, one));
        check::missing(book, class, shown)
    }
}

/// Faults for attributes that have to have a value.
pub(in crate::cmdb) fn required(missing: &[&Attribute]) -> Vec<FieldFault> {
    missing.iter().map(|one| FieldFault::of_value(field(one), &Fault::Missing)).collect()
}

/// The name of an attribute's field in the API.
pub(in crate::cmdb) fn field(attribute: &Attribute) -> String {
    if attribute.is_decided() { attribute.name.clone() } else { format!("attributes.{}", attribute.name) }
}
