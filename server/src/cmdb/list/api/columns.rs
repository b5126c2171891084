//! The columns of an export.

use serde_json::Value;

use crate::api::kit::export::Column;
use crate::cmdb::item::summary::CiSummary;
use crate::cmdb::model::attribute::{Attribute, Label};
use crate::cmdb::model::class::ClassBook;

/// A language of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// English.
    En,
    /// Korean.
    Ko,
}

/// What is exported unless columns are chosen.
pub(super) const DEFAULT: &str =
    "id,name,class,organisation,owner,support_team,criticality,environment,lifecycle,observation,last_seen";

/// Most columns of one export.
pub(super) const COLUMNS_MAX: usize = 100;

/// What every item has beside its attributes: name, English and Korean header.
const OWN: [(&str, &str, &str); 8] = [
    ("id", "ID", "ID"),
    ("organisation_id", "Organisation ID", "조직 ID"),
    ("class", "Class", "클래스"),
    ("organisation", "Organisation", "조직"),
    ("observation", "Observation", "관측 상태"),
    ("first_seen", "First seen", "처음 관측"),
    ("last_seen", "Last seen", "마지막 관측"),
    ("parent", "Part of", "상위 항목"),
];

/// The column of this name, if items have it.
pub(super) fn find(book: &ClassBook, name: &str, language: Language) -> Option<Column> {
    let of_label = |label: &Label| match language {
        Language::En => label.en.clone(),
        Language::Ko => label.ko.clone(),
    };
    let of_attribute = |attribute: &Attribute| match &attribute.unit {
        Some(unit) => format!("{} ({unit})", of_label(&attribute.label)),
        None => of_label(&attribute.label),
    };
    let own = OWN.iter().find(|(one, _, _)| *one == name);
    let own = own.map(|(_, en, ko)| (if language == Language::En { *en } else { *ko }).to_owned());
    let header = own.or_else(|| book.attributes_named(name).next().map(of_attribute))?;
    Some(Column { name: name.to_owned(), header })
}

/// What stands in a column for the item.
pub(super) fn cell(name: &str, ci: &CiSummary) -> Value {
    let time = |at: Option<jiff::Timestamp>| Value::from(at.map(|at| at.to_string()));
    match name {
        "id" => Value::from(ci.id.to_string()),
        "class" => Value::from(ci.class.as_str()),
        "organisation" => Value::from(ci.organisation.1.as_str()),
        "organisation_id" => Value::from(ci.organisation.0.to_string()),
        "observation" => Value::from(ci.observation.to_string()),
        "first_seen" => time(ci.first_seen),
        "last_seen" => time(ci.last_seen),
        "parent" => Value::from(ci.parent.as_ref().map(|parent| parent.name.clone())),
        "name" => Value::from(ci.name.as_str()),
        "owner" => Value::from(ci.owner.clone()),
        "support_team" => Value::from(ci.support_team.clone()),
        "criticality" => Value::from(ci.criticality),
        "environment" => Value::from(ci.environment.clone()),
        "lifecycle" => Value::from(ci.lifecycle.name()),
        name => ci.attributes.get(name).and_then(|stored| serde_json::from_str(stored).ok()).unwrap_or_default(),
    }
}
