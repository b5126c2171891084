//! The journal of merges, and the column that says what is part of what now.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use super::records::end_of;
use crate::index::change;
use crate::index::model::text::Kind;
use crate::kernel::id::MergeId;
use crate::store::column::{At, Key16};
use crate::store::dialect::transaction_lock;
use crate::store::schema::{cmdb_ci as c, cmdb_merge as m};
use crate::store::{Conn, StoreError};

/// A merge to write down.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewMerge<'a> {
    pub(super) id: MergeId,
    pub(super) merged_key: i32,
    pub(super) survivor_key: i32,
    pub(super) derived_from: Option<i32>,
    pub(super) at: Timestamp,
    pub(super) actor_name: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
}

/// A merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its row.
    pub(super) key: i32,
    /// Its id.
    pub id: MergeId,
    /// The row that became part of another.
    pub merged_key: i32,
    /// The row that it became part of.
    pub survivor_key: i32,
    /// Whether it follows from another.
    pub is_derived: bool,
    /// When.
    pub at: Timestamp,
    /// Who said so; none if a rule did.
    pub actor_name: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// By whom.
    pub undone_by: Option<String>,
    /// Why.
    pub undo_reason: Option<String>,
}

type Row = (
    (i32, Key16, i32, i32, Option<i32>),
    (At, Option<String>, Option<String>),
    (Option<At>, Option<String>, Option<String>),
);
type Columns = (
    (m::key, m::id, m::merged_key, m::survivor_key, m::derived_from),
    (m::at, m::actor_name, m::reason),
    (m::undone_at, m::undone_by, m::undo_reason),
);

const COLUMNS: Columns = (
    (m::key, m::id, m::merged_key, m::survivor_key, m::derived_from),
    (m::at, m::actor_name, m::reason),
    (m::undone_at, m::undone_by, m::undo_reason),
);

/// Any number will do, as long as every server of one database takes the same.
const MERGE_LOCK: i64 = 0x7465_7272_6965_7209;

/// Keeps others from merging until the transaction ends.
pub(super) fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(transaction_lock(conn, MERGE_LOCK)?)
}

/// An open merge of these hosts, from which merges under them follow.
pub(super) fn any_open(conn: &mut Conn, hosts: &[i32]) -> Result<Option<i32>, StoreError> {
    let open = m::undone_at.is_null().and(m::derived_from.is_null()).and(m::merged_key.eq_any(hosts));
    Ok(m::table.filter(open).order(m::key.desc()).select(m::key).first(conn).optional()?)
}

/// Writes a merge down and gives its row.
pub(super) fn insert(conn: &mut Conn, new: &NewMerge<'_>) -> Result<i32, StoreError> {
    diesel::insert_into(m::table)
        .values((
            (m::id.eq(Key16::from(new.id)), m::merged_key.eq(new.merged_key), m::survivor_key.eq(new.survivor_key)),
            (m::derived_from.eq(new.derived_from), m::at.eq(At(new.at))),
            (m::actor_name.eq(new.actor_name), m::reason.eq(new.reason)),
        ))
        .execute(conn)?;
    Ok(m::table.filter(m::id.eq(Key16::from(new.id))).select(m::key).first(conn)?)
}

/// The merge with this id.
pub(super) fn find(conn: &mut Conn, id: MergeId) -> Result<Option<Merge>, StoreError> {
    let row: Option<Row> = m::table.filter(m::id.eq(Key16::from(id))).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(merge))
}

/// Merges of these rows into others and of others into them, those that follow from others left out; newest first.
pub(super) fn list_of(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Merge>, StoreError> {
    let touches = m::merged_key.eq_any(keys).or(m::survivor_key.eq_any(keys));
    let rows: Vec<Row> = m::table
        .filter(touches.and(m::derived_from.is_null()))
        .order((m::at.desc(), m::key.desc()))
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(merge).collect())
}

