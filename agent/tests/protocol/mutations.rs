//! Spools that were damaged in every way that a disk, a crash or another program has.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rustix::fs::{Mode, mkfifoat};
use terrier_agent::clock::{Clock as _, Moment};
use terrier_agent::run::Delivery;
use terrier_agent::transport::spool::{Entry, Form, Ledger, Misnamed, Room, Spool, Subject, WallClock};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::metrics::Metrics;
use terrier_shared::latest::report::{Epoch, Outcome, ReportKind, ReportResult};
use terrier_shared::latest::section::SectionKind;

use crate::dice::{Dice, cases, tell};
use crate::estate::{Estate, window};
use crate::server::AGENT_ID;

const FILES: [&str; 3] = ["spool.db", "spool.db-wal", "spool.db-shm"];
const PAGE: usize = 4096;

/// The files of a spool, by the names they have in the state directory.
type Files = BTreeMap<&'static str, Vec<u8>>;

fn entry(subject: Subject, body: String, wall_ms: i64) -> Entry {
    let at = Moment { wall_ms, mono_ms: u64::try_from(wall_ms).unwrap() };
    Entry { subject, hash: Hash::of(body.as_bytes()), body, at }
}

fn metrics(windows: std::ops::Range<i64>) -> Vec<Entry> {
    let one = |n: i64| entry(Subject::Metrics, serde_json::to_string(&window(n * 300_000)).unwrap(), n * 300_000);
    windows.map(one).collect()
}

/// A spool with reports of every kind in every state: waiting, named, kept and dead, and some dropped.
fn fill(path: &Path, windows: i64) -> Spool {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let (mut spool, _) = Spool::open(path, Epoch(77), "boot", 0).unwrap();
    spool.belong_to(AGENT_ID).unwrap();
    spool.record(&metrics(0..5)).unwrap();
    spool
        .evict(Moment { wall_ms: 31 * DAY_MS, mono_ms: 31 * 86_400_000 }, WallClock::Believed, Room::Ample, &|_, _| {
            None
        })
        .unwrap();
    spool.record(&metrics(10_000..10_000 + windows)).unwrap();
    spool
        .record(&[
            entry(Subject::Section(SectionKind::Os), "{\"name\":\"old\"}".to_owned(), 0),
            entry(Subject::Fault(SectionKind::Memory), "{\"cause\":\"io\",\"detail\":\"d\"}".to_owned(), 0),
        ])
        .unwrap();
    let waiting = spool.waiting(20).unwrap();
    let form = |subject| match subject {
        Subject::Section(_) => ReportKind::Full,
        Subject::Fault(_) => ReportKind::Fault,
        Subject::Metrics => ReportKind::Metrics,
    };
    let forms: Vec<_> = waiting.iter().map(|one| (one, Form { kind: form(one.subject), base: None })).collect();
    let named = spool.name(&forms).unwrap();
    let result = |(at, report): (usize, &terrier_shared::latest::report::Report)| {
        let outcome = if at % 4 == 3 { Outcome::Rejected } else { Outcome::Stored };
        ReportResult { epoch: report.epoch, seq: report.seq, outcome, why: None }
    };
    let results: Vec<_> = named.iter().enumerate().take(12).map(result).collect();
    spool.settle(&named, &results, Misnamed::Buried, 31 * DAY_MS).unwrap();
    spool.record(&[entry(Subject::Section(SectionKind::Os), "{\"name\":\"new\"}".to_owned(), 0)]).unwrap();
    spool.remember(&[(Ledger::Incarnation, "first".to_owned()), (Ledger::IntervalS, "300".to_owned())]).unwrap();
    spool
}

fn read(dir: &Path) -> Files {
    FILES.into_iter().filter_map(|name| Some((name, fs::read(dir.join(name)).ok()?))).collect()
}

/// Small and large spools, as a process leaves them that is killed and one that ends.
fn spools() -> Vec<Files> {
    let mut found = Vec::new();
    for windows in [30, 900] {
        let dir = tempfile::tempdir().unwrap();
        let spool = fill(&dir.path().join("spool.db"), windows);
        found.push(read(dir.path()));
        drop(spool);
        found.push(read(dir.path()));
    }
    assert!(found[0].contains_key("spool.db-wal") && !found[1].contains_key("spool.db-wal"));
    found
}

/// A database of another program, with its own tables and perhaps the number of our version.
fn foreign(dir: &Path, version: i64) -> Vec<u8> {
    let path = dir.join("foreign");
    let db = Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE meta (a, b); CREATE TABLE cookies (id INTEGER PRIMARY KEY); INSERT INTO cookies VALUES (1)",
    )
    .unwrap();
    db.pragma_update(None, "user_version", version).unwrap();
    drop(db);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    bytes
}

