//! An outage in virtual time: every agent loses the server within one second, and later it is back.
//!
//! Does: ask the agents' own retry policy and the server's own pacing, attempt by attempt, and count.
//! Does not: open a connection or wait for anything.
//!
//! The server takes so many requests a second and sends away what is beyond. Agents that are back go on reporting.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::Serialize;
use terrier_agent::transport::retry::Backoff;
use terrier_server::ingest::pacing::Line;

use crate::draw::Draw;

/// What happens.
#[derive(Debug, Clone, Copy)]
pub struct Outage {
    /// What chance is drawn from.
    pub seed: u64,
    /// How many agents there are.
    pub agents: u32,
    /// How they try again.
    pub policy: Policy,
    /// For how long the server is away, in seconds.
    pub away_s: u32,
    /// Requests per second that it takes after that.
    pub capacity: u32,
    /// Whether it says to those that it sends away when to come again.
    pub is_paced: bool,
    /// Seconds between two reports of an agent.
    pub interval_s: u32,
    /// Seconds after the return at which nobody is waited for any more.
    pub patience_s: u32,
}

/// How agents try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// As ours do.
    Own,
    /// Every ten seconds.
    EveryTenSeconds,
    /// After five seconds, then twice as long after every failure, up to five minutes, and never by chance.
    Doubling,
}

/// What came of it. Seconds count from the server's return.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Most requests within one second.
    pub peak: u32,
    /// Requests that were sent away.
    pub refused: u64,
    /// Agents that were served at least once.
    pub back: u32,
    /// When the last of them was.
    pub last_back_s: u32,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Own, Self::EveryTenSeconds, Self::Doubling];

    /// What it does, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "this agent's",
            Self::EveryTenSeconds => "every 10 s",
            Self::Doubling => "doubling to 5 min, no chance",
        }
    }
}

/// An agent as far as this is concerned.
#[derive(Debug, Clone, Copy, Default)]
struct Caller {
    backoff: Backoff,
    failures: u32,
    draws: u64,
    is_back: bool,
}

impl Caller {
    /// Milliseconds until it tries again. Agents of ours take what the server asked for as a floor; others do as told.
    fn failed(&mut self, policy: Policy, retry_after_s: Option<u64>, draw: Draw) -> u64 {
        let mut random = || {
            self.draws += 1;
            draw.of(self.draws).bits()
        };
        let random = [random(), random()];
        self.failures += 1;
        let own = match policy {
            Policy::Own => return self.backoff.failed(retry_after_s, random),
            Policy::EveryTenSeconds => 10_000,
            Policy::Doubling => (2_500_u64 << self.failures.min(10)).min(300_000),
        };
        retry_after_s.map_or(own, |seconds| seconds * 1_000)
    }
}

/// Lets it happen.
#[must_use]
pub fn simulate(outage: Outage) -> Outcome {
    let mut run = Run::begin(outage);
    let (away_ms, end_ms) = (u64::from(outage.away_s) * 1_000, u64::from(outage.away_s + outage.patience_s) * 1_000);
    while let Some(Reverse((at_ms, number))) = run.calls.pop().filter(|Reverse((at_ms, _))| *at_ms < end_ms) {
        let wait_ms = match at_ms.checked_sub(away_ms) {
            None => run.fail(number, None),
            Some(since_ms) => run.call(number, since_ms),
        };
        run.calls.push(Reverse((at_ms + wait_ms, number)));
        if run.outcome.back == outage.agents {
            break;
        }
    }
    run.outcome
}

struct Run {
    outage: Outage,
    callers: Vec<Caller>,
    calls: BinaryHeap<Reverse<(u64, u32)>>,
    line: Line,
    /// The second under way since the return, and what it has seen.
    second: u64,
    called: u32,
    outcome: Outcome,
}

impl Run {
    /// Every agent has worked, and notices within a second that the server is gone.
    fn begin(outage: Outage) -> Self {
        let mut caller = Caller::default();
        caller.backoff.succeeded();
        let length = usize::try_from(outage.agents).unwrap_or(0);
        let noticed =
            |number| Reverse((u64::from(Draw::new(outage.seed).of(1).of(u64::from(number)).below(1_000)), number));
        Self {
            outage,
            callers: vec![caller; length],
            calls: (0..outage.agents).map(noticed).collect(),
            line: Line::default(),
            second: 0,
            called: 0,
            outcome: Outcome::default(),
        }
    }

