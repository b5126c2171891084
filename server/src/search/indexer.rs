//! The job that keeps documents up to date: it takes what has changed and writes it anew.
//!
//! It takes no input but the changes that wait, so it goes on after a kill where it was; on a database of an older
//! version the changes that wait are everything there is.

use std::time::{Duration, Instant};

use super::provider::{agent_fields, product_fields};
use crate::index::model::text::{Field, Kind, Texts};
use crate::index::{address, change, document};
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, Store, StoreError};
use crate::{catalogue, cmdb, fleet};

/// How often it is looked whether something has changed.
pub const EVERY: Duration = Duration::from_millis(500);
/// How long one run goes on.
const RUN: Duration = Duration::from_secs(2);
/// How long others may write between two batches.
const PAUSE: Duration = Duration::from_millis(5);
/// Changes in one transaction: on SQLite everybody who writes waits for it.
const BATCH: i64 = 64;
/// One server at a time writes documents; any number will do, as long as every server of one database takes the same.
const LOCK: i64 = 0x7465_7272_6965_7211;

/// Writes what has changed, for two seconds at most.
///
/// # Errors
///
/// The database fails; what was written until then stays written.
pub async fn run(store: &Store) -> Result<(), StoreError> {
    let started = Instant::now();
    while started.elapsed() < RUN {
        if !store.read(change::is_any).await? || store.write(batch).await? == 0 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let waiting = store.read(change::waiting).await?;
    metrics::gauge!("search_changes_waiting").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
    if waiting > 0 {
        tracing::info!(waiting, "search is being brought up to date; it answers meanwhile");
    }
    Ok(())
}

/// Writes everything that has changed.
///
/// # Errors
///
/// The database fails.
pub fn drain(store: &Store) -> Result<(), StoreError> {
    while store.write_blocking(batch)? > 0 {}
    Ok(())
}

/// Writes the documents of the oldest changes; how many there were.
fn batch(conn: &mut Conn) -> Result<usize, StoreError> {
    transaction_lock(conn, LOCK)?;
    let taken = change::take(conn, BATCH)?;
    for kind in Kind::ALL {
        let items: Vec<i32> = taken.iter().filter(|(of, _)| *of == kind).map(|(_, item)| *item).collect();
        if items.is_empty() {
            continue;
        }
        let items = if kind == Kind::Ci { cmdb::text::with_items(conn, &items)? } else { items };
        let texts = texts(conn, kind, &items)?;
        document::write(conn, kind, &items, &texts)?;
        if kind == Kind::Ci {
            let held = cmdb::text::addresses(conn, &items)?;
            address::replace(conn, &items, &held)?;
        }
    }
    Ok(taken.len())
}

fn texts(conn: &mut Conn, kind: Kind, items: &[i32]) -> Result<Vec<Texts>, StoreError> {
    let product = |one: catalogue::names::Named| of(kind, one.id, None, product_fields(&one));
    let agent = |one: fleet::names::Named| of(kind, one.key, Some(one.organisation), agent_fields(&one));
    Ok(match kind {
        Kind::Ci => cmdb::text::load(conn, items)?,
        Kind::Product => catalogue::names::load(conn, items)?.into_iter().map(product).collect(),
        Kind::Agent => fleet::names::load(conn, items)?.into_iter().map(agent).collect(),
    })
}

const fn of(
    kind: Kind,
    item: i32,
    organisation: Option<crate::kernel::id::OrganisationId>,
    fields: Vec<Field>,
) -> Texts {
    Texts { kind, item, organisation, fields }
}
