//! PostgreSQL stops, dies, says nothing any more, or loses a connection in the middle of a COMMIT.

use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::dice::Dice;
use super::figures::Figures;
use super::load::Fleet;
use super::{runs, wait_until};
use crate::harness::database::{Backend, TestDatabase};
use crate::harness::postgres::{Link, Mode, OwnPostgres};
use crate::harness::process::{Launch, ServerProcess};

const AGENTS: u64 = 4;

#[test]
fn a_database_that_stops_or_dies_costs_nothing_that_was_acknowledged() {
    let (postgres, directory) = (OwnPostgres::start(), TempDir::new().unwrap());
    let server = ServerProcess::start_at(directory.path(), postgres.location(), Launch::default());
    let mut fleet = Fleet::enrol(&server, AGENTS);
    let mut figures = Figures { name: "PostgreSQL stopped or killed".to_owned(), ..Figures::default() };
    let ends: [(&str, &dyn Fn()); 3] = [
        ("fast", &|| postgres.stop("fast")),
        ("immediate", &|| postgres.stop("immediate")),
        ("kill", &|| postgres.kill()),
    ];
    for (_, end) in ends.iter().cycle().take(runs(3, 150)) {
        let back = fleet.go_without(2, end, || postgres.start_again());
        figures.worst_return = figures.worst_return.max(back);
        figures.runs += 1;
    }
    figures.end(&server, fleet);
}

/// A server that reaches its database by a link.
fn linked(statement_s: u32) -> (ServerProcess, Link, (TempDir, TestDatabase)) {
    let (database, directory) = (TestDatabase::unmigrated(Backend::Postgres), TempDir::new().unwrap());
    let link = Link::to(&database.location);
    let environment = vec![
        ("TERRIER_SERVER_DATABASE_URL".to_owned(), link.url(&database.location)),
        ("TERRIER_SERVER_DATABASE_STATEMENT_S".to_owned(), statement_s.to_string()),
    ];
    let launch = Launch { environment, through: Vec::new() };
    let server = ServerProcess::start_at(directory.path(), database.location.clone(), launch);
    (server, link, (directory, database))
}

#[test]
fn a_database_that_says_nothing_any_more_is_given_up_and_found_again() {
    let (server, link, _kept) = linked(4);
    let mut fleet = Fleet::enrol(&server, AGENTS);
    let mut figures = Figures { name: "PostgreSQL black-holed".to_owned(), ..Figures::default() };
    for run in 1..=runs(1, 20) {
        let back = fleet.go_without(2, || link.set(Mode::Swallow), || link.set(Mode::Forward));
        figures.worst_return = figures.worst_return.max(back);
        figures.runs = run;
    }
    figures.end(&server, fleet);
}

#[test]
fn a_connection_that_is_lost_in_the_middle_of_a_commit_costs_nothing_that_was_acknowledged() {
    let (server, link, _kept) = linked(60);
    let mut fleet = Fleet::enrol(&server, AGENTS);
    link.set(Mode::CutCommits);
    let wanted = runs(10, 200);
    fleet.report_while(|| wait_until("COMMITs are cut", || link.cuts() >= wanted));
    link.set(Mode::Forward);
    let figures = Figures { name: "connection cut at COMMIT".to_owned(), runs: link.cuts(), ..Figures::default() };
    figures.end(&server, fleet);
}

#[test]
fn a_server_that_dies_while_postgres_commits_loses_nothing_it_acknowledged() {
    let (mut server, link, _kept) = linked(60);
    let mut fleet = Fleet::enrol(&server, AGENTS);
    let mut dice = Dice::of("inside COMMIT of PostgreSQL");
    let mut figures = Figures { name: "inside COMMIT Postgres".to_owned(), ..Figures::default() };
    for run in 1..=runs(2, 200) {
        let life = Duration::from_millis(dice.below(500));
        fleet.report_while(|| {
            std::thread::sleep(life);
            link.set(Mode::HoldCommits);
            wait_until("a COMMIT is on its way", || link.holds());
            server.kill();
        });
        link.set(Mode::Forward);
        let began = Instant::now();
        server.start_again().unwrap();
        figures.worst_return = figures.worst_return.max(began.elapsed());
        figures.runs = run;
    }
    figures.end(&server, fleet);
}
