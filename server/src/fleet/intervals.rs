//! How often agents report, organisation by organisation: asked at every request, so it costs no SQL.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::access;
use crate::kernel::id::OrganisationId;
use crate::store::{Store, StoreError};

/// Seconds between two reports of an agent, as people set it for its organisation or above it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Intervals {
    configured_s: u32,
    set: Arc<RwLock<BTreeMap<OrganisationId, u32>>>,
}

impl Intervals {
    /// What is configured, for organisations for which nothing is set.
    #[must_use]
    pub fn new(configured_s: u32) -> Self {
        Self { configured_s, set: Arc::default() }
    }

    /// What agents of `organisation` are told.
    #[must_use]
    pub fn of(&self, organisation: OrganisationId) -> u32 {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        set.get(&organisation).copied().unwrap_or(self.configured_s)
    }

    /// What the silence of an agent of `organisation` is judged by: what it was told, if that is known.
    #[must_use]
    pub fn judged(&self, organisation: OrganisationId, told_s: Option<u32>) -> Duration {
        Duration::from_secs(told_s.unwrap_or_else(|| self.of(organisation)).into())
    }

    /// Reads what people set.
    ///
    /// # Errors
    ///
    /// The database fails; what was known stays.
    pub async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        self.replace(store.read(access::agent_intervals).await?);
        Ok(())
    }

    /// [`Intervals::refresh`] for the start.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn load(&self, store: &Store) -> Result<(), StoreError> {
        self.replace(store.read_blocking(access::agent_intervals)?);
        Ok(())
    }

    fn replace(&self, set: BTreeMap<OrganisationId, u32>) {
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = set;
    }
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::limits;

    use crate::access::model::organisation::AGENT_INTERVAL_S;

    #[test]
    fn what_people_may_set_is_what_agents_take() {
        assert_eq!(AGENT_INTERVAL_S, limits::INTERVAL_MIN_S..=limits::INTERVAL_MAX_S);
    }
}
