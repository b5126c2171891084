//! Agents and their certificates.

use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use jiff::Timestamp;

use crate::fleet::model::{Agent, AgentRow, AgentState, Evidence, HostCi};
use crate::fleet::roster::{Fingerprint, KnownAgent};
use crate::kernel::id::{AgentId, EnrolmentTokenId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Document, Key16};
use crate::store::dialect::{contains_pattern, lower, storable};
use crate::store::schema::{
    access_organisation as o, cmdb_ci as c, cmdb_section as s, fleet_agent as a, fleet_certificate as f,
};
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = a)]
struct KnownRow {
    key: i32,
    id: Key16,
    organisation_id: Key16,
    state: String,
    generation: i32,
    hostname: String,
    version: i32,
}

/// An agent to be inserted.
pub(in crate::fleet) struct NewAgent<'a> {
    pub(in crate::fleet) id: AgentId,
    pub(in crate::fleet) organisation: OrganisationId,
    pub(in crate::fleet) token: EnrolmentTokenId,
    pub(in crate::fleet) state: AgentState,
    pub(in crate::fleet) evidence: &'a Evidence,
    pub(in crate::fleet) key_hash: [u8; 32],
    pub(in crate::fleet) enrolled_at: Timestamp,
}

/// Which agents at most.
#[derive(Clone, Copy)]
pub(in crate::fleet) enum Only<'a> {
    All,
    Agent(AgentId),
    /// Those of these rows.
    Rows(&'a [i32]),
}

/// Which agents, from where on.
pub(in crate::fleet) struct Listed<'a> {
    pub(in crate::fleet) scope: &'a Scope,
    pub(in crate::fleet) only: Only<'a>,
    pub(in crate::fleet) part_of_name: Option<&'a str>,
    pub(in crate::fleet) state: Option<AgentState>,
    pub(in crate::fleet) after: Option<&'a (String, i32)>,
    pub(in crate::fleet) limit: i64,
}

impl TryFrom<KnownRow> for KnownAgent {
    type Error = Inconsistent;

    fn try_from(row: KnownRow) -> Result<Self, Inconsistent> {
        let state = state(&row.state, row.key)?;
        Ok(Self {
            key: row.key,
            id: row.id.into(),
            organisation: row.organisation_id.into(),
            state,
            generation: row.generation,
            hostname: row.hostname,
            version: row.version,
        })
    }
}

fn state(name: &str, row: i32) -> Result<AgentState, Inconsistent> {
    AgentState::of_name(name).ok_or_else(|| Inconsistent {
        table: "fleet_agent",
        column: "state",
        row: row.to_string(),
        value: name.to_owned(),
    })
}

pub(in crate::fleet) fn fingerprint(conn: &mut Conn) -> QueryResult<Fingerprint> {
    let (rows, versions): (i64, Option<i64>) = a::table.select((count_star(), sum(a::version))).first(conn)?;
    Ok(Fingerprint { rows, versions: versions.unwrap_or_default() })
}

pub(in crate::fleet) fn list_known(conn: &mut Conn) -> Result<Vec<KnownAgent>, StoreError> {
    let rows: Vec<KnownRow> = a::table.select(KnownRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(KnownAgent::try_from).collect::<Result<_, _>>()?)
}

/// The agent with this row, held until the transaction ends.
pub(in crate::fleet) fn lock(conn: &mut Conn, id: AgentId) -> Result<Option<(KnownAgent, Vec<u8>)>, StoreError> {
    let query = a::table.filter(a::id.eq(Key16::from(id)));
    let found: Option<(KnownRow, Vec<u8>)> = match conn {
        // A transaction that writes is alone on SQLite.
        Conn::Sqlite(conn) => query.select((KnownRow::as_select(), a::public_key_hash)).first(conn).optional()?,
        Conn::Postgres(conn) => {
            query.select((KnownRow::as_select(), a::public_key_hash)).for_no_key_update().first(conn).optional()?
        }
    };
    Ok(found.map(|(row, hash)| KnownAgent::try_from(row).map(|agent| (agent, hash))).transpose()?)
}

