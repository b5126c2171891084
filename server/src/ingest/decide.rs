//! What becomes of each report of a request, given what was decided before. Pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use terrier_shared::latest::report::{Epoch, Outcome, ReportResult};
use terrier_shared::latest::section::SectionKind;

use super::batch::{Arrived, Decoded};
use super::check::Meaning;
use super::dead_letter::model::Cause;
use super::packed;
use super::seen::{Seen, SeenWindow};
use super::state::{Place, Sections, Standing};
use crate::store::StoreError;

/// What is remembered of an agent, as far as a request touches it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Memory {
    pub(super) sections: Sections,
    pub(super) runs: BTreeMap<Epoch, Run>,
}

/// A run of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// When the earliest of its reports that has arrived was observed.
    pub(super) began_at: Timestamp,
    pub(super) seen: SeenWindow,
}

/// What is to be written, and answered once it is.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) results: Vec<ReportResult>,
    /// Places in the request of the reports that go into the inbox.
    pub(super) accepted: Vec<usize>,
    pub(super) dead: Vec<DeadLetter>,
    pub(super) want_full: BTreeSet<SectionKind>,
    /// Whether anything was decided that was not before.
    pub(super) is_new: bool,
}

/// A report that is set aside, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeadLetter {
    pub(super) epoch: Epoch,
    pub(super) seq: u64,
    pub(super) cause: Cause,
    pub(super) section: Option<String>,
    pub(super) reason: String,
    pub(super) body: String,
}

/// Decides every report of a request, in its order, and brings `memory` up to date.
pub(super) fn decide(memory: &mut Memory, request: &Decoded) -> Decision {
    let mut decision = Decision::default();
    for (at, report) in request.reports.iter().enumerate() {
        let (outcome, why) = decide_one(memory, (at, report), &mut decision);
        decision.results.push(ReportResult { epoch: report.epoch, seq: report.seq, outcome, why });
    }
    decision
}

impl Decision {
    /// What goes into the inbox; nothing if nothing was accepted.
    ///
    /// # Errors
    ///
    /// It has to be packed anew, because not all was accepted, and cannot be.
    pub(super) fn payload<'a>(&self, request: &'a Decoded) -> Result<Option<Cow<'a, [u8]>>, StoreError> {
        if self.accepted.is_empty() {
            return Ok(None);
        }
        match &request.packed {
            Some(packed) if packed.places == self.accepted => Ok(Some(Cow::Borrowed(&packed.payload))),
            _ => Ok(Some(Cow::Owned(packed::pack(request.sent, &request.reports, &self.accepted)?))),
        }
    }
}

fn decide_one(
    memory: &mut Memory,
    (at, report): (usize, &Arrived),
    decision: &mut Decision,
) -> (Outcome, Option<String>) {
    let run = memory
        .runs
        .entry(report.epoch)
        .or_insert_with(|| Run { began_at: report.observed_at, seen: SeenWindow::default() });
    match run.seen.look_up(report.seq, report.short_hash) {
        Seen::Same => return (Outcome::Duplicate, None),
        Seen::Other => {
            let reason = "the same epoch and seq came before with another body";
            decision.dead.push(dead(Cause::Quarantined, report, reason));
            decision.is_new = true;
            return (Outcome::Quarantined, Some(reason.to_owned()));
        }
        Seen::New => {}
    }
    // A report without a number has no name under which it could come again.
    if report.seq > 0 {
        run.seen.decide(report.seq, report.short_hash);
    }
    run.began_at = run.began_at.min(report.observed_at);
    decision.is_new = true;
    let place = Place { epoch: report.epoch, began_us: run.began_at.as_microsecond(), seq: report.seq };
    match &report.meaning {
        Ok(meaning) => {
            if is_news(&mut memory.sections, report, *meaning, place, decision) {
                decision.accepted.push(at);
            }
            (Outcome::Stored, None)
        }
        Err(rejection) => {
            decision.dead.push(dead(Cause::Rejected, report, &rejection.0));
            (Outcome::Rejected, Some(rejection.0.clone()))
        }
    }
}

/// Brings what is held up to date; whether reconciliation has to hear of the report.
fn is_news(sections: &mut Sections, report: &Arrived, meaning: Meaning, place: Place, decision: &mut Decision) -> bool {
    let name = report.section.as_deref().unwrap_or_default();
    match meaning {
        // Of a later version: the content cannot be used, but that it is held keeps the roots in step.
        Meaning::Section { kind: SectionKind::Unknown, .. } => {
            if sections.judge(name, None, place) == Standing::Newer {
                sections.hold(name, report.hash, place);
            }
            count_unknown("section");
            false
        }
        Meaning::Unknown => {
            count_unknown("kind");
            false
        }
        Meaning::Section { kind, base } => match sections.judge(name, base, place) {
            Standing::Older => false,
            Standing::Baseless => {
                decision.want_full.insert(kind);
                false
            }
            Standing::Newer => {
                sections.hold(name, report.hash, place);
                true
            }
        },
        Meaning::Fault { .. } => !sections.is_outdated(name, place),
        Meaning::Metrics { .. } => true,
    }
}

fn count_unknown(what: &'static str) {
    metrics::counter!("ingest_unknown_total", "what" => what).increment(1);
}

