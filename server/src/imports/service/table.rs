//! Tables that people import: looked at, tried, applied.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::file::{self, Imported, Told};
use super::{Desk, Error, Who};
use crate::cmdb::bulk::model::{ItemResult, Order, Outcome as Became};
use crate::cmdb::bulk::service as bulk;
use crate::cmdb::class::load_book;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::relation::types::{self, RelationType};
use crate::imports::model::refusal::Refusal;
use crate::imports::model::run::{Item, Outcome};
use crate::imports::model::table::convert::{Step, Words, called, columns};
use crate::imports::model::table::mapping::{Checked, Mapping};
use crate::imports::model::table::{Row, Table, propose, read};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::kernel::invalid::{Fault, Invalid};
use crate::store::Store;
use crate::store::dialect::storable;

/// Most items and relations of one table.
const STEPS_MAX: usize = 30_000;
/// How many rows are shown of a table that is only looked at.
const SAMPLE: usize = 5;

/// What a table looks like, and what its columns probably mean.
#[derive(Debug)]
pub struct Inspected {
    /// The table, with its first rows only.
    pub table: Table,
    /// How many rows it has.
    pub rows: usize,
    /// What its columns probably mean.
    pub proposal: Mapping,
    /// The types of relations that a column can stand for.
    pub relation_types: Vec<RelationType>,
}

/// A table to import.
#[derive(Debug)]
pub struct TableOrder {
    /// Its bytes, as they came.
    pub bytes: Vec<u8>,
    /// What it is called.
    pub file_name: Option<String>,
    /// Where new items belong; the top of the caller's reach unless said.
    pub organisation: Option<OrganisationId>,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// Everything or nothing.
    pub atomic: bool,
    /// Under which the same table is imported once.
    pub idempotency_key: Option<String>,
    /// By what its cells are separated; found out unless said.
    pub separator: Option<char>,
    /// What its columns mean.
    pub mapping: Mapping,
}

/// Looks at a table.
///
/// # Errors
///
/// The table is refused, or there is no such class.
pub async fn inspect(
    desk: &Desk,
    store: &Store,
    bytes: Vec<u8>,
    separator: Option<char>,
    class: Option<String>,
) -> Result<Inspected, Error> {
    let mut table = desk.taking_turns(move || read::read(bytes, separator)).await?;
    let (book, relation_types) = store.read::<_, Error>(|conn| Ok((load_book(conn)?, types::list(conn)?))).await?;
    if class.as_deref().is_some_and(|class| book.class(class).is_none()) {
        return Err(Error::Invalid(vec![Invalid::new("class", Fault::Unknown, "there is no such class")]));
    }
    let proposal = propose::mapping(&book, class.as_deref(), &table);
    let rows = table.rows.len();
    table.rows.truncate(SAMPLE);
    Ok(Inspected { table, rows, proposal, relation_types })
}

/// Imports a table, or says what would happen.
///
/// # Errors
///
/// The table or its mapping is refused, the organisation is not in reach, or the key was used for another file.
pub async fn import_table(desk: &Desk, store: &Store, ctx: &Ctx, order: TableOrder) -> Result<Imported, Error> {
    file::check([("file_name", &order.file_name), ("Idempotency-Key", &order.idempotency_key)])?;
    let digest = digest(&order);
    let key = order.idempotency_key.clone().filter(|_| !order.dry_run);
    if let Some(run) = file::before(store, ctx, key.clone(), &digest).await? {
        return Ok(Imported::Before(Box::new(run)));
    }
    let organisation = file::organisation(store, ctx, order.organisation).await?;
    let (size_bytes, separator) = (i64::try_from(order.bytes.len()).unwrap_or(i64::MAX), order.separator);
    let bytes = order.bytes;
    let table = desk.taking_turns(move || read::read(bytes, separator)).await?;
    let checked = order.mapping.check(&table.headings).map_err(Error::Invalid)?;
    let format = table.format.name();
    let (told_of, steps) = steps(store, ctx, &checked, &table).await?;
    let call = Order {
        source: checked.mapping.source.clone(),
        organisation: order.organisation,
        atomic: order.atomic,
        dry_run: order.dry_run,
        differences_only: !checked.mapping.say_all,
        idempotency_key: key.as_ref().map(|key| format!("import {key}").chars().take(255).collect()),
        digest: digest.clone(),
        items: steps,
    };
    let answer = if call.items.is_empty() { None } else { Some(bulk::apply(store, ctx, call).await?) };
    let applied = answer.as_ref().is_none_or(|answer| answer.applied) && !order.dry_run;
    let named = columns(&checked, &table.headings);
    let items = items(&table, told_of, &answer.map(|answer| answer.items).unwrap_or_default(), &named);
    if !applied {
        return Ok(Imported::Preview { format, items });
    }
    let who = Who { organisation, actor: ctx.actor.id(), name: ctx.actor.name().unwrap_or_default().to_owned() };
    let told = Told { format, file_name: order.file_name, digest, size_bytes, key };
    let own = ctx.clone();
    let run = store.write(move |conn| file::remember(conn, &own, &who, &items, &told)).await?;
    Ok(Imported::Applied(Box::new(run)))
}