/// The agent that has this key, and the token it came with.
pub(in crate::fleet) fn find_by_key_hash(
    conn: &mut Conn,
    hash: &[u8; 32],
) -> Result<Option<(KnownAgent, Option<EnrolmentTokenId>)>, StoreError> {
    let found: Option<(KnownRow, Option<Key16>)> = a::table
        .filter(a::public_key_hash.eq(hash.as_slice()))
        .select((KnownRow::as_select(), a::token_id))
        .first(conn)
        .optional()?;
    let found = found.map(|(row, token)| KnownAgent::try_from(row).map(|agent| (agent, token.map(Into::into))));
    Ok(found.transpose()?)
}

pub(in crate::fleet) fn insert(conn: &mut Conn, agent: &NewAgent<'_>) -> Result<KnownAgent, StoreError> {
    let approved_at = (agent.state == AgentState::Active).then_some(At(agent.enrolled_at));
    diesel::insert_into(a::table)
        .values((
            (
                a::id.eq(Key16::from(agent.id)),
                a::organisation_id.eq(Key16::from(agent.organisation)),
                a::token_id.eq(Some(Key16::from(agent.token))),
                a::state.eq(agent.state.name()),
                a::hostname.eq(&agent.evidence.hostname),
            ),
            (
                a::evidence.eq(document(agent.evidence)),
                a::public_key_hash.eq(agent.key_hash.as_slice()),
                a::generation.eq(0),
                a::enrolled_at.eq(At(agent.enrolled_at)),
                a::approved_at.eq(approved_at),
                a::version.eq(1),
            ),
        ))
        .execute(conn)?;
    let key = a::table.filter(a::id.eq(Key16::from(agent.id))).select(a::key).first(conn)?;
    Ok(KnownAgent {
        key,
        id: agent.id,
        organisation: agent.organisation,
        state: agent.state,
        generation: 0,
        hostname: agent.evidence.hostname.clone(),
        version: 1,
    })
}

fn document(evidence: &Evidence) -> Document {
    Document(serde_json::json!({
        "hostname": evidence.hostname,
        "machine_id": evidence.machine_id,
        "product_uuid": evidence.product_uuid,
        "serial": evidence.serial,
        "agent_version": evidence.agent_version,
    }))
}

/// A certificate of this generation, which ends then, was signed for the agent.
pub(in crate::fleet) fn set_certificate(
    conn: &mut Conn,
    agent: &KnownAgent,
    generation: i32,
    expires_at: Timestamp,
) -> QueryResult<()> {
    diesel::update(a::table.find(agent.key))
        .set((
            a::generation.eq(generation),
            a::certificate_expires_at.eq(Some(At(expires_at))),
            a::version.eq(a::version + 1),
        ))
        .execute(conn)
        .map(drop)
}

/// The agent has a new key, and says this of its machine now.
pub(in crate::fleet) fn set_identity(
    conn: &mut Conn,
    agent: &KnownAgent,
    key_hash: &[u8; 32],
    evidence: &Evidence,
) -> QueryResult<()> {
    diesel::update(a::table.find(agent.key))
        .set((
            a::public_key_hash.eq(key_hash.as_slice()),
            a::hostname.eq(&evidence.hostname),
            a::evidence.eq(document(evidence)),
        ))
        .execute(conn)
        .map(drop)
}

pub(in crate::fleet) fn set_state(
    conn: &mut Conn,
    agent: &KnownAgent,
    state: AgentState,
    at: Timestamp,
) -> QueryResult<()> {
    let row = a::table.find(agent.key);
    let common = (a::state.eq(state.name()), a::version.eq(a::version + 1));
    match state {
        AgentState::Revoked => diesel::update(row).set((common, a::revoked_at.eq(Some(At(at))))).execute(conn),
        _ => diesel::update(row).set((common, a::approved_at.eq(Some(At(at))))).execute(conn),
    }
    .map(drop)
}

