//! The issuing authority is renewed three times, while agents come and go for days and months. Nobody is locked out:
//! each gets its next certificate by itself or, where that is the rule, after one click.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use rcgen::KeyPair;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use terrier_server::fleet::cli;

use super::dice::Dice;
use super::figures::Figures;
use super::runs;
use crate::harness::agent::TestAgent;
use crate::harness::database::Backend;
use crate::harness::server::TestServer;

const DAY: i64 = 86_400;
/// Days from one turn of the agents that are there to the next.
const TURN: i64 = 10;
/// Turns from one start of the server to the next, at which it looks at its certificates.
const START: u64 = 4;
/// Turns in all: an issuing authority lasts for a year, and is renewed at the first start after half of it.
const TURNS: u64 = 66;
const ROTATIONS: usize = 3;
/// Days after its end, or after a click, in which a certificate is good for the next one, and how often.
const RECOVERABLE: i64 = 90;
const RECOVERIES: u32 = 3;
/// Agents that have their turn at once.
const AT_ONCE: usize = 8;

/// An agent, and what the rules say of it.
struct Host {
    agent: TestAgent,
    /// The key of a renewal whose answer was lost.
    unanswered: Option<KeyPair>,
    away_for: u64,
    recoveries: u32,
    approved_at: i64,
}

/// What chance does to an agent in its turn.
struct Fate {
    loses_the_answer: bool,
    then_away_for: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    renewed: usize,
    recovered: usize,
    clicks: usize,
    lost_answers: usize,
}

impl Host {
    async fn enrolled(server: &TestServer, number: usize) -> Self {
        let agent = TestAgent::enrol(server, &format!("host-{number}")).await;
        Self { agent, unanswered: None, away_for: 0, recoveries: 0, approved_at: i64::MIN }
    }

    /// Reports and asks for the next certificate.
    async fn take_turn(&mut self, server: &TestServer, fate: &Fate) -> Tally {
        self.agent.agents = server.agents;
        self.away_for = fate.then_away_for;
        let (now, mut tally) = (server.clock.now().as_second(), Tally::default());
        let ended_at = self.agent.issued["not_after_s"].as_i64().unwrap();
        let has_ended = now >= ended_at;
        let heard = self.agent.send(&[]).await;
        assert_eq!(heard.status, if has_ended { 401 } else { 200 }, "{}", self.describe(now));

        let key = self.unanswered.take();
        let (is_known, key) = (key.is_some(), key.unwrap_or_else(|| KeyPair::generate().unwrap()));
        let since = ended_at.max(self.approved_at);
        let is_too_late = now - since > RECOVERABLE * DAY || (self.recoveries >= RECOVERIES && !is_known);
        let mut answer = self.agent.renew(&key).await.json();
        if has_ended && is_too_late {
            assert_eq!(answer["status"], "pending", "{}", self.describe(now));
            approve(server, &self.agent).await;
            (self.approved_at, self.recoveries, tally.clicks) = (now, 0, 1);
            answer = self.agent.renew(&key).await.json();
        }
        assert_eq!((&answer["status"], &answer["agent_id"]), (&"issued".into(), &self.agent.id.as_str().into()));
        if has_ended && !is_known {
            self.recoveries += 1;
        }
        (tally.renewed, tally.recovered) = (1, usize::from(has_ended));
        if fate.loses_the_answer {
            (self.unanswered, tally.lost_answers) = (Some(key), 1);
            return tally;
        }
        self.agent = TestAgent::with(server, key, answer);
        assert_eq!(self.agent.send(&[]).await.status, 200, "{}", self.describe(now));
        tally
    }

    fn describe(&self, now: i64) -> String {
        let ended_days_ago = (now - self.agent.issued["not_after_s"].as_i64().unwrap()) / DAY;
        format!("{}: ended {ended_days_ago} days ago, {} recoveries", self.agent.id, self.recoveries)
    }
}

impl Fate {
    fn cast(dice: &mut Dice) -> Self {
        let then_away_for = if dice.below(10) < 4 { 1 + dice.below(13) } else { 0 };
        Self { loses_the_answer: dice.below(8) == 0, then_away_for }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.renewed += other.renewed;
        self.recovered += other.recovered;
        self.clicks += other.clicks;
        self.lost_answers += other.lost_answers;
    }
}

async fn approve(server: &TestServer, agent: &TestAgent) {
    let (store, clock, id) = (server.store().clone(), server.clock.clone(), agent.id.parse().unwrap());
    tokio::task::spawn_blocking(move || cli::approve(&store, &clock, id).unwrap()).await.unwrap();
}

fn issuing(server: &TestServer) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(server.data_dir().join("pki/issuing.pem")).unwrap()
}

/// All agents that are there have a turn.
async fn turn(server: &TestServer, hosts: &mut [Host], dice: &mut Dice) -> Tally {
    let mut there = Vec::new();
    for host in hosts {
        if host.away_for == 0 {
            there.push((host, Fate::cast(dice)));
        } else {
            host.away_for -= 1;
        }
    }
    let turns = there.into_iter().map(|(host, fate)| async move { host.take_turn(server, &fate).await });
    let mut sum = Tally::default();
    for tally in stream::iter(turns).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
        sum += tally;
    }
    sum
}

async fn go_through_rotations(backend: Backend) {
    let mut server = TestServer::start(backend).await;
    let mut dice = Dice::of(&format!("rotation {backend:?}"));
    let mut hosts = Vec::new();
    for number in 0..runs(50, 1_000) {
        hosts.push(Host::enrolled(&server, number).await);
    }
    let (mut tally, mut rotations, mut present) = (Tally::default(), 0, issuing(&server));
    for number in 1..=TURNS {
        server.clock.advance(Duration::from_secs(u64::try_from(TURN * DAY).unwrap()));
        if number.is_multiple_of(START) {
            server.restart().await;
            rotations += usize::from(issuing(&server) != present);
            present = issuing(&server);
        }
        tally += turn(&server, &mut hosts, &mut dice).await;
    }
    // Whoever is still away comes back.
    for host in &mut hosts {
        host.away_for = 0;
    }
    tally += turn(&server, &mut hosts, &mut dice).await;
    assert_eq!(rotations, ROTATIONS, "{backend:?}");
    let Tally { renewed, recovered, clicks, lost_answers } = tally;
    assert!(recovered > clicks && clicks > 0 && lost_answers > 0, "{backend:?}: {tally:?}");
    let remark = format!(
        "{rotations} rotations: {renewed} renewals, {recovered} of them with a certificate that had ended, {clicks} after \
         a click, {lost_answers} answers lost; nobody locked out"
    );
    Figures { name: format!("rotation {backend:?}"), runs: hosts.len(), remark, ..Figures::default() }.tell();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_locked_out_while_the_issuing_authority_is_renewed_three_times() {
    for backend in Backend::BOTH {
        go_through_rotations(backend).await;
    }
}
