//! A server that is away for days, in virtual time, with a real spool file; and back, with everything compared.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use terrier_agent::clock::Clock as _;
use terrier_agent::config::Config;
use terrier_agent::run::{Agent, Delivery};
use terrier_shared::latest::metrics::{Metrics, Sample};
use terrier_shared::latest::report::ReportKind;
use terrier_shared::latest::section::SectionKind;

use crate::dice::{Dice, is_long, tell};
use crate::estate::{Estate, window};

const SPOOL_BYTES: u64 = 64 << 20;
const DAY_S: i64 = 24 * 60 * 60;
/// How long utilisation waits as it was measured, and how long at all.
const FINE_S: i64 = 7 * DAY_S;
const KEPT_S: i64 = 30 * DAY_S;

/// How a server is away.
#[derive(Debug, Clone, Copy)]
struct Absence {
    days: i64,
    /// Seconds of each window of utilisation.
    window_s: i64,
    /// Bytes of a report of it that do not compress.
    bytes: usize,
    /// Seconds between two observations, each of which finds something changed.
    observed_every_s: i64,
}

/// What was observed, and how it went.
struct Oracle {
    /// Beginnings of the windows that were recorded, in milliseconds since 1970.
    windows: BTreeSet<i64>,
    changes: i64,
    ended_ms: i64,
    largest_file: u64,
}

/// Text of which so many bytes are left when it is compressed.
fn noise(bytes: usize) -> String {
    let mut dice = Dice::new(1);
    (0..bytes * 4 / 3).map(|_| char::from(b' ' + u8::try_from(dice.below(64)).unwrap())).collect()
}

/// Each window has the same dimensions, as those of a host have.
fn bulky(start_ms: i64, absence: Absence, noise: &str) -> Metrics {
    let mut metrics = window(start_ms);
    metrics.window_s = u32::try_from(absence.window_s).unwrap();
    let sample = Sample { metric: "z".to_owned(), dimension: Some(noise.to_owned()), ..metrics.samples[0].clone() };
    metrics.samples.push(sample);
    metrics
}

/// Lets the days pass. Nobody answers.
async fn go_without(estate: &Estate, agent: &mut Agent, absence: Absence) -> Oracle {
    let nowhere = Config { server: Some("https://127.0.0.1:1".parse().unwrap()), ..estate.config() };
    agent.reconfigure(nowhere).unwrap();
    let mut oracle = Oracle { windows: BTreeSet::new(), changes: 0, ended_ms: 0, largest_file: 0 };
    let noise = noise(absence.bytes);
    for second in (absence.window_s..=absence.days * DAY_S).step_by(usize::try_from(absence.window_s).unwrap()) {
        let start_ms = estate.clock.now().wall_ms;
        estate.clock.advance(Duration::from_secs(absence.window_s.try_into().unwrap()));
        agent.record_metrics(&bulky(start_ms, absence, &noise));
        oracle.windows.insert(start_ms);
        if second % absence.observed_every_s == 0 {
            oracle.changes += 1;
            estate.write("etc/os-release", &format!("ID=debian\nVERSION_ID=change-{}\n", oracle.changes));
            agent.observe().await;
            assert!(matches!(agent.deliver().await, Delivery::Failed { .. }));
            oracle.largest_file = oracle.largest_file.max(fs::metadata(estate.state_file("spool.db")).unwrap().len());
        }
    }
    oracle.ended_ms = estate.clock.now().wall_ms;
    oracle
}

/// Windows of utilisation that the server holds now, by their beginnings, with their lengths in seconds.
fn arrived(estate: &Estate) -> Vec<(i64, i64)> {
    let held = estate.server.held();
    let reports = held.batches.iter().flat_map(|batch| &batch.reports);
    let metrics = reports.filter(|report| report.kind == ReportKind::Metrics);
    let read = |body: &str| serde_json::from_str::<Metrics>(body).unwrap();
    metrics.map(|report| read(report.body.get())).map(|one| (one.window_start_ms, i64::from(one.window_s))).collect()
}

