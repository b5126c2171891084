//! Hosts and the CIs under them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jiff::Timestamp;
use serde::Serialize;

use super::rows;
use crate::kernel::id::{CiId, OrganisationId};
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::schema::cmdb_ci as c;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A CI as reconciliation reads it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CiRow {
    /// Its key.
    pub key: i32,
    /// Its class.
    pub class: String,
    /// Its shown name.
    pub name: String,
    /// What identifies it under its host.
    pub local_id: Option<String>,
    /// Since when agents no longer see it.
    pub gone_at: Option<At>,
    /// Whether a person chose its class.
    pub class_said: bool,
}

/// A CI to insert. Serialised as the columns of one row.
#[derive(Debug, Clone, Serialize)]
pub struct NewCiRow {
    /// Its id, 32 hexadecimal digits.
    id: String,
    class: String,
    name: String,
    parent_key: Option<i32>,
    local_id: Option<String>,
    agent_key: Option<i32>,
}

impl NewCiRow {
    /// A CI of a class with a name.
    #[must_use]
    pub fn new(id: CiId, class: &str, name: &str) -> Self {
        let (class, name) = (class.to_owned(), name.to_owned());
        Self { id: id.uuid().simple().to_string(), class, name, parent_key: None, local_id: None, agent_key: None }
    }

    /// Under this host, or under none, with this name among its siblings.
    #[must_use]
    pub fn under(self, parent_key: Option<i32>, local_id: Option<&str>) -> Self {
        Self { parent_key, local_id: local_id.map(str::to_owned), ..self }
    }

    /// As which this agent reports.
    #[must_use]
    pub fn reported_by(self, agent_key: i32) -> Self {
        Self { agent_key: Some(agent_key), ..self }
    }
}

type Columns = (c::key, c::class, c::name, c::local_id, c::gone_at, c::class_said);
const COLUMNS: Columns = (c::key, c::class, c::name, c::local_id, c::gone_at, c::class_said);

/// The CI that an agent reports as.
pub fn find_by_agent(conn: &mut Conn, agent_key: i32) -> Result<Option<CiRow>, StoreError> {
    Ok(c::table.filter(c::agent_key.eq(agent_key)).select(COLUMNS).first(conn).optional()?)
}

/// A CI by its key.
pub fn load(conn: &mut Conn, key: i32) -> Result<CiRow, StoreError> {
    Ok(c::table.find(key).select(COLUMNS).first(conn)?)
}

/// The CIs under a host, also those that are gone.
pub fn list_under(conn: &mut Conn, host_key: i32) -> Result<Vec<CiRow>, StoreError> {
    Ok(c::table.filter(c::parent_key.eq(host_key)).select(COLUMNS).load(conn)?)
}

/// What is under each of these hosts: its key, its host's, and what identifies it there.
pub fn list_names_under(conn: &mut Conn, hosts: &[i32]) -> Result<Vec<(i32, i32, String)>, StoreError> {
    let under = c::parent_key.eq_any(hosts.iter().copied().map(Some).collect::<Vec<_>>());
    let named = c::table.filter(under.and(c::local_id.is_not_null()));
    Ok(named.select((c::key, c::parent_key.assume_not_null(), c::local_id.assume_not_null())).load(conn)?)
}

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = Integer)]
    key: i32,
    #[diesel(sql_type = Uuid16)]
    id: Key16,
}

/// Inserts CIs that agents saw at `at` and gives their keys, in the order of `new`.
pub fn insert(
    conn: &mut Conn,
    new: &[NewCiRow],
    organisation: OrganisationId,
    at: Timestamp,
) -> Result<Vec<i32>, StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_ci (id, class, name, parent_key, local_id, agent_key, organisation_id, lifecycle, \
             first_seen_at, last_seen_at, version, created_at) \
         SELECT unhex(value ->> 'id'), value ->> 'class', value ->> 'name', value ->> 'parent_key', \
             value ->> 'local_id', value ->> 'agent_key', ?2, 'in_use', ?3, ?3, 1, ?3 FROM json_each(?1) \
         ORDER BY key RETURNING key, id",
        "INSERT INTO cmdb_ci (id, class, name, parent_key, local_id, agent_key, organisation_id, lifecycle, \
             first_seen_at, last_seen_at, version, created_at) \
         SELECT id, class, name, parent_key, local_id, agent_key, $2, 'in_use', $3, $3, 1, $3 \
         FROM json_to_recordset($1::json) AS new (id uuid, class text, name text, parent_key int4, local_id text, \
             agent_key int4) RETURNING key, id",
    );
    let inserted: Vec<Inserted> = statement(sql)
        .bind::<Text, _>(rows(new)?)
        .bind::<Uuid16, _>(Key16::from(organisation))
        .bind::<Instant, _>(At(at))
        .load(conn)?;
    let keys: HashMap<String, i32> = inserted.into_iter().map(|row| (row.id.0.simple().to_string(), row.key)).collect();
    let key = |row: &NewCiRow| keys.get(&row.id).copied().ok_or(StoreError::Query(diesel::result::Error::NotFound));
    new.iter().map(key).collect()
}