macro_rules! damages {
    ($($damage:ident),+ $(,)?) => {
        /// What happened to a spool.
        #[derive(Debug, Clone, Copy)]
        enum Damage {
            $($damage),+
        }

        const DAMAGES: &[Damage] = &[$(Damage::$damage),+];
    };
}

damages! {
    BitFlips,
    BitFlipsInTheWal,
    Scrambled,
    Truncated,
    TruncatedWal,
    ZeroPages,
    Empty,
    ForeignWal,
    NoiseAsWal,
    WalLost,
    NoiseAsShm,
    Directory,
    FullDirectory,
    WalIsADirectory,
    ShmIsADirectory,
    Link,
    LinkToNowhere,
    WalIsALink,
    Fifo,
    HeaderOfAnother,
    PagesSwapped,
    OtherProgram,
    OtherProgramOfOurVersion,
    OtherVersion,
    Text,
    Journal,
    Unreadable,
    ReadOnly,
    RowsOfNonsense,
    Gone,
}

/// Statements that leave a sound file with contents that this program never writes.
const NONSENSE: [&str; 12] = [
    "UPDATE spool SET body = x'00ff' WHERE state = 'named'",
    "UPDATE spool SET body = x'' WHERE state = 'waiting'",
    "UPDATE spool SET hash = x'01'",
    "UPDATE spool SET hash = zeroblob(32) WHERE state = 'named'",
    "UPDATE spool SET content = 'hologram' WHERE state = 'waiting'",
    "UPDATE spool SET section = 'hologram' WHERE section = 'os'",
    "UPDATE spool SET kind = 'hologram' WHERE state = 'named'",
    "UPDATE spool SET length = -1, seq = -seq",
    "DELETE FROM meta",
    "UPDATE meta SET value = x'ff'",
    "UPDATE section SET acked = x'00'; UPDATE meta SET value = 'seventeen' WHERE key = 'next_seq'",
    "UPDATE section SET section = section || 'x'; INSERT INTO section (section, acked) VALUES ('ghost', zeroblob(32))",
];

struct Scene<'a> {
    dir: PathBuf,
    spools: &'a [Files],
    dice: Dice,
}

