//! What is said of an item, and what would be shown if a person said more.

use std::collections::BTreeMap;

use serde_json::Value;

use super::draft::Statement;
use crate::cmdb::error::FieldFault;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::check::{self, Fault};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::precedence::{Source, shown};
use crate::cmdb::value::shown::NOW;
use crate::cmdb::value::store::{self as values, Stated};
use crate::store::{Conn, StoreError};

/// What sources say of one item now: by attribute, the source and the JSON text.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing(BTreeMap<i32, Vec<(Source, String)>>);

impl Standing {
    pub(super) fn load(conn: &mut Conn, key: i32) -> Result<Self, StoreError> {
        Ok(Self::of(&values::list(conn, &[key], NOW)?))
    }

    /// What these statements say.
    pub(super) fn of<'s>(stated: impl IntoIterator<Item = &'s Stated>) -> Self {
        let mut standing = Self::default();
        for one in stated {
            standing.0.entry(one.attribute_id).or_default().push((one.source, one.value.clone()));
        }
        standing
    }

    /// The same after a person said this.
    pub(super) fn with(&self, statements: &[Statement]) -> Self {
        let mut after = self.clone();
        for one in statements {
            let said = after.0.entry(one.attribute_id).or_default();
            said.retain(|(source, _)| *source != Source::Person);
            said.extend(one.value.as_ref().map(|value| (Source::Person, value.to_stored())));
        }
        after
    }

    /// The same without what is said of these attributes.
    pub(super) fn without(mut self, attributes: &[i32]) -> Self {
        self.0.retain(|id, _| !attributes.contains(id));
        self
    }

    /// What every source says of what.
    pub(super) fn all(&self) -> impl Iterator<Item = (i32, Source, &str)> {
        let each = self.0.iter().flat_map(|(id, said)| said.iter().map(move |one| (*id, one)));
        each.map(|(id, (source, value))| (id, *source, value.as_str()))
    }

    /// What is shown of an attribute.
    pub(super) fn shown(&self, attribute: &Attribute) -> Option<Value> {
        let said = self.0.get(&attribute.id)?;
        let (_, value) = shown(&attribute.name, said.iter(), |one| one.0)?;
        serde_json::from_str(value).ok()
    }

    /// The attributes that have to have a value and have none.
    pub(super) fn missing<'b>(&self, book: &'b ClassBook, class: &str) -> Vec<&'b Attribute> {
        check::missing(book, class, |name| book.attribute(class, name).and_then(|one| self.shown(one)))
    }
}

/// Faults for attributes that have to have a value.
pub(super) fn required(missing: &[&Attribute]) -> Vec<FieldFault> {
    missing.iter().map(|one| FieldFault::of_value(field(one), &Fault::Missing)).collect()
}

/// The name of an attribute's field in the API.
pub(super) fn field(attribute: &Attribute) -> String {
    if attribute.is_decided() { attribute.name.clone() } else { format!("attributes.{}", attribute.name) }
}
