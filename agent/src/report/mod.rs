//! Turns what was collected into what is reported. Pure: no IO, no clock, no randomness.
//!
//! Does: give each section its canonical bytes and hash, choose whole, delta or fault, cut batches, and say on which
//! day an unasked full report is due.
//! Does not: know when anything is collected, what the server answered, or where reports wait.
//!
//! Invariants: the same section gives the same bytes; nothing larger than the wire allows leaves here, but as a
//! fault that says so.

pub mod batch;
pub mod daily;
pub mod delta;
mod extent;
pub mod thin;

use serde::Serialize;
use terrier_shared::latest::fault::{Fault, FaultCause};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::limits;
use terrier_shared::latest::metrics::Metrics;
use terrier_shared::latest::section::SectionKind;

use crate::collect::Collected;

/// A body ready to be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// JSON, byte for byte as it will be sent.
    pub json: String,
    /// SHA-256 of it.
    pub hash: Hash,
}

/// A section, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The section, whole.
    Section(SectionKind, Body),
    /// The section is unknown, and this is why.
    Fault(SectionKind, Body),
}

/// What cannot be written as JSON. No type of the wire can fail so; it is an error of this program.
#[derive(Debug, thiserror::Error)]
#[error("a report cannot be written")]
pub struct Unwritable(#[from] serde_json::Error);

/// Gives what was collected its bytes and hashes. A section beyond the limits of the wire becomes a fault.
///
/// # Errors
///
/// See [`Unwritable`].
pub fn assemble(collected: &Collected) -> Result<Vec<Finding>, Unwritable> {
    let mut findings = Vec::with_capacity(collected.sections.len() + collected.faults.len());
    for section in &collected.sections {
        let body = body(section)?;
        findings.push(match too_large(&body.json) {
            None => Finding::Section(section.kind(), body),
            Some(fault) => Finding::Fault(section.kind(), self::body(&fault)?),
        });
    }
    for (kind, fault) in &collected.faults {
        findings.push(Finding::Fault(*kind, body(fault)?));
    }
    Ok(findings)
}

/// The body of a report of utilisation.
///
/// # Errors
///
/// See [`Unwritable`].
pub fn metrics(metrics: &Metrics) -> Result<Body, Unwritable> {
    body(metrics)
}

/// One report of utilisation instead of several that were recorded but not sent, per hour. Nothing if one of them cannot
/// be read: then they stay as they are.
#[must_use]
pub fn thinned(hour_ms: i64, bodies: &[String]) -> Option<Body> {
    let windows: Vec<Metrics> = bodies.iter().map(|body| serde_json::from_str(body).ok()).collect::<Option<_>>()?;
    body(&thin::hour(hour_ms, &windows)).ok()
}

fn body<T: Serialize>(value: &T) -> Result<Body, Unwritable> {
    let json = serde_json::to_string(value)?;
    let hash = Hash::of(json.as_bytes());
    Ok(Body { json, hash })
}

fn too_large(json: &str) -> Option<Fault> {
    let fault = |detail| Some(Fault { cause: FaultCause::TooLarge, detail });
    if json.len() > batch::BODY_BYTES {
        return fault(format!("the section has {} bytes, more than {}", json.len(), batch::BODY_BYTES));
    }
    let items = extent::longest_list(json);
    if items > limits::ITEMS_PER_LIST {
        return fault(format!("the section has a list of {items} items, more than {}", limits::ITEMS_PER_LIST));
    }
    None
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::fault::{Fault, FaultCause};
    use terrier_shared::latest::hash::Hash;
    use terrier_shared::latest::section::{Memory, Section, SectionKind, Software};

    use super::{Finding, assemble};
    use crate::collect::Collected;

    fn software(packages: usize) -> Section {
        let package = r#"{"ecosystem":"deb","name":"a","version":"1"}"#;
        let body = format!(r#"{{"packages":[{}]}}"#, vec![package; packages].join(","));
        Section::Software(serde_json::from_str::<Software>(&body).unwrap())
    }

    #[test]
    fn a_section_is_hashed_over_the_very_bytes_that_are_sent() {
        let collected =
            Collected { sections: vec![Section::Memory(Memory::default())], faults: vec![], ..Collected::default() };
        let findings = assemble(&collected).unwrap();
        let [Finding::Section(SectionKind::Memory, body)] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(body.hash, Hash::of(body.json.as_bytes()));
    }

    #[test]
    fn a_failed_collector_yields_a_fault_and_never_an_empty_section() {
        let fault = Fault { cause: FaultCause::PermissionDenied, detail: "no".to_owned() };
        let collected =
            Collected { sections: vec![], faults: vec![(SectionKind::Storage, fault)], ..Collected::default() };
        let findings = assemble(&collected).unwrap();
        assert!(matches!(findings.as_slice(), [Finding::Fault(SectionKind::Storage, _)]));
    }

    #[test]
    fn a_list_longer_than_the_wire_allows_becomes_a_fault_that_says_so() {
        for (packages, is_fault) in [(20_000, false), (20_001, true)] {
            let collected = Collected { sections: vec![software(packages)], faults: vec![], ..Collected::default() };
            let findings = assemble(&collected).unwrap();
            assert_eq!(matches!(findings.as_slice(), [Finding::Fault(..)]), is_fault, "{packages}");
        }
    }
}
