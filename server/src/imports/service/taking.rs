//! Taking inventories, whichever way they came.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Error, joining};
use crate::cmdb::observed::ci;
use crate::imports::map::{self, Message};
use crate::imports::model::inventory::ForeignInventory;
use crate::imports::model::refusal::Refusal;
use crate::imports::model::report::{NotTaken, Reason, Report};
use crate::imports::model::run::{Item, Outcome};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::reconcile::foreign::{Device, Intake, Taken};
use crate::store::{Conn, Store, StoreError};

/// How many documents are read at once: each may hold a hundred megabytes while it is.
const AT_ONCE: usize = 2;
/// Longest time that one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Sections that Terrier's own agent reports itself.
const OF_OWN_AGENT: [&str; 3] = ["networks", "drives", "virtualmachines"];
/// The section of packages.
const SOFTWARE: &str = "softwares";

/// Reads and takes documents. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk(Arc<Semaphore>);

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

/// An inventory that was taken.
pub(super) struct Done {
    pub(super) inventory: ForeignInventory,
    pub(super) taken: Taken,
}

impl Default for Desk {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Desk {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// It is refused, or too many are being read.
    pub async fn read(&self, bytes: Vec<u8>, at: Timestamp) -> Result<Message, Error> {
        self.taking_turns(move || map::read(bytes, at)).await
    }

    /// Reads something when it is its turn.
    pub(super) async fn taking_turns<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Error::Busy) };
        let read = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            read()
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
        let (ctx, who) = (ctx.clone(), who.clone());
        store.write(move |conn| Ok(take_all(conn, &ctx, &who, inventories)?)).await
    }
}

/// Writes what inventories change, in the caller's transaction.
pub(super) fn take_all(
    conn: &mut Conn,
    ctx: &Ctx,
    who: &Who,
    inventories: Vec<ForeignInventory>,
) -> Result<Vec<Item>, StoreError> {
    let intake = Intake::open(conn)?;
    let mut done = Vec::with_capacity(inventories.len());
    for mut inventory in inventories {
        let device = Device {
            source: inventory.format.source(),
            external_id: inventory.reporter.clone(),
            name: inventory.observed.name.clone().unwrap_or_else(|| inventory.reporter.clone()),
            organisation: who.organisation,
            observed: inventory.observed.clone(),
            packages: inventory.packages.take(),
            received_at: ctx.now,
            sees: inventory.format.sees(),
        };
        let taken = intake.take(conn, ctx, device)?;
        done.push(Done { inventory, taken });
    }
    joining::join_all(conn, ctx, &mut done)?;
    let keys: Vec<i32> = done.iter().map(|one| one.taken.changes.ci_key).collect();
    let names = ci::names(conn, &keys)?;
    let called = |key: i32| names.get(&key).map(|(class, name)| (class.as_str(), name.as_str())).unwrap_or_default();
    Ok(done.into_iter().map(|one| item(called(one.taken.changes.ci_key), one)).collect())
}

fn item((class, name): (&str, &str), Done { inventory, taken }: Done) -> Item {
    let changes = taken.changes;
    let outcome = match (changes.created, changes.any()) {
        (true, _) => Outcome::Created,
        (false, true) => Outcome::Changed,
        (false, false) => Outcome::Unchanged,
    };
    let mut report = inventory.report;
    if changes.beside_own_agent {
        for section in OF_OWN_AGENT {
            leave(&mut report, section, Reason::OwnAgent);
        }
    }
    if taken.packages_left_out {
        let reason = if changes.beside_own_agent { Reason::OwnAgent } else { Reason::OtherReporter };
        leave(&mut report, SOFTWARE, reason);
    }
    Item {
        reporter: inventory.reporter,
        name: name.to_owned(),
        class: class.to_owned(),
        ci_id: Some(taken.ci_id.uuid()),
        outcome,
        reason: changes.reason,
        own_agent: changes.beside_own_agent,
        created_under: changes.created_under,
        gone: changes.gone,
        values: changes.values,
        installed: changes.installed,
        removed: changes.removed,
        relations: changes.relations,
        taken: report.taken,
        not_taken: report.not_taken,
        line: None,
        errors: Vec::new(),
    }
}

/// What was ready to be kept of a section is not kept after all.
fn leave(report: &mut Report, section: &str, reason: Reason) {
    if let Some(count) = report.taken.remove(section) {
        report.not_taken.push(NotTaken { path: section.to_owned(), name: None, count, reason });
    }
}
