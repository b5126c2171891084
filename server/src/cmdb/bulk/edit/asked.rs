//! What an edit says, read once against the classes there are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::{CHANGES_MAX, ChangeBody, Changes};
use crate::cmdb::error::FieldFault;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::check::Fault;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::tag;
use crate::cmdb::model::value::{AttributeType, ValueError};

/// What is said of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// It becomes this.
    Set(Value),
    /// People say nothing of it any more.
    Clear,
    /// Tags come and go.
    Tags { add: BTreeSet<String>, remove: BTreeSet<String> },
}

/// What is said, by attribute.
pub(super) type Asked = BTreeMap<String, Change>;

/// Reads what is asked for. Whether it fits an item is judged item by item; what fits none is refused here.
///
/// # Errors
///
/// Every fault, by `changes.NAME`.
pub(super) fn read(book: &ClassBook, changes: &Changes) -> Result<Asked, Vec<FieldFault>> {
    let (mut asked, mut faults) = (Asked::new(), Vec::new());
    if changes.is_empty() {
        faults.push(FieldFault::new("changes", "required", "say what is to change"));
    }
    if changes.len() > CHANGES_MAX {
        let limit = i64::try_from(CHANGES_MAX).ok();
        let fault = FieldFault::new("changes", "too_long", format!("more than {CHANGES_MAX}"));
        faults.push(FieldFault { limit, ..fault });
    }
    for (name, body) in changes.iter().take(CHANGES_MAX) {
        match change(book, name, body) {
            Ok(change) => drop(asked.insert(name.clone(), change)),
            Err(fault) => faults.push(FieldFault { field: format!("changes.{name}"), ..fault }),
        }
    }
    if faults.is_empty() { Ok(asked) } else { Err(faults) }
}

fn change(book: &ClassBook, name: &str, body: &ChangeBody) -> Result<Change, FieldFault> {
    let fault = |code, detail: &str| Err(FieldFault::new("", code, detail));
    let attributes: Vec<&Attribute> = book.attributes_named(name).collect();
    let Some(first) = attributes.first() else { return fault("unknown", "no class has this attribute") };
    if first.is_decided() && name == "name" {
        return fault("invalid", "items are named one by one");
    }
    if attributes.iter().all(|one| one.kind == AttributeType::Reference) {
        return fault("invalid", "what refers to another item is said item by item");
    }
    let change = match body {
        ChangeBody { set: Some(value), clear: false, add, remove } if add.is_empty() && remove.is_empty() => {
            Change::Set(value.clone())
        }
        ChangeBody { set: None, clear: true, add, remove } if add.is_empty() && remove.is_empty() => Change::Clear,
        ChangeBody { set: None, clear: false, add, remove } if !add.is_empty() || !remove.is_empty() => {
            return tags(first, add, remove);
        }
        _ => return fault("invalid", "one of `set`, `clear`, or `add` and `remove`"),
    };
    match &change {
        Change::Clear if first.is_decided() && name == "lifecycle" => {
            fault("invalid", "everything is somewhere in its life")
        }
        Change::Set(value) if first.is_decided() && name == "lifecycle" => {
            let known = value.as_str().is_some_and(|text| text.parse::<Lifecycle>().is_ok());
            if known { Ok(change) } else { fault("unknown", "no lifecycle") }
        }
        Change::Set(value) => match attributes.iter().map(|one| one.read(value)).find_map(Result::err) {
            Some(error) if attributes.iter().all(|one| one.read(value).is_err()) => {
                Err(FieldFault::of_value("", &Fault::Value(error)))
            }
            _ => Ok(change),
        },
        _ => Ok(change),
    }
}

fn tags(attribute: &Attribute, add: &[String], remove: &[String]) -> Result<Change, FieldFault> {
    if !attribute.is_tags() {
        return Err(FieldFault::new("", "invalid", "only tags are added and removed"));
    }
    let of = |error: ValueError| FieldFault::of_value("", &Fault::Value(error));
    let add: BTreeSet<String> = tag::all(add).map_err(of)?.into_iter().collect();
    let remove: BTreeSet<String> = remove.iter().map(|one| tag::one(one)).collect::<Result<_, _>>().map_err(of)?;
    if add.intersection(&remove).next().is_some() {
        return Err(FieldFault::new("", "invalid", "a tag is added or removed, not both"));
    }
    Ok(Change::Tags { add, remove })
}
