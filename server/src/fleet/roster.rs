//! Every agent in memory: whether one may speak is asked at every request and must cost nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::model::AgentState;
use super::store;
use crate::kernel::id::{AgentId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::{Store, StoreError};

/// What is known of an agent without asking the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAgent {
    /// Its row.
    pub key: i32,
    /// Its id.
    pub id: AgentId,
    /// Whose its host is.
    pub organisation: OrganisationId,
    /// Whether it may speak.
    pub state: AgentState,
    /// How often it got a certificate.
    pub generation: i32,
    /// The host name it gave last.
    pub hostname: String,
    /// Counts its changes: of two views of one agent the higher is the later.
    pub version: i32,
}

/// The agents. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Roster(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    agents: RwLock<HashMap<AgentId, Arc<KnownAgent>>>,
    /// What the table looked like when it was read last.
    read: Mutex<Option<Fingerprint>>,
}

/// Changes whenever a row of the table does: rows are never deleted, and every change raises a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) rows: i64,
    pub(super) versions: i64,
}

impl Roster {
    /// What is known of `agent`; nothing if there is none.
    #[must_use]
    pub fn find(&self, agent: AgentId) -> Option<Arc<KnownAgent>> {
        self.0.agents.read().unwrap_or_else(PoisonError::into_inner).get(&agent).cloned()
    }

    /// Takes over what this process has just committed.
    pub fn learn(&self, agent: KnownAgent) {
        let mut agents = self.0.agents.write().unwrap_or_else(PoisonError::into_inner);
        learn(&mut agents, agent);
    }

    /// Reads the table again if it has changed: what other processes committed.
    ///
    /// # Errors
    ///
    /// The database fails; what was known stays.
    pub async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let roster = self.clone();
        store.read(move |conn| roster.read(conn)).await
    }

    /// [`Roster::refresh`] for the start.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn load(&self, store: &Store) -> Result<(), StoreError> {
        store.read_blocking(|conn| self.read(conn))
    }

    fn read(&self, conn: &mut crate::store::Conn) -> Result<(), StoreError> {
        let present = store::fingerprint(conn)?;
        let mut read = self.0.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read == Some(present) {
            return Ok(());
        }
        let rows = store::list_known(conn)?;
        let mut agents = self.0.agents.write().unwrap_or_else(PoisonError::into_inner);
        for agent in rows {
            learn(&mut agents, agent);
        }
        *read = Some(present);
        Ok(())
    }

    /// Those that were shut out for good.
    #[must_use]
    pub fn revoked(&self) -> Vec<AgentId> {
        let agents = self.0.agents.read().unwrap_or_else(PoisonError::into_inner);
        agents.values().filter(|agent| agent.state == AgentState::Revoked).map(|agent| agent.id).collect()
    }

    /// Every agent within `scope`.
    #[must_use]
    pub fn within(&self, scope: &Scope) -> Vec<Arc<KnownAgent>> {
        let agents = self.0.agents.read().unwrap_or_else(PoisonError::into_inner);
        agents.values().filter(|agent| scope.contains(agent.organisation)).cloned().collect()
    }
}

fn learn(agents: &mut HashMap<AgentId, Arc<KnownAgent>>, agent: KnownAgent) {
    if agents.get(&agent.id).is_none_or(|known| known.version <= agent.version) {
        agents.insert(agent.id, Arc::new(agent));
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownAgent, Roster};
    use crate::fleet::AgentState;
    use crate::kernel::id::{AgentId, OrganisationId};

    #[test]
    fn an_older_view_of_an_agent_never_replaces_a_newer_one() {
        let id = AgentId::from_uuid(uuid::Uuid::from_u128(1));
        let view = |state, version| KnownAgent {
            key: 1,
            id,
            organisation: OrganisationId::from_uuid(uuid::Uuid::from_u128(2)),
            state,
            generation: 1,
            hostname: "web-1".to_owned(),
            version,
        };
        let roster = Roster::default();
        roster.learn(view(AgentState::Revoked, 2));
        roster.learn(view(AgentState::Active, 1));
        assert_eq!(roster.find(id).unwrap().state, AgentState::Revoked);
    }
}
