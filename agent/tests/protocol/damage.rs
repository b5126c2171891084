//! What an agent makes of a state directory that is not as it left it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use terrier_agent::clock::Moment;
use terrier_agent::report;
use terrier_agent::run::{Delivery, RunError};
use terrier_agent::transport::spool::{Entry, Form, Opened, Room, Spool, Subject, WallClock};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::metrics::{Metrics, Sample};
use terrier_shared::latest::report::{Epoch, ReportKind};
use terrier_shared::latest::section::SectionKind;

use crate::estate::{Estate, window};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn set_aside(estate: &Estate) -> usize {
    let entries = fs::read_dir(estate.state_dir()).unwrap().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("spool.corrupt-")).count()
}

#[tokio::test]
async fn a_spool_that_is_no_spool_is_set_aside_and_everything_is_told_anew() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    agent.deliver().await;
    drop(agent);
    for damage in ["not a database at all, but rather long: more than a hundred bytes, so that its header is read", "x"]
    {
        for suffix in ["-wal", "-shm"] {
            let _absent = fs::remove_file(estate.state_file(&format!("spool.db{suffix}")));
        }
        fs::write(estate.state_file("spool.db"), damage).unwrap();
        let mut agent = estate.agent();
        agent.observe().await;
        assert_eq!(agent.deliver().await, Delivery::Done);
        assert_eq!(estate.server.last_batch().reports.len(), 2);
        assert_eq!(set_aside(&estate), 1, "only the newest is kept");
    }
}

#[tokio::test]
async fn no_damage_to_the_spool_needs_a_person() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    drop(agent);
    let whole = fs::read(estate.state_file("spool.db")).unwrap();
    for case in 0..30 {
        let mut bytes = whole.clone();
        let at = case * bytes.len() / 30;
        match case % 3 {
            0 => bytes.truncate(at),
            1 => bytes[at..].iter_mut().take(512).for_each(|byte| *byte ^= 0x5a),
            _ => bytes[at..].iter_mut().take(4096).for_each(|byte| *byte = 0),
        }
        for suffix in ["-wal", "-shm"] {
            let _absent = fs::remove_file(estate.state_file(&format!("spool.db{suffix}")));
        }
        fs::write(estate.state_file("spool.db"), bytes).unwrap();
        let mut agent = estate.agent();
        let mut delivered = Delivery::Failed { wait_ms: 0 };
        for _ in 0..3 {
            agent.observe().await;
            delivered = agent.deliver().await;
        }
        assert_eq!(delivered, Delivery::Done, "case {case}");
        assert_eq!(agent.outlook().unwrap().pending, 0, "case {case}");
    }
}

#[tokio::test]
async fn a_spool_with_tables_or_rows_that_no_agent_writes_is_set_aside_and_everything_is_told_anew() {
    for damage in [
        "DROP TABLE meta",
        "ALTER TABLE spool RENAME COLUMN body TO bodies",
        "CREATE TRIGGER t BEFORE INSERT ON spool BEGIN SELECT raise(FAIL, 'no'); END",
        "UPDATE meta SET value = x'ff' WHERE key = 'agent_id'",
        "UPDATE meta SET value = 'soon' WHERE key = 'epoch'; INSERT INTO dropped VALUES ('metrics', 0, 0, -1)",
        "UPDATE section SET acked = x'01'",
        "UPDATE spool SET section = 'hologram', state = 'named', epoch = '', seq = id",
    ] {
        let (estate, mut agent) = Estate::enrolled().await;
        agent.observe().await;
        agent.deliver().await;
        agent.record_metrics(&window(0));
        drop(agent);
        rusqlite::Connection::open(estate.state_file("spool.db")).unwrap().execute_batch(damage).unwrap();
        let mut agent = estate.agent();
        let mut delivered = Delivery::Failed { wait_ms: 0 };
        for _ in 0..3 {
            agent.observe().await;
            delivered = agent.deliver().await;
        }
        assert_eq!(delivered, Delivery::Done, "{damage}");
        assert_eq!((agent.outlook().unwrap().pending, set_aside(&estate)), (0, 1), "{damage}");
    }
}

