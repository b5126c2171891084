//! Agents and their certificates.

use std::collections::HashMap;

use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use jiff::Timestamp;

use super::run::load_runs;
use crate::fleet::identity::{Claimants, Known};
use crate::fleet::model::{Agent, AgentRow, AgentState, Evidence, HostCi, Original};
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
    pub(in crate::fleet) origin: Origin,
    pub(in crate::fleet) state: AgentState,
    pub(in crate::fleet) evidence: &'a Evidence,
    pub(in crate::fleet) key_hash: [u8; 32],
    pub(in crate::fleet) enrolled_at: Timestamp,
}

/// Who vouches for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fleet) enum Origin {
    /// Whoever made the token it came with.
    Token(EnrolmentTokenId),
    /// The agent with this row, whose identity it had.
    CopyOf(i32),
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

/// The agent that has this key, and who vouched for it.
pub(in crate::fleet) fn find_by_key_hash(
    conn: &mut Conn,
    hash: &[u8; 32],
) -> Result<Option<(KnownAgent, Option<Origin>)>, StoreError> {
    let found: Option<(KnownRow, Option<Key16>, Option<i32>)> = a::table
        .filter(a::public_key_hash.eq(hash.as_slice()))
        .select((KnownRow::as_select(), a::token_id, a::copy_of_key))
        .first(conn)
        .optional()?;
    let origin = |token: Option<Key16>, original: Option<i32>| {
        original.map(Origin::CopyOf).or_else(|| token.map(|token| Origin::Token(token.into())))
    };
    let found = found.map(|(row, token, original)| Ok((KnownAgent::try_from(row)?, origin(token, original))));
    found.transpose()
}

/// How many copies of the agent in this row wait for a person.
pub(in crate::fleet) fn count_copies(conn: &mut Conn, original: i32) -> QueryResult<i64> {
    let waiting = a::copy_of_key.eq(original).and(a::state.eq(AgentState::Pending.name()));
    a::table.filter(waiting).count().get_result(conn)
}

