//! `cmdb_policy`, and which items match.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiff::Timestamp;

use super::model::{Draft, Policy, PolicyAction};
use crate::cmdb::observed::rows;
use crate::cmdb::value::expression::last_seen;
use crate::index::model::fold::fold;
use crate::kernel::id::PolicyId;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::conn::MultiBackend;
use crate::store::dialect::either;
use crate::store::schema::{
    cmdb_ci as c, cmdb_policy as p, cmdb_policy_effect as e, cmdb_policy_match as m, cmdb_policy_run as r,
};
use crate::store::statement::statement;
use crate::store::{Conn, Inconsistent, StoreError};

/// How many rows are written in one statement.
const CHUNK: usize = 5_000;

type Row = ((Key16, String, String, String), (i64, Option<i64>, bool), (Option<String>, i32));
type Columns =
    ((p::id, p::name, p::query, p::action), (p::grace_s, p::renew_s, p::enabled), (p::shipped_name, p::version));

const COLUMNS: Columns =
    ((p::id, p::name, p::query, p::action), (p::grace_s, p::renew_s, p::enabled), (p::shipped_name, p::version));

/// How many items match a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Not for long enough yet.
    pub(super) waiting: i64,
    /// For long enough, and nothing has been done yet.
    pub(super) due: i64,
    /// Something was done, or could not be, and they match all the same.
    pub(super) done: i64,
}

/// Every policy by name.
pub(super) fn list(conn: &mut Conn) -> Result<Vec<Policy>, StoreError> {
    let rows: Vec<Row> = p::table.order((p::name_folded, p::id)).select(COLUMNS).load(conn)?;
    rows.into_iter().map(|row| policy(row).map_err(StoreError::from)).collect()
}

/// The policy with this id.
pub(in crate::cmdb) fn find(conn: &mut Conn, id: PolicyId) -> Result<Option<Policy>, StoreError> {
    let row: Option<Row> = p::table.find(Key16::from(id)).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(policy).transpose()?)
}

/// Whether another policy has the name.
pub(super) fn is_taken(conn: &mut Conn, name: &str, but: Option<PolicyId>) -> Result<bool, StoreError> {
    let same: Vec<Key16> = p::table.filter(p::name_folded.eq(fold(name))).select(p::id).load(conn)?;
    Ok(same.into_iter().any(|id| Some(PolicyId::from(id)) != but))
}

/// Writes a new one.
pub(super) fn insert(conn: &mut Conn, new: &Policy) -> QueryResult<()> {
    let draft = &new.draft;
    diesel::insert_into(p::table)
        .values((
            (p::id.eq(Key16::from(new.id)), p::name.eq(&draft.name), p::name_folded.eq(fold(&draft.name))),
            (p::query.eq(&draft.query), p::action.eq(draft.action.name()), p::grace_s.eq(draft.grace_s)),
            (p::renew_s.eq(draft.renew_s), p::enabled.eq(draft.enabled)),
            (p::shipped_name.eq(&new.shipped_name), p::version.eq(new.version)),
        ))
        .execute(conn)
        .map(drop)
}

/// Makes one what the draft says, if it has this version still; whether it had.
pub(super) fn update(conn: &mut Conn, id: PolicyId, version: i32, draft: &Draft) -> QueryResult<bool> {
    let unchanged = p::table.filter(p::id.eq(Key16::from(id)).and(p::version.eq(version)));
    let values = (
        (p::name.eq(&draft.name), p::name_folded.eq(fold(&draft.name)), p::query.eq(&draft.query)),
        (p::action.eq(draft.action.name()), p::grace_s.eq(draft.grace_s), p::renew_s.eq(draft.renew_s)),
        (p::enabled.eq(draft.enabled), p::version.eq(version.wrapping_add(1))),
    );
    Ok(diesel::update(unchanged).set(values).execute(conn)? == 1)
}

/// Removes one and what was noted for it.
pub(super) fn delete(conn: &mut Conn, id: PolicyId) -> Result<(), StoreError> {
    use crate::store::schema::cmdb_attestation as a;
    forget(conn, id)?;
    diesel::delete(a::table.filter(a::policy_id.eq(Key16::from(id)))).execute(conn)?;
    diesel::delete(p::table.find(Key16::from(id))).execute(conn)?;
    Ok(())
}

/// Forgets which items match: their time begins anew.
pub(super) fn forget(conn: &mut Conn, id: PolicyId) -> Result<(), StoreError> {
    diesel::delete(m::table.filter(m::policy_id.eq(Key16::from(id)))).execute(conn)?;
    Ok(())
}

