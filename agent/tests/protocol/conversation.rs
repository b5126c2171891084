//! What an agent says to a server that listens.

use std::time::Duration;

use terrier_agent::config::Config;
use terrier_agent::run::{Agent, Delivery};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::{Report, ReportKind};
use terrier_shared::latest::section::SectionKind;

use crate::estate::{Estate, window};
use crate::server::{Held, Turn};

const NEXT_RELEASE: &str = "ID=debian\nNAME=Debian\nVERSION_ID=13\n";
const FIRST_RELEASE: &str = "ID=debian\nNAME=Debian\nVERSION_ID=12\n";

async fn turn(agent: &mut Agent) -> Delivery {
    agent.observe().await;
    agent.deliver().await
}

fn names(reports: &[Report]) -> Vec<(u64, u64, String)> {
    reports.iter().map(|report| (report.epoch.0, report.seq, report.body.get().to_owned())).collect()
}

fn root(held: &Held) -> Hash {
    Hash::root(held.sections.iter().map(|(kind, (hash, _))| (kind.name(), *hash)))
}

#[tokio::test]
async fn a_new_host_is_reported_whole_and_an_unchanged_one_by_a_heartbeat() {
    let (estate, mut agent) = Estate::enrolled().await;
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let first = estate.server.last_batch();
    assert!(first.reports.iter().all(|report| report.kind == ReportKind::Full));
    assert_eq!(first.reports.iter().map(|report| report.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(first.boot_id, "11111111-2222-4333-8444-555555555555");
    assert_eq!(first.inventory_root, Some(root(&estate.server.held())));

    estate.clock.advance(Duration::from_mins(5));
    agent.record_metrics(&window(0));
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let second = estate.server.last_batch();
    assert_eq!(second.reports.iter().map(|report| report.kind).collect::<Vec<_>>(), [ReportKind::Metrics]);
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let third = estate.server.last_batch();
    assert!(third.reports.is_empty());
    assert_eq!(third.inventory_root, first.inventory_root);
    assert_eq!(third.server_incarnation.as_deref(), Some("first"));
}

#[tokio::test]
async fn what_changed_goes_as_a_delta_on_what_was_acknowledged() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    let (before, _) = estate.server.held().sections[&SectionKind::Os].clone();
    estate.write("etc/os-release", NEXT_RELEASE);
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let batch = estate.server.last_batch();
    let [delta] = batch.reports.as_slice() else { panic!("{batch:?}") };
    assert_eq!((delta.kind, delta.section, delta.base), (ReportKind::Delta, Some(SectionKind::Os), Some(before)));
    assert!(estate.server.held().sections[&SectionKind::Os].1.contains("13"));
}

#[tokio::test]
async fn a_package_that_vanishes_makes_a_delta_of_the_software_alone() {
    let package =
        |name: &str| format!("Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n");
    let mut estate = Estate::new();
    estate.sections = vec![SectionKind::Os, SectionKind::Software];
    estate.write("var/lib/dpkg/status", &(package("stays") + &package("vanishes")));
    estate.ask().await.unwrap();
    let mut agent = estate.agent();
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    assert!(estate.server.held().sections[&SectionKind::Software].1.contains("vanishes"));

    estate.write("var/lib/dpkg/status", &package("stays"));
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let batch = estate.server.last_batch();
    let [delta] = batch.reports.as_slice() else { panic!("{batch:?}") };
    assert_eq!((delta.kind, delta.section), (ReportKind::Delta, Some(SectionKind::Software)));
    assert!(delta.body.get().contains("stays") && !delta.body.get().contains("vanishes"));
}

#[tokio::test]
async fn a_change_that_is_taken_back_before_it_was_sent_is_not_reported() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    estate.write("etc/os-release", NEXT_RELEASE);
    agent.observe().await;
    assert_eq!(agent.outlook().unwrap().pending, 1);
    estate.write("etc/os-release", FIRST_RELEASE);
    agent.observe().await;
    assert_eq!(agent.outlook().unwrap().pending, 0);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_the_same_names_with_the_same_bodies() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.server.next(Turn::LoseAnswer);
    assert!(matches!(turn(&mut agent).await, Delivery::Failed { .. }));
    let sent = names(&estate.server.last_batch().reports);
    estate.write("etc/os-release", NEXT_RELEASE);
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    assert_eq!(names(&held.batches[1].reports), sent);
    assert_eq!(held.batches[2].reports.len(), 1, "the newer state follows under a name of its own");
    assert!(held.sections[&SectionKind::Os].1.contains("13"));
    assert!(held.applied.values().all(|(_, times)| *times <= 2));
}

#[tokio::test]
async fn what_was_acknowledged_is_never_sent_as_new() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    drop(agent);
    let mut agent = estate.agent();
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    assert!(estate.server.last_batch().reports.is_empty());
    assert_eq!(estate.server.held().applied.len(), 2);
}

#[tokio::test]
async fn an_agent_killed_between_naming_and_sending_sends_what_it_had_named() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.server.next(Turn::Drop);
    assert!(matches!(turn(&mut agent).await, Delivery::Failed { .. }));
    drop(agent);
    let mut agent = estate.agent();
    estate.write("etc/os-release", NEXT_RELEASE);
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    let by_epoch: Vec<Vec<(u64, u64)>> = held
        .batches
        .iter()
        .map(|batch| batch.reports.iter().map(|report| (report.epoch.0, report.seq)).collect())
        .collect();
    assert_eq!(by_epoch, [vec![(1, 1), (1, 2)], vec![(4, 1)]], "the old run's names, then the new run's, from 1");
}

