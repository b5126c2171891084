//! A request packed for the inbox. Packing takes longer than writing, so it is done before the transaction, on the guess
//! that nothing of it came before.

use serde_json::value::RawValue;
use terrier_shared::latest::section::SectionKind;

use super::batch::Arrived;
use super::check::Meaning;
use super::inbox;
use super::moment::Sent;
use super::received::{Stored, StoredReport, What};
use crate::store::StoreError;

/// Reports of a request as they lie in the inbox.
#[derive(Debug)]
pub(super) struct Packed {
    /// Which of the request's reports, by their places in it.
    pub(super) places: Vec<usize>,
    /// How they lie there.
    pub(super) payload: Vec<u8>,
}

/// Packs those of a request's reports that may go into the inbox; none if it has none.
///
/// # Errors
///
/// They cannot be written as JSON or compressed.
pub(super) fn pack_all(sent: Sent, reports: &[Arrived]) -> Result<Option<Packed>, StoreError> {
    let places: Vec<usize> = reports.iter().zip(0..).filter_map(|(report, at)| what(report).map(|_| at)).collect();
    if places.is_empty() {
        return Ok(None);
    }
    let payload = pack(sent, reports, &places)?;
    Ok(Some(Packed { places, payload }))
}

/// Packs the reports at these places.
///
/// # Errors
///
/// They cannot be written as JSON or compressed.
pub(super) fn pack(sent: Sent, reports: &[Arrived], places: &[usize]) -> Result<Vec<u8>, StoreError> {
    let reports = places.iter().filter_map(|at| reports.get(*at)).filter_map(stored).collect();
    inbox::seal(&Stored { clock_offset_ms: sent.offset_ms(), reports })
}

fn stored(report: &Arrived) -> Option<StoredReport<&RawValue>> {
    Some(StoredReport {
        epoch: report.epoch,
        seq: report.seq,
        observed_at: report.observed_at,
        sanitised: report.sanitised,
        what: what(report)?,
        body: report.body.as_ref(),
    })
}

/// How the inbox names what a report says; nothing for what does not go there.
fn what(report: &Arrived) -> Option<What> {
    match report.meaning.as_ref().ok()? {
        Meaning::Section { kind, .. } if *kind != SectionKind::Unknown => {
            Some(What::Section { kind: *kind, hash: report.hash })
        }
        Meaning::Fault { kind } => Some(What::Fault { kind: *kind }),
        Meaning::Metrics { window_start } => Some(What::Metrics { window_start: *window_start }),
        Meaning::Section { .. } | Meaning::Unknown => None,
    }
}