/// How many items in scope match each policy, in one statement.
pub(super) fn counts(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<BTreeMap<PolicyId, Counts>, StoreError> {
    let is_due = "count(CASE WHEN NOT cmdb_policy_match.done AND cmdb_policy_match.due_at <= ";
    let mut query = m::table
        .inner_join(c::table.on(c::key.eq(m::ci_key)))
        .group_by(m::policy_id)
        .select((
            m::policy_id,
            sql::<BigInt>("count(*)"),
            sql::<BigInt>("count(CASE WHEN cmdb_policy_match.done THEN 1 END)"),
            sql::<BigInt>(is_due).bind::<Instant, _>(At(now)).sql(" THEN 1 END)"),
        ))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(c::organisation_id.eq_any(keys));
    }
    let rows: Vec<(Key16, i64, i64, i64)> = query.load(conn)?;
    let counts = |(policy, all, done, due): (Key16, i64, i64, i64)| {
        (PolicyId::from(policy), Counts { waiting: all - done - due, due, done })
    };
    Ok(rows.into_iter().map(counts).collect())
}

/// The items that are noted.
pub(super) fn noted(conn: &mut Conn, id: PolicyId) -> Result<BTreeSet<i32>, StoreError> {
    let keys: Vec<i32> = m::table.filter(m::policy_id.eq(Key16::from(id))).select(m::ci_key).load(conn)?;
    Ok(keys.into_iter().collect())
}

/// Notes items that match from now on; `true` stands with those that nothing is done to.
pub(super) fn note(
    conn: &mut Conn,
    id: PolicyId,
    items: &[(i32, bool)],
    (since, due): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_policy_match (policy_id, ci_key, since, due_at, done) \
         SELECT ?2, value ->> 0, ?3, ?4, value ->> 1 FROM json_each(?1) WHERE TRUE ON CONFLICT DO NOTHING",
        "INSERT INTO cmdb_policy_match (policy_id, ci_key, since, due_at, done) \
         SELECT $2, (new ->> 0)::int4, $3, $4, (new ->> 1)::bool FROM json_array_elements($1::json) AS new \
         ON CONFLICT DO NOTHING",
    );
    for chunk in items.chunks(CHUNK) {
        statement(sql)
            .bind::<Text, _>(rows(chunk)?)
            .bind::<Uuid16, _>(Key16::from(id))
            .bind::<Instant, _>(At(since))
            .bind::<Instant, _>(At(due))
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets items that no longer match.
pub(in crate::cmdb) fn unmatch(conn: &mut Conn, id: PolicyId, keys: &[i32]) -> Result<(), StoreError> {
    for chunk in keys.chunks(CHUNK) {
        let gone = m::policy_id.eq(Key16::from(id)).and(m::ci_key.eq_any(chunk.to_vec()));
        diesel::delete(m::table.filter(gone)).execute(conn)?;
    }
    Ok(())
}

/// Items to which something is to be done now.
pub(super) fn due(conn: &mut Conn, id: PolicyId, now: Timestamp, most: i64) -> Result<Vec<i32>, StoreError> {
    let due = m::policy_id.eq(Key16::from(id)).and(m::due_at.le(At(now))).and(m::done.eq(false));
    Ok(m::table.filter(due).order((m::due_at, m::ci_key)).limit(most).select(m::ci_key).load(conn)?)
}

/// Notes that it was done, or why it could not be.
pub(super) fn set_done(conn: &mut Conn, id: PolicyId, key: i32, obstacle: Option<&str>) -> Result<(), StoreError> {
    let row = m::table.filter(m::policy_id.eq(Key16::from(id)).and(m::ci_key.eq(key)));
    diesel::update(row).set((m::done.eq(true), m::obstacle.eq(obstacle))).execute(conn)?;
    Ok(())
}

/// Of these items, those that the policy did something to and that were not seen since.
pub(super) fn left_alone(conn: &mut Conn, id: PolicyId, keys: &BTreeSet<i32>) -> Result<BTreeSet<i32>, StoreError> {
    let done: Vec<(i32, At)> = e::table
        .inner_join(r::table.on(r::id.eq(e::run_id)))
        .filter(r::policy_id.eq(Key16::from(id)))
        .select((e::ci_key, e::at))
        .load(conn)?;
    let mut latest: BTreeMap<i32, At> = BTreeMap::new();
    for (key, at) in done.into_iter().filter(|(key, _)| keys.contains(key)) {
        let known = latest.entry(key).or_insert(at);
        *known = at.max(*known);
    }
    let touched: Vec<i32> = latest.keys().copied().collect();
    let seen: Vec<(i32, Option<At>)> =
        c::table.filter(c::key.eq_any(touched)).select((c::key, last_seen())).load(conn)?;
    let unseen =
        |(key, seen): &(i32, Option<At>)| seen.is_none_or(|seen| latest.get(key).is_some_and(|at| seen <= *at));
    Ok(seen.into_iter().filter(unseen).map(|(key, _)| key).collect())
}

fn policy(
    ((id, name, query, action), (grace_s, renew_s, enabled), (shipped_name, version)): Row,
) -> Result<Policy, Inconsistent> {
    let wrong =
        || Inconsistent { table: "cmdb_policy", column: "action", row: id.0.to_string(), value: action.clone() };
    let action = PolicyAction::of_name(&action).ok_or_else(wrong)?;
    let draft = Draft { name, query, action, grace_s, renew_s, enabled };
    Ok(Policy { id: id.into(), version, shipped_name, draft })
}
