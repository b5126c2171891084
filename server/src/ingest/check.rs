//! One report by itself: is it what it says it is? Pure.

use jiff::Timestamp;
use serde_json::value::RawValue;
use terrier_shared::latest::fault::Fault;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::metrics::{Metrics, Sample};
use terrier_shared::latest::report::{Report, ReportKind};
use terrier_shared::latest::section::{Section, SectionError, SectionKind};

use super::moment::{Said, Sent};
use super::walk;

/// What a report says, as far as ingest has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A section, whole; `base` is what it says it replaces.
    Section { kind: SectionKind, base: Option<Hash> },
    /// A section that could not be collected.
    Fault { kind: SectionKind },
    /// Utilisation.
    Metrics { window_start: Timestamp },
    /// Something of a later version, to be dropped.
    Unknown,
}

/// Why a report is refused for good: a sentence with the field and the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rejection(pub(super) String);

/// Longest reason that is kept and sent, in characters.
const REASON_CHARACTERS: usize = 400;
/// Longest text of a fault in bytes.
const FAULT_BYTES: usize = 1 << 10;
/// Longest window of samples in seconds.
const WINDOW_S: u32 = 3_600;
/// What rounding may add to a ratio.
const RATIO_MAX: f64 = 1.001;

impl Rejection {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into().chars().take(REASON_CHARACTERS).collect())
    }
}

/// Reads a report. `content` is the hash of its body as it arrived.
pub(super) fn report(report: &Report, content: Hash, sent: Sent, said: Said) -> Result<Meaning, Rejection> {
    if report.seq == 0 || i64::try_from(report.seq).is_err() {
        return Err(Rejection::new("seq: 1 to 9223372036854775807"));
    }
    if content != report.hash {
        return Err(Rejection::new("hash: not that of the body"));
    }
    match report.kind {
        ReportKind::Full => section(report, None),
        ReportKind::Delta => {
            let base = report.base.ok_or_else(|| Rejection::new("base: a delta needs one"))?;
            section(report, Some(base))
        }
        ReportKind::Fault => fault(report),
        ReportKind::Metrics => metrics(report, sent, said),
        ReportKind::Unknown => Ok(Meaning::Unknown),
    }
}

fn section(report: &Report, base: Option<Hash>) -> Result<Meaning, Rejection> {
    let kind = report.section.ok_or_else(|| Rejection::new("section: this kind of report needs one"))?;
    if kind == SectionKind::Unknown {
        return Ok(Meaning::Section { kind, base });
    }
    shape(&report.body)?;
    Section::decode(kind, &report.body).map_err(|error| match error {
        SectionError::Malformed { section, path, problem } => {
            Rejection::new(format!("{section}.{path}: {}", walk::without_position(&problem)))
        }
        SectionError::UnknownKind => Rejection::new(error.to_string()),
    })?;
    Ok(Meaning::Section { kind, base })
}

fn fault(report: &Report) -> Result<Meaning, Rejection> {
    let kind = report.section.ok_or_else(|| Rejection::new("section: a fault needs one"))?;
    shape(&report.body)?;
    let fault: Fault = typed(&report.body)?;
    if fault.detail.len() > FAULT_BYTES {
        return Err(Rejection::new(format!("detail: at most {FAULT_BYTES} bytes")));
    }
    Ok(if kind == SectionKind::Unknown { Meaning::Unknown } else { Meaning::Fault { kind } })
}

fn metrics(report: &Report, sent: Sent, said: Said) -> Result<Meaning, Rejection> {
    shape(&report.body)?;
    let metrics: Metrics = typed(&report.body)?;
    if !(1..=WINDOW_S).contains(&metrics.window_s) {
        return Err(Rejection::new(format!("window_s: 1 to {WINDOW_S}")));
    }
    for (at, sample) in metrics.samples.iter().enumerate() {
        check_sample(sample).map_err(|problem| Rejection::new(format!("samples[{at}].{problem}")))?;
    }
    let window_start = sent.window_start(said, metrics.window_start_ms, metrics.window_s);
    Ok(Meaning::Metrics { window_start })
}

/// The unit is the name's last word: ratios are shares of the whole, nothing is less than nothing.
fn check_sample(sample: &Sample) -> Result<(), String> {
    let most = if sample.metric.ends_with("_ratio") { RATIO_MAX } else { f64::MAX };
    if sample.count == 0 {
        return Err("count: at least 1".to_owned());
    }
    for (field, value) in [("min", sample.min), ("mean", sample.mean), ("max", sample.max), ("p95", sample.p95)] {
        if !(0.0..=most).contains(&value) {
            let limit = if most < f64::MAX { "0 to 1" } else { "at least 0" };
            return Err(format!("{field}: {value} is out of range, {limit}"));
        }
    }
    if sample.min > sample.max { Err("min: more than max".to_owned()) } else { Ok(()) }
}

/// Within the limits, and an object: an array would be read as one whose fields have no names, and an empty array as an
/// empty section.
fn shape(body: &RawValue) -> Result<(), Rejection> {
    if !body.get().starts_with('{') {
        return Err(Rejection::new("body: an object is needed"));
    }
    walk::check(body).map_err(Rejection::new)
}

fn typed<'a, T: serde::Deserialize<'a>>(body: &'a RawValue) -> Result<T, Rejection> {
    let mut reader = serde_json::Deserializer::from_str(body.get());
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let problem = error.inner().to_string();
        Rejection::new(format!("{}: {}", error.path(), walk::without_position(&problem)))
    })
}

/// Longest text that stands beside the reports, ids and versions, in bytes.
const LABEL_BYTES: usize = 128;

/// Whether a text beside the reports is of a length that honest ones have.
pub(super) fn is_label(text: &str) -> bool {
    text.len() <= LABEL_BYTES
}
