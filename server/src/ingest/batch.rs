//! A request's JSON, read into reports that are judged one by one.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::limits as wire;
use terrier_shared::latest::machine::Machine;
use terrier_shared::latest::report::{Batch, Epoch, Report};
use terrier_shared::latest::section::SectionKind;

use super::check::{self, Meaning, Rejection};
use super::moment::{Said, Sent};
use super::nul;
use super::packed::{self, Packed};
use super::seen::ShortHash;

/// A request, read.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) sent: Sent,
    pub(super) agent_version: String,
    pub(super) boot_id: String,
    /// Which process of which machine sends this, if it says.
    pub(super) process: Option<(Epoch, Machine)>,
    pub(super) root: Option<Hash>,
    pub(super) pending_reports: u32,
    pub(super) dropped_reports: u64,
    pub(super) spool_replaced_ms: Option<i64>,
    pub(super) reports: Vec<Arrived>,
    /// All of them that may go into the inbox, packed.
    pub(super) packed: Option<Packed>,
}

/// A report that arrived, whatever it is worth.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) epoch: Epoch,
    pub(super) seq: u64,
    pub(super) observed_at: Timestamp,
    /// The section's name as it was sent, which may be one of a later version.
    pub(super) section: Option<String>,
    pub(super) hash: Hash,
    pub(super) short_hash: ShortHash,
    pub(super) meaning: Result<Meaning, Rejection>,
    pub(super) sanitised: bool,
    pub(super) body: Box<RawValue>,
}

/// The request is none; nothing of it can be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotABatch(String);

/// Longest name of a section of a later version that is remembered.
const SECTION_BYTES: usize = 64;
/// Most network interfaces whose marks tell a machine from another.
const MACS: usize = 256;

/// Reads a request that arrived at `received_at`.
pub(super) fn read(json: &[u8], received_at: Timestamp) -> Result<Decoded, NotABatch> {
    let batch: Batch = parse(json)?;
    if batch.reports.len() > wire::REPORTS_PER_BATCH {
        let count = batch.reports.len();
        return Err(NotABatch(format!("reports: {count}, at most {} are read", wire::REPORTS_PER_BATCH)));
    }
    for (field, text) in [("boot_id", Some(&batch.boot_id)), ("agent_version", Some(&batch.agent_version))] {
        if !text.is_none_or(|text| check::is_label(text)) {
            return Err(NotABatch(format!("{field}: longer than any there is")));
        }
    }
    let machine = batch.machine.unwrap_or_default();
    if machine.macs.len() > MACS {
        return Err(NotABatch(format!("machine.macs: {}, at most {MACS} are read", machine.macs.len())));
    }
    let sent = Sent { received_at, wall_ms: batch.sent_wall_ms, mono_ms: batch.sent_mono_ms };
    let names = if batch.reports.iter().any(is_of_later_version) { names(json)? } else { HashMap::new() };
    let reports = batch.reports.into_iter().enumerate().map(|(at, report)| arrived(report, names.get(&at), sent));
    let reports: Vec<Arrived> = reports.collect();
    // If this fails it fails again when it is written, and is told there.
    let packed = packed::pack_all(sent, &reports).ok().flatten();
    Ok(Decoded {
        sent,
        agent_version: batch.agent_version,
        boot_id: batch.boot_id,
        process: batch.run.map(|run| (run, machine)),
        root: batch.inventory_root,
        pending_reports: batch.pending_reports,
        dropped_reports: batch.dropped_reports,
        spool_replaced_ms: batch.spool_replaced_ms,
        reports,
        packed,
    })
}

fn parse<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, NotABatch> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value: T = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| NotABatch(format!("{}: {}", error.path(), error.inner())))?;
    reader.end().map_err(|error| NotABatch(error.to_string()))?;
    Ok(value)
}

fn is_of_later_version(report: &Report) -> bool {
    report.section == Some(SectionKind::Unknown)
}

/// The names of sections as they were sent: reading by kind keeps none of a section it does not know.
fn names(json: &[u8]) -> Result<HashMap<usize, String>, NotABatch> {
    #[derive(Deserialize)]
    struct Names {
        reports: Vec<Name>,
    }
    #[derive(Deserialize)]
    struct Name {
        section: Option<String>,
    }
    let names: Names = parse(json)?;
    let known = names.reports.into_iter().enumerate().filter_map(|(at, name)| Some((at, name.section?)));
    Ok(known.collect())
}

fn arrived(report: Report, name: Option<&String>, sent: Sent) -> Arrived {
    let said =
        Said { wall_ms: report.at_wall_ms, mono_ms: report.at_mono_ms, before_this_boot: report.boot_id.is_some() };
    let content = Hash::of(report.body.get().as_bytes());
    let meaning = check::report(&report, content, sent, said);
    let section = match (report.section, name) {
        (Some(SectionKind::Unknown), Some(name)) => Some(name.chars().take(SECTION_BYTES).collect()),
        (section, _) => section.map(|section| section.name().to_owned()),
    };
    let clean = nul::replaced(report.body.get()).and_then(|json| RawValue::from_string(json).ok());
    Arrived {
        epoch: report.epoch,
        seq: report.seq,
        observed_at: sent.observed(said),
        section,
        hash: report.hash,
        short_hash: short(content),
        meaning,
        sanitised: clean.is_some(),
        body: clean.unwrap_or(report.body),
    }
}

