//! How often one agent may ask: decided by the certificate alone, before a body is read or the database asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// How often one agent may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentRate {
    /// Requests per minute in the long run; 0 is without limit.
    pub per_minute: u32,
    /// Requests at once after a time without any.
    pub burst: u32,
    /// Reports per second from an agent that said that more are waiting.
    pub drain_per_second: u32,
}

/// What each agent has used up: the generic cell rate algorithm. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Rates {
    rate: AgentRate,
    agents: Arc<Mutex<HashMap<i32, Used>>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    /// When the bucket of requests will be full again.
    full_at: i64,
    /// From when on the next batch may come without using up a request; none unless more are waiting.
    drain_at: Option<i64>,
}

impl Rates {
    pub(super) fn new(rate: AgentRate) -> Self {
        Self { rate, agents: Arc::default() }
    }

    /// Lets a request of this agent through.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub(super) fn admit(&self, agent_key: i32, now: Timestamp) -> Result<(), Duration> {
        let now = now.as_microsecond();
        if self.rate.per_minute == 0 {
            return Ok(());
        }
        let refill = 60_000_000 / i64::from(self.rate.per_minute);
        let mut agents = self.lock();
        let used = agents.entry(agent_key).or_default();
        // Of those that wait each counts as a report, not as a request.
        let drain_at = used.drain_at.take();
        if drain_at.is_some_and(|at| at <= now) {
            return Ok(());
        }
        let full_at = used.full_at.max(now).saturating_add(refill);
        let too_early = full_at.saturating_sub(now).saturating_sub(refill.saturating_mul(i64::from(self.rate.burst)));
        if too_early <= 0 {
            used.full_at = full_at;
            return Ok(());
        }
        used.drain_at = drain_at;
        let wait = drain_at.map_or(too_early, |at| too_early.min(at.saturating_sub(now)));
        Err(Duration::from_micros(u64::try_from(wait).unwrap_or(0)))
    }

    /// The agent has delivered this many reports; `more` are waiting with it.
    pub(super) fn delivered(&self, agent_key: i32, reports: usize, more: u32, now: Timestamp) {
        let Some(per_report) = 1_000_000_i64.checked_div(i64::from(self.rate.drain_per_second)) else { return };
        let cost = per_report.saturating_mul(i64::try_from(reports.max(1)).unwrap_or(i64::MAX));
        let next = (more > 0).then(|| now.as_microsecond().saturating_add(cost));
        self.lock().entry(agent_key).or_default().drain_at = next;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i32, Used>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{AgentRate, Rates};

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
    }

    fn rates() -> Rates {
        Rates::new(AgentRate { per_minute: 10, burst: 30, drain_per_second: 20 })
    }

    #[test]
    fn an_agent_asks_thirty_times_at_once_and_ten_times_a_minute_after_that() {
        let rates = rates();
        assert_eq!((0..40).filter(|_| rates.admit(1, at(0)).is_ok()).count(), 30);
        assert_eq!(rates.admit(1, at(0)), Err(Duration::from_secs(6)));
        assert_eq!(rates.admit(2, at(0)), Ok(()), "another agent has its own");
        let later = (0..600).filter(|second| rates.admit(1, at(second * 1_000)).is_ok()).count();
        assert!((99..=100).contains(&later), "{later}");
    }

    #[test]
    fn an_agent_with_a_full_spool_delivers_twenty_reports_a_second_and_no_more() {
        let rates = rates();
        let (mut delivered, mut now) = (0_usize, 0);
        while now < 60_000 {
            if rates.admit(1, at(now)).is_ok() {
                delivered += 10;
                rates.delivered(1, 10, 1_000, at(now));
            }
            now += 10;
        }
        // What it had not used up of its ordinary requests comes on top.
        assert!((1_200..=1_200 + 10 * 40).contains(&delivered), "{delivered}");
    }

    #[test]
    fn whoever_says_for_ever_that_more_is_waiting_gains_nothing_by_it() {
        let rates = rates();
        let mut admitted = 0;
        for now in 0..10_000 {
            if rates.admit(1, at(now)).is_ok() {
                admitted += 1;
                rates.delivered(1, 0, 1, at(now));
            }
        }
        assert!(admitted <= 10 * 20 + 32, "{admitted}");
    }

    #[test]
    fn without_a_rate_everything_passes() {
        let rates = Rates::new(AgentRate { per_minute: 0, burst: 1, drain_per_second: 1 });
        assert!((0..10_000).all(|_| rates.admit(1, at(0)).is_ok()));
    }
}
