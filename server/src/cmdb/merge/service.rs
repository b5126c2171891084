//! Making two CIs one, and two again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::records::{Records, end_of};
pub use super::store::Merge;
use super::store::{self, NewMerge};
use crate::audit::{self, Entry, Object};
use crate::cmdb::class::store::load_book;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::item::summary::Reference;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::value::settle::Settler;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{CiId, MergeId};
use crate::store::{Conn, StoreError};

/// Most rows of one CI.
const RECORDS_MAX: usize = 64;

/// Two CIs that are one.
#[derive(Debug, Clone)]
pub struct MergeCommand {
    /// The one that stays.
    pub survivor: CiId,
    /// The one that becomes part of it.
    pub merged: CiId,
    /// Why.
    pub reason: Option<String>,
}

/// A merge and the CI that became part of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The merge.
    pub merge: Merge,
    /// The CI that became part.
    pub merged: Reference,
    /// The CI that it became part of.
    pub survivor: Reference,
}

/// Makes two CIs one: the merged one is part of the survivor from now on.
///
/// # Errors
///
/// [`Error::NotFound`], or [`Error::Invalid`] for CIs that cannot be one.
pub fn merge(conn: &mut Conn, ctx: &Ctx, command: &MergeCommand) -> Result<MergeId, Error> {
    let reason = checked_reason(command.reason.as_deref())?;
    store::lock(conn)?;
    let survivor = row::find(conn, &ctx.scope, command.survivor)?.ok_or(Error::NotFound)?;
    let merged = row::find(conn, &ctx.scope, command.merged)?.ok_or(Error::NotFound)?;
    let book = load_book(conn)?;
    check(&book, &survivor, &merged)?;
    let rows = Records::of(conn, &[survivor.key, merged.key], None)?.keys();
    if rows.len() > RECORDS_MAX {
        let limit = i64::try_from(RECORDS_MAX).ok();
        let detail = format!("a CI is made of at most {RECORDS_MAX} others");
        return Err(FieldFault { limit, ..FieldFault::new("with", "too_long", detail) }.into());
    }
    let id = ctx.new_id();
    let new = NewMerge {
        id,
        merged_key: merged.key,
        survivor_key: survivor.key,
        derived_from: None,
        at: ctx.now,
        actor_name: ctx.actor.name(),
        reason,
    };
    store::insert(conn, &new)?;
    store::settle(conn, &rows)?;
    derive(conn, ctx, &rows)?;
    show(conn, ctx, &rows)?;
    let details = json!({ "merge_id": id, "merged": { "id": merged.id, "name": merged.name }, "reason": reason });
    record(conn, ctx, "ci.merged", &survivor, details)?;
    Ok(id)
}

/// Takes a merge back: both are what they would be without it.
///
/// # Errors
///
/// [`Error::NotFound`], or [`Error::Invalid`] for one that was taken back already or follows from another.
pub fn undo(conn: &mut Conn, ctx: &Ctx, id: MergeId, reason: Option<&str>) -> Result<Part, Error> {
    let reason = checked_reason(reason)?;
    store::lock(conn)?;
    let part = find(conn, ctx, id)?;
    if part.merge.undone_at.is_some() {
        return Err(FieldFault::new("id", "conflict", "it was taken back already").into());
    }
    if part.merge.is_derived {
        return Err(FieldFault::new("id", "conflict", "it follows from the merge of the hosts").into());
    }
    let end = end_of(&store::open_steps(conn)?, part.merge.survivor_key);
    let rows = Records::of(conn, &[end], None)?.keys();
    store::undo(conn, &[part.merge.key], ctx.now, (ctx.actor.name(), reason))?;
    store::settle(conn, &rows)?;
    derive(conn, ctx, &rows)?;
    show(conn, ctx, &rows)?;
    let merged = json!({ "id": part.merged.id, "name": part.merged.name });
    let details = json!({ "merge_id": id, "merged": merged, "reason": reason });
    let survivor = row::find(conn, &ctx.scope, part.survivor.id)?.ok_or(Error::NotFound)?;
    record(conn, ctx, "ci.merge_undone", &survivor, details)?;
    find(conn, ctx, id)
}

/// The merge with this id, if both of its CIs are in scope.
fn find(conn: &mut Conn, ctx: &Ctx, id: MergeId) -> Result<Part, Error> {
    let merge = store::find(conn, id)?.ok_or(Error::NotFound)?;
    parts(conn, ctx, vec![merge])?.pop().ok_or(Error::NotFound)
}

/// The merges that a CI is made of, those that were taken back too; newest first.
///
/// # Errors
///
/// [`Error::NotFound`] outside the caller's scope.
pub fn list(conn: &mut Conn, ctx: &Ctx, id: CiId) -> Result<Vec<Part>, Error> {
    let ci = row::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    let rows = Records::of(conn, &[ci.key], None)?.keys();
    let merges = store::list_of(conn, &rows)?;
    Ok(parts(conn, ctx, merges)?)
}

fn parts(conn: &mut Conn, ctx: &Ctx, journal: Vec<Merge>) -> Result<Vec<Part>, StoreError> {
    let keys = journal.iter().flat_map(|one| [one.merged_key, one.survivor_key]).collect();
    let named = row::named(conn, &ctx.scope, keys)?;
    let both = |merge: Merge| {
        let (merged, survivor) = (named.get(&merge.merged_key)?.clone(), named.get(&merge.survivor_key)?.clone());
        Some(Part { merge, merged, survivor })
    };
    Ok(journal.into_iter().filter_map(both).collect())
}

