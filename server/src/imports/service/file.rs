//! Files that people import.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::taking::take_all;
use super::{Desk, Error, Who};
use crate::audit::{self, Entry, Object};
use crate::cmdb::organisation::load_tree;
use crate::imports::map::Message;
use crate::imports::model::run::{Item, Run, Totals};
use crate::imports::store::{self, NewRun};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{ImportId, OrganisationId};
use crate::kernel::invalid::{Fault, Invalid};
use crate::kernel::page::{Page, PageRequest};
use crate::store::dialect::storable;
use crate::store::{Conn, Store, StoreError};

/// Longest name of a file, and longest key, in characters.
const NAME_CHARACTERS: usize = 255;

/// A file to import.
#[derive(Debug)]
pub struct Order {
    /// Its bytes, as they came.
    pub bytes: Vec<u8>,
    /// What it is called.
    pub file_name: Option<String>,
    /// Where its devices belong; the top of the caller's reach unless said.
    pub organisation: Option<OrganisationId>,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// Under which the same file is imported once.
    pub idempotency_key: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Imported {
    /// What would happen. Nothing was written.
    Preview {
        /// What the file is.
        format: &'static str,
        /// What would become of each device.
        items: Vec<Item>,
    },
    /// It was applied.
    Applied(Box<Run>),
    /// It was applied before, under the same key.
    Before(Box<Run>),
}

/// Nothing is kept of a transaction that ends like this.
enum Stop {
    Preview(Vec<Item>),
    Failed(Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Imports a file, or says what would happen.
///
/// # Errors
///
/// The file is refused, the organisation is not in reach, or the key was used for another file.
pub async fn import(desk: &Desk, store: &Store, ctx: &Ctx, order: Order) -> Result<Imported, Error> {
    check([("file_name", &order.file_name), ("Idempotency-Key", &order.idempotency_key)])?;
    let digest = Sha256::digest(&order.bytes).to_vec();
    if let Some(run) = before(store, ctx, order.idempotency_key.clone().filter(|_| !order.dry_run), &digest).await? {
        return Ok(Imported::Before(Box::new(run)));
    }
    let organisation = organisation(store, ctx, order.organisation).await?;
    let size_bytes = i64::try_from(order.bytes.len()).unwrap_or(i64::MAX);
    let Message::Inventories(inventories) = desk.read(order.bytes, ctx.now).await? else {
        return Err(Error::NoInventory);
    };
    let format = inventories.first().map_or("ocs_xml", |inventory| inventory.format.name());
    let who = Who { organisation, actor: ctx.actor.id(), name: ctx.actor.name().unwrap_or_default().to_owned() };
    let told = Told { format, file_name: order.file_name, digest, size_bytes, key: order.idempotency_key };
    let (own, dry_run) = (ctx.clone(), order.dry_run);
    let done = store.write(move |conn| {
        if dry_run {
            let items = take_all(conn, &own, &who, inventories)?;
            return Err(Stop::Preview(items));
        }
        let items = take_all(conn, &own, &who, inventories)?;
        Ok(remember(conn, &own, &who, &items, &told)?)
    });
    match done.await {
        Ok(run) => Ok(Imported::Applied(Box::new(run))),
        Err(Stop::Preview(items)) => {
            // What would be new has no identity yet: the one it was tried with is gone.
            let nameless = |item: Item| Item { ci_id: item.ci_id.filter(|_| !is_new(&item)), ..item };
            Ok(Imported::Preview { format, items: items.into_iter().map(nameless).collect() })
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn is_new(item: &Item) -> bool {
    item.outcome == crate::imports::model::run::Outcome::Created
}

/// What is remembered of a file itself.
pub(super) struct Told {
    pub(super) format: &'static str,
    pub(super) file_name: Option<String>,
    pub(super) digest: Vec<u8>,
    pub(super) size_bytes: i64,
    pub(super) key: Option<String>,
}

/// Remembers a file that was applied, and what became of what is in it.
pub(super) fn remember(conn: &mut Conn, ctx: &Ctx, who: &Who, items: &[Item], told: &Told) -> Result<Run, Error> {
    let id: ImportId = ctx.new_id();
    let file_name = told.file_name.as_deref().map(storable);
    let new = NewRun {
        id,
        organisation: who.organisation,
        created_by: who.actor,
        created_at: ctx.now,
        format: told.format,
        file_name: file_name.as_deref(),
        digest: &told.digest,
        size_bytes: told.size_bytes,
        idempotency_key: told.key.as_deref(),
        items,
    };
    store::insert_run(conn, &new)?;
    let totals = Totals::of(items);
    let details = json!({
        "format": told.format,
        "organisation": who.organisation,
        "items": totals.items,
        "created": totals.created,
        "changed": totals.changed,
        "unchanged": totals.unchanged,
    });
    let name = file_name.as_deref().unwrap_or(told.format).to_owned();
    let object = Object::named("import", id, name);
    audit::record(conn, ctx, Entry { action: "import.applied", object, details })?;
    store::find_run(conn, &ctx.scope, id)?.ok_or(Error::NotFound)
}

/// Checks names and keys.
pub(super) fn check<const N: usize>(texts: [(&'static str, &Option<String>); N]) -> Result<(), Error> {
    let mut wrong = Vec::new();
    for (field, text) in texts {
        let length = text.as_deref().map_or(1, |text| text.chars().count());
        if length > NAME_CHARACTERS {
            wrong.push(Invalid::beyond(field, Fault::TooLong, 255, "at most 255 characters"));
        } else if length == 0 {
            wrong.push(Invalid::new(field, Fault::Required, "something, or leave it out"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// The file that was imported under the key before.
pub(super) async fn before(store: &Store, ctx: &Ctx, key: Option<String>, digest: &[u8]) -> Result<Option<Run>, Error> {
    let Some(key) = key else { return Ok(None) };
    let own = ctx.clone();
    let found = store.read::<_, Error>(move |conn| {
        let Some(id) = store::find_by_key(conn, own.actor.id(), &key)? else { return Ok(None) };
        Ok(store::find_run(conn, &own.scope, id)?)
    });
    match found.await? {
        Some(run) if run.digest == digest => Ok(Some(run)),
        Some(_) => Err(Error::KeyUsed),
        None => Ok(None),
    }
}

pub(super) async fn organisation(
    store: &Store,
    ctx: &Ctx,
    named: Option<OrganisationId>,
) -> Result<OrganisationId, Error> {
    let scope = ctx.scope.clone();
    let found = store.read::<_, Error>(move |conn| {
        let tree = load_tree(conn)?;
        let known = |id: &OrganisationId| tree.name(*id).is_some() && scope.contains(*id);
        Ok(named.or_else(|| tree.top_of(&scope)).filter(known))
    });
    found.await?.ok_or(Error::UnknownOrganisation)
}

/// Files in reach, the latest first.
///
/// # Errors
///
/// The database fails.
pub fn list(conn: &mut Conn, ctx: &Ctx, page: &PageRequest<ImportId>) -> Result<Page<Run, ImportId>, Error> {
    let rows = store::list_runs(conn, &ctx.scope, page.after, page.rows_to_fetch())?;
    Ok(Page::from_rows(rows, page, |run| run.id))
}

/// A file with what became of each device.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn get(conn: &mut Conn, ctx: &Ctx, id: ImportId) -> Result<Run, Error> {
    store::find_run(conn, &ctx.scope, id)?.ok_or(Error::NotFound)
}