pub(in crate::fleet) fn insert(conn: &mut Conn, agent: &NewAgent<'_>) -> Result<KnownAgent, StoreError> {
    let approved_at = (agent.state == AgentState::Active).then_some(At(agent.enrolled_at));
    let (token, original) = match agent.origin {
        Origin::Token(token) => (Some(Key16::from(token)), None),
        Origin::CopyOf(original) => (None, Some(original)),
    };
    diesel::insert_into(a::table)
        .values((
            (
                a::id.eq(Key16::from(agent.id)),
                a::organisation_id.eq(Key16::from(agent.organisation)),
                a::token_id.eq(token),
                a::copy_of_key.eq(original),
                a::state.eq(agent.state.name()),
                a::hostname.eq(&agent.evidence.hostname),
            ),
            (
                a::evidence.eq(document(agent.evidence)),
                a::public_key_hash.eq(agent.key_hash.as_slice()),
                a::generation.eq(0),
                a::enrolled_at.eq(At(agent.enrolled_at)),
                a::approved_at.eq(approved_at),
                a::recoveries.eq(0),
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
        // A person has looked at it: it may come back by itself again.
        _ => diesel::update(row).set((common, a::approved_at.eq(Some(At(at))), a::recoveries.eq(0))).execute(conn),
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

/// Of which generation the agent's certificate with this serial number is, and when it ends.
pub(in crate::fleet) fn find_certificate(
    conn: &mut Conn,
    agent: &KnownAgent,
    serial: &[u8],
) -> QueryResult<Option<(i32, Timestamp)>> {
    let query = f::table.filter(f::serial.eq(serial).and(f::agent_key.eq(agent.key)));
    let found: Option<(i32, At)> = query.select((f::generation, f::expires_at)).first(conn).optional()?;
    Ok(found.map(|(generation, expires_at)| (generation, expires_at.0)))
}

/// When the last of the agent's certificates ends.
pub(in crate::fleet) fn find_latest_end(conn: &mut Conn, agent: &KnownAgent) -> QueryResult<Option<Timestamp>> {
    let query = f::table.filter(f::agent_key.eq(agent.key)).order(f::expires_at.desc()).select(f::expires_at);
    let latest: Option<At> = query.first(conn).optional()?;
    Ok(latest.map(Timestamp::from))
}

/// How often the agent got a certificate after its last had ended since a person let it in, and when that was.
pub(in crate::fleet) fn recoveries(conn: &mut Conn, agent: &KnownAgent) -> QueryResult<(i32, Option<Timestamp>)> {
    let row = a::table.find(agent.key).select((a::recoveries, a::approved_at));
    let (recoveries, approved_at): (i32, Option<At>) = row.first(conn)?;
    Ok((recoveries, approved_at.map(|at| at.0)))
}

/// The agent has got one more.
pub(in crate::fleet) fn count_recovery(conn: &mut Conn, agent: &KnownAgent) -> QueryResult<()> {
    diesel::update(a::table.find(agent.key)).set(a::recoveries.eq(a::recoveries + 1)).execute(conn).map(drop)
}

/// The agent has to wait for a person, as it did before it was approved.
pub(in crate::fleet) fn hold(conn: &mut Conn, agent: &KnownAgent) -> QueryResult<()> {
    let held = (a::state.eq(AgentState::Pending.name()), a::version.eq(a::version + 1));
    diesel::update(a::table.find(agent.key)).set(held).execute(conn).map(drop)
}

/// What is listed of an agent beside what is known of it anyway.
type More = (Option<At>, At, Option<i32>, i32);
type ListRow = (KnownRow, More, String, Option<(i32, Key16, String, String)>);

/// Agents by host name. One query for them and one for the faults of all of them.
pub(in crate::fleet) fn list(conn: &mut Conn, wanted: &Listed<'_>) -> Result<Vec<AgentRow>, StoreError> {
    let mut query = a::table
        .inner_join(o::table)
        .left_join(c::table.on(c::agent_key.eq(a::key.nullable())))
        .select((
            KnownRow::as_select(),
            (a::certificate_expires_at, a::enrolled_at, a::copy_of_key, a::contenders),
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
    let around = Around::load(conn, wanted.scope, &rows)?;
    rows.into_iter().map(|row| listed(row, &around)).collect()
}

/// What stands in other tables about agents of a list.
struct Around {
    /// By the rows of hosts.
    faults: HashMap<i32, i64>,
    /// By the rows of agents.
    originals: HashMap<i32, Original>,
    claimants: HashMap<i32, Claimants>,
}

impl Around {
    /// One query for each; none for what nobody on the list has.
    fn load(conn: &mut Conn, scope: &Scope, rows: &[ListRow]) -> Result<Self, StoreError> {
        let hosts: Vec<i32> = rows.iter().filter_map(|(.., host)| Some(host.as_ref()?.0)).collect();
        let copied: Vec<i32> = rows.iter().filter_map(|(_, (_, _, original, _), ..)| *original).collect();
        let contended = rows.iter().filter(|(_, (.., contenders), ..)| *contenders > 0);
        let contended: Vec<i32> = contended.map(|(known, ..)| known.key).collect();
        let claimants = if contended.is_empty() { HashMap::new() } else { load_runs(conn, &contended)? };
        Ok(Self { faults: count_faults(conn, &hosts)?, originals: find_originals(conn, scope, &copied)?, claimants })
    }
}

fn count_faults(conn: &mut Conn, hosts: &[i32]) -> Result<HashMap<i32, i64>, StoreError> {
    let faults: Vec<(i32, i64)> = s::table
        .filter(s::ci_key.eq_any(hosts).and(s::state.eq("fault")))
        .group_by(s::ci_key)
        .select((s::ci_key, count_star()))
        .load(conn)?;
    Ok(faults.into_iter().collect())
}

/// The agents in these rows, as far as they are in reach.
fn find_originals(conn: &mut Conn, scope: &Scope, keys: &[i32]) -> Result<HashMap<i32, Original>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<KnownRow> = a::table.filter(a::key.eq_any(keys)).select(KnownRow::as_select()).load(conn)?;
    let found = found.into_iter().map(KnownAgent::try_from).collect::<Result<Vec<_>, _>>()?;
    let in_reach = found.into_iter().filter(|agent| scope.contains(agent.organisation));
    Ok(in_reach.map(|agent| (agent.key, Original { id: agent.id, hostname: agent.hostname })).collect())
}

fn contenders(claimants: Option<&Claimants>) -> Vec<Known> {
    let all = claimants.map(Claimants::all).unwrap_or_default();
    let mut contenders: Vec<Known> = all.iter().filter(|known| known.standing.contends()).cloned().collect();
    contenders.sort_by_key(|known| std::cmp::Reverse(known.heard_at));
    contenders
}

fn listed(row: ListRow, around: &Around) -> Result<AgentRow, StoreError> {
    let (known, (certificate_expires_at, enrolled_at, original, _), organisation_name, ci) = row;
    let known = KnownAgent::try_from(known)?;
    let count = ci.as_ref().and_then(|(key, ..)| around.faults.get(key)).copied().unwrap_or_default();
    let copy_of = original.and_then(|key| around.originals.get(&key)).cloned();
    let contenders = contenders(around.claimants.get(&known.key));
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
    Ok(AgentRow { agent, ci, faults: count, copy_of, contenders })
}