fn dead(cause: Cause, report: &Arrived, reason: &str) -> DeadLetter {
    DeadLetter {
        epoch: report.epoch,
        seq: report.seq,
        cause,
        section: report.section.clone(),
        reason: reason.to_owned(),
        body: report.body.get().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::value::RawValue;
    use terrier_shared::latest::hash::Hash;
    use terrier_shared::latest::report::{Epoch, Outcome};
    use terrier_shared::latest::section::SectionKind;

    use super::{Memory, decide};
    use crate::ingest::batch::{Arrived, Decoded};
    use crate::ingest::check::{Meaning, Rejection};
    use crate::ingest::moment::Sent;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn full(epoch: u64, seq: u64, content: &str) -> Arrived {
        let hash = Hash::of(content.as_bytes());
        let mut short_hash = [0; 8];
        short_hash.copy_from_slice(&hash.as_bytes()[..8]);
        Arrived {
            epoch: Epoch(epoch),
            seq,
            observed_at: at(i64::try_from(epoch * 1_000 + seq).unwrap()),
            section: Some("os".to_owned()),
            hash,
            short_hash,
            meaning: Ok(Meaning::Section { kind: SectionKind::Os, base: None }),
            sanitised: false,
            body: RawValue::from_string(format!("\"{content}\"")).unwrap(),
        }
    }

    fn request(reports: Vec<Arrived>) -> Decoded {
        let sent = Sent { received_at: at(10_000_000), wall_ms: 0, mono_ms: 0 };
        Decoded {
            sent,
            boot_id: String::new(),
            process: None,
            agent_version: "1".to_owned(),
            root: None,
            pending_reports: 0,
            dropped_reports: 0,
            spool_replaced_ms: None,
            reports,
            packed: None,
        }
    }

    fn outcomes(memory: &mut Memory, reports: Vec<Arrived>) -> (Vec<Outcome>, usize) {
        let decision = decide(memory, &request(reports));
        (decision.results.iter().map(|result| result.outcome).collect(), decision.accepted.len())
    }

    #[test]
    fn what_comes_twice_is_stored_once_and_what_was_changed_is_set_aside() {
        let mut memory = Memory::default();
        let reports = vec![full(1, 1, "a"), full(1, 1, "a"), full(1, 1, "b"), full(1, 2, "c")];
        let (outcomes, accepted) = outcomes(&mut memory, reports);
        assert_eq!(outcomes, [Outcome::Stored, Outcome::Duplicate, Outcome::Quarantined, Outcome::Stored]);
        assert_eq!(accepted, 2);
    }

    #[test]
    fn a_late_report_of_an_earlier_run_changes_nothing() {
        let mut memory = Memory::default();
        assert_eq!(outcomes(&mut memory, vec![full(2, 1, "new")]).1, 1);
        assert_eq!(outcomes(&mut memory, vec![full(1, 900, "old")]), (vec![Outcome::Stored], 0));
        assert_eq!(outcomes(&mut memory, vec![full(3, 1, "newest")]).1, 1);
    }

    #[test]
    fn a_change_to_what_is_not_held_asks_for_all_of_it_and_a_bad_report_is_kept_with_its_reason() {
        let mut memory = Memory::default();
        let mut delta = full(1, 1, "a");
        delta.meaning = Ok(Meaning::Section { kind: SectionKind::Os, base: Some(Hash::of(b"x")) });
        let mut bad = full(1, 2, "b");
        bad.meaning = Err(Rejection("os.id: no".to_owned()));
        let decision = decide(&mut memory, &request(vec![delta, bad]));
        assert_eq!(decision.want_full.into_iter().collect::<Vec<_>>(), [SectionKind::Os]);
        assert!(decision.accepted.is_empty());
        assert_eq!(decision.results[1].why.as_deref(), Some("os.id: no"));
        assert_eq!((decision.dead[0].cause.name(), decision.dead[0].body.as_str()), ("rejected", "\"b\""));
    }

    #[test]
    fn what_was_packed_in_advance_is_taken_if_all_of_it_is_accepted_and_packed_anew_if_not() {
        let mut memory = Memory::default();
        let whole = |reports: Vec<Arrived>| {
            let packed = crate::ingest::packed::pack_all(request(Vec::new()).sent, &reports).unwrap();
            Decoded { packed, ..request(reports) }
        };
        let first = whole(vec![full(1, 1, "a"), full(1, 2, "b")]);
        let payload = decide(&mut memory, &first).payload(&first).unwrap();
        assert!(matches!(payload, Some(std::borrow::Cow::Borrowed(_))));
        let again = whole(vec![full(1, 2, "b"), full(1, 3, "c")]);
        let payload = decide(&mut memory, &again).payload(&again).unwrap().unwrap();
        let alone = crate::ingest::packed::pack(again.sent, &again.reports, &[1]).unwrap();
        assert_eq!(payload.as_ref(), alone);
        assert_eq!(decide(&mut memory, &again).payload(&again).unwrap(), None);
    }

    proptest! {
        /// However reports are repeated and mixed up, each number is accepted at most once, and what is held in the
        /// end is the latest.
        #[test]
        fn any_order_and_any_repetition_ends_in_the_same_state(order in prop::collection::vec((1_u64..4, 1_u64..12), 1..80)) {
            let mut memory = Memory::default();
            let mut accepted = std::collections::HashSet::new();
            for chunk in order.chunks(5) {
                let reports = chunk.iter().map(|(epoch, seq)| full(*epoch, *seq, &format!("{epoch}-{seq}"))).collect();
                for at in decide(&mut memory, &request(reports)).accepted {
                    prop_assert!(accepted.insert(chunk[at]));
                }
            }
            let (epoch, seq) = order.iter().max().unwrap();
            let latest = Hash::root([("os", Hash::of(format!("{epoch}-{seq}").as_bytes()))]);
            prop_assert_eq!(memory.sections.root(), Some(latest));
        }
    }
}