/// What is under hosts that are one and has the same name there is one as well: brings the merges that follow from
/// those of these hosts up to what there is. Nothing to do for hosts that are part of nothing.
///
/// # Errors
///
/// The database fails.
fn derive(conn: &mut Conn, ctx: &Ctx, hosts: &[i32]) -> Result<(), StoreError> {
    let (there, wanted) = (store::derived(conn, hosts)?, wanted_pairs(conn, hosts)?);
    let stale: Vec<i32> = there
        .iter()
        .filter(|(_, merged, survivor)| wanted.get(merged) != Some(survivor))
        .map(|(key, ..)| *key)
        .collect();
    if !stale.is_empty() {
        store::undo(conn, &stale, ctx.now, (None, None))?;
    }
    let known: BTreeSet<(i32, i32)> = there
        .iter()
        .filter(|(key, ..)| !stale.contains(key))
        .map(|(_, merged, survivor)| (*merged, *survivor))
        .collect();
    let mut touched: BTreeSet<i32> = there.iter().map(|(_, merged, _)| *merged).collect();
    let ended = there.iter().filter(|(key, ..)| stale.contains(key));
    let mut changed: BTreeSet<i32> = ended.flat_map(|(_, merged, survivor)| [*merged, *survivor]).collect();
    let source = store::any_open(conn, hosts)?;
    for (merged_key, survivor_key) in wanted.into_iter().filter(|pair| !known.contains(pair)) {
        let Some(derived_from) = source else { break };
        let (id, at) = (ctx.new_id(), ctx.now);
        let (derived_from, actor_name, reason) = (Some(derived_from), None, None);
        store::insert(conn, &NewMerge { id, merged_key, survivor_key, derived_from, at, actor_name, reason })?;
        touched.insert(merged_key);
        changed.extend([merged_key, survivor_key]);
    }
    if !touched.is_empty() {
        store::settle(conn, &touched.into_iter().collect::<Vec<_>>())?;
    }
    show(conn, ctx, &changed.into_iter().collect::<Vec<_>>())
}

/// Shows of the items that these rows make up now what is to be shown.
fn show(conn: &mut Conn, ctx: &Ctx, rows: &[i32]) -> Result<(), StoreError> {
    if rows.is_empty() { Ok(()) } else { Settler::load(conn, ctx.now)?.settle_whole(conn, rows) }
}

/// The same for what has come under a host, if that is part of another or has parts.
///
/// # Errors
///
/// The database fails.
pub fn derive_under(conn: &mut Conn, ctx: &Ctx, host: i32) -> Result<(), StoreError> {
    let end = row::survivor_of(conn, host)?.unwrap_or(host);
    let rows = Records::of(conn, &[end], None)?.keys();
    if rows.len() > 1 { derive(conn, ctx, &rows) } else { Ok(()) }
}

/// What a dependent is called: its host, its space of names and its name there.
type Place = (i32, &'static str, String);

/// Which dependent is part of which, by the hosts that are one.
fn wanted_pairs(conn: &mut Conn, hosts: &[i32]) -> Result<BTreeMap<i32, i32>, StoreError> {
    let steps = store::open_steps(conn)?;
    let mut groups: BTreeMap<Place, Vec<(bool, bool, i32)>> = BTreeMap::new();
    for one in store::dependents(conn, hosts)? {
        let host = end_of(&steps, one.parent_key);
        let kind = name_space(&one.class);
        groups.entry((host, kind, one.local_id)).or_default().push((one.is_gone, one.parent_key != host, one.key));
    }
    let mut pairs = BTreeMap::new();
    for mut group in groups.into_values() {
        // What is there comes first: one that somebody sees is not gone. Then the survivor's own, then the oldest.
        group.sort_unstable();
        if let Some(((.., first), rest)) = group.split_first() {
            pairs.extend(rest.iter().map(|(.., key)| (*key, *first)));
        }
    }
    Ok(pairs)
}

/// Dependents of these classes have names of their own under a host; all others are what runs on it, whose class may
/// change.
fn name_space(class: &str) -> &'static str {
    const OWN: [&str; 5] = ["filesystem", "network_interface", "container", "certificate", "storage_device"];
    OWN.into_iter().find(|own| *own == class).unwrap_or("software_instance")
}

fn check(book: &ClassBook, survivor: &CiRow, merged: &CiRow) -> Result<(), Error> {
    let refuse = |code: &'static str, detail: &str| Err(FieldFault::new("with", code, detail).into());
    if survivor.key == merged.key {
        return refuse("invalid", "a CI is one with itself already");
    }
    if survivor.organisation_id != merged.organisation_id {
        return refuse("invalid", "they belong to different organisations");
    }
    if survivor.parent_key.is_some() || merged.parent_key.is_some() {
        return refuse("invalid", "what is under a host follows its host");
    }
    if !is_akin(book, &survivor.class, &merged.class) {
        return refuse("invalid", "their classes have nothing in common");
    }
    if survivor.lifecycle.is_over() {
        return refuse("conflict", "the one that is to stay is retired");
    }
    Ok(())
}

/// Whether two classes have an ancestor in common that is not only the root of all.
fn is_akin(book: &ClassBook, one: &str, other: &str) -> bool {
    book.lineage(one).filter(|class| class.name != ROOT).any(|class| book.is_a(other, &class.name))
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    ci: &CiRow,
    details: serde_json::Value,
) -> Result<(), Error> {
    let object = Object::named("ci", ci.id, ci.name.clone());
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}
