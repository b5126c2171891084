//! The row of an item.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable};
use jiff::Timestamp;

use super::summary::Reference;
use crate::cmdb::merge::records::survivor_at;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Sightings;
use crate::cmdb::value::expression::{CiQuery, OfCi, agent_key, first_seen, gone_at, in_scope, last_seen, live_until};
use crate::kernel::id::{CiId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Instant, Key16};
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, Inconsistent, StoreError};

/// An item as its own row has it: what is shown today of what people decide; and how it is seen, whichever of its rows.
#[derive(Debug, Clone)]
pub struct CiRow {
    /// The database's key.
    pub key: i32,
    /// The id.
    pub id: CiId,
    /// The class.
    pub class: String,
    /// The name.
    pub name: String,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// The host of a dependent item.
    pub parent_key: Option<i32>,
    /// The agent that reports as this item; of several the one that was heard last.
    pub agent_key: Option<i32>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who supports it.
    pub support_team: Option<String>,
    /// 1 to 4; 1 matters most.
    pub criticality: Option<i32>,
    /// What it is used for.
    pub environment: Option<String>,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// When an agent first saw it.
    pub first_seen: Option<Timestamp>,
    /// When and whether agents see it.
    pub sightings: Sightings,
    /// Counts changes by people.
    pub version: i32,
    /// When it was created.
    pub created_at: Timestamp,
    /// The row of the item that this one is part of now.
    pub survivor_key: Option<i32>,
    /// Whether others are part of it now.
    pub has_parts: bool,
}

type Identity = (i32, Key16, String, String, Key16, Option<i32>, Option<i32>);
type Decided = (Option<String>, Option<String>, Option<i32>, Option<String>, String);
type Seen = (Option<At>, (Option<At>, Option<At>), Option<At>, i32, (At, Option<i32>, bool));

/// What [`selection`] gives.
pub type Selected = (Identity, Decided, Seen);

type IdentityColumns = (c::key, c::id, c::class, c::name, c::organisation_id, c::parent_key, OfCi<Nullable<Integer>>);
type DecidedColumns = (c::owner, c::support_team, c::criticality, c::environment, c::lifecycle);
type Time = OfCi<Nullable<Instant>>;
type SeenColumns = (Time, (Time, Time), Time, c::version, (c::created_at, c::survivor_key, c::has_parts));

/// The columns of a [`CiRow`].
#[must_use]
pub fn selection() -> (IdentityColumns, DecidedColumns, SeenColumns) {
    (
        (c::key, c::id, c::class, c::name, c::organisation_id, c::parent_key, agent_key()),
        (c::owner, c::support_team, c::criticality, c::environment, c::lifecycle),
        (
            first_seen(),
            (last_seen(), live_until()),
            gone_at(),
            c::version,
            (c::created_at, c::survivor_key, c::has_parts),
        ),
    )
}

/// The item with this id, if it is in scope; of one that is part of another now, that other.
pub fn find(conn: &mut Conn, scope: &Scope, id: CiId) -> Result<Option<CiRow>, StoreError> {
    let Some(row) = find_own(conn, scope, id)? else { return Ok(None) };
    match row.survivor_key {
        None => Ok(Some(row)),
        Some(survivor) => find_by_key(conn, scope, survivor),
    }
}

/// The item with this id as it was then or is now; what did not exist then is not found, and of what was part of
/// another then, that other.
pub fn find_at(conn: &mut Conn, scope: &Scope, id: CiId, at: Option<Timestamp>) -> Result<Option<CiRow>, StoreError> {
    let Some(at) = at else { return find(conn, scope, id) };
    let Some(row) = find_own(conn, scope, id)?.filter(|row| row.created_at <= at) else { return Ok(None) };
    let survivor = survivor_at(conn, row.key, at)?;
    if survivor == row.key { Ok(Some(row)) } else { find_by_key(conn, scope, survivor) }
}

/// The rows in scope with these keys.
pub fn with_keys(conn: &mut Conn, scope: &Scope, keys: &[i32]) -> Result<Vec<CiRow>, StoreError> {
    rows(conn, in_scope(scope).filter(c::key.eq_any(keys.to_vec())))
}