async fn away_and_back(absence: Absence) {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    estate.server.held().batches.clear();
    let began = Instant::now();
    let oracle = go_without(&estate, &mut agent, absence).await;
    assert!(oracle.largest_file <= SPOOL_BYTES, "{absence:?}: {} bytes", oracle.largest_file);
    let waiting = agent.outlook().unwrap();

    agent.reconfigure(estate.config()).unwrap();
    assert_eq!(agent.deliver().await, Delivery::Done, "{absence:?}");
    let last = estate.server.last_batch();
    let outlook = agent.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.dead, last.dropped_reports), (0, 0, outlook.dropped), "{absence:?}");

    // The newest state is the first to arrive, and nothing older comes after it.
    let newest = format!("change-{}", oracle.changes);
    {
        let held = estate.server.held();
        let told = held.batches.iter().flat_map(|batch| &batch.reports);
        let states: Vec<_> = told.enumerate().filter(|(_, report)| report.section == Some(SectionKind::Os)).collect();
        let [(position, state)] = states.as_slice() else { panic!("{absence:?}: {states:?}") };
        assert!(*position < 2 && state.body.get().contains(&newest), "{absence:?}: {position}, {state:?}");
        assert!(held.sections[&SectionKind::Os].1.contains(&newest), "{absence:?}");
    }

    // Everything that is young enough has arrived, as it was measured or by the hour; what is not was counted.
    let arrived = arrived(&estate);
    let fine: BTreeSet<i64> =
        arrived.iter().filter(|(_, length_s)| *length_s == absence.window_s).map(|(start_ms, _)| *start_ms).collect();
    let coarse: Vec<&(i64, i64)> = arrived.iter().filter(|(_, length_s)| *length_s != absence.window_s).collect();
    let age_s = |start_ms: i64| (oracle.ended_ms - start_ms) / 1000;
    for start_ms in &oracle.windows {
        let in_hour = coarse.iter().any(|(hour_ms, length_s)| (*hour_ms..hour_ms + length_s * 1000).contains(start_ms));
        let age_s = age_s(*start_ms);
        // An hour that is dropped for its age may begin before that.
        let (is_fine, is_there) = (fine.contains(start_ms), fine.contains(start_ms) || in_hour);
        assert!(is_there || age_s > KEPT_S, "{absence:?}: lost at the age of {age_s} s");
        assert!(is_fine || age_s > FINE_S, "{absence:?}: thinned at the age of {age_s} s");
    }
    assert_eq!(arrived.len(), fine.len() + coarse.len());
    if outlook.thinned == 0 {
        assert_eq!(fine.len() + usize::try_from(outlook.dropped).unwrap(), oracle.windows.len(), "{absence:?}");
    }
    if absence.days <= 30 && absence.bytes < 1_000 {
        assert_eq!((fine.len(), outlook.dropped, outlook.thinned), (oracle.windows.len(), 0, 0), "{absence:?}");
    }
    tell(&format!(
        "{} days away: {} reports of utilisation, {} changes; {} waited, {} thinned, {} dropped and counted, spool {} KiB at most; {} s",
        absence.days,
        oracle.windows.len(),
        oracle.changes,
        waiting.pending,
        outlook.thinned,
        outlook.dropped,
        oracle.largest_file >> 10,
        began.elapsed().as_secs()
    ));
}

#[tokio::test]
async fn a_server_may_be_away_for_a_month_and_nothing_is_lost() {
    let window_s = if is_long() { 300 } else { 3_600 };
    for days in if is_long() { vec![1, 7, 30] } else { vec![1, 30] } {
        away_and_back(Absence { days, window_s, bytes: 400, observed_every_s: DAY_S / 4 }).await;
    }
}

#[tokio::test]
async fn of_three_months_the_state_and_the_last_month_arrive_and_the_loss_is_counted() {
    let window_s = if is_long() { 300 } else { 2 * 3_600 };
    away_and_back(Absence { days: 90, window_s, bytes: 400, observed_every_s: DAY_S }).await;
}

#[tokio::test]
async fn what_is_too_much_for_the_spool_becomes_hourly_after_a_week_and_the_file_keeps_to_its_bound() {
    // As much as five minutes of a host with very many disks, for as long as it takes to fill the spool.
    let (days, bytes) = if is_long() { (90, 9_000) } else { (10, 20_000) };
    // As long as the agent's own are: by that it knows in which hour one began.
    away_and_back(Absence { days, window_s: 300, bytes, observed_every_s: DAY_S / 2 }).await;
}

#[tokio::test]
async fn a_backlog_is_delivered_no_faster_than_a_pause_for_each_report_allows() {
    const PAUSE: Duration = Duration::from_millis(2);
    let mut estate = Estate::new();
    estate.pause_per_report = PAUSE;
    estate.ask().await.unwrap();
    let mut agent = estate.agent();
    for n in 0..100 {
        agent.record_metrics(&window(n * 300_000));
    }
    let began = Instant::now();
    assert_eq!(agent.deliver().await, Delivery::Done);
    let taken = began.elapsed();
    let batches: Vec<usize> = estate.server.held().batches.iter().map(|batch| batch.reports.len()).collect();
    assert_eq!(batches, [32, 32, 32, 4]);
    assert!(taken >= PAUSE * 96, "{taken:?}: each but the last batch is followed by a pause");
}