#[tokio::test]
async fn a_spool_whose_tables_another_version_wrote_in_other_words_is_kept() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.observe().await;
    agent.deliver().await;
    agent.record_metrics(&window(0));
    drop(agent);
    let in_other_words = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ',', ' ,  ')";
    rusqlite::Connection::open(estate.state_file("spool.db")).unwrap().execute_batch(in_other_words).unwrap();
    let mut agent = estate.agent();
    assert_eq!((agent.outlook().unwrap().pending, set_aside(&estate)), (1, 0));
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().metrics, 1);
}

#[tokio::test]
async fn a_spool_that_is_a_link_is_not_followed() {
    let (estate, agent) = Estate::enrolled().await;
    drop(agent);
    let elsewhere = estate.state_dir().join("elsewhere");
    fs::write(&elsewhere, "precious").unwrap();
    fs::remove_file(estate.state_file("spool.db")).unwrap();
    symlink(&elsewhere, estate.state_file("spool.db")).unwrap();
    let mut agent = estate.agent();
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(fs::read_to_string(elsewhere).unwrap(), "precious");
}

#[tokio::test]
async fn the_spool_is_its_owners_alone() {
    let (estate, agent) = Estate::enrolled().await;
    for name in ["spool.db", "spool.db-wal", "lock"] {
        let mode = fs::metadata(estate.state_file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(agent);
}

#[tokio::test]
async fn two_processes_are_not_one_agent() {
    let (estate, _agent) = Estate::enrolled().await;
    let second = terrier_agent::transport::lock::Lock::take(
        &terrier_agent::transport::state_dir::StateDir::open(&estate.state_dir()).unwrap(),
    );
    assert!(matches!(second.map_err(RunError::from), Err(RunError::Locked(_))));
}

fn entry(subject: Subject, body: String, wall_ms: i64) -> Entry {
    Entry { subject, hash: Hash::of(body.as_bytes()), body, at: at(wall_ms) }
}

/// A moment of a host that booted in 1970.
fn at(wall_ms: i64) -> Moment {
    Moment { wall_ms, mono_ms: u64::try_from(wall_ms).unwrap() }
}

#[test]
fn utilisation_waits_thirty_days_and_its_loss_is_counted_exactly() {
    let dir = tempfile::tempdir().unwrap();
    let (mut spool, opened) = Spool::open(&dir.path().join("spool.db"), Epoch(1), "b", 0).unwrap();
    assert_eq!(opened, Opened::Made);
    let days: Vec<Entry> =
        (0..40).map(|day| entry(Subject::Metrics, format!("{{\"day\":{day}}}"), day * DAY_MS)).collect();
    spool.record(&days).unwrap();
    spool.record(&[entry(Subject::Section(SectionKind::Os), "{}".to_owned(), 0)]).unwrap();
    spool.evict(at(40 * DAY_MS), WallClock::Believed, Room::Ample, &thinned).unwrap();
    let outlook = spool.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.dropped), (31, 10));
    assert_eq!(outlook.oldest_pending_ms, Some(0), "the state of a section is never dropped");
    spool.evict(at(40 * DAY_MS), WallClock::Believed, Room::Ample, &thinned).unwrap();
    assert_eq!(spool.outlook().unwrap().dropped, 10, "nothing is counted twice");
}

#[test]
fn the_file_stays_within_its_bound_and_the_state_of_the_sections_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.db");
    let (mut spool, _) = Spool::open(&path, Epoch(1), "b", 0).unwrap();
    spool.record(&[entry(Subject::Section(SectionKind::Os), "{}".to_owned(), 0)]).unwrap();
    let noise = noise(250_000);
    for _ in 0..7 {
        spool.record(&vec![entry(Subject::Metrics, noise.clone(), 1); 50]).unwrap();
        spool.evict(at(2), WallClock::Believed, Room::Ample, &thinned).unwrap();
        assert!(fs::metadata(&path).unwrap().len() <= 64 << 20);
    }
    let outlook = spool.outlook().unwrap();
    assert!(outlook.dropped > 0);
    assert_eq!(outlook.pending + outlook.dropped, 7 * 50 + 1);
    let sections = spool.waiting(1).unwrap();
    assert_eq!(sections[0].subject, Subject::Section(SectionKind::Os));
}

