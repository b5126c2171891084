//! Preparing an edit: which items, and what would become of each.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::asked::{self, Asked};
use super::judge::{Court, Task, Verdict, Wanted};
use super::model::{Changes, Edit, ITEMS_MAX, NAMED_MAX, Outcome, Person, State, Totals};
use super::store::{self, NewItem};
use crate::cmdb::baseline::model::FilterBody;
use crate::cmdb::bulk::model::{BATCH, ItemFault};
use crate::cmdb::class::store::load_book;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row;
use crate::cmdb::list;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::value::settle::Settler;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::CiId;
use crate::kernel::scope::Scope;
use crate::store::{Conn, Store};

/// For how long what was prepared can be looked at and begun.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Which items.
#[derive(Debug, Clone)]
pub(super) enum Selection {
    /// All that match.
    Found(FilterBody),
    /// These.
    Named(Vec<CiId>),
}

/// An edit to be.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) selection: Selection,
    pub(super) changes: Changes,
    pub(super) reason: Option<String>,
}

/// Who prepares it: what he may change is the context's scope, what he may see may be more.
#[derive(Debug, Clone)]
pub(super) struct Editor {
    pub(super) ctx: Ctx,
    pub(super) reads: Scope,
    pub(super) freshness: Freshness,
}

/// Works out what would become of each item, batch by batch. Nothing of the register is written.
pub(super) async fn prepare(store: &Store, editor: Editor, draft: Draft) -> Result<Edit, Error> {
    let (own, wanted) = (editor.clone(), draft.clone());
    let (asked, keys) = store.read(move |conn| begin(conn, &own, &wanted)).await?;
    let mut edit = new(&editor.ctx, &draft, keys.len())?;
    let (first, before) = (edit.clone(), editor.ctx.now.saturating_sub(KEPT).unwrap_or(editor.ctx.now));
    store
        .write(move |conn| {
            store::forget_old(conn, before)?;
            Ok::<_, Error>(store::insert(conn, &first)?)
        })
        .await?;
    for batch in keys.chunks(BATCH) {
        let (ctx, asked, reason) = (editor.ctx.clone(), asked.clone(), edit.reason.clone());
        let (place, keys) = (edit.next_place, batch.to_vec());
        let items = store.read(move |conn| look(conn, &ctx, (&asked, reason.as_deref()), place, &keys)).await?;
        for (_, outcome) in &items {
            edit.totals.count(*outcome, 1);
            edit.next_place = edit.next_place.saturating_add(1);
        }
        let (id, items) = (edit.id, items.into_iter().map(|(item, _)| item).collect::<Vec<_>>());
        store.write(move |conn| Ok::<_, Error>(store::add(conn, id, &items)?)).await?;
    }
    (edit.state, edit.next_place) = (State::Preview, 0);
    let whole = edit.clone();
    store.write(move |conn| Ok::<_, Error>(store::update(conn, &whole)?)).await?;
    Ok(edit)
}

fn new(ctx: &Ctx, draft: &Draft, items: usize) -> Result<Edit, Error> {
    let filter = match &draft.selection {
        Selection::Found(filter) => serde_json::to_value(filter).ok(),
        Selection::Named(_) => None,
    };
    let reason = checked_reason(draft.reason.as_deref())?.map(str::to_owned);
    let author = Person { id: ctx.actor.id(), name: ctx.actor.name().map(str::to_owned) };
    Ok(Edit {
        id: ctx.new_id(),
        state: State::Preparing,
        changes: draft.changes.clone(),
        filter,
        reason,
        author: author.clone(),
        created_at: ctx.now,
        acting: (author, ctx.scope.clone()),
        began_at: None,
        ended_at: None,
        undone_by: None,
        undone_at: None,
        undo_reason: None,
        totals: Totals { items: i32::try_from(items).unwrap_or(i32::MAX), ..Totals::default() },
        next_place: 0,
    })
}

/// What is asked for, and the items in the order in which they are taken.
fn begin(conn: &mut Conn, editor: &Editor, draft: &Draft) -> Result<(Asked, Vec<i32>), Error> {
    let asked = asked::read(&load_book(conn)?, &draft.changes).map_err(Error::Invalid)?;
    let reader = editor.ctx.clone().reaching(editor.reads.clone());
    let (field, mut keys) = match &draft.selection {
        Selection::Found(filter) => {
            ("filter", list::keys(conn, &reader, editor.freshness, &filter.clone().into(), None)?)
        }
        Selection::Named(ids) => ("ci_ids", named(conn, &reader, ids)?),
    };
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Err(FieldFault::new(field, "required", "no item is meant").into());
    }
    if keys.len() > ITEMS_MAX {
        return Err(too_many(field, ITEMS_MAX).into());
    }
    Ok((asked, keys))
}

/// The items with these ids; of one that is part of another, that other.
fn named(conn: &mut Conn, reader: &Ctx, ids: &[CiId]) -> Result<Vec<i32>, Error> {
    if ids.len() > NAMED_MAX {
        return Err(too_many("ci_ids", NAMED_MAX).into());
    }
    let rows = row::with_ids(conn, &reader.scope, ids)?;
    let found: BTreeMap<CiId, i32> =
        rows.into_iter().map(|row| (row.id, row.survivor_key.unwrap_or(row.key))).collect();
    let unknown = ids.iter().position(|id| !found.contains_key(id));
    if let Some(place) = unknown {
        return Err(FieldFault::new(format!("ci_ids[{place}]"), "unknown", "there is no such item in scope").into());
    }
    Ok(found.into_values().collect())
}

fn too_many(field: &str, limit: usize) -> FieldFault {
    let detail = format!("more than {limit} items");
    FieldFault { limit: i64::try_from(limit).ok(), ..FieldFault::new(field, "too_long", detail) }
}

/// What would become of a batch.
fn look(
    conn: &mut Conn,
    ctx: &Ctx,
    (asked, reason): (&Asked, Option<&str>),
    place: i32,
    keys: &[i32],
) -> Result<Vec<(NewItem, Outcome)>, Error> {
    let (settler, tree) = (Settler::load(conn, ctx.now)?, load_tree(conn)?);
    let wanted: Vec<Wanted> = keys.iter().map(|key| Wanted { key: *key, foreseen: Vec::new() }).collect();
    let court = Court { ctx, settler: &settler, tree: &tree, reason };
    let (_, verdicts) = court.judge(conn, Task::Preview(asked), &wanted)?;
    let judged = keys.iter().zip(verdicts).zip(place..);
    Ok(judged.map(|((key, verdict), place)| item(*key, place, verdict)).collect())
}

fn item(ci_key: i32, place: i32, verdict: Verdict) -> (NewItem, Outcome) {
    let (outcome, faults, differences) = match verdict {
        Verdict::Change(differences) => (Outcome::Change, Vec::new(), differences),
        Verdict::Same => (Outcome::Same, Vec::new(), Vec::new()),
        Verdict::Refused(faults) => (Outcome::Refused, faults, Vec::new()),
    };
    let faults: Vec<ItemFault> = faults.into_iter().map(ItemFault::from).collect();
    let why = faults.first().map(|fault| fault.code.clone());
    (NewItem { place, ci_key, outcome: outcome.name(), why, faults, differences }, outcome)
}