/// The rows in scope with these ids.
pub fn with_ids(conn: &mut Conn, scope: &Scope, ids: &[CiId]) -> Result<Vec<CiRow>, StoreError> {
    let ids: Vec<Key16> = ids.iter().copied().map(Key16::from).collect();
    rows(conn, in_scope(scope).filter(c::id.eq_any(ids)))
}

fn rows(conn: &mut Conn, query: CiQuery) -> Result<Vec<CiRow>, StoreError> {
    let found: Vec<Selected> = query.select(selection()).load(conn)?;
    found.into_iter().map(|row| CiRow::try_from(row).map_err(StoreError::from)).collect()
}

/// The row with this id, whatever it is part of.
fn find_own(conn: &mut Conn, scope: &Scope, id: CiId) -> Result<Option<CiRow>, StoreError> {
    let found: Option<Selected> =
        in_scope(scope).filter(c::id.eq(Key16::from(id))).select(selection()).first(conn).optional()?;
    Ok(found.map(CiRow::try_from).transpose()?)
}

/// The row in scope with this key.
pub fn find_by_key(conn: &mut Conn, scope: &Scope, key: i32) -> Result<Option<CiRow>, StoreError> {
    let found: Option<Selected> = in_scope(scope).filter(c::key.eq(key)).select(selection()).first(conn).optional()?;
    Ok(found.map(CiRow::try_from).transpose()?)
}

/// The row of the item that a row is part of now.
pub fn survivor_of(conn: &mut Conn, key: i32) -> Result<Option<i32>, StoreError> {
    let survivor: Option<Option<i32>> = c::table.find(key).select(c::survivor_key).first(conn).optional()?;
    Ok(survivor.flatten())
}

/// Of these rows, those that are part of others now, with the item that each is part of.
pub fn survivors(conn: &mut Conn, keys: Vec<i32>) -> Result<BTreeMap<i32, i32>, StoreError> {
    let parts = c::table.filter(c::key.eq_any(keys).and(c::survivor_key.is_not_null()));
    let rows: Vec<(i32, i32)> = parts.select((c::key, c::survivor_key.assume_not_null())).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Names of the rows in scope with these keys.
pub fn named(conn: &mut Conn, scope: &Scope, keys: Vec<i32>) -> Result<BTreeMap<i32, Reference>, StoreError> {
    let rows: Vec<(i32, Key16, String, String)> =
        in_scope(scope).filter(c::key.eq_any(keys)).select((c::key, c::id, c::name, c::class)).load(conn)?;
    Ok(rows.into_iter().map(|(key, id, name, class)| (key, Reference { id: id.into(), name, class })).collect())
}

impl TryFrom<Selected> for CiRow {
    type Error = Inconsistent;

    fn try_from((identity, decided, seen): Selected) -> Result<Self, Inconsistent> {
        let (key, id, class, name, organisation_id, parent_key, agent_key) = identity;
        let (owner, support_team, criticality, environment, lifecycle) = decided;
        let (first_seen, (last_seen, live_until), gone_at, version, (created_at, survivor_key, has_parts)) = seen;
        let lifecycle = lifecycle.parse().map_err(|_unknown| Inconsistent {
            table: "cmdb_ci",
            column: "lifecycle",
            row: key.to_string(),
            value: lifecycle.clone(),
        })?;
        let time = |at: Option<At>| at.map(Timestamp::from);
        let sightings = Sightings {
            has_agent: agent_key.is_some(),
            last_seen: time(last_seen),
            gone_at: time(gone_at),
            live_until: time(live_until),
        };
        Ok(Self {
            key,
            id: id.into(),
            class,
            name,
            organisation_id: organisation_id.into(),
            parent_key,
            agent_key,
            owner,
            support_team,
            criticality,
            environment,
            lifecycle,
            first_seen: time(first_seen),
            sightings,
            version,
            created_at: created_at.0,
            survivor_key,
            has_parts,
        })
    }
}