/// Gives CIs another class or shown name: key, class, name.
pub fn rename(conn: &mut Conn, changed: &[(i32, &str, &str)]) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_ci SET class = new.value ->> 1, name = new.value ->> 2, version = version + 1 \
         FROM json_each(?1) AS new WHERE cmdb_ci.key = new.value ->> 0",
        "UPDATE cmdb_ci SET class = new ->> 1, name = new ->> 2, version = version + 1 \
         FROM json_array_elements($1::json) AS new WHERE cmdb_ci.key = (new ->> 0)::int4",
    );
    statement(sql).bind::<Text, _>(rows(changed)?).execute(conn)?;
    Ok(())
}

/// Agents no longer see these CIs.
pub fn set_gone(conn: &mut Conn, keys: &[i32], at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_ci SET gone_at = ?2, version = version + 1 \
         WHERE key IN (SELECT value FROM json_each(?1)) AND gone_at IS NULL",
        "UPDATE cmdb_ci SET gone_at = $2, version = version + 1 \
         WHERE key IN (SELECT value::int4 FROM json_array_elements_text($1::json)) AND gone_at IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(keys)?).bind::<Instant, _>(At(at)).execute(conn)?;
    Ok(())
}

/// Agents see these CIs again.
pub fn set_back(conn: &mut Conn, keys: &[i32], at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_ci SET gone_at = NULL, last_seen_at = ?2, version = version + 1 \
         WHERE key IN (SELECT value FROM json_each(?1)) AND gone_at IS NOT NULL",
        "UPDATE cmdb_ci SET gone_at = NULL, last_seen_at = $2, version = version + 1 \
         WHERE key IN (SELECT value::int4 FROM json_array_elements_text($1::json)) AND gone_at IS NOT NULL",
    );
    statement(sql).bind::<Text, _>(rows(keys)?).bind::<Instant, _>(At(at)).execute(conn)?;
    Ok(())
}

/// Of these endpoints, those that no open relation leads to or from any more are gone.
pub fn set_idle_gone(conn: &mut Conn, keys: &[i32], at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_ci SET gone_at = ?2, version = version + 1 \
         WHERE key IN (SELECT value FROM json_each(?1)) AND gone_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM cmdb_relation WHERE source_key = cmdb_ci.key AND valid_to IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM cmdb_relation WHERE target_key = cmdb_ci.key AND valid_to IS NULL)",
        "UPDATE cmdb_ci SET gone_at = $2, version = version + 1 \
         WHERE key IN (SELECT value::int4 FROM json_array_elements_text($1::json)) AND gone_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM cmdb_relation WHERE source_key = cmdb_ci.key AND valid_to IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM cmdb_relation WHERE target_key = cmdb_ci.key AND valid_to IS NULL)",
    );
    statement(sql).bind::<Text, _>(rows(keys)?).bind::<Instant, _>(At(at)).execute(conn)?;
    Ok(())
}

/// The host was seen at `at`, by this agent, which is bound to it from now on.
pub fn touch_host(conn: &mut Conn, key: i32, agent_key: i32, at: Timestamp) -> Result<(), StoreError> {
    statement(either(
        conn,
        "UPDATE cmdb_ci SET agent_key = ?2, first_seen_at = coalesce(first_seen_at, ?3), \
             last_seen_at = max(coalesce(last_seen_at, ?3), ?3) WHERE key = ?1",
        "UPDATE cmdb_ci SET agent_key = $2, first_seen_at = coalesce(first_seen_at, $3), \
             last_seen_at = greatest(last_seen_at, $3) WHERE key = $1",
    ))
    .bind::<Integer, _>(key)
    .bind::<Integer, _>(agent_key)
    .bind::<Instant, _>(At(at))
    .execute(conn)?;
    Ok(())
}

