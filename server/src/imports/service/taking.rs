//! Taking inventories, whichever way they came.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Error, joining};
use crate::catalogue::observed::{Package, number};
use crate::cmdb::observed::ci;
use crate::imports::map::{self, Message};
use crate::imports::model::inventory::ForeignInventory;
use crate::imports::model::report::{NotTaken, Reason};
use crate::imports::model::run::{Item, Outcome};
use crate::imports::store;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::reconcile::Vocabulary;
use crate::reconcile::foreign::{self, Changes, Foreign, Words};
use crate::store::{Conn, Store, StoreError};

/// How many documents are read at once: each may hold a hundred megabytes while it is.
const AT_ONCE: usize = 2;
/// Longest time that one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Sections that Terrier's own agent reports itself.
const OF_OWN_AGENT: [&str; 4] = ["networks", "drives", "virtualmachines", "softwares"];

/// Reads and takes documents. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    words: Words,
    turns: Arc<Semaphore>,
}

/// Who brings inventories, and where their devices belong.
#[derive(Debug, Clone)]
pub struct Who {
    /// Where they belong.
    pub organisation: OrganisationId,
    /// A person's id; none of a token.
    pub actor: Option<Uuid>,
    /// The person's or the token's name.
    pub name: String,
}

/// An inventory that is ready to be written.
#[derive(Debug)]
pub(super) struct Ready {
    inventory: ForeignInventory,
    /// The numbers of its packages, unless they are given in the same transaction.
    installed: Option<BTreeSet<i32>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { words: Words::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Desk {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// It is refused, or too many are being read.
    pub async fn read(&self, bytes: Vec<u8>, at: Timestamp) -> Result<Message, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Error::Busy) };
        let read = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            map::read(bytes, at)
        });
        let read = read.await.map_err(|stopped| StoreError::Stopped(stopped.to_string()))?;
        Ok(read?)
    }

    /// Writes what inventories change, all of them or none.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn take(
        &self,
        store: &Store,
        ctx: &Ctx,
        who: &Who,
        inventories: Vec<ForeignInventory>,
    ) -> Result<Vec<Item>, Error> {
        let (ready, vocabulary) = self.ready(store, inventories, true).await?;
        let (ctx, who) = (ctx.clone(), who.clone());
        store.write(move |conn| Ok(take_all(conn, &ctx, &vocabulary, &who, ready)?)).await
    }

    /// Numbers the packages, if that is wanted already, and gives the register's words.
    pub(super) async fn ready(
        &self,
        store: &Store,
        inventories: Vec<ForeignInventory>,
        numbered: bool,
    ) -> Result<(Vec<Ready>, Arc<Vocabulary>), Error> {
        let mut ready = Vec::with_capacity(inventories.len());
        for inventory in inventories {
            let installed = match &inventory.packages {
                Some(packages) if numbered => Some(self.words.number(store, packages).await?),
                _ => None,
            };
            ready.push(Ready { inventory, installed });
        }
        Ok((ready, self.words.vocabulary(store).await?))
    }
}

/// Writes what inventories change, in the caller's transaction.
pub(super) fn take_all(
    conn: &mut Conn,
    ctx: &Ctx,
    vocabulary: &Vocabulary,
    who: &Who,
    ready: Vec<Ready>,
) -> Result<Vec<Item>, StoreError> {
    let mut taken = Vec::with_capacity(ready.len());
    for Ready { inventory, installed } in ready {
        let installed = match (&inventory.packages, installed) {
            (Some(packages), None) => Some(numbers(conn, packages)?),
            (_, installed) => installed,
        };
        let changes = take(conn, ctx, vocabulary, who, &inventory, installed.as_ref())?;
        taken.push((inventory, changes));
    }
    joining::join_all(conn, ctx, who, &mut taken)?;
    let keys: Vec<i32> = taken.iter().filter_map(|(_, changes)| changes.ci).collect();
    let names = ci::names(conn, &keys)?;
    let items = taken.into_iter().map(|(inventory, changes)| {
        let known = changes.ci.and_then(|key| names.get(&key));
        item(inventory, changes, known.map(|(id, class, name)| (id.uuid(), class.as_str(), name.as_str())))
    });
    Ok(items.collect())
}

fn numbers(conn: &mut Conn, packages: &[Package]) -> Result<BTreeSet<i32>, StoreError> {
    Ok(number(conn, packages.to_vec())?.into_iter().map(|(_, number)| number).collect())
}

fn take(
    conn: &mut Conn,
    ctx: &Ctx,
    vocabulary: &Vocabulary,
    who: &Who,
    inventory: &ForeignInventory,
    installed: Option<&BTreeSet<i32>>,
) -> Result<Changes, StoreError> {
    let (source, reporter) = (inventory.format.source(), inventory.reporter.as_str());
    let bound = store::bound(conn, who.organisation, source, reporter)?;
    let taken = match bound {
        Some(_) => BTreeSet::new(),
        None => store::taken(conn, who.organisation, source, reporter, ctx.now)?,
    };
    let foreign = Foreign {
        source,
        organisation: who.organisation,
        bound,
        taken: &taken,
        actor: (who.actor, &who.name),
        at: ctx.now,
        sees: inventory.format.sees(),
        observed: &inventory.observed,
        installed,
    };
    let changes = foreign::take(conn, ctx, vocabulary, &foreign)?;
    if let Some(key) = changes.ci {
        store::put(conn, who.organisation, (source, reporter), key, ctx.now)?;
    }
    Ok(changes)
}

fn item(inventory: ForeignInventory, changes: Changes, known: Option<(Uuid, &str, &str)>) -> Item {
    let outcome = match (changes.created, changes.any()) {
        (true, _) => Outcome::Created,
        (false, true) => Outcome::Changed,
        (false, false) => Outcome::Unchanged,
    };
    let mut report = inventory.report;
    if changes.own_agent {
        for section in OF_OWN_AGENT {
            if let Some(count) = report.taken.remove(section) {
                let reason = Reason::OwnAgent;
                report.not_taken.push(NotTaken { path: section.to_owned(), name: None, count, reason });
            }
        }
    }
    let called = inventory.observed.name.unwrap_or_default();
    Item {
        reporter: inventory.reporter,
        name: known.map_or(called, |(_, _, name)| name.to_owned()),
        class: known.map_or(inventory.observed.class.unwrap_or_default(), |(_, class, _)| class).to_owned(),
        ci_id: known.map(|(id, _, _)| id),
        outcome,
        reason: changes.reason,
        own_agent: changes.own_agent,
        created_under: changes.created_under,
        gone: changes.gone,
        values: changes.values,
        installed: changes.installed,
        removed: changes.removed,
        relations: changes.relations,
        taken: report.taken,
        not_taken: report.not_taken,
    }
}