impl Scene<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn clear(&self) {
        for found in fs::read_dir(&self.dir).unwrap().flatten() {
            let (path, name) = (found.path(), found.file_name().into_string().unwrap());
            if name.starts_with("spool.db") {
                if found.file_type().unwrap().is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
                    .unwrap();
            }
        }
    }

    fn any_spool(&mut self) -> Files {
        self.spools[self.dice.below(self.spools.len())].clone()
    }

    fn noise(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.dice.roll().to_le_bytes()[0]).collect()
    }

    fn bytes_of(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    fn change(&mut self, name: &str, change: impl FnOnce(&mut Vec<u8>, &mut Dice)) {
        let mut bytes = self.bytes_of(name);
        change(&mut bytes, &mut self.dice);
        fs::write(self.path(name), bytes).unwrap();
    }

    fn replace_by(&self, name: &str, make: impl FnOnce(&Path)) {
        let _absent = fs::remove_file(self.path(name));
        make(&self.path(name));
    }

    fn execute(&self, statement: &str) {
        let db = Connection::open(self.path("spool.db")).unwrap();
        db.pragma_update(None, "ignore_check_constraints", true).unwrap();
        db.execute_batch(statement).unwrap();
    }

    fn suffer(&mut self, damage: Damage) {
        self.clear();
        for (name, bytes) in self.any_spool() {
            fs::write(self.path(name), bytes).unwrap();
        }
        self.change_bytes(damage);
    }

    fn change_bytes(&mut self, damage: Damage) {
        match damage {
            Damage::BitFlips => self.change("spool.db", flip_bits),
            Damage::BitFlipsInTheWal => self.change("spool.db-wal", flip_bits),
            Damage::Scrambled => self.change("spool.db", |bytes, dice| {
                let at = dice.below(bytes.len());
                bytes[at..].iter_mut().take(512).for_each(|byte| *byte ^= 0x5a);
            }),
            Damage::Truncated => self.change("spool.db", |bytes, dice| bytes.truncate(dice.below(bytes.len()))),
            Damage::TruncatedWal => self.change("spool.db-wal", |bytes, dice| bytes.truncate(dice.below(bytes.len()))),
            Damage::ZeroPages => self.change("spool.db", |bytes, dice| {
                for _ in 0..=dice.below(3) {
                    let page = dice.below(bytes.len() / PAGE);
                    bytes[page * PAGE..].iter_mut().take(PAGE).for_each(|byte| *byte = 0);
                }
            }),
            Damage::Empty => self.change("spool.db", |bytes, _| bytes.clear()),
            other => self.change_what_is_beside(other),
        }
    }

    fn change_what_is_beside(&mut self, damage: Damage) {
        match damage {
            Damage::ForeignWal => {
                let other = self.spools[self.dice.below(2) * 2]["spool.db-wal"].clone();
                fs::write(self.path("spool.db-wal"), other).unwrap();
            }
            Damage::NoiseAsWal => {
                let noise = self.noise(9_000);
                fs::write(self.path("spool.db-wal"), noise).unwrap();
            }
            Damage::WalLost => self.replace_by("spool.db-wal", |_| {}),
            Damage::NoiseAsShm => {
                let noise = self.noise(32 << 10);
                fs::write(self.path("spool.db-shm"), noise).unwrap();
            }
            Damage::WalIsADirectory => {
                self.replace_by("spool.db-wal", |path| fs::create_dir_all(path.join("in")).unwrap());
            }
            Damage::ShmIsADirectory => self.replace_by("spool.db-shm", |path| fs::create_dir(path).unwrap()),
            Damage::WalIsALink => self.replace_by("spool.db-wal", |path| symlink("credentials.json", path).unwrap()),
            Damage::Journal => {
                let noise = self.noise(2_000);
                fs::write(self.path("spool.db-journal"), noise).unwrap();
                self.change("spool.db", flip_bits);
            }
            other => self.change_what_is_there(other),
        }
    }

    fn change_what_is_there(&mut self, damage: Damage) {
        match damage {
            Damage::Directory => self.replace_by("spool.db", |path| fs::create_dir(path).unwrap()),
            Damage::FullDirectory => self.replace_by("spool.db", |path| {
                fs::create_dir_all(path.join("in/it")).unwrap();
                fs::write(path.join("file"), "x").unwrap();
            }),
            Damage::Link => self.replace_by("spool.db", |path| symlink("credentials.json", path).unwrap()),
            Damage::LinkToNowhere => self.replace_by("spool.db", |path| symlink("nowhere", path).unwrap()),
            Damage::Fifo => self.replace_by("spool.db", |path| {
                mkfifoat(rustix::fs::CWD, path, Mode::from_raw_mode(0o600)).unwrap();
            }),
            Damage::Unreadable => fs::set_permissions(self.path("spool.db"), Permissions::from_mode(0o000)).unwrap(),
            Damage::ReadOnly => fs::set_permissions(self.path("spool.db"), Permissions::from_mode(0o400)).unwrap(),
            Damage::Gone => self.clear(),
            other => self.put_another_there(other),
        }
    }

    fn put_another_there(&mut self, damage: Damage) {
        match damage {
            Damage::HeaderOfAnother => {
                let other = self.any_spool()["spool.db"].clone();
                self.change("spool.db", |bytes, dice| {
                    let length = [16, 100, PAGE][dice.below(3)];
                    bytes[..length].copy_from_slice(&other[other.len() - PAGE..][..length]);
                });
            }
            Damage::PagesSwapped => self.change("spool.db", |bytes, dice| {
                let (one, other) = (dice.below(bytes.len() / PAGE) * PAGE, dice.below(bytes.len() / PAGE) * PAGE);
                for at in 0..PAGE {
                    bytes.swap(one + at, other + at);
                }
            }),
            Damage::OtherProgram => {
                let bytes = foreign(&self.dir, 0);
                fs::write(self.path("spool.db"), bytes).unwrap();
            }
            Damage::OtherProgramOfOurVersion => {
                let bytes = foreign(&self.dir, 1);
                self.replace_by("spool.db-wal", |_| {});
                fs::write(self.path("spool.db"), bytes).unwrap();
            }
            Damage::OtherVersion => self.execute("PRAGMA user_version = 4711"),
            Damage::Text => {
                fs::write(self.path("spool.db"), b"not a database, but a rather long text ".repeat(9)).unwrap();
            }
            Damage::RowsOfNonsense => {
                let statement = NONSENSE[self.dice.below(NONSENSE.len())];
                self.execute(statement);
            }
            other => panic!("nothing does {other:?}"),
        }
    }

    fn set_aside(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.dir).unwrap().flatten();
        let names = entries.map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("spool.corrupt-")).collect()
    }
}

