//! Dead letters in the database.

use diesel::dsl::count_star;
use diesel::prelude::*;
use jiff::Timestamp;
use terrier_shared::latest::report::Epoch;

use super::model::{Cause, Counts, DeadLetter, Filter, Sender};
use crate::kernel::id::AgentId;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::dialect::{contains_pattern, lower, storable};
use crate::store::schema::{fleet_agent as a, ingest_dead_letter as d};
use crate::store::{Conn, Inconsistent, StoreError};

type Columns = (i64, String, Option<String>, String, i64, i64, At, (i32, Key16, String, Key16, String));

/// The rows of agents; nothing means all.
pub(super) type Senders = Option<Vec<i32>>;

/// The agents that a filter and a reach leave.
pub(super) fn senders(conn: &mut Conn, scope: &Scope, filter: &Filter) -> QueryResult<Senders> {
    if scope.organisations().is_none() && filter.agent.is_none() && filter.part_of_name.is_none() {
        return Ok(None);
    }
    // Only of agents that have any: of ten thousand hosts few ever send what cannot be read.
    let mut query =
        a::table.filter(a::key.eq_any(d::table.select(d::agent_key).distinct())).select(a::key).into_boxed();
    if let Some(organisations) = scope.organisations() {
        let ids: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(a::organisation_id.eq_any(ids));
    }
    if let Some(agent) = filter.agent {
        query = query.filter(a::id.eq(Key16::from(agent)));
    }
    if let Some(part) = &filter.part_of_name {
        let pattern = contains_pattern(&storable(part).to_lowercase());
        query = query.filter(lower(a::hostname).like(pattern).escape('\\'));
    }
    query.load(conn).map(Some)
}

/// Those of these agents, the latest first, from before `before`.
pub(super) fn list(
    conn: &mut Conn,
    senders: Option<&[i32]>,
    cause: Option<Cause>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<DeadLetter>, StoreError> {
    let mut query = d::table
        .inner_join(a::table.on(a::key.eq(d::agent_key)))
        .select((
            d::id,
            d::state,
            d::section,
            d::reason,
            d::epoch,
            d::seq,
            d::received_at,
            (a::key, a::id, a::hostname, a::organisation_id, a::state),
        ))
        .into_boxed();
    if let Some(keys) = senders {
        query = query.filter(d::agent_key.eq_any(keys.to_vec()));
    }
    if let Some(cause) = cause {
        query = query.filter(d::state.eq(cause.name()));
    }
    if let Some(before) = before {
        query = query.filter(d::id.lt(before));
    }
    let rows: Vec<Columns> = query.order(d::id.desc()).limit(limit).load(conn)?;
    Ok(rows.into_iter().map(letter).collect::<Result<_, _>>()?)
}

fn letter(row: Columns) -> Result<DeadLetter, Inconsistent> {
    let (id, state, section, reason, epoch, seq, received_at, (key, agent, hostname, organisation, agent_state)) = row;
    let cause = Cause::of_name(&state).ok_or_else(|| Inconsistent {
        table: "ingest_dead_letter",
        column: "state",
        row: id.to_string(),
        value: state,
    })?;
    let sender = Sender {
        key,
        id: agent.into(),
        hostname,
        organisation: organisation.into(),
        is_active: agent_state == "active",
    };
    let (epoch, received_at) = (Epoch(epoch.cast_unsigned()), received_at.0);
    Ok(DeadLetter { id, agent: sender, cause, section, reason, epoch, seq, received_at })
}

/// How many of these agents there are of each kind.
pub(super) fn count(conn: &mut Conn, senders: Option<&[i32]>) -> QueryResult<Counts> {
    let grouped = d::table.group_by(d::state).select((d::state, count_star()));
    let rows: Vec<(String, i64)> = match senders {
        Some(keys) => grouped.filter(d::agent_key.eq_any(keys.to_vec())).load(conn)?,
        None => grouped.load(conn)?,
    };
    let of = |cause: Cause| rows.iter().find(|(name, _)| name == cause.name()).map_or(0, |(_, count)| *count);
    Ok(Counts { rejected: of(Cause::Rejected), quarantined: of(Cause::Quarantined), poison: of(Cause::Poison) })
}

/// The one of this number, in reach.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: i64) -> Result<Option<DeadLetter>, StoreError> {
    // The page of one that begins with it.
    let found = list(conn, None, None, id.checked_add(1), 1)?;
    Ok(found.into_iter().find(|letter| letter.id == id && scope.contains(letter.agent.organisation)))
}

/// What is in it, packed.
pub(super) fn body(conn: &mut Conn, id: i64) -> QueryResult<Vec<u8>> {
    d::table.find(id).select(d::body).first(conn)
}

/// Throws away those in reach that a filter leaves, none later than `up_to`. Gives how many.
pub(super) fn discard(conn: &mut Conn, scope: &Scope, filter: &Filter, up_to: i64) -> QueryResult<usize> {
    let senders = senders(conn, scope, filter)?;
    let mut query = diesel::delete(d::table.filter(d::id.le(up_to))).into_boxed();
    if let Some(keys) = senders {
        query = query.filter(d::agent_key.eq_any(keys));
    }
    if let Some(cause) = filter.cause {
        query = query.filter(d::state.eq(cause.name()));
    }
    query.execute(conn)
}

/// Throws away the one of this number.
pub(super) fn remove(conn: &mut Conn, id: i64) -> QueryResult<usize> {
    diesel::delete(d::table.find(id)).execute(conn)
}

/// Throws away those from before `before`.
pub(in crate::ingest) fn forget(conn: &mut Conn, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(d::table.filter(d::received_at.lt(At(before)))).execute(conn)
}

/// Whether there is an agent of this id in reach.
pub(super) fn knows_agent(conn: &mut Conn, scope: &Scope, agent: AgentId) -> QueryResult<bool> {
    let found: Option<Key16> =
        a::table.filter(a::id.eq(Key16::from(agent))).select(a::organisation_id).first(conn).optional()?;
    Ok(found.is_some_and(|organisation| scope.contains(organisation.into())))
}
