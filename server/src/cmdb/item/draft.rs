//! What a person wants to say, checked against the class.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cmdb::error::FieldFault;
use crate::cmdb::model::check;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::definition::ATTRIBUTES_MAX;
use crate::cmdb::model::value::AttributeValue;

/// What a person says: `None` withdraws what was said before.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cmdb) struct Statement {
    pub(in crate::cmdb) attribute_id: i32,
    pub(in crate::cmdb) attribute: String,
    pub(in crate::cmdb) value: Option<AttributeValue>,
}

impl Statement {
    /// One that says nothing new of an attribute, and so names it only.
    pub(super) fn about(book: &ClassBook, attribute_id: i32) -> Self {
        let attribute = book.attribute_by_id(attribute_id).map(|one| one.name.clone()).unwrap_or_default();
        Self { attribute_id, attribute, value: None }
    }
}

/// What was written, by field. Null withdraws.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Of the attributes that every item has: `name`, `owner`, `support_team`, `criticality`, `environment`.
    pub common: Vec<(&'static str, Value)>,
    /// Of the attributes of its class.
    pub attributes: BTreeMap<String, Value>,
}

impl Draft {
    /// Reads what was written for an item of `class`.
    pub(in crate::cmdb) fn check(&self, book: &ClassBook, class: &str) -> Result<Vec<Statement>, Vec<FieldFault>> {
        if self.attributes.len() > ATTRIBUTES_MAX {
            let limit = i64::try_from(ATTRIBUTES_MAX).ok();
            let detail = format!("more than {ATTRIBUTES_MAX}");
            return Err(vec![FieldFault { limit, ..FieldFault::new("attributes", "too_long", detail) }]);
        }
        let mut faults = Vec::new();
        let mut statements = Vec::new();
        let common = self.common.iter().map(|(name, value)| ((*name).to_owned(), *name, value, true));
        let own =
            self.attributes.iter().map(|(name, value)| (format!("attributes.{name}"), name.as_str(), value, false));
        for (field, name, value, is_common) in common.chain(own) {
            match statement(book, class, field, (name, value), is_common) {
                Ok(statement) => statements.push(statement),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(statements) } else { Err(faults) }
    }
}

fn statement(
    book: &ClassBook,
    class: &str,
    field: String,
    (name, value): (&str, &Value),
    is_common: bool,
) -> Result<Statement, FieldFault> {
    let attribute = book.attribute(class, name).filter(|attribute| attribute.is_decided() == is_common);
    let Some(attribute) = attribute else {
        return Err(FieldFault::new(field, "unknown", format!("`{class}` has no such attribute")));
    };
    let read = if value.is_null() { Ok(None) } else { check::value(book, class, name, value).map(Some) };
    let value = read.map_err(|error| FieldFault::of_value(field, &error))?;
    Ok(Statement { attribute_id: attribute.id, attribute: attribute.name.clone(), value })
}
