//! Carrying edits out and taking them back: a job. It takes no input but the edits that are to go on, so it goes on
//! after a kill where it was; any number of server processes may take turns.

use serde_json::json;

use super::asked;
use super::judge::{Court, Task, Verdict, Wanted};
use super::model::{Edit, Outcome, State};
use super::service::{LOCK, record};
use super::store::{self, Item, NewItem};
use crate::cmdb::bulk::model::{BATCH, ItemFault};
use crate::cmdb::bulk::relate::Relations;
use crate::cmdb::bulk::write::Writing;
use crate::cmdb::error::Error;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::value::settle::Settler;
use crate::kernel::actor::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::Id;
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, Store};

/// How many batches one turn carries out at most, so that a server that stops does not wait for a whole edit.
const BATCHES: usize = 10;

/// A turn: edits that are to go on do so, for some batches.
///
/// # Errors
///
/// The database fails; the next turn goes on from there.
pub async fn turn(store: &Store, clock: &Clock) -> Result<(), Error> {
    for _batch in 0..BATCHES {
        let is_any = store.read(|conn| Ok::<_, Error>(store::is_any_under_way(conn)?)).await?;
        if !is_any || !batch(store, clock).await? {
            break;
        }
    }
    Ok(())
}

/// Carries out the next batch of the oldest edit that is to go on; whether there was one.
///
/// # Errors
///
/// The database fails; nothing of the batch is done then.
pub async fn batch(store: &Store, clock: &Clock) -> Result<bool, Error> {
    let clock = clock.clone();
    store.write(move |conn| one(conn, &clock)).await
}

fn one(conn: &mut Conn, clock: &Clock) -> Result<bool, Error> {
    transaction_lock(conn, LOCK)?;
    let Some(mut edit) = store::under_way(conn)? else { return Ok(false) };
    let ctx = ctx(&edit, clock);
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let items = store::items_from(conn, edit.id, edit.next_place, most)?;
    if let Some(last) = items.last() {
        edit.next_place = last.place.saturating_add(1);
        carry_out(conn, &ctx, &mut edit, items)?;
    }
    if edit.next_place >= edit.totals.items {
        end(&ctx, &mut edit);
    }
    store::update(conn, &edit)?;
    Ok(true)
}

/// Whoever had it begun does it, also where the server does it for him later.
fn ctx(edit: &Edit, clock: &Clock) -> Ctx {
    let (person, scope) = &edit.acting;
    let name = person.name.clone().unwrap_or_default();
    let actor = person.id.map_or(Actor::System, |id| Actor::User { id: Id::from_uuid(id), name });
    Ctx::new(actor, scope.clone(), clock)
}

fn end(ctx: &Ctx, edit: &mut Edit) {
    if edit.state == State::Undoing {
        edit.state = State::Undone;
        edit.undone_at = Some(ctx.now);
    } else {
        edit.state = State::Applied;
        edit.ended_at = Some(ctx.now);
    }
}

fn carry_out(conn: &mut Conn, ctx: &Ctx, edit: &mut Edit, items: Vec<Item>) -> Result<(), Error> {
    let undoing = edit.state == State::Undoing;
    let due = if undoing { Outcome::Changed } else { Outcome::Change };
    let items: Vec<Item> = items.into_iter().filter(|item| item.outcome == due).collect();
    if items.is_empty() {
        return Ok(());
    }
    let (settler, tree) = (Settler::load(conn, ctx.now)?, load_tree(conn)?);
    let reason = if undoing { edit.undo_reason.clone().or_else(|| Some(back(edit))) } else { edit.reason.clone() };
    let court = Court { ctx, settler: &settler, tree: &tree, reason: reason.as_deref() };
    let wanted: Vec<Wanted> =
        items.iter().map(|item| Wanted { key: item.ci_key, foreseen: item.differences.clone() }).collect();
    // A class that no longer has what is said of it refuses item by item; what can no longer be read at all, as a whole.
    let asked = if undoing { Ok(asked::Asked::new()) } else { asked::read(&settler.book, &edit.changes) };
    let settled = match &asked {
        Ok(asked) => {
            let task = if undoing { Task::Undo } else { Task::Apply(asked) };
            let (mut known, verdicts) = court.judge(conn, task, &wanted)?;
            let writing = Writing { ctx, source: &SourceName::PERSON, settler: &settler };
            writing.write(conn, &mut known, &Relations::default())?;
            items.iter().zip(verdicts).map(|(item, verdict)| settled(item, verdict, undoing)).collect()
        }
        Err(faults) => {
            let refused = |item: &Item| settled(item, Verdict::Refused(faults.clone()), undoing);
            items.iter().map(refused).collect::<Vec<_>>()
        }
    };
    for (_, outcome) in &settled {
        edit.totals.count(due, -1);
        edit.totals.count(*outcome, 1);
    }
    let number = |wanted: Outcome| settled.iter().filter(|(_, outcome)| *outcome == wanted).count();
    let (done, not) = if undoing {
        (number(Outcome::Restored), number(Outcome::Kept))
    } else {
        (number(Outcome::Changed), number(Outcome::Refused))
    };
    if done > 0 {
        let action = if undoing { "edit.undone" } else { "edit.applied" };
        record(conn, ctx, edit, action, json!({ "items": done, "refused": not, "reason": reason }))?;
    }
    let rows: Vec<NewItem> = settled.into_iter().map(|(row, _)| row).collect();
    Ok(store::settle(conn, edit.id, &rows)?)
}

fn settled(item: &Item, verdict: Verdict, undoing: bool) -> (NewItem, Outcome) {
    let (outcome, faults) = match (verdict, undoing) {
        (Verdict::Change(_), false) => (Outcome::Changed, Vec::new()),
        (Verdict::Same, false) => (Outcome::Same, Vec::new()),
        (Verdict::Refused(faults), false) => (Outcome::Refused, faults),
        (Verdict::Change(_) | Verdict::Same, true) => (Outcome::Restored, Vec::new()),
        (Verdict::Refused(faults), true) => (Outcome::Kept, faults),
    };
    let faults: Vec<ItemFault> = faults.into_iter().map(ItemFault::from).collect();
    let why = faults.first().map(|fault| fault.code.clone());
    let (place, ci_key) = (item.place, item.ci_key);
    (NewItem { place, ci_key, outcome: outcome.name(), why, faults, differences: Vec::new() }, outcome)
}

/// Why an item is as it was, where nobody says.
fn back(edit: &Edit) -> String {
    format!("edit {} taken back", edit.id)
}