pub(in crate::fleet) fn insert_certificate(
    conn: &mut Conn,
    agent: &KnownAgent,
    serial: &[u8],
    generation: i32,
    (issued_at, expires_at): (Timestamp, Timestamp),
) -> QueryResult<()> {
    diesel::insert_into(f::table)
        .values((
            f::serial.eq(serial),
            f::agent_key.eq(agent.key),
            f::generation.eq(generation),
            f::issued_at.eq(At(issued_at)),
            f::expires_at.eq(At(expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Of which generation the agent's certificate with this serial number is.
pub(in crate::fleet) fn generation_of(conn: &mut Conn, agent: &KnownAgent, serial: &[u8]) -> QueryResult<Option<i32>> {
    let query = f::table.filter(f::serial.eq(serial).and(f::agent_key.eq(agent.key)));
    query.select(f::generation).first(conn).optional()
}

type ListRow = (KnownRow, Option<At>, At, String, Option<(i32, Key16, String, String)>);

/// Agents by host name. One query for them and one for the faults of all of them.
pub(in crate::fleet) fn list(conn: &mut Conn, wanted: &Listed<'_>) -> Result<Vec<AgentRow>, StoreError> {
    let mut query = a::table
        .inner_join(o::table)
        .left_join(c::table.on(c::agent_key.eq(a::key.nullable())))
        .select((
            KnownRow::as_select(),
            a::certificate_expires_at,
            a::enrolled_at,
            o::name,
            (c::key, c::id, c::name, c::class).nullable(),
        ))
        .into_boxed();
    if let Some(organisations) = wanted.scope.organisations() {
        let ids: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(a::organisation_id.eq_any(ids));
    }
    match wanted.only {
        Only::All => {}
        Only::Agent(id) => query = query.filter(a::id.eq(Key16::from(id))),
        Only::Rows(rows) => query = query.filter(a::key.eq_any(rows.to_vec())),
    }
    if let Some(part) = wanted.part_of_name {
        let pattern = contains_pattern(&storable(part).to_lowercase());
        query = query.filter(lower(a::hostname).like(pattern).escape('\\'));
    }
    if let Some(state) = wanted.state {
        query = query.filter(a::state.eq(state.name()));
    }
    if let Some((hostname, key)) = wanted.after {
        query = query.filter(a::hostname.gt(hostname).or(a::hostname.eq(hostname).and(a::key.gt(key))));
    }
    let rows: Vec<ListRow> = query.order((a::hostname, a::key)).limit(wanted.limit).load(conn)?;
    let hosts: Vec<i32> = rows.iter().filter_map(|row| Some(row.4.as_ref()?.0)).collect();
    let faults: Vec<(i32, i64)> = s::table
        .filter(s::ci_key.eq_any(hosts).and(s::state.eq("fault")))
        .group_by(s::ci_key)
        .select((s::ci_key, count_star()))
        .load(conn)?;
    let faults: std::collections::HashMap<_, _> = faults.into_iter().collect();
    rows.into_iter().map(|row| listed(row, &faults)).collect()
}

fn listed(row: ListRow, faults: &std::collections::HashMap<i32, i64>) -> Result<AgentRow, StoreError> {
    let (known, certificate_expires_at, enrolled_at, organisation_name, ci) = row;
    let known = KnownAgent::try_from(known)?;
    let count = ci.as_ref().and_then(|(key, ..)| faults.get(key)).copied().unwrap_or_default();
    let agent = Agent {
        key: known.key,
        id: known.id,
        organisation: known.organisation,
        organisation_name,
        state: known.state,
        hostname: known.hostname,
        generation: known.generation,
        certificate_expires_at: certificate_expires_at.map(Timestamp::from),
        enrolled_at: enrolled_at.0,
        version: known.version,
    };
    let ci = ci.map(|(_, id, name, class)| HostCi { id: id.into(), name, class });
    Ok(AgentRow { agent, ci, faults: count })
}