fn short(hash: Hash) -> ShortHash {
    let mut short = ShortHash::default();
    short.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    short
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;
    use terrier_shared::latest::hash::Hash;

    use super::{Decoded, NotABatch, read};
    use crate::ingest::check::Meaning;

    fn batch(reports: &[String]) -> String {
        let reports = reports.join(",");
        format!(r#"{{"boot_id":"b","sent_wall_ms":0,"sent_mono_ms":9000,"agent_version":"1","reports":[{reports}]}}"#)
    }

    fn report(seq: u64, kind: &str, section: Option<&str>, body: &str) -> String {
        let section = section.map(|section| format!(r#""section":"{section}","#)).unwrap_or_default();
        let hash = Hash::of(body.as_bytes());
        format!(
            r#"{{"epoch":"00000000000000ff","seq":{seq},"kind":"{kind}",{section}"hash":"{hash}","at_wall_ms":0,"at_mono_ms":8000,"body":{body}}}"#
        )
    }

    fn decode(json: &str) -> Result<Decoded, NotABatch> {
        read(json.as_bytes(), Timestamp::from_second(1_000_000).unwrap())
    }

    fn reasons(reports: &[String]) -> Vec<Option<String>> {
        let decoded = decode(&batch(reports)).unwrap();
        decoded.reports.into_iter().map(|report| report.meaning.err().map(|rejection| rejection.0)).collect()
    }

    #[test]
    fn a_bad_report_is_named_and_the_good_ones_are_kept() {
        let reasons = reasons(&[
            report(1, "full", Some("os"), r#"{"id":"debian"}"#),
            report(2, "full", Some("os"), r#"{"id":{"a":1}}"#),
            report(3, "full", Some("memory"), r#"{"total_bytes":-1}"#),
            report(4, "full", None, "{}"),
            report(5, "delta", Some("os"), "{}"),
            report(0, "full", Some("os"), "{}"),
            report(7, "fault", Some("os"), r#"{"cause":"io","detail":"x"}"#),
            report(8, "full", Some("software"), "[]"),
        ]);
        let expected = [
            None,
            Some("os.id: invalid type: map, expected a string"),
            Some("memory.total_bytes: invalid value: integer `-1`, expected u64"),
            Some("section: this kind of report needs one"),
            Some("base: a delta needs one"),
            Some("seq: 1 to 9223372036854775807"),
            None,
            Some("body: an object is needed"),
        ];
        assert_eq!(reasons, expected.map(|reason| reason.map(ToOwned::to_owned)));
    }

    #[test]
    fn samples_out_of_range_are_refused() {
        let metrics = |sample: serde_json::Value| {
            let body = json!({"window_start_ms": 0, "window_s": 300, "samples": [sample]}).to_string();
            report(1, "metrics", None, &body)
        };
        let sample = |metric: &str, value: f64| json!({"metric": metric, "count": 5, "min": value, "mean": value, "max": value, "p95": value});
        let reasons = reasons(&[
            metrics(sample("cpu_busy_ratio", 1.0)),
            metrics(sample("cpu_busy_ratio", 10_000.0)),
            metrics(sample("memory_used_bytes", -1.0)),
        ]);
        assert_eq!(reasons[0], None);
        assert!(reasons[1].as_ref().unwrap().starts_with("samples[0].min: 10000"), "{reasons:?}");
        assert!(reasons[2].as_ref().unwrap().starts_with("samples[0].min: -1"), "{reasons:?}");
    }

    #[test]
    fn another_body_than_the_hash_says_is_refused() {
        let changed = report(1, "full", Some("os"), r#"{"id":"debian"}"#).replace("debian", "Debian");
        assert_eq!(reasons(&[changed]), [Some("hash: not that of the body".to_owned())]);
    }

    #[test]
    fn numbers_that_are_none_make_no_batch_or_a_refused_report() {
        for number in ["1e999", "-1e999"] {
            let body = format!(r#"{{"window_start_ms":0,"window_s":{number},"samples":[]}}"#);
            assert!(reasons(&[report(1, "metrics", None, &body)])[0].is_some(), "{number}");
        }
    }

    #[test]
    fn what_a_later_version_sends_is_known_by_its_name_and_dropped() {
        let decoded = decode(&batch(&[
            report(1, "full", Some("hologram"), r#"{"x":[1]}"#),
            report(2, "dream", Some("os"), "[]"),
            report(3, "fault", Some("hologram"), r#"{"cause":"tired","detail":"x"}"#),
        ]))
        .unwrap();
        assert_eq!(decoded.reports[0].section.as_deref(), Some("hologram"));
        let meanings: Vec<_> = decoded.reports.iter().map(|report| report.meaning.clone().unwrap()).collect();
        assert!(matches!(meanings[0], Meaning::Section { .. }));
        assert_eq!(meanings[1..], [Meaning::Unknown, Meaning::Unknown]);
    }

    #[test]
    fn nul_is_replaced_after_the_hash_was_compared() {
        let decoded = decode(&batch(&[report(1, "full", Some("os"), r#"{"id":"a\u0000b"}"#)])).unwrap();
        let report = &decoded.reports[0];
        assert!(report.meaning.is_ok() && report.sanitised);
        assert_eq!(report.body.get(), r#"{"id":"a\u2400b"}"#);
    }

    #[test]
    fn what_is_no_batch_says_where() {
        let many = vec![report(1, "full", Some("os"), "{}"); 33];
        for (json, place) in [
            ("[]".to_owned(), ""),
            (batch(&[]).replace("\"b\"", "7"), "boot_id"),
            (batch(&["{}".to_owned()]), "reports[0]"),
            (batch(&many), "reports"),
            (batch(&[]).replace("\"b\"", &format!("\"{}\"", "b".repeat(129))), "boot_id"),
            (format!("{} x", batch(&[])), ""),
            ("[".repeat(100_000), ""),
        ] {
            let error = decode(&json).unwrap_err().to_string();
            assert!(error.starts_with(place), "{place}: {error}");
        }
    }
}