/// Takes merges back.
pub(super) fn undo(
    conn: &mut Conn,
    keys: &[i32],
    now: Timestamp,
    (by, reason): (Option<&str>, Option<&str>),
) -> Result<(), StoreError> {
    diesel::update(m::table.filter(m::key.eq_any(keys).and(m::undone_at.is_null())))
        .set((m::undone_at.eq(Some(At(now))), m::undone_by.eq(by), m::undo_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}

/// The open merges of what is under these hosts: row of the merge, what is part, of what.
pub(super) fn derived(conn: &mut Conn, hosts: &[i32]) -> Result<Vec<(i32, i32, i32)>, StoreError> {
    let of_hosts = c::parent_key.eq_any(hosts.iter().copied().map(Some).collect::<Vec<_>>());
    Ok(m::table
        .inner_join(c::table.on(c::key.eq(m::merged_key)))
        .filter(m::undone_at.is_null().and(m::derived_from.is_not_null()).and(of_hosts))
        .select((m::key, m::merged_key, m::survivor_key))
        .load(conn)?)
}

/// Every open merge: what is part of what.
pub(super) fn open_steps(conn: &mut Conn) -> Result<BTreeMap<i32, i32>, StoreError> {
    let open = m::table.filter(m::undone_at.is_null()).select((m::merged_key, m::survivor_key));
    Ok(open.load::<(i32, i32)>(conn)?.into_iter().collect())
}

/// Makes the column say of these rows, and of all that was part of them, what the open merges say.
pub(super) fn settle(conn: &mut Conn, keys: &[i32]) -> Result<(), StoreError> {
    let steps = open_steps(conn)?;
    let of = c::survivor_key.eq_any(keys.iter().copied().map(Some).collect::<Vec<_>>());
    let parts: Vec<(i32, Option<i32>)> =
        c::table.filter(c::key.eq_any(keys).or(of)).select((c::key, c::survivor_key)).load(conn)?;
    let mut by_end: BTreeMap<Option<i32>, Vec<i32>> = BTreeMap::new();
    let mut touched: BTreeSet<i32> = keys.iter().copied().collect();
    for (key, before) in parts.into_iter().collect::<BTreeSet<_>>() {
        let end = end_of(&steps, key);
        touched.extend([Some(key), Some(end), before].into_iter().flatten());
        by_end.entry((end != key).then_some(end)).or_default().push(key);
    }
    for (end, keys) in by_end {
        diesel::update(c::table.filter(c::key.eq_any(keys))).set(c::survivor_key.eq(end)).execute(conn)?;
    }
    note_parts(conn, &touched)?;
    change::add(conn, Kind::Ci, &touched.into_iter().collect::<Vec<_>>())
}

/// Writes down which of these rows others are part of.
fn note_parts(conn: &mut Conn, rows: &BTreeSet<i32>) -> Result<(), StoreError> {
    let of = c::survivor_key.eq_any(rows.iter().copied().map(Some).collect::<Vec<_>>());
    let composed: Vec<i32> = c::table.filter(of).select(c::survivor_key.assume_not_null()).load(conn)?;
    let composed: BTreeSet<i32> = composed.into_iter().collect();
    let simple: Vec<i32> = rows.difference(&composed).copied().collect();
    for (rows, has_parts) in [(simple, false), (composed.into_iter().collect(), true)] {
        let other = c::table.filter(c::key.eq_any(rows).and(c::has_parts.ne(has_parts)));
        diesel::update(other).set(c::has_parts.eq(has_parts)).execute(conn)?;
    }
    Ok(())
}

/// A row under a host, for pairing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependent {
    pub(super) key: i32,
    pub(super) parent_key: i32,
    pub(super) class: String,
    pub(super) local_id: String,
    /// Whether nobody sees it any more.
    pub(super) is_gone: bool,
}

type DependentRow = (i32, Option<i32>, String, Option<String>, Option<At>);

/// What is under these hosts, oldest first.
pub(super) fn dependents(conn: &mut Conn, hosts: &[i32]) -> Result<Vec<Dependent>, StoreError> {
    let rows: Vec<DependentRow> = c::table
        .filter(c::parent_key.eq_any(hosts.iter().copied().map(Some).collect::<Vec<_>>()))
        .order(c::key)
        .select((c::key, c::parent_key, c::class, c::local_id, c::gone_at))
        .load(conn)?;
    let dependent = |(key, parent_key, class, local_id, gone_at): DependentRow| {
        let is_gone = gone_at.is_some();
        Some(Dependent { key, parent_key: parent_key?, class, local_id: local_id?, is_gone })
    };
    Ok(rows.into_iter().filter_map(dependent).collect())
}

fn merge(
    ((key, id, merged_key, survivor_key, derived_from), (at, actor_name, reason), (undone_at, undone_by, undo_reason)): Row,
) -> Merge {
    Merge {
        key,
        id: id.into(),
        merged_key,
        survivor_key,
        is_derived: derived_from.is_some(),
        at: at.0,
        actor_name,
        reason,
        undone_at: undone_at.map(Timestamp::from),
        undone_by,
        undo_reason,
    }
}