#[expect(clippy::ptr_arg, reason = "as every change of a file has it")]
fn flip_bits(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.is_empty() {
        return;
    }
    for _ in 0..=dice.below(24) {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
}

/// The agent reports at once, what it lost is announced, and it has settled when it is started again.
async fn reports_again(estate: &Estate, scene: &Scene<'_>, start_ms: i64, damage: Damage) -> bool {
    let what = format!("window {start_ms}, {damage:?}");
    let before = scene.set_aside();
    {
        let mut held = estate.server.held();
        (held.batches, held.sections, held.applied) = Default::default();
    }
    let mut agent = estate.agent();
    agent.record_metrics(&window(start_ms));
    let mut delivery = Delivery::Failed { wait_ms: 0 };
    for _ in 0..4 {
        agent.observe().await;
        delivery = agent.deliver().await;
        if delivery == Delivery::Done && estate.server.held().sections.len() == 2 {
            break;
        }
    }
    assert_eq!(delivery, Delivery::Done, "{what}");
    assert_eq!(agent.outlook().unwrap().pending, 0, "{what}");
    drop(agent);
    let told: Vec<Option<i64>> = estate.server.held().batches.iter().map(|batch| batch.spool_replaced_ms).collect();
    let after = scene.set_aside();
    assert!(after.len() <= 1, "{what}: {after:?}");
    let was_replaced = after != before;
    // One that is gone may have been set aside by a process that came no further.
    let may_be_told = was_replaced || matches!(damage, Damage::Gone);
    let is_told = told.iter().any(Option::is_some);
    assert!(is_told == was_replaced || (is_told && may_be_told), "{what}: {told:?}");

    // What was recorded before the damage showed may be among what is lost; what is recorded from now on is not.
    let mut agent = estate.agent();
    let later = window(start_ms + 150_000);
    agent.record_metrics(&later);
    for _ in 0..2 {
        agent.observe().await;
        assert_eq!(agent.deliver().await, Delivery::Done, "{what}");
    }
    assert_eq!(scene.set_aside(), after, "{what}: nothing is damaged any more");
    let on_disk = Spool::look(&scene.path("spool.db")).unwrap().unwrap().recall(Ledger::LastAnswerMs).unwrap();
    assert_eq!(on_disk, Some(estate.clock.now().wall_ms.to_string()), "{what}: and the disk is used");
    let held = estate.server.held();
    let last = held.batches.last().unwrap();
    assert_eq!((last.reports.len(), last.spool_replaced_ms), (0, None), "{what}: it is told once");
    let root = Hash::root(held.sections.iter().map(|(kind, (hash, _))| (kind.name(), *hash)));
    assert_eq!(last.inventory_root, Some(root), "{what}");
    let arrived = |metrics: &Metrics| {
        let hash = Hash::of(serde_json::to_string(metrics).unwrap().as_bytes());
        held.applied.values().any(|(applied, _)| *applied == hash)
    };
    assert!(arrived(&later) && (was_replaced || arrived(&window(start_ms))), "{what}");
    was_replaced
}

#[tokio::test]
async fn whatever_happens_to_a_spool_the_agent_reports_again_and_says_what_it_lost() {
    let (estate, agent) = Estate::enrolled().await;
    drop(agent);
    let spools = spools();
    let count = cases(90, 10_000);
    let mut replaced = 0;
    for case in 0..count {
        let mut scene = Scene { dir: estate.state_dir(), spools: &spools, dice: Dice::new(case) };
        let damage = DAMAGES[usize::try_from(case).unwrap() % DAMAGES.len()];
        estate.clock.advance(Duration::from_secs(1));
        scene.suffer(damage);
        let start_ms = i64::try_from(case).unwrap() * 300_000;
        replaced += u64::from(reports_again(&estate, &scene, start_ms, damage).await);
        if case % 1_000 == 999 {
            tell(&format!("{} damaged spools so far", case + 1));
        }
    }
    tell(&format!(
        "{count} damaged spools: {replaced} replaced, {} read as they were, all report again",
        count - replaced
    ));
}

#[tokio::test]
async fn a_sound_spool_that_holds_what_this_program_never_writes_does_not_block_the_agent() {
    let (estate, agent) = Estate::enrolled().await;
    drop(agent);
    let spools = spools();
    for (case, statement) in NONSENSE.into_iter().enumerate() {
        let scene = Scene { dir: estate.state_dir(), spools: &spools, dice: Dice::new(0) };
        estate.clock.advance(Duration::from_secs(1));
        scene.clear();
        for (name, bytes) in &spools[1] {
            fs::write(scene.path(name), bytes).unwrap();
        }
        scene.execute(statement);
        reports_again(&estate, &scene, i64::try_from(case).unwrap() * 300_000, Damage::RowsOfNonsense).await;
    }
}
