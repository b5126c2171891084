//! The job that keeps up to date what items inherit.
//!
//! It takes no input but the notes that wait, so it goes on after a kill where it was. What was just changed goes before
//! what is below it, level by level, so that a new item does not wait until a whole site has been looked at.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::change;
use super::containment;
use super::model::Inherited;
use super::write::{self, Wanted};
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::check;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::store::dialect::transaction_lock;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, Store, StoreError};

/// How often it is looked whether something has changed.
pub const EVERY: Duration = Duration::from_millis(500);
/// How long one run goes on.
const RUN: Duration = Duration::from_secs(2);
/// How long others may write between two batches.
const PAUSE: Duration = Duration::from_millis(5);
/// Notes in one transaction: on SQLite everybody who writes waits for it.
const BATCH: i64 = 200;
/// One server at a time works notes off; any number will do, as long as every server of one database takes the same.
const LOCK: i64 = 0x7465_7272_6965_7212;

/// Works notes off, for two seconds at most.
///
/// # Errors
///
/// The database fails; what was done until then stays done.
pub async fn run(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    let started = Instant::now();
    let mut is_any = store.read(change::is_any).await?;
    while is_any && started.elapsed() < RUN {
        let ctx = Ctx::system(clock);
        store.write(move |conn| batch(conn, &ctx)).await?;
        tokio::time::sleep(PAUSE).await;
        is_any = store.read(change::is_any).await?;
    }
    let waiting = if is_any { store.read(change::waiting).await? } else { 0 };
    metrics::gauge!("inheritance_changes_waiting").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
    Ok(())
}

/// Works off every note.
///
/// # Errors
///
/// The database fails.
pub fn drain(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    while store.write_blocking(|conn| batch(conn, &Ctx::system(clock)))? > 0 {}
    Ok(())
}

/// Works some notes off, in a fixed number of statements; how many there were.
///
/// Two who write at once may mark two statements of one item as shown. Whoever does so changes what an item says of
/// itself and leaves a note of it; as every item that is looked at is settled, the next batch puts that right.
///
/// # Errors
///
/// The database fails.
pub fn batch(conn: &mut Conn, ctx: &Ctx) -> Result<usize, StoreError> {
    transaction_lock(conn, LOCK)?;
    let taken = change::take(conn, BATCH)?;
    if taken.is_empty() {
        return Ok(0);
    }
    let records = Records::with(conn, &taken.keys().copied().collect::<Vec<_>>())?;
    lock(conn, &records.keys())?;
    change::note_below(conn, &of_items(&taken, &records))?;
    look_at(conn, ctx, &records)?;
    Ok(taken.len())
}

/// Keeps others from writing these items until the transaction ends: whoever edits one holds its row first, too. On
/// SQLite a transaction that writes is alone already.
fn lock(conn: &mut Conn, keys: &[i32]) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = conn {
        let rows = c::table.filter(c::key.eq_any(keys)).order(c::key).select(c::key).for_no_key_update();
        rows.load::<i32>(conn)?;
    }
    Ok(())
}

/// How many levels below each row are to be looked at: what holds for one row of an item holds for all.
fn of_items(taken: &BTreeMap<i32, i32>, records: &Records) -> BTreeMap<i32, i32> {
    let mut by_item: BTreeMap<i32, i32> = BTreeMap::new();
    for (key, levels) in taken {
        let most = by_item.entry(records.item_of(*key).unwrap_or(*key)).or_insert(*levels);
        *most = (*levels).max(*most);
    }
    let levels = |key: &i32| by_item.get(&records.item_of(*key)?).copied();
    records.keys().into_iter().filter_map(|key| Some((key, levels(&key)?))).collect()
}

/// Has these items inherit what they are to inherit now. What is inherited stands in the item's own row.
fn look_at(conn: &mut Conn, ctx: &Ctx, records: &Records) -> Result<(), StoreError> {
    let settler = Settler::load(conn, ctx.now)?;
    let items: Vec<i32> = records.items().collect();
    let classes: Vec<(i32, String)> = c::table.filter(c::key.eq_any(&items)).select((c::key, c::class)).load(conn)?;
    let passed_on = settler.book.attributes().iter().filter(|one| one.passed_on);
    let mut attributes: Vec<i32> = passed_on.map(|one| one.id).collect();
    let containment = containment::load(conn, &items, &attributes)?;
    let mut wanted = Wanted::new();
    for (item, class) in &classes {
        let inherited = containment.inherited(*item, &attributes).into_iter();
        let fitting = inherited.filter(|(attribute, one)| fits(&settler.book, class, *attribute, one));
        wanted.extend(fitting.map(|(attribute, one)| ((*item, attribute), one)));
    }
    let changed = write::put(conn, ctx, &records.keys(), &wanted)?;
    attributes.extend(changed);
    attributes.sort_unstable();
    attributes.dedup();
    let touched = Touched { keys: &items, attributes: Some(&attributes), without: None };
    settler.settle(conn, touched, Versions::Counted)?;
    Ok(())
}

/// Whether items of the class can have it. What another class forbids is taken over as little as from a machine.
fn fits(book: &ClassBook, class: &str, attribute: i32, inherited: &Inherited) -> bool {
    let Some(attribute) = book.attribute_by_id(attribute) else { return false };
    let has_it = book.is_a(class, &attribute.class);
    has_it && inherited.value().is_none_or(|value| check::stored(book, class, &attribute.name, value).is_ok())
}