/// The table and what is to become of it: both have to be the same for it to be the same import.
fn digest(order: &TableOrder) -> Vec<u8> {
    let mapping = serde_json::to_vec(&order.mapping).unwrap_or_default();
    let hash = Sha256::new().chain_update(mapping).chain_update([0, u8::from(order.atomic)]).chain_update(&order.bytes);
    hash.finalize().to_vec()
}

/// How many steps each row has, and what it is called; and all steps.
type Steps = (Vec<(usize, (String, String))>, Vec<Step>);

async fn steps(store: &Store, ctx: &Ctx, checked: &Checked, table: &Table) -> Result<Steps, Error> {
    let (book, tree) = store.read::<_, Error>(|conn| Ok((load_book(conn)?, load_tree(conn)?))).await?;
    let words = Words { book: &book, tree: &tree, scope: &ctx.scope, checked };
    let (mut told_of, mut all): Steps = (Vec::with_capacity(table.rows.len()), Vec::with_capacity(table.rows.len()));
    for row in &table.rows {
        let steps = words.steps(row, all.len());
        let name = steps.first().and_then(|step| step.as_ref().ok()).map(called).unwrap_or_default();
        told_of.push((steps.len(), name));
        all.extend(steps);
        if all.len() > STEPS_MAX {
            let place = format!("line {}", row.line);
            return Err(Refusal::Beyond { place, what: "items and relations", limit: STEPS_MAX }.into());
        }
    }
    Ok((told_of, all))
}

fn items(
    table: &Table,
    told_of: Vec<(usize, (String, String))>,
    results: &[ItemResult],
    named: &BTreeMap<String, String>,
) -> Vec<Item> {
    let mut rest = results;
    let mut items = Vec::with_capacity(table.rows.len());
    for (row, (steps, (name, class))) in table.rows.iter().zip(told_of) {
        let (own, after) = rest.split_at_checked(steps).unwrap_or((rest, &[]));
        rest = after;
        items.push(item(row, (name, class), own, named));
    }
    items
}

fn item(row: &Row, (name, class): (String, String), results: &[ItemResult], named: &BTreeMap<String, String>) -> Item {
    let first = results.first();
    let is_refused = first.is_some_and(|first| first.outcome == Became::Refused);
    // What was to be joined with what is refused goes without saying.
    let told = if is_refused { results.get(..1).unwrap_or_default() } else { results };
    let mut errors: Vec<_> = told.iter().flat_map(|one| one.errors.iter().cloned()).collect();
    for error in &mut errors {
        let column = named.get(&error.field).or_else(|| named.get(error.field.split('.').next().unwrap_or_default()));
        if let Some(column) = column {
            error.field = storable(column).into_owned();
        }
    }
    let others = results.iter().skip(1).any(|one| matches!(one.outcome, Became::Created | Became::Updated));
    let outcome = match first.map(|first| first.outcome) {
        Some(Became::Created) => Outcome::Created,
        Some(Became::Updated) => Outcome::Changed,
        Some(Became::Unchanged) if others => Outcome::Changed,
        Some(Became::Unchanged) => Outcome::Unchanged,
        Some(Became::Refused) | None => Outcome::Refused,
    };
    let first_cell = || row.cells.iter().find(|cell| !cell.is_null()).map(crate::kernel::cell::plain);
    let called = if name.is_empty() { first_cell().unwrap_or_default() } else { name };
    Item {
        reporter: row.line.to_string(),
        name: storable(&called).chars().take(200).collect(),
        class: storable(&class).into_owned(),
        ci_id: first.and_then(|first| first.id),
        outcome,
        reason: None,
        own_agent: false,
        created_under: BTreeMap::new(),
        gone: 0,
        values: 0,
        installed: 0,
        removed: 0,
        relations: results.iter().skip(1).filter(|one| one.outcome == Became::Created).count(),
        taken: BTreeMap::new(),
        not_taken: Vec::new(),
        line: Some(row.line),
        errors,
    }
}

impl Inspected {
    /// The cells of the first rows, as many as there are headings.
    #[must_use]
    pub fn sample(&self) -> Vec<Vec<Value>> {
        let width = self.table.headings.len();
        let padded = |row: &Row| (0..width).map(|place| row.cells.get(place).cloned().unwrap_or_default()).collect();
        self.table.rows.iter().map(padded).collect()
    }
}