fn thinned(hour_ms: i64, bodies: &[String]) -> Option<(String, Hash)> {
    report::thinned(hour_ms, bodies).map(|body| (body.json, body.hash))
}

/// Five minutes of utilisation that take up some 25 KB, as recorded when they are over.
fn five_minutes(start_ms: i64) -> Entry {
    let mut metrics = window(start_ms);
    let sample = metrics.samples[0].clone();
    metrics.samples.push(Sample { metric: "z".to_owned(), dimension: Some(noise(30_000)), ..sample });
    entry(Subject::Metrics, serde_json::to_string(&metrics).unwrap(), start_ms + 300_000)
}

/// Start, length and readings of each window of utilisation, which has a name after that.
fn windows(spool: &mut Spool) -> Vec<(i64, u32, u32)> {
    let mut waiting = spool.waiting(usize::MAX).unwrap();
    waiting.retain(|one| one.subject == Subject::Metrics);
    let form = Form { kind: ReportKind::Metrics, base: None };
    let reports = spool.name(&waiting.iter().map(|one| (one, form)).collect::<Vec<_>>()).unwrap();
    let metrics = reports.iter().map(|report| serde_json::from_str::<Metrics>(report.body.get()).unwrap());
    metrics.map(|one| (one.window_start_ms, one.window_s, one.samples[0].count)).collect()
}

#[test]
fn for_want_of_room_what_is_older_than_a_week_becomes_hourly_before_anything_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.db");
    let (mut spool, _) = Spool::open(&path, Epoch(1), "b", 0).unwrap();
    let begin_ms = 1_000_000 * 3_600_000;
    // Fifteen hours before the week, and one after.
    let old: Vec<Entry> = (0..15 * 12).map(|n| five_minutes(begin_ms + n * 300_000)).collect();
    let now_ms = begin_ms + 15 * 3_600_000 + 7 * DAY_MS;
    let new: Vec<Entry> = (1..13).map(|n| five_minutes(now_ms - 7 * DAY_MS + n * 300_000)).collect();
    spool.record(&old).unwrap();
    spool.record(&new).unwrap();
    spool.evict(at(now_ms), WallClock::Believed, Room::Ample, &thinned).unwrap();
    assert_eq!(spool.outlook().unwrap().pending, 16 * 12, "there is room");

    spool.evict(at(now_ms), WallClock::Believed, Room::Scarce, &thinned).unwrap();
    let outlook = spool.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.thinned, outlook.dropped), (15 + 12, 15 * 12, 0));
    let left = windows(&mut spool);
    let hours = (0..15).map(|hour| (begin_ms + hour * 3_600_000, 3_600, 60));
    assert_eq!(left[..15], hours.collect::<Vec<_>>());
    assert!(left[15..].iter().all(|(_, length_s, readings)| (*length_s, *readings) == (300, 5)));
    drop(spool);
    assert!(fs::metadata(&path).unwrap().len() <= 4 << 20, "and the disk has got the rest back");
}

#[test]
fn on_a_disk_that_is_nearly_full_the_spool_keeps_to_four_mebibytes_and_still_reports() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.db");
    let (mut spool, _) = Spool::open(&path, Epoch(1), "b", 0).unwrap();
    spool.record(&[entry(Subject::Section(SectionKind::Os), "{}".to_owned(), 0)]).unwrap();
    let recorded = 400;
    for n in 0..recorded {
        spool.record(&[five_minutes(n * 300_000)]).unwrap();
        spool.evict(at(n * 300_000), WallClock::Believed, Room::Scarce, &thinned).unwrap();
    }
    let outlook = spool.outlook().unwrap();
    assert!(outlook.dropped > 0 && outlook.pending > 100, "{outlook:?}");
    assert_eq!(outlook.pending + outlook.dropped, u64::try_from(recorded).unwrap() + 1);
    assert_eq!(spool.waiting(1).unwrap()[0].subject, Subject::Section(SectionKind::Os));
    let newest = windows(&mut spool).last().unwrap().0;
    assert_eq!(newest, (recorded - 1) * 300_000, "the oldest went");
    drop(spool);
    assert!(fs::metadata(&path).unwrap().len() <= 4_500_000);
}