/// From now on this agent, or none, reports as the CI.
pub fn bind(conn: &mut Conn, key: i32, agent_key: Option<i32>) -> Result<(), StoreError> {
    diesel::update(c::table.find(key)).set(c::agent_key.eq(agent_key)).execute(conn)?;
    Ok(())
}

/// When the CI and what was created with it at `created` was seen first and last.
pub fn set_seen(
    conn: &mut Conn,
    key: i32,
    created: Timestamp,
    (first, last): (Option<Timestamp>, Option<Timestamp>),
) -> Result<(), StoreError> {
    let family = c::key.eq(key).or(c::parent_key.eq(key));
    diesel::update(c::table.filter(family.and(c::created_at.eq(At(created)))))
        .set((c::first_seen_at.eq(first.map(At)), c::last_seen_at.eq(last.map(At))))
        .execute(conn)?;
    Ok(())
}

/// The CI was seen at `at` by a device of an inventory.
pub fn touch_device(conn: &mut Conn, key: i32, at: Timestamp) -> Result<(), StoreError> {
    statement(either(
        conn,
        "UPDATE cmdb_ci SET first_seen_at = coalesce(first_seen_at, ?2), \
             last_seen_at = max(coalesce(last_seen_at, ?2), ?2) WHERE key = ?1",
        "UPDATE cmdb_ci SET first_seen_at = coalesce(first_seen_at, $2), \
             last_seen_at = greatest(last_seen_at, $2) WHERE key = $1",
    ))
    .bind::<Integer, _>(key)
    .bind::<Instant, _>(At(at))
    .execute(conn)?;
    Ok(())
}

/// What is under the host and not gone was seen at `at`. Rows that say so to the hour are left alone: writing every
/// row of every host at every report would cost more than all changes together.
pub fn touch_dependents(conn: &mut Conn, host_key: i32, at: Timestamp) -> Result<(), StoreError> {
    let hour_before = at.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap_or(at);
    let stale = c::parent_key.eq(host_key).and(c::gone_at.is_null()).and(c::last_seen_at.lt(At(hour_before)));
    diesel::update(c::table.filter(stale)).set(c::last_seen_at.eq(Some(At(at)))).execute(conn)?;
    Ok(())
}

/// What was created at `at` of this CI and under it was told of and not seen.
pub fn set_unseen(conn: &mut Conn, key: i32, at: Timestamp) -> Result<(), StoreError> {
    let family = c::key.eq(key).or(c::parent_key.eq(key));
    let created = c::created_at.eq(At(at)).and(c::agent_key.is_null());
    diesel::update(c::table.filter(family.and(created)))
        .set((c::first_seen_at.eq(None::<At>), c::last_seen_at.eq(None::<At>)))
        .execute(conn)?;
    Ok(())
}

/// Whether an agent of ours that was not revoked has reported the CI since then.
pub fn has_live_agent(conn: &mut Conn, key: i32, since: Timestamp) -> Result<bool, StoreError> {
    use crate::store::schema::{fleet_agent as a, fleet_presence as p};
    let agent = c::table.inner_join(a::table).inner_join(p::table.on(p::agent_key.nullable().eq(c::agent_key)));
    let live = a::revoked_at.is_null().and(p::last_seen_at.ge(At(since)));
    let query = agent.filter(c::key.eq(key).and(live)).select(c::key);
    Ok(query.first::<i32>(conn).optional()?.is_some())
}

/// The class and name of CIs, by their keys.
pub fn names(conn: &mut Conn, keys: &[i32]) -> Result<HashMap<i32, (String, String)>, StoreError> {
    let rows: Vec<(i32, String, String)> =
        c::table.filter(c::key.eq_any(keys)).select((c::key, c::class, c::name)).load(conn)?;
    Ok(rows.into_iter().map(|(key, class, name)| (key, (class, name))).collect())
}
