use terrier_agent::clock::Moment;
use terrier_shared::latest::report::{Batch, BatchReply, Epoch, Outcome, ReportKind, ReportResult};
use terrier_shared::latest::section::SectionKind;

use super::Agent;
use crate::host::Estate;

fn now() -> Moment {
    Moment { wall_ms: 1_800_000_000_000, mono_ms: 1_000 }
}

fn agent() -> Agent {
    Agent::new(Estate { seed: 1, hosts: 10, only: None }.host(3), Epoch(9), 5_000_000)
}

fn reply(batch: &Batch, outcome: Outcome) -> BatchReply {
    let result = |report: &terrier_shared::latest::report::Report| ReportResult {
        epoch: report.epoch,
        seq: report.seq,
        outcome,
        why: None,
    };
    BatchReply {
        results: batch.reports.iter().map(result).collect(),
        want_full: Vec::new(),
        incarnation: "i".to_owned(),
        next_s: 300,
        server_time_ms: now().wall_ms,
    }
}

/// Has everything acknowledged; gives what was sent.
fn delivered(agent: &mut Agent) -> Vec<(u64, ReportKind, Option<SectionKind>)> {
    let mut sent = Vec::new();
    while agent.has_news() {
        let batch = agent.next_batch(now()).unwrap();
        sent.extend(batch.reports.iter().map(|report| (report.seq, report.kind, report.section)));
        agent.answered(&batch, &reply(&batch, Outcome::Stored), now());
    }
    sent
}

#[test]
fn what_was_not_answered_for_is_sent_again_as_it_was() {
    let mut agent = agent();
    agent.observe(now());
    let first = serde_json::to_string(&agent.next_batch(now()).unwrap().reports).unwrap();
    agent.observe(now());
    let second = serde_json::to_string(&agent.next_batch(now()).unwrap().reports).unwrap();
    assert_eq!(first, second);
}

#[test]
fn an_agent_tells_everything_once_and_then_what_has_changed_on_top_of_what_is_held() {
    let mut agent = agent();
    agent.observe(now());
    let kinds = agent.host().kinds().count();
    assert_eq!(delivered(&mut agent).len(), kinds + 1);
    let mut deltas = 0;
    for _ in 0..20 {
        agent.observe(now());
        let sent = delivered(&mut agent);
        assert!(sent.len() < kinds, "{sent:?}");
        assert!(sent.iter().all(|(_, kind, _)| matches!(kind, ReportKind::Delta | ReportKind::Metrics)), "{sent:?}");
        deltas += sent.iter().filter(|(_, kind, _)| *kind == ReportKind::Delta).count();
    }
    assert!(deltas > 5, "{deltas}");
    let tally = agent.tally();
    assert_eq!((tally.sent, tally.windows, tally.refused), (tally.acknowledged, 21, 0));
}

#[test]
fn while_nobody_answers_states_replace_one_another_and_windows_do_not() {
    let mut agent = agent();
    agent.observe(now());
    delivered(&mut agent);
    for _ in 0..40 {
        agent.observe(now());
    }
    let sent = delivered(&mut agent);
    assert_eq!(sent.iter().filter(|(_, kind, _)| *kind == ReportKind::Metrics).count(), 40);
    let sections = sent.iter().filter_map(|(_, _, section)| *section);
    assert_eq!(sections.clone().count(), sections.collect::<std::collections::HashSet<_>>().len());
}

#[test]
fn a_section_that_the_server_asks_for_is_told_whole() {
    let mut agent = agent();
    agent.observe(now());
    delivered(&mut agent);
    let batch = agent.next_batch(now()).unwrap();
    assert!(batch.reports.is_empty(), "a sign of life");
    agent.answered(&batch, &BatchReply { want_full: vec![SectionKind::Os], ..reply(&batch, Outcome::Stored) }, now());
    assert_eq!(
        delivered(&mut agent).iter().map(|(_, kind, of)| (*kind, *of)).collect::<Vec<_>>(),
        [(ReportKind::Full, Some(SectionKind::Os))]
    );
    assert_eq!(agent.tally().wanted, 1);
}

#[test]
fn what_the_server_refuses_for_good_is_not_sent_again_and_not_held() {
    let mut agent = agent();
    agent.observe(now());
    let batch = agent.next_batch(now()).unwrap();
    agent.answered(&batch, &reply(&batch, Outcome::Rejected), now());
    assert!(agent.held().is_empty() && !agent.has_news());
    assert!(agent.tally().refused > 20);
}
