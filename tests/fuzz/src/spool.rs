//! Opening a spool that somebody or something else has written.

use std::fs;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;
use terrier_agent::clock::Moment;
use terrier_agent::transport::spool::{Entry, Form, Ledger, Misnamed, Room, Spool, SpoolError, Subject, WallClock};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::{Epoch, Outcome, ReportKind, ReportResult};
use terrier_shared::latest::section::SectionKind;

const BOOT: &str = "b0070000-0000-4000-8000-000000000001";
const LATER_MS: i64 = 1_900_000_000_000;

/// The bytes of the file; or, if they begin with the letter `w`, four bytes that say how long the file is, the file, and
/// its write-ahead log.
pub(crate) fn run_file(bytes: &[u8]) {
    let Ok(directory) = tempfile::tempdir() else { return };
    let path = directory.path().join("spool.db");
    let (file, log) = parts(bytes);
    let is_written = fs::write(&path, file).and_then(|()| match log {
        Some(log) => fs::write(directory.path().join("spool.db-wal"), log),
        None => Ok(()),
    });
    if is_written.is_ok() {
        use_all(&path);
    }
}

fn parts(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some((length, rest)) = bytes.strip_prefix(b"w").and_then(<[u8]>::split_first_chunk::<4>) else {
        return (bytes, None);
    };
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX).min(rest.len());
    let (file, log) = rest.split_at(length);
    (file, Some(log))
}

/// What may be done to a sound spool: statements, of which each takes one value at most.
const STATEMENTS: [&str; 28] = [
    "UPDATE meta SET value = ?1 WHERE key = 'next_seq'",
    "UPDATE meta SET value = ?1 WHERE key = 'epoch'",
    "UPDATE meta SET value = ?1",
    "DELETE FROM meta",
    "INSERT OR REPLACE INTO meta VALUES ('incarnation', ?1)",
    "INSERT OR REPLACE INTO meta VALUES ('interval_s', ?1)",
    "INSERT OR REPLACE INTO section VALUES (CAST(?1 AS TEXT), NULL, NULL, NULL, 1)",
    "UPDATE section SET acked = CAST(?1 AS BLOB)",
    "UPDATE section SET refused = CAST(?1 AS BLOB)",
    "UPDATE section SET fault = CAST(?1 AS BLOB)",
    "UPDATE section SET wants_full = CAST(?1 AS INTEGER)",
    "UPDATE spool SET state = CAST(?1 AS TEXT)",
    "UPDATE spool SET content = CAST(?1 AS TEXT)",
    "UPDATE spool SET section = CAST(?1 AS TEXT)",
    "UPDATE spool SET kind = CAST(?1 AS TEXT)",
    "UPDATE OR IGNORE spool SET epoch = CAST(?1 AS TEXT), state = 'named'",
    "UPDATE OR IGNORE spool SET seq = CAST(?1 AS INTEGER)",
    "UPDATE spool SET hash = CAST(?1 AS BLOB)",
    "UPDATE spool SET base = CAST(?1 AS BLOB)",
    "UPDATE spool SET body = CAST(?1 AS BLOB)",
    "UPDATE spool SET length = CAST(?1 AS INTEGER)",
    "UPDATE spool SET at_wall_ms = CAST(?1 AS INTEGER)",
    "UPDATE spool SET at_mono_ms = CAST(?1 AS INTEGER)",
    "UPDATE spool SET settled_ms = CAST(?1 AS INTEGER), state = 'kept'",
    "INSERT OR REPLACE INTO dropped VALUES ('metrics', 0, 0, CAST(?1 AS INTEGER))",
    "DROP TABLE meta",
    "ALTER TABLE spool RENAME COLUMN body TO bodies",
    "CREATE TRIGGER t BEFORE INSERT ON spool BEGIN SELECT raise(FAIL, 'no'); END",
];

/// A sound spool with statements carried out on it: for each, its number, the length of its value, and that.
pub(crate) fn run_rows(bytes: &[u8]) {
    let Some((_directory, path)) = sound() else { return };
    if change(&path, bytes).is_ok() {
        use_all(&path);
    }
}

