//! The columns of an export.

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

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// As it is asked for.
    pub(super) name: String,
    /// What stands above it.
    pub(super) header: String,
}

/// What is exported unless columns are chosen.
pub(super) const DEFAULT: &str =
    "name,class,organisation,owner,support_team,criticality,environment,lifecycle,observation,last_seen";

/// Most columns of one export.
pub(super) const COLUMNS_MAX: usize = 100;

/// What every item has beside its attributes: name, English and Korean header.
const OWN: [(&str, &str, &str); 7] = [
    ("id", "ID", "ID"),
    ("class", "Class", "클래스"),
    ("organisation", "Organisation", "조직"),
    ("observation", "Observation", "관측 상태"),
    ("first_seen", "First seen", "처음 관측"),
    ("last_seen", "Last seen", "마지막 관측"),
    ("parent", "Part of", "상위 항목"),
];

impl Column {
    /// The column of this name, if items have it.
    pub(super) fn find(book: &ClassBook, name: &str, language: Language) -> Option<Self> {
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
        Some(Self { name: name.to_owned(), header })
    }

    /// What stands in this column for the item.
    pub(super) fn cell(&self, ci: &CiSummary) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        match self.name.as_str() {
            "id" => ci.id.to_string(),
            "class" => ci.class.clone(),
            "organisation" => ci.organisation.1.clone(),
            "observation" => ci.observation.to_string(),
            "first_seen" => time(ci.first_seen),
            "last_seen" => time(ci.last_seen),
            "parent" => ci.parent.as_ref().map(|parent| parent.name.clone()).unwrap_or_default(),
            "name" => ci.name.clone(),
            "owner" => text(&ci.owner),
            "support_team" => text(&ci.support_team),
            "criticality" => ci.criticality.map(|level| level.to_string()).unwrap_or_default(),
            "environment" => text(&ci.environment),
            "lifecycle" => ci.lifecycle.to_string(),
            name => ci.attributes.get(name).map(|value| plain(value)).unwrap_or_default(),
        }
    }
}

/// JSON text as a cell: a text without quotes, a list with semicolons, everything else as it is.
fn plain(stored: &str) -> String {
    match serde_json::from_str(stored) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Array(entries)) => {
            let texts: Vec<&str> = entries.iter().filter_map(serde_json::Value::as_str).collect();
            texts.join("; ")
        }
        _ => stored.to_owned(),
    }
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe.
pub(super) fn defused(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::{defused, plain};

    #[test]
    fn what_begins_like_a_formula_becomes_text() {
        for cell in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(defused(cell.to_owned()), format!("'{cell}"));
        }
        for cell in ["", "web-1", "a=b", "10.0.0.1", "한국"] {
            assert_eq!(defused(cell.to_owned()), cell);
        }
    }

    #[test]
    fn a_value_is_written_without_the_marks_of_json() {
        assert_eq!(plain("\"a \\\"b\\\"\""), "a \"b\"");
        assert_eq!(plain("[\"a\",\"b\"]"), "a; b");
        assert_eq!(plain("4"), "4");
        assert_eq!(plain("true"), "true");
    }
}
