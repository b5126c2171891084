//! The server dies at each named place of a report's way.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use terrier_server::kernel::fail_point::{FailPoint, VARIABLE};

use super::dice::Dice;
use super::figures::Figures;
use super::load::Fleet;
use super::oracle::{integrity, judge};
use super::runs;
use crate::harness::database::Backend;
use crate::harness::process::{Launch, ServerProcess};

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const AGENTS: u64 = 4;
/// The server dies at one of the first so many passages.
const PASSAGES: u64 = 8;

/// A server with agents, and what it goes through.
struct Ordeal {
    server: ServerProcess,
    fleet: Fleet,
    dice: Dice,
    figures: Figures,
}

impl Ordeal {
    fn begin(backend: Backend, test: &str) -> Self {
        let server = ServerProcess::start(backend);
        let fleet = Fleet::enrol(&server, AGENTS);
        let mut ordeal = Self { server, fleet, dice: Dice::of(test), figures: Figures::default() };
        ordeal.server.kill();
        ordeal
    }

    /// Starts the server so that it dies of this signal while agents report, and looks at its database before.
    fn die(&mut self, launch: Launch, signal: i32) {
        self.server.launch = launch;
        let began = Instant::now();
        let status = match self.server.start_again() {
            Ok(()) => {
                self.figures.worst_return = self.figures.worst_return.max(began.elapsed());
                let broken = integrity(&self.server.store());
                assert_eq!(broken, None);
                let server = &mut self.server;
                let ended = self.fleet.report_while(|| server.wait_for_end());
                ended.unwrap_or_else(|| panic!("it lives on: {:?}", self.server.launch))
            }
            // Some places are passed while it starts.
            Err(status) => status,
        };
        assert_eq!(status.signal(), Some(signal), "{status} {:?}", self.server.launch);
        self.figures.runs += 1;
    }

    /// Starts the server for good, and judges it.
    fn end(&mut self, name: String) {
        self.server.launch = Launch::default();
        self.server.start_again().unwrap();
        self.fleet.settle();
        let verdict = judge(&self.server, &self.fleet);
        let figures = Figures { name, verdict, ..std::mem::take(&mut self.figures) };
        figures.tell();
        assert!(figures.verdict.is_clean(), "{figures:?}");
        self.server.kill();
    }
}

fn armed(point: FailPoint, passage: u64) -> Launch {
    let environment = vec![(VARIABLE.to_owned(), format!("{}:{passage}", point.name()))];
    Launch { environment, through: Vec::new() }
}

fn dies_everywhere(backend: Backend) {
    let mut ordeal = Ordeal::begin(backend, &format!("kill points {backend:?}"));
    let runs = runs(1, 200);
    for point in FailPoint::ALL {
        for _ in 0..runs {
            // It is housekeeping once when it starts.
            let passages = if point == FailPoint::Housekeeping { 1 } else { PASSAGES };
            let passage = 1 + ordeal.dice.below(passages);
            ordeal.die(armed(point, passage), SIGABRT);
        }
        if super::is_long() {
            ordeal.end(format!("{} {backend:?}", point.name()));
        }
    }
    if !super::is_long() {
        ordeal.end(format!("every fail point {backend:?}"));
    }
}

#[test]
fn a_server_that_dies_anywhere_loses_nothing_it_acknowledged_on_sqlite() {
    dies_everywhere(Backend::Sqlite);
}

#[test]
fn a_server_that_dies_anywhere_loses_nothing_it_acknowledged_on_postgres() {
    dies_everywhere(Backend::Postgres);
}

#[test]
fn a_server_without_fail_points_would_be_noticed() {
    let server = ServerProcess::start(Backend::Sqlite);
    let built = server.refuses(&[(VARIABLE, "nowhere:1")]);
    assert!(built, "the server has no fail points: `cargo build --workspace --all-targets` makes one that has");
}

/// A server that is traced: it dies of SIGKILL when a thread of it enters a system call for the n-th time.
fn traced(calls: &str, n: u64, of: Option<&str>) -> Launch {
    injected(calls, &format!("signal=KILL:when={n}"), of.as_slice())
}

/// A server that is traced: this happens to its system calls, or to those that concern one of these files.
pub(super) fn injected(calls: &str, what: &str, of: &[&str]) -> Launch {
    let mut through: Vec<String> = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e"].map(ToOwned::to_owned).into();
    through.extend([format!("trace={calls}"), "-e".to_owned(), format!("inject={calls}:{what}")]);
    // With `--seccomp-bpf` it would cost less, and strace 6.1 would count wrong.
    through.extend(of.iter().flat_map(|path| ["-P".to_owned(), (*path).to_owned()]));
    Launch { environment: Vec::new(), through }
}

/// Whether processes can be traced here. If not, that is said on standard error, which no runner hides.
pub(super) fn can_trace() -> bool {
    let mut strace = Command::new("strace");
    strace.args(["-D", "-f", "-qq", "-o", "/dev/null", "true"]).stdin(Stdio::null()).stderr(Stdio::null());
    let can = strace.status().is_ok_and(|status| status.success());
    if !can {
        use std::io::Write as _;
        writeln!(
            std::io::stderr(),
            "not done: strace cannot trace here, so nobody dies inside COMMIT and no disk fails"
        )
        .unwrap();
    }
    can
}

#[test]
fn a_server_that_dies_between_writing_and_flushing_a_commit_loses_nothing_it_acknowledged() {
    if !can_trace() {
        return;
    }
    let mut ordeal = Ordeal::begin(Backend::Sqlite, "inside COMMIT");
    for _ in 0..runs(2, 200) {
        // The first ones are of the start.
        let n = 1 + ordeal.dice.below(4 * PASSAGES);
        ordeal.die(traced("fsync,fdatasync", n, None), SIGKILL);
    }
    ordeal.end("inside COMMIT Sqlite".to_owned());
}

#[test]
fn a_server_that_dies_during_a_checkpoint_loses_nothing_it_acknowledged() {
    if !super::is_long_form("dying during a checkpoint") || !can_trace() {
        return;
    }
    let mut ordeal = Ordeal::begin(Backend::Sqlite, "during a checkpoint");
    let database = ordeal.server.directory().join("terrier.db").to_str().unwrap().to_owned();
    for _ in 0..runs(1, 200) {
        // In WAL mode nothing but a checkpoint writes to the database's own file.
        let n = 1 + ordeal.dice.below(100);
        ordeal.die(traced("pwrite64", n, Some(&database)), SIGKILL);
    }
    ordeal.figures.worst_return = Duration::ZERO;
    ordeal.end("during a checkpoint Sqlite".to_owned());
}
