//! The disk with the SQLite database says that it could not do what it was asked, and can again; or somebody reads an
//! old state of the database for so long that its log cannot be emptied.

use std::fs;
use std::path::PathBuf;

use diesel::connection::SimpleConnection as _;
use terrier_server::store::StoreError;

use super::figures::Figures;
use super::kill_points::{can_trace, injected};
use super::load::Fleet;
use super::{runs, wait_until};
use crate::harness::database::Backend;
use crate::harness::process::{Launch, ServerProcess};

const AGENTS: u64 = 4;
/// What fails, and what the system says: flushing, writing, writing to a volume that was remounted read-only.
const FAULTS: [(&str, &str); 4] =
    [("fsync,fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "EROFS"), ("fsync,fdatasync", "ENOSPC")];
/// The faults begin when a thread does it for this time, which is some time after the server has started.
const FIRST: u64 = 60;
/// How often it fails then.
const TIMES: u64 = 12;

fn failing((calls, error): (&str, &str), database: &str) -> Launch {
    let last = FIRST + TIMES - 1;
    injected(calls, &format!("error={error}:when={FIRST}..{last}"), &[database, &format!("{database}-wal")])
}

#[test]
fn a_server_whose_disk_fails_acknowledges_nothing_meanwhile_and_goes_on_when_it_works() {
    if !can_trace() {
        return;
    }
    for fault in FAULTS {
        let mut server = ServerProcess::start(Backend::Sqlite);
        let mut fleet = Fleet::enrol(&server, AGENTS);
        let mut figures = Figures { name: format!("{} {} Sqlite", fault.0, fault.1), ..Figures::default() };
        let database = server.directory().join("terrier.db").to_str().unwrap().to_owned();
        for run in 1..=runs(1, 20) {
            server.kill();
            server.launch = failing(fault, &database);
            server.start_again().unwrap();
            let told = std::sync::Arc::clone(&fleet.told);
            fleet.report_while(|| {
                let before = told.count_sent_away();
                wait_until("agents are sent away", || told.count_sent_away() > before);
                told.forget_acknowledgement();
                wait_until("agents are served again", || told.has_acknowledged());
            });
            figures.runs = run;
        }
        server.kill();
        server.launch = Launch::default();
        server.start_again().unwrap();
        figures.end(&server, fleet);
    }
}

#[test]
fn a_reader_that_holds_an_old_state_for_long_holds_nobody_up_and_the_log_is_cut_back_after_him() {
    let server = ServerProcess::start(Backend::Sqlite);
    let mut fleet = Fleet::enrol(&server, AGENTS);
    let log = PathBuf::from(format!("{}-wal", server.directory().join("terrier.db").display()));
    let size = || fs::metadata(&log).map_or(0, |log| log.len());
    let store = server.store();
    let pinned = store.read_blocking::<_, StoreError>(|conn| {
        conn.batch_execute("BEGIN; SELECT count(*) FROM fleet_agent")?;
        fleet.report_while(|| wait_until("the log grows", || size() > GROWN));
        conn.batch_execute("COMMIT")?;
        Ok(size())
    });
    let pinned = pinned.unwrap();
    fleet.report_while(|| wait_until("the log is cut back", || size() < pinned));
    let figures = Figures { name: "a reader that stays Sqlite".to_owned(), runs: 1, ..Figures::default() };
    figures.end(&server, fleet);
}

/// More than the log keeps for later when it is emptied.
const GROWN: u64 = 17 << 20;
