//! The program that is traced, the images of its disk, and what is asked of each.

use std::io::Write as _;
use std::path::Path;

use terrier_agent::clock::Moment;
use terrier_agent::transport::spool::{Entry, Form, Ledger, Misnamed, Opened, Room, Spool, Subject, WallClock};
use terrier_power_cut::{Step, Traced, each_image, record, write};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::{Epoch, Outcome, Report, ReportKind, ReportResult};
use terrier_shared::latest::section::SectionKind;

use super::dice::{Dice, cases, tell};

/// Where the traced program finds its directory.
const PLACE: &str = "TERRIER_TEST_CRASH_DIR";
const TRACED: Traced<'_> = Traced { test: "spool::the_program_that_is_traced", variable: PLACE };
/// Beginning of what it says when an operation has returned; the state of the spool follows.
const RETURNED: &str = "returned ";
const ROUNDS: i64 = 120;

fn entry(subject: Subject, body: String, wall_ms: i64) -> Entry {
    let at = Moment { wall_ms, mono_ms: u64::try_from(wall_ms).unwrap() };
    Entry { subject, hash: Hash::of(body.as_bytes()), body, at }
}

/// Everything that a spool promises to keep, in a line.
fn state(spool: &Spool) -> String {
    let waiting = spool.waiting(usize::MAX).unwrap();
    let named = spool.named(usize::MAX).unwrap();
    let waiting: Vec<_> = waiting.iter().map(|one| (one.subject, one.hash)).collect();
    let named: Vec<_> = named.iter().map(|report| (report.epoch, report.seq, report.hash)).collect();
    let (outlook, held) = (spool.outlook().unwrap(), spool.held_after(&[]).unwrap());
    let last_answer = spool.recall(Ledger::LastAnswerMs).unwrap();
    let text = format!("{waiting:?}{named:?}{outlook:?}{held:?}{last_answer:?}");
    Hash::of(text.as_bytes()).to_string()
}

fn answers(reports: &[Report]) -> Vec<ReportResult> {
    let answer = |report: &Report| ReportResult {
        epoch: report.epoch,
        seq: report.seq,
        outcome: if report.seq.is_multiple_of(7) { Outcome::Rejected } else { Outcome::Stored },
        why: None,
    };
    reports.iter().map(answer).collect()
}

/// What an agent does with its spool, a step at a time.
fn work(spool: &mut Spool, round: i64) {
    let wall_ms = round * 300_000;
    let body =
        format!("{{\"n\":{round},\"x\":\"{}\"}}", "0123456789abcdef".repeat(usize::try_from(round % 40).unwrap()));
    match round % 6 {
        0 => {
            let section = Subject::Section(if round % 12 == 0 { SectionKind::Os } else { SectionKind::Memory });
            spool.record(&[entry(section, body, wall_ms)]).unwrap();
        }
        1 | 2 => {
            let metrics = |n| entry(Subject::Metrics, format!("{{\"part\":{n},\"of\":{body}}}"), wall_ms);
            spool.record(&(0..3).map(metrics).collect::<Vec<_>>()).unwrap();
        }
        3 => {
            let waiting = spool.waiting(4).unwrap();
            let kind = |subject| if subject == Subject::Metrics { ReportKind::Metrics } else { ReportKind::Full };
            let forms: Vec<_> = waiting.iter().map(|one| (one, Form { kind: kind(one.subject), base: None })).collect();
            spool.name(&forms).unwrap();
        }
        4 => {
            let named = spool.named(3).unwrap();
            spool.settle(&named, &answers(&named), Misnamed::Buried, wall_ms).unwrap();
        }
        _ => {
            spool.remember(&[(Ledger::LastAnswerMs, round.to_string())]).unwrap();
            let now = Moment { wall_ms, mono_ms: u64::try_from(wall_ms).unwrap() };
            spool.evict(now, WallClock::Believed, Room::Ample, &|_, _| None).unwrap();
        }
    }
}

/// Does nothing but where it is traced.
#[test]
fn the_program_that_is_traced() {
    let Some(place) = place() else { return };
    let path = Path::new(&place).join("spool.db");
    let (mut spool, _) = Spool::open(&path, Epoch(1), "boot", 0).unwrap();
    say(&format!("{RETURNED}{}", state(&spool)));
    for round in 0..ROUNDS {
        work(&mut spool, round);
        say(&format!("{RETURNED}{}", state(&spool)));
        if round % 50 == 49 {
            drop(spool);
            spool = Spool::open(&path, Epoch(u64::try_from(round).unwrap()), "boot", 0).unwrap().0;
        }
    }
}

fn is_return(step: &Step) -> bool {
    matches!(step, Step::Said(text) if text.starts_with(RETURNED))
}

fn place() -> Option<std::ffi::OsString> {
    std::env::var_os(PLACE)
}

/// One write, so that it is one line of the trace.
fn say(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// Looks at what the power cut left: it opens, holds what was promised, and can be written to.
fn check(dir: &Path, allowed: &[&str], what: &str) {
    let path = dir.join("spool.db");
    let existed = path.exists();
    let (mut spool, opened) =
        Spool::open(&path, Epoch(99), "boot", 0).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(opened, if existed { Opened::Kept } else { Opened::Made }, "{what}");
    if !allowed.is_empty() {
        let found = state(&spool);
        assert!(allowed.contains(&found.as_str()), "{what}: neither as before nor as after the operation");
    }
    let before = spool.outlook().unwrap().pending;
    spool.record(&[entry(Subject::Metrics, "{}".to_owned(), 1)]).unwrap();
    assert_eq!(spool.outlook().unwrap().pending, before + 1, "{what}");
}

#[test]
fn no_power_cut_loses_what_the_spool_has_promised_or_needs_a_person() {
    let dir = tempfile::tempdir().unwrap();
    let Some(steps) = record(TRACED, dir.path()).unwrap() else {
        tell("no images of a disk: strace(1) is not there or may not trace");
        return;
    };
    let states: Vec<&str> = steps
        .iter()
        .filter_map(|step| if let Step::Said(text) = step { text.strip_prefix(RETURNED) } else { None })
        .collect();
    assert_eq!(states.len(), usize::try_from(ROUNDS).unwrap() + 1, "every operation has returned");
    assert!(steps.iter().filter(|step| matches!(step, Step::Synced(_))).count() > 10, "and was made durable");

    let wanted = cases(300, 6_000);
    let image_dir = dir.path().join("image");
    let chance = |seed| {
        let mut dice = Dice::new(seed);
        move |end| dice.below(end)
    };
    let images = each_image(&steps, wanted, chance, |cut, image| {
        let returned = cut.done.iter().filter(|step| is_return(step)).count();
        let allowed = if returned == 0 { &[] } else { &states[returned - 1..(returned + 1).min(states.len())] };
        write(image, &image_dir).unwrap();
        check(&image_dir, allowed, &cut.to_string());
    });
    let (cuts, returned) = (steps.len(), states.len());
    tell(&format!(
        "{images} images of a disk after {cuts} steps of {returned} operations: 0 lost, 0 that need a person"
    ));
    assert!(images >= wanted / 2, "{images}");
}
