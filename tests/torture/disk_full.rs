//! The disk with the SQLite database fills up while agents report, and has room again.
//!
//! In `make test` by a limit on the size of the server's files, which takes no privilege: writing beyond it fails. The
//! long form fills a small volume of its own, `TERRIER_TORTURE_VOLUME`.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use diesel::connection::SimpleConnection as _;
use terrier_server::store::{Location, StoreError};

use super::dice::Dice;
use super::figures::Figures;
use super::load::Fleet;
use super::runs;
use crate::harness::database::Backend;
use crate::harness::process::{Launch, ServerProcess};

const AGENTS: u64 = 4;
/// The disk is full after so many bytes more at most.
const ROOM: u64 = 256 << 10;

/// Has the write-ahead log give back its room, which it would otherwise use again: then a full disk is noticed at once.
fn empty_the_log(server: &ServerProcess) {
    let emptied = server.store().read_blocking::<_, StoreError>(|conn| {
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(())
    });
    emptied.unwrap();
}

/// Lets no file of the server grow beyond so many bytes.
fn limit(server: &ServerProcess, bytes: &str) {
    let pid = server.pid().to_string();
    let limited = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status().unwrap();
    assert!(limited.success());
}

#[test]
fn a_server_whose_files_cannot_grow_acknowledges_nothing_and_goes_on_when_they_can() {
    // Who writes beyond the limit gets a signal that ends it, unless it is ignored (setrlimit(2)).
    let through = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"].map(ToOwned::to_owned).into();
    let server = ServerProcess::start_as(Backend::Sqlite, Launch { environment: Vec::new(), through });
    let (mut fleet, mut dice) = (Fleet::enrol(&server, AGENTS), Dice::of("files that cannot grow"));
    let mut figures = Figures { name: "files cannot grow Sqlite".to_owned(), ..Figures::default() };
    for run in 1..=runs(2, 20) {
        let room = dice.below(ROOM);
        let fill = || {
            empty_the_log(&server);
            limit(&server, &room.to_string());
        };
        let back = fleet.go_without(8, fill, || limit(&server, "unlimited"));
        figures.worst_return = figures.worst_return.max(back);
        figures.runs = run;
    }
    figures.end(&server, fleet);
}

/// Fills the volume but for so many bytes.
fn fill(ballast: &Path, room: u64) {
    let mut file = File::create(ballast).unwrap();
    let chunk = vec![0; 1 << 16];
    while file.write_all(&chunk).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(room)).unwrap();
}

#[test]
fn a_server_on_a_full_volume_acknowledges_nothing_and_goes_on_when_there_is_room() {
    if !super::is_long_form("a full volume") {
        return;
    }
    // `packaging/dev/torture` calls this once more where there is one.
    let Some(volume) = std::env::var_os("TERRIER_TORTURE_VOLUME") else { return };
    let volume = Path::new(&volume);
    let (directory, ballast) = (volume.join("server"), volume.join("ballast"));
    fs::create_dir(&directory).unwrap();
    let database = Location::Sqlite(directory.join("terrier.db"));
    let server = ServerProcess::start_at(&directory, database, Launch::default());
    let (mut fleet, mut dice) = (Fleet::enrol(&server, AGENTS), Dice::of("full volume"));
    let mut figures = Figures { name: "volume full Sqlite".to_owned(), ..Figures::default() };
    for run in 1..=runs(1, 20) {
        let room = dice.below(ROOM);
        let fill = || {
            empty_the_log(&server);
            fill(&ballast, room);
        };
        let back = fleet.go_without(8, fill, || fs::remove_file(&ballast).unwrap());
        figures.worst_return = figures.worst_return.max(back);
        figures.runs = run;
    }
    figures.end(&server, fleet);
}