fn sound() -> Option<(TempDir, std::path::PathBuf)> {
    let directory = tempfile::tempdir().ok()?;
    let path = directory.path().join("spool.db");
    let (mut spool, _made) = Spool::open(&path, Epoch(1), BOOT, 0).ok()?;
    spool.record(&entries()).ok()?;
    let waiting = spool.waiting(2).ok()?;
    let full = Form { kind: ReportKind::Full, base: None };
    spool.name(&waiting.iter().map(|one| (one, full)).collect::<Vec<_>>()).ok()?;
    Some((directory, path))
}

fn change(path: &Path, bytes: &[u8]) -> rusqlite::Result<()> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "ignore_check_constraints", true)?;
    db.pragma_update(None, "synchronous", "OFF")?;
    let mut rest = bytes;
    while let [number, length, behind @ ..] = rest {
        let (value, behind) = behind.split_at(usize::from(*length).min(behind.len()));
        rest = behind;
        let Some(statement) = STATEMENTS.get(usize::from(*number) % STATEMENTS.len()) else { continue };
        let values = statement.contains("?1").then(|| read_value(value));
        let _refused = db.execute(statement, params_from_iter(values));
    }
    Ok(())
}

/// An integer where the bytes are one in decimal, else text, else bytes.
fn read_value(bytes: &[u8]) -> Value {
    match str::from_utf8(bytes) {
        Ok(text) => text.parse().map_or_else(|_no_number| Value::Text(text.to_owned()), Value::Integer),
        Err(_) => Value::Blob(bytes.to_vec()),
    }
}

fn entries() -> [Entry; 4] {
    let at = Moment { wall_ms: 1_800_000_000_000, mono_ms: 1_000 };
    let entry = |subject, body: &str| Entry { subject, hash: Hash::of(body.as_bytes()), body: body.to_owned(), at };
    [
        entry(Subject::Section(SectionKind::Os), r#"{"id":"debian"}"#),
        entry(Subject::Section(SectionKind::Memory), r#"{"total_bytes":1}"#),
        entry(Subject::Fault(SectionKind::Cpu), r#"{"cause":"io","detail":"x"}"#),
        entry(Subject::Metrics, r#"{"window_start_ms":0,"window_s":300,"samples":[]}"#),
    ]
}

/// Opens the spool and does with it what an agent does. In a directory that can be written opening it succeeds, and what
/// fails later is damage, for which the agent begins a new spool.
fn use_all(path: &Path) {
    let _status = Spool::look(path).and_then(|spool| spool.map(|spool| spool.outlook()).transpose());
    let opened = Spool::open(path, Epoch(2), BOOT, LATER_MS);
    assert!(opened.is_ok(), "a spool that only a person can help: {opened:?}");
    let Ok((mut spool, _how)) = opened else { return };
    let Err(problem) = exchange(&mut spool) else { return };
    assert!(problem.is_damage(), "the agent would go on with this for ever: {problem:?}");
    // The old one is still open then, as it is in the agent.
    let replaced = Spool::replace(path, Epoch(3), BOOT, LATER_MS).map(|(mut new, _aside)| {
        drop(spool);
        exchange(&mut new)
    });
    assert!(matches!(replaced, Ok(Ok(()))), "a new spool does not work: {replaced:?}");
}

/// One round of an agent: observe, make room, send, take in the answer.
fn exchange(spool: &mut Spool) -> Result<(), SpoolError> {
    spool.belong_to("0192e000-0000-7000-8000-000000000002")?;
    spool.recall(Ledger::IntervalS)?;
    spool.record(&entries())?;
    let later = Moment { wall_ms: LATER_MS, mono_ms: 2_000 };
    spool.evict(later, WallClock::Believed, Room::Ample, &|_, _| None)?;
    spool.outlook()?;
    let mut sent = spool.named(32)?;
    if sent.is_empty() {
        let waiting = spool.waiting(32)?;
        let form = Form { kind: ReportKind::Full, base: None };
        sent = spool.name(&waiting.iter().map(|one| (one, form)).collect::<Vec<_>>())?;
    }
    spool.held_after(&sent)?;
    let outcomes = [Outcome::Stored, Outcome::Rejected];
    let results: Vec<ReportResult> = sent
        .iter()
        .zip(outcomes.iter().cycle())
        .map(|(report, outcome)| ReportResult { epoch: report.epoch, seq: report.seq, outcome: *outcome, why: None })
        .collect();
    spool.settle(&sent, &results, Misnamed::Buried, LATER_MS)?;
    spool.resend_kept()?;
    spool.want_full(&[SectionKind::Os])?;
    spool.rename_under(Epoch(4))?;
    Ok(())
}
