//! The server is killed at any time, over and over, while agents report.

use std::time::{Duration, Instant};

use super::dice::Dice;
use super::figures::Figures;
use super::load::Fleet;
use super::oracle::{integrity, judge};
use super::runs;
use crate::harness::database::Backend;
use crate::harness::process::ServerProcess;

const AGENTS: u64 = 4;
/// A server lives for less than this.
const LIFE_MS: u64 = 1_000;
/// After so many kills it is judged.
const JUDGED_EVERY: usize = 100;

fn is_killed_over_and_over(backend: Backend) {
    let mut server = ServerProcess::start(backend);
    let mut fleet = Fleet::enrol(&server, AGENTS);
    let mut dice = Dice::of(&format!("kill loop {backend:?}"));
    let mut figures = Figures { name: format!("random SIGKILL {backend:?}"), ..Figures::default() };
    for run in 1..=runs(6, 500) {
        let life = Duration::from_millis(dice.below(LIFE_MS));
        fleet.report_while(|| {
            std::thread::sleep(life);
            server.kill();
        });
        let began = Instant::now();
        server.start_again().unwrap();
        figures.worst_return = figures.worst_return.max(began.elapsed());
        assert_eq!(integrity(&server.store()), None);
        figures.runs = run;
        if run % JUDGED_EVERY == 0 {
            fleet.settle();
            figures.verdict = judge(&server, &fleet);
            assert!(figures.verdict.is_clean(), "{figures:?}");
        }
    }
    fleet.settle();
    figures.verdict = judge(&server, &fleet);
    figures.tell();
    assert!(figures.verdict.is_clean(), "{figures:?}");
}

#[test]
fn a_server_that_is_killed_over_and_over_loses_nothing_it_acknowledged_on_sqlite() {
    is_killed_over_and_over(Backend::Sqlite);
}

#[test]
fn a_server_that_is_killed_over_and_over_loses_nothing_it_acknowledged_on_postgres() {
    is_killed_over_and_over(Backend::Postgres);
}
