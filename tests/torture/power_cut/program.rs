//! The program that is traced: a server with agents that enrol and report, and what it says of each answer.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use terrier_power_cut::Traced;
use terrier_server::audit::service::verify;
use terrier_server::kernel::clock::Clock;
use terrier_server::store::{Location, StoreError};
use tokio::task::JoinSet;

use super::super::load::{Agent, Told};
use super::super::oracle::wait_until_worked_off;
use super::super::runs;
use crate::harness::agent::TestAgent;
use crate::harness::server::{TestServer, copy_private};

pub(super) const TRACED: Traced<'_> =
    Traced { test: "torture::power_cut::program::the_program_that_is_traced", variable: PLACE };
/// The file of the database.
pub(super) const DATABASE: &str = "terrier.db";
/// What else the server keeps, beside the directory with the database.
pub(super) const HOME: &str = "home";
/// Beginning of what is said of an answer.
pub(super) const ANSWERED: &str = "answered ";
/// Where the program finds its directory.
const PLACE: &str = "TERRIER_TEST_CRASH_DIR";
const AGENTS: u64 = 3;
/// Batches of each agent after which the register is to be as far as they are: under strace the server takes in far more
/// than it can work off.
const AT_ONCE: usize = 4;
/// How often the server is stopped and started again.
const STOPS: u64 = 1;

/// Does nothing but where it is traced.
#[test]
fn the_program_that_is_traced() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work(Path::new(&place)));
}

/// Where in `place` the database is.
pub(super) fn database(place: &Path) -> Location {
    Location::Sqlite(place.join(DATABASE))
}

async fn work(place: &Path) {
    let home = place.with_file_name(HOME);
    // So many that SQLite writes its log back and begins it anew meanwhile, in the long form.
    let batches = u64::try_from(runs(8, 240)).unwrap();
    let mut agents = Vec::new();
    for run in 0..=STOPS {
        let mut server = TestServer::start_at(&home, database(place), |config| config.ingest.reconcile = true).await;
        if run == 0 {
            for number in 0..AGENTS {
                agents.push(enrol(&server, number).await);
            }
        }
        for until in (run * batches..(run + 1) * batches).step_by(AT_ONCE).skip(1) {
            agents = report_all(agents, &server, until).await;
            let store = server.store().clone();
            tokio::task::spawn_blocking(move || wait_until_worked_off(&store)).await.unwrap();
        }
        agents = report_all(agents, &server, (run + 1) * batches).await;
        server.stop().await;
    }
}

async fn enrol(server: &TestServer, number: u64) -> Agent {
    let TestAgent { key, issued, .. } = TestAgent::enrol(server, &format!("host-{number}")).await;
    let now_ms = Clock::system().now().as_millisecond();
    let made = json!({"number": number, "key": key.serialize_pem(), "issued": issued, "now_ms": now_ms});
    let trail = server.store().read_blocking::<_, StoreError>(verify).unwrap();
    say(&json!({"enrolled": made, "trail": trail.rows()}));
    Agent::of(&made)
}

async fn report_all(agents: Vec<Agent>, server: &TestServer, until: u64) -> Vec<Agent> {
    let mut reporting = JoinSet::new();
    for agent in agents {
        reporting.spawn(report(agent, server.agents, until));
    }
    reporting.join_all().await
}

async fn report(mut agent: Agent, to: std::net::SocketAddr, until: u64) -> Agent {
    let mut said = agent.acknowledged;
    let told = Told::default();
    let say_and_stop = |agent: &Agent| {
        if agent.acknowledged > said {
            said = agent.acknowledged;
            say(&json!({"agent": agent.number(), "batches": said}));
        }
        said >= until
    };
    agent.report_until(to, &told, say_and_stop).await;
    agent
}

/// One write, so that it is one step of the trace.
fn say(what: &Value) {
    std::io::stderr().write_all(format!("{ANSWERED}{what}").as_bytes()).unwrap();
}

/// Copies what is made at the first start and never again.
pub(super) fn copy_keys(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    copy_private(&from.join("pki"), &to.join("pki"));
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|extension| extension == "key") {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
