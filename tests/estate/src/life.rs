//! What agents do all day: observe in turn, deliver, and after a setback wait as long as the agent's policy says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use terrier_agent::report::daily;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::fleet::{Member, Setback, now};
use crate::latency::Latencies;

/// What came of all requests of a run.
#[derive(Debug)]
pub struct Record {
    began: Instant,
    /// How many requests were begun in each second.
    pub calls: BTreeMap<u64, u32>,
    /// From the first byte of a request to its acknowledgement.
    pub acknowledgements: Latencies,
    /// Reports that were acknowledged.
    pub reports: u64,
    /// Deliveries that came to their end.
    pub deliveries: u64,
    /// Requests that the server sent away.
    pub refused: u64,
    /// Deliveries that found no server or lost it.
    pub broken: u64,
    /// What the first of those said.
    pub why: Option<String>,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            calls: BTreeMap::new(),
            acknowledgements: Latencies::default(),
            reports: 0,
            deliveries: 0,
            refused: 0,
            broken: 0,
            why: None,
        }
    }
}

impl Record {
    pub(crate) fn called(&mut self) {
        *self.calls.entry(self.began.elapsed().as_secs()).or_default() += 1;
    }

    pub(crate) fn acknowledged(&mut self, took: Duration, reports: usize) {
        self.acknowledgements.add(Ok(took));
        self.reports += u64::try_from(reports).unwrap_or(0);
    }

    pub(crate) const fn delivered(&mut self) {
        self.deliveries += 1;
    }

    pub(crate) fn set_back(&mut self, setback: &Setback) {
        if setback.is_refusal {
            self.refused += 1;
        } else {
            self.broken += 1;
        }
        self.why.get_or_insert_with(|| setback.why.clone());
    }

    /// Most requests that were begun within one second.
    #[must_use]
    pub fn peak(&self) -> u32 {
        self.calls.values().copied().max().unwrap_or(0)
    }
}

/// How an agent begins.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Seconds between two turns; as the server asks if there is none.
    pub interval_s: Option<u32>,
    /// When it tries to deliver first, before its turn comes.
    pub first: Option<Instant>,
}

/// Lives until `stop` turns true; what is under way is finished. `back` is called after every delivery that came to its
/// end.
pub async fn live(
    mut member: Member,
    plan: Plan,
    record: Rc<RefCell<Record>>,
    mut stop: watch::Receiver<bool>,
    back: impl Fn(&Member),
) -> Member {
    let (mut turn, mut delivery) = (next_turn(&member, plan), plan.first);
    loop {
        let wake = delivery.map_or(turn, |at| at.min(turn));
        tokio::select! {
            biased;
            _told_or_gone = stop.wait_for(|is_over| *is_over) => return member,
            () = tokio::time::sleep_until(wake) => {}
        }
        if Instant::now() >= turn {
            member.agent.observe(now());
            turn = next_turn(&member, plan);
            // An observation does not cut short the wait after a setback.
            delivery = delivery.or(Some(Instant::now()));
        }
        if delivery.is_some_and(|at| at <= Instant::now()) {
            delivery = match member.deliver(&record).await {
                Ok(()) => {
                    back(&member);
                    None
                }
                Err(setback) => Some(Instant::now() + member.set_back(setback.retry_after_s)),
            };
        }
    }
}

/// At the agent's own place in the interval. Where in its second is by chance, as it is among real agents.
fn next_turn(member: &Member, plan: Plan) -> Instant {
    let interval_s = plan.interval_s.unwrap_or_else(|| member.agent.interval_s());
    let wait_s = daily::until_next_turn(member.id(), now().wall_s(), interval_s);
    let within = member.agent.host().draw(14).below(1_000);
    let since_second = u64::try_from(now().wall_ms.rem_euclid(1_000)).unwrap_or(0);
    let wait = u64::from(wait_s) * 1_000 + u64::from(within);
    Instant::now() + Duration::from_millis(wait.saturating_sub(since_second).max(1))
}
