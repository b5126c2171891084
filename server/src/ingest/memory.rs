//! What agents' sections add up to, without asking the database: an unchanged agent costs no SQL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::Epoch;

/// The root of each agent's sections as they are stored. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots(Arc<Mutex<HashMap<i32, Entry>>>);

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    root: Option<Hash>,
    /// The run that speaks as the agent, unless others want to.
    run: Option<Epoch>,
    /// When all sections were last asked for.
    asked_at: Option<Timestamp>,
}

impl Roots {
    /// Whether the agent's own root is known to be the one that is stored.
    pub(super) fn agree(&self, agent_key: i32, root: Option<Hash>) -> bool {
        self.lock().get(&agent_key).is_some_and(|entry| entry.root == root)
    }

    /// Whether this run is known to be the agent, undisputed.
    pub(super) fn is_undisputed(&self, agent_key: i32, run: Epoch) -> bool {
        self.lock().get(&agent_key).is_some_and(|entry| entry.run == Some(run))
    }

    /// This is stored now, and `run` is the agent, unless that is in dispute.
    pub(super) fn learn(&self, agent_key: i32, root: Option<Hash>, run: Option<Epoch>) {
        let mut entries = self.lock();
        let entry = entries.entry(agent_key).or_default();
        (entry.root, entry.run) = (root, run);
    }

    /// Whether it is time to ask an agent for everything: at most once per `interval`, because the answer to the last
    /// time may be on its way.
    pub(super) fn may_ask(&self, agent_key: i32, now: Timestamp, interval: Duration) -> bool {
        let mut entries = self.lock();
        let entry = entries.entry(agent_key).or_default();
        let is_time = entry.asked_at.is_none_or(|asked| {
            let since = Duration::try_from(now.duration_since(asked)).unwrap_or(Duration::ZERO);
            // Agents are a little early now and then.
            since >= interval * 9 / 10
        });
        if is_time {
            entry.asked_at = Some(now);
        }
        is_time
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i32, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Agents that have a request under way; one at a time each. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<std::collections::HashSet<i32>>>);

/// An agent's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    agent_key: i32,
}

impl Turns {
    /// The agent's turn, unless it has one.
    pub(super) fn take(&self, agent_key: i32) -> Option<Turn> {
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(agent_key);
        is_free.then(|| Turn { turns: self.clone(), agent_key })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.agent_key);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Roots, Turns};

    #[test]
    fn everything_is_asked_for_once_per_interval() {
        let (roots, interval) = (Roots::default(), Duration::from_mins(5));
        let now = |second| Timestamp::from_second(second).unwrap();
        assert!(roots.may_ask(1, now(0), interval));
        assert!(!roots.may_ask(1, now(200), interval));
        assert!(roots.may_ask(2, now(200), interval));
        assert!(roots.may_ask(1, now(300), interval));
    }

    #[test]
    fn an_agent_has_one_turn_at_a_time() {
        let turns = Turns::default();
        let turn = turns.take(1);
        assert!(turn.is_some() && turns.take(1).is_none() && turns.take(2).is_some());
        drop(turn);
        assert!(turns.take(1).is_some());
    }
}