    fn fail(&mut self, number: u32, retry_after_s: Option<u64>) -> u64 {
        let draw = Draw::new(self.outage.seed).of(2).of(u64::from(number));
        let caller = usize::try_from(number).ok().and_then(|place| self.callers.get_mut(place));
        caller.map_or(u64::MAX / 2, |caller| caller.failed(self.outage.policy, retry_after_s, draw))
    }

    /// An agent calls so many milliseconds after the return; gives the wait until its next call.
    fn call(&mut self, number: u32, since_ms: u64) -> u64 {
        if since_ms / 1_000 != self.second {
            (self.second, self.called) = (since_ms / 1_000, 0);
        }
        self.called += 1;
        self.outcome.peak = self.outcome.peak.max(self.called);
        let key = i32::try_from(number).unwrap_or(i32::MAX);
        if self.called > self.outage.capacity {
            self.outcome.refused += 1;
            let pace = u64::from(self.outage.capacity) * 1_000;
            let asked = self.outage.is_paced.then(|| self.line.send_away(key, since_ms * 1_000, pace));
            return self.fail(number, asked.map(u64::from));
        }
        self.line.served(key);
        self.serve(number, since_ms);
        self.until_next_turn(number, since_ms)
    }

    fn serve(&mut self, number: u32, since_ms: u64) {
        let caller = usize::try_from(number).ok().and_then(|place| self.callers.get_mut(place));
        let Some(caller) = caller else { return };
        caller.backoff.succeeded();
        caller.failures = 0;
        if !std::mem::replace(&mut caller.is_back, true) {
            self.outcome.back += 1;
            self.outcome.last_back_s = u32::try_from(since_ms.div_ceil(1_000)).unwrap_or(u32::MAX);
        }
    }

    /// At the agent's own place in the interval.
    fn until_next_turn(&self, number: u32, since_ms: u64) -> u64 {
        let interval_ms = u64::from(self.outage.interval_s) * 1_000;
        let place = Draw::new(self.outage.seed).of(3).of(u64::from(number)).bits() % interval_ms.max(1);
        interval_ms - (since_ms + interval_ms - place) % interval_ms.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Outage, Outcome, Policy, simulate};

    /// The outage of reliability's promise, for `agents` and a server that takes `capacity` requests a second.
    fn outage(agents: u32, policy: Policy, capacity: u32) -> Outage {
        Outage {
            seed: 3,
            agents,
            policy,
            away_s: 28 * 60,
            capacity,
            is_paced: true,
            interval_s: 300,
            patience_s: 3 * 3_600,
        }
    }

    const AGENTS: u32 = 100_000;
    /// Agents that try again all the time are a tenth as many where everything is slow, with a server a tenth as fast.
    const SCALE: u32 = if cfg!(debug_assertions) { 10 } else { 1 };

    #[test]
    fn a_fleet_comes_back_within_a_quarter_of_an_hour_and_nobody_is_sent_away() {
        for capacity in [2_000, 500] {
            let outcome = simulate(outage(AGENTS, Policy::Own, capacity));
            assert_eq!((outcome.back, outcome.refused), (AGENTS, 0), "{outcome:?}");
            assert!(outcome.last_back_s <= 900 && outcome.peak <= 500, "{outcome:?}");
        }
    }

    #[test]
    fn agents_that_spread_themselves_badly_are_spread_by_the_server() {
        for capacity in [2_000, 500] {
            for policy in [Policy::EveryTenSeconds, Policy::Doubling] {
                let outcome = simulate(outage(AGENTS / SCALE, policy, capacity / SCALE));
                assert_eq!(outcome.back, AGENTS / SCALE, "{outcome:?}");
                assert!(outcome.last_back_s <= 600, "{policy:?} at {capacity}: {outcome:?}");
                assert!(outcome.refused <= u64::from(2 * AGENTS / SCALE), "{policy:?} at {capacity}: {outcome:?}");
            }
        }
    }

    #[test]
    fn without_the_servers_pacing_agents_that_spread_themselves_badly_stay_away_for_hours() {
        let unpaced = Outage { is_paced: false, ..outage(AGENTS / SCALE, Policy::Doubling, 500 / SCALE) };
        let outcome = simulate(unpaced);
        assert!(outcome.back < AGENTS / SCALE / 2, "{outcome:?}");
    }

    #[test]
    fn the_same_seed_has_the_same_outcome() {
        let once = || simulate(outage(1_000, Policy::Own, 50));
        assert_eq!(once(), once());
        assert_ne!(once(), Outcome::default());
    }
}
