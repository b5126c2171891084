//! What was promised until the power was cut, and whether a server finds it.

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use terrier_power_cut::Step;
use terrier_server::audit::service::verify;
use terrier_server::audit::{self, Entry, Object};
use terrier_server::cmdb::shipped;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::reconcile::Reconciler;
use terrier_server::store::{Store, StoreError, migrate};

use super::super::load::{AGAIN, Agent, Told};
use super::super::oracle::{integrity, judge_agent};
use super::program::{ANSWERED, database};
use crate::harness::agent::TestAgent;
use crate::harness::database::TestDatabase;
use crate::harness::server::TestServer;

/// What was answered until the power was cut.
#[derive(Default)]
pub(super) struct Promised {
    /// Each agent with the number of its batches that were acknowledged.
    agents: Vec<(Agent, u64)>,
    /// Rows of the audit trail.
    trail: i64,
    /// How many steps were taken in.
    taken: usize,
}

impl Promised {
    /// Takes in what was said in those of these steps that are new.
    pub(super) fn take(&mut self, done: &[Step]) {
        for step in &done[self.taken..] {
            let Step::Said(text) = step else { continue };
            if let Some(answer) = text.strip_prefix(ANSWERED) {
                self.answered(&serde_json::from_str(answer).unwrap());
            }
        }
        self.taken = done.len();
    }

    fn answered(&mut self, answer: &Value) {
        if let Some(trail) = answer["trail"].as_i64() {
            self.agents.push((Agent::of(&answer["enrolled"]), 0));
            self.trail = trail;
            return;
        }
        let agent = self.agents.iter_mut().find(|(agent, _)| answer["agent"] == agent.number()).unwrap();
        agent.1 = answer["batches"].as_u64().unwrap();
    }

    /// How many batches were acknowledged.
    pub(super) fn acknowledged(&self) -> u64 {
        self.agents.iter().map(|(_, acknowledged)| acknowledged).sum()
    }
}

/// Starts a server on the database in `place`, with its keys in `home`. One agent, which `turn` chooses, sends again what
/// was acknowledged to it, and one batch more. Gives which it was, and how long the server took to be there.
pub(super) async fn serve(
    place: &Path,
    home: &Path,
    promised: &mut Promised,
    turn: usize,
) -> (Option<usize>, Duration) {
    let began = Instant::now();
    let mut server = TestServer::start_at(home, database(place), |_| {}).await;
    let took = began.elapsed();
    let speaker = turn.checked_rem(promised.agents.len());
    match speaker.map(|speaker| &mut promised.agents[speaker]) {
        Some((agent, acknowledged)) => go_on(&server, agent, *acknowledged).await,
        None => drop(TestAgent::enrol(&server, "newcomer").await),
    }
    server.stop().await;
    (speaker, took)
}

/// Opens the database in `place` as a server does, and looks at what is in it and whether it can be written to; `spoke`
/// is the agent that has reported a batch more.
pub(super) async fn look(place: &Path, promised: &mut Promised, spoke: Option<usize>) {
    let database = TestDatabase::at(database(place));
    let (store, clock) = (database.store(), Clock::system());
    migrate::run(store).unwrap();
    store.write_blocking(shipped::install).unwrap();
    assert_eq!(integrity(store), None);
    let before = store.read_blocking::<_, StoreError>(verify).unwrap();
    assert!(before.rows() >= promised.trail, "{} rows of the audit trail, {} promised", before.rows(), promised.trail);
    let entry = Entry { action: "power.back", object: Object::new("server", ""), details: json!({}) };
    store.write_blocking(|conn| audit::record(conn, &Ctx::system(&clock), entry)).unwrap();
    let after = store.read_blocking::<_, StoreError>(verify).unwrap();
    assert_eq!((after.rows(), after.first_bad_seq()), (before.rows() + 1, None), "the audit trail goes on and holds");
    Reconciler::new(store.clone(), clock).drain().await.unwrap();
    for (at, (agent, acknowledged)) in promised.agents.iter_mut().enumerate() {
        let with_the_next = *acknowledged + 1;
        let least = if spoke == Some(at) { with_the_next } else { *acknowledged };
        count(store, agent, least..=with_the_next);
    }
}

/// The agent is told that all is known that was acknowledged to it, and reports what may have been under way.
async fn go_on(server: &TestServer, agent: &mut Agent, acknowledged: u64) {
    agent.goes_on_after(acknowledged);
    let unknown = agent.send_again(server.agents, acknowledged.saturating_sub(AGAIN)).await;
    assert_eq!(unknown, 0, "reports of agent {} are lost", agent.number());
    let told = Told::default();
    agent.report_until(server.agents, &told, |agent| agent.acknowledged > acknowledged).await;
    assert_eq!(*told.complaints.lock().unwrap(), Vec::<String>::new());
}

/// Each batch is there once, and of one that was under way, all or nothing.
fn count(store: &Store, agent: &mut Agent, mut batches: RangeInclusive<u64>) {
    let mut found = Vec::new();
    let is_there = batches.any(|batches| {
        agent.goes_on_after(batches);
        found.push((batches, judge_agent(store, agent)));
        matches!(found.last(), Some((_, (0, 0))))
    });
    assert!(is_there, "agent {}: (batches, (lost, twice)) {found:?}", agent.number());
}