#[tokio::test]
async fn numbers_have_no_gaps_although_what_was_never_sent_gives_way() {
    let (estate, mut agent) = Estate::enrolled().await;
    let nowhere = Config { server: Some("https://127.0.0.1:1".parse().unwrap()), ..estate.config() };
    agent.reconfigure(nowhere).unwrap();
    for version in 0..5 {
        estate.write("etc/os-release", &format!("ID=debian\nNAME=Debian\nVERSION_ID={version}\n"));
        assert!(matches!(turn(&mut agent).await, Delivery::Failed { .. }));
    }
    agent.reconfigure(estate.config()).unwrap();
    assert_eq!(agent.deliver().await, Delivery::Done);
    let seqs: Vec<u64> = estate.server.last_batch().reports.iter().map(|report| report.seq).collect();
    assert_eq!(seqs, [1, 2]);
    assert!(estate.server.held().sections[&SectionKind::Os].1.contains("\"4\""));
}

#[tokio::test]
async fn a_server_that_lost_a_section_gets_it_whole_at_once() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    estate.server.held().sections.clear();
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let batch = estate.server.last_batch();
    assert!(batch.reports.len() == 2 && batch.reports.iter().all(|report| report.kind == ReportKind::Full));
    assert_eq!(estate.server.held().sections.len(), 2);
}

#[tokio::test]
async fn a_delta_on_an_unknown_base_heals_in_the_same_delivery() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    estate.server.held().sections.insert(SectionKind::Os, (Hash::of(b"other"), "{}".to_owned()));
    estate.write("etc/os-release", NEXT_RELEASE);
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    assert!(estate.server.held().sections[&SectionKind::Os].1.contains("13"));
}

#[tokio::test]
async fn a_section_at_fault_stays_as_it_was_and_its_recovery_is_told() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    let before = estate.server.held().sections.clone();
    estate.remove("proc/meminfo");
    turn(&mut agent).await;
    let told = estate.server.last_batch();
    assert_eq!(told.reports.iter().map(|report| report.kind).collect::<Vec<_>>(), [ReportKind::Fault]);
    assert_eq!(estate.server.held().sections, before);
    turn(&mut agent).await;
    assert!(estate.server.last_batch().reports.is_empty(), "the same fault is not told twice");

    estate.write("proc/meminfo", "MemTotal: 1024 kB\nSwapTotal: 0 kB\n");
    turn(&mut agent).await;
    let healed = estate.server.last_batch();
    assert_eq!(healed.reports.iter().map(|report| report.kind).collect::<Vec<_>>(), [ReportKind::Full]);
    assert!(estate.server.held().faults.is_empty());
    turn(&mut agent).await;
    assert!(estate.server.last_batch().reports.is_empty());
}

#[tokio::test]
async fn everything_is_told_again_once_a_day_unasked() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    estate.clock.advance(Duration::from_hours(24));
    turn(&mut agent).await;
    let batch = estate.server.last_batch();
    assert!(batch.reports.len() == 2 && batch.reports.iter().all(|report| report.kind == ReportKind::Full));
    turn(&mut agent).await;
    assert!(estate.server.last_batch().reports.is_empty());
}

#[tokio::test]
async fn a_server_restored_from_a_backup_gets_the_last_day_again_under_its_old_names() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.record_metrics(&window(0));
    turn(&mut agent).await;
    let before = estate.server.held().applied.clone();
    {
        let mut held = estate.server.held();
        held.incarnation = "second".to_owned();
        held.applied.clear();
        held.sections.clear();
        held.metrics = 0;
    }
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    assert_eq!((held.metrics, held.sections.len()), (1, 2));
    let again = held.applied.iter().find(|(name, _)| before.contains_key(*name)).expect("an old name");
    assert_eq!(again.1.0, before[again.0].0, "with the old body");
}

#[tokio::test]
async fn a_backlog_is_cut_into_batches_after_the_newest_state() {
    let (estate, mut agent) = Estate::enrolled().await;
    for window_number in 0..70 {
        agent.record_metrics(&window(window_number * 300_000));
    }
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    assert_eq!(held.batches.iter().map(|batch| batch.reports.len()).collect::<Vec<_>>(), [32, 32, 8]);
    assert_eq!(held.batches.iter().map(|batch| batch.pending_reports).collect::<Vec<_>>(), [40, 8, 0]);
    assert!(held.batches[0].reports[..2].iter().all(|report| report.kind == ReportKind::Full));
    let seqs: Vec<u64> = held.batches.iter().flat_map(|batch| batch.reports.iter().map(|report| report.seq)).collect();
    assert_eq!(seqs, (1..=72).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_interval_is_taken_from_the_server_within_bounds() {
    let (estate, mut agent) = Estate::enrolled().await;
    assert_eq!(agent.interval_s(), 300);
    for (asked, taken) in [(0, 60), (59, 60), (600, 600), (u32::MAX, 86_400)] {
        estate.server.held().next_s = asked;
        turn(&mut agent).await;
        assert_eq!(agent.interval_s(), taken, "{asked}");
        assert!((1..=taken).contains(&agent.until_next_turn()));
    }
}

#[tokio::test]
async fn what_another_boot_observed_says_so() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    drop(agent);
    estate.write("proc/sys/kernel/random/boot_id", "99999999-2222-4333-8444-555555555555\n");
    let mut agent = estate.agent();
    agent.deliver().await;
    let batch = estate.server.last_batch();
    assert!(
        batch.reports.iter().all(|report| report.boot_id.as_deref() == Some("11111111-2222-4333-8444-555555555555"))
    );
    assert_eq!(batch.boot_id, "99999999-2222-4333-8444-555555555555");
}