/// Text that does not compress below three quarters.
fn noise(length: usize) -> String {
    let step = |seed: &u64| Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    let seeds = std::iter::successors(Some(1_u64), step).take(length);
    seeds.map(|seed| char::from(b' ' + u8::try_from(seed >> 58).unwrap())).collect()
}

#[test]
fn a_new_identity_has_told_the_server_nothing_yet() {
    let dir = tempfile::tempdir().unwrap();
    let (mut spool, _) = Spool::open(&dir.path().join("spool.db"), Epoch(1), "b", 0).unwrap();
    spool.belong_to("first").unwrap();
    spool
        .record(&[
            entry(Subject::Metrics, "{}".to_owned(), 0),
            entry(Subject::Fault(SectionKind::Os), "{}".to_owned(), 0),
        ])
        .unwrap();
    spool.belong_to("first").unwrap();
    assert_eq!(spool.outlook().unwrap().pending, 2);
    spool.belong_to("second").unwrap();
    assert_eq!(spool.outlook().unwrap().pending, 1, "utilisation is still this host's");
}

#[test]
fn what_was_kept_in_memory_goes_over_to_the_disk_with_its_names_and_counts() {
    let dir = tempfile::tempdir().unwrap();
    let metrics = |n: i64| entry(Subject::Metrics, format!("{{\"n\":{n}}}"), n * DAY_MS);
    let os = |body: &str| entry(Subject::Section(SectionKind::Os), body.to_owned(), 0);
    let (mut disk, _) = Spool::open(&dir.path().join("spool.db"), Epoch(1), "b", 0).unwrap();
    disk.record(&[os("{}"), metrics(100)]).unwrap();
    let mut memory = Spool::in_memory(Epoch(2), "b").unwrap();
    memory.record(&[os("{\"newer\":1}"), metrics(1), metrics(101), metrics(102)]).unwrap();
    memory.evict(at(102 * DAY_MS), WallClock::Believed, Room::Scarce, &thinned).unwrap();
    let waiting = memory.waiting(2).unwrap();
    let form = |kind| Form { kind, base: None };
    let named = memory.name(&[(&waiting[1], form(ReportKind::Metrics))]).unwrap();
    disk.take_over(&memory).unwrap();

    let outlook = disk.outlook().unwrap();
    assert_eq!((outlook.pending, outlook.dropped), (4, 1), "of the section only the newer is worth sending");
    let still_named = disk.named(10).unwrap();
    assert_eq!(still_named.len(), 1);
    assert_eq!((still_named[0].epoch, still_named[0].seq, still_named[0].hash), (Epoch(2), 1, named[0].hash));
    let hashes: Vec<Hash> = disk.waiting(10).unwrap().iter().map(|one| one.hash).collect();
    assert_eq!(hashes, [os("{\"newer\":1}").hash, metrics(100).hash, metrics(102).hash]);
}

#[tokio::test]
async fn a_spool_that_another_program_holds_is_not_damaged_and_the_agent_reports_meanwhile() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.record_metrics(&window(0));
    let other = rusqlite::Connection::open(estate.state_file("spool.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    agent.record_metrics(&window(300_000));
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    let arrived = |estate: &Estate| {
        let held = estate.server.held();
        (held.metrics, held.sections.len())
    };
    assert_eq!(arrived(&estate), (1, 2), "the first waits on the disk");
    estate.clock.advance(Duration::from_mins(5));
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);

    other.execute_batch("ROLLBACK").unwrap();
    estate.clock.advance(Duration::from_mins(5));
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!((arrived(&estate), set_aside(&estate)), ((2, 2), 0));
    assert_eq!(agent.outlook().unwrap().pending, 0);
    assert!(estate.server.held().applied.values().all(|(_, times)| *times == 1));
    assert!(estate.server.held().batches.iter().all(|batch| batch.spool_replaced_ms.is_none()));
}
