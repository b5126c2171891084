//! The host names of agents, for whoever searches.

use diesel::prelude::*;

use crate::kernel::id::{AgentId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::schema::fleet_agent as a;
use crate::store::{Conn, StoreError};

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its row.
    pub key: i32,
    /// Its id.
    pub id: AgentId,
    /// Whose its host is.
    pub organisation: OrganisationId,
    /// The host name it gave last.
    pub hostname: String,
    /// Whether it may speak.
    pub state: String,
}

/// These agents.
pub fn load(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Named>, StoreError> {
    let columns = (a::key, a::id, a::organisation_id, a::hostname, a::state);
    let rows: Vec<(i32, Key16, Key16, String, String)> =
        a::table.filter(a::key.eq_any(keys)).select(columns).load(conn)?;
    let named = |(key, id, organisation, hostname, state): (i32, Key16, Key16, String, String)| Named {
        key,
        id: id.into(),
        organisation: organisation.into(),
        hostname,
        state,
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Those of these agents that are in scope.
pub fn within(conn: &mut Conn, scope: &Scope, keys: &[i32]) -> Result<Vec<Named>, StoreError> {
    Ok(load(conn, keys)?.into_iter().filter(|one| scope.contains(one.organisation)).collect())
}
