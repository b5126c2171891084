//! When each agent was last seen: in memory at every request, in the database every half minute.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::store;
use crate::store::{Store, StoreError};

/// What was seen of an agent last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When.
    pub at: Timestamp,
    /// The agent's version.
    pub agent_version: String,
    /// From which address.
    pub address: String,
    /// How many reports waited in its spool; not stored.
    pub pending_reports: u32,
    /// How many it had to give up unsent since its spool was made.
    pub dropped_reports: i64,
    /// Seconds until its next report, as it was told with its last or, if longer, with the one before; nothing if that
    /// is not known.
    pub interval_s: Option<u32>,
    /// By how many milliseconds the server's clock was ahead of the agent's; nothing if that is not known.
    pub clock_offset_ms: Option<i64>,
}

/// When an agent was seen last, and what that is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// See [`Sighting::interval_s`].
    pub interval_s: Option<u32>,
}

/// When each agent was last seen. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Presences(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    seen: HashMap<i32, Sighting>,
    unwritten: HashSet<i32>,
}

impl Sighting {
    /// When it was, and what it is judged by.
    #[must_use]
    pub const fn seen(&self) -> Seen {
        Seen { at: self.at, interval_s: self.interval_s }
    }
}

impl Presences {
    /// The agent with this row was seen. Until it is [`Presences::told`] otherwise it may go by a longer interval that it
    /// was told before.
    pub fn saw(&self, agent_key: i32, mut sighting: Sighting) {
        let mut inner = self.lock();
        let before = inner.seen.get(&agent_key).and_then(|known| known.interval_s);
        sighting.interval_s = sighting.interval_s.max(before);
        inner.unwritten.insert(agent_key);
        inner.seen.insert(agent_key, sighting);
    }

    /// The agent with this row is answered that it reports again after so many seconds.
    pub fn told(&self, agent_key: i32, interval_s: u32) {
        let mut inner = self.lock();
        let Some(sighting) = inner.seen.get_mut(&agent_key) else { return };
        if sighting.interval_s.replace(interval_s) != Some(interval_s) {
            inner.unwritten.insert(agent_key);
        }
    }

    /// When the agent with this row was seen last.
    #[must_use]
    pub fn find(&self, agent_key: i32) -> Option<Sighting> {
        self.lock().seen.get(&agent_key).cloned()
    }

    /// When each of these was seen last.
    #[must_use]
    pub fn last_seen(&self, agent_keys: impl IntoIterator<Item = i32>) -> Vec<Option<Seen>> {
        let inner = self.lock();
        agent_keys.into_iter().map(|key| inner.seen.get(&key).map(Sighting::seen)).collect()
    }

    /// Writes what was seen since the last time, in one statement.
    ///
    /// # Errors
    ///
    /// The database fails; what was not written is written the next time.
    pub async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let unwritten = self.take_unwritten();
        let keys: Vec<i32> = unwritten.iter().map(|(key, _)| *key).collect();
        if unwritten.is_empty() {
            return Ok(());
        }
        let written = store.write(move |conn| store::write_presence(conn, &unwritten)).await;
        if written.is_err() {
            self.lock().unwritten.extend(keys);
        }
        written
    }

    /// Reads what is stored.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn load(&self, store: &Store) -> Result<(), StoreError> {
        let rows = store.read_blocking(store::list_presence)?;
        self.merge(rows);
        Ok(())
    }

    /// Reads what other processes saw.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let rows = store.read(store::list_presence).await?;
        self.merge(rows);
        Ok(())
    }

    fn merge(&self, rows: Vec<(i32, Sighting)>) {
        let mut inner = self.lock();
        for (key, sighting) in rows {
            if inner.seen.get(&key).is_none_or(|known| known.at < sighting.at) {
                inner.seen.insert(key, sighting);
            }
        }
    }

    fn take_unwritten(&self) -> Vec<(i32, Sighting)> {
        let mut inner = self.lock();
        let keys = std::mem::take(&mut inner.unwritten);
        let mut rows: Vec<_> = keys.into_iter().filter_map(|key| Some((key, inner.seen.get(&key)?.clone()))).collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
