//! What is said of an item and breaks a constraint, and what is not said and has to be.

use jiff::Timestamp;

use super::standing::Standing;
use crate::cmdb::model::check::{self, Fault};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::refused::{Refused, Why};
use crate::cmdb::value::store::Signed;

/// Something about an item that its class forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The attribute.
    pub attribute: String,
    /// Who says it; nobody where a value is missing.
    pub source: Option<String>,
    /// What is said, as JSON text.
    pub value: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why it is wrong.
    pub why: Why,
    /// Whether it was left out for it; else it stands from before the constraint.
    pub refused: bool,
}

/// Everything that is wrong with an item now.
pub(super) fn all(
    book: &ClassBook,
    class: &str,
    said: &[&Signed],
    refused: Vec<Refused>,
    standing: &Standing,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for one in refused {
        let Some(attribute) = book.attribute_by_id(one.attribute_id) else { continue };
        findings.push(Finding {
            attribute: attribute.name.clone(),
            source: Some(one.source),
            value: Some(one.value),
            since: Some(one.since),
            why: one.why,
            refused: true,
        });
    }
    for Signed { stated, .. } in said {
        let Some(attribute) = book.attribute_by_id(stated.attribute_id) else { continue };
        let Err(fault) = check::stored(book, class, &attribute.name, &stated.value) else { continue };
        findings.push(Finding {
            attribute: attribute.name.clone(),
            source: Some(stated.source.to_string()),
            value: Some(stated.value.clone()),
            since: Some(stated.valid_from),
            why: Why::from(&fault),
            refused: false,
        });
    }
    let missing = standing.missing(book, class).into_iter().map(|attribute| Finding {
        attribute: attribute.name.clone(),
        source: None,
        value: None,
        since: None,
        why: Why::from(&Fault::Missing),
        refused: false,
    });
    findings.extend(missing);
    findings
}
