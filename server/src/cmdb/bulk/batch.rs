//! One batch: found, planned, written.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::find::Needs;
use super::model::{ItemResult, Order, Wish};
use super::overlay::Speaker;
use super::plan::Planner;
use super::relate::{Relations, Standing};
use super::store;
use super::write::Writing;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::{SourceKind, SourceName};
use crate::cmdb::observed::OBSERVED;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::relation::types;
use crate::cmdb::unique::{self, Holders};
use crate::cmdb::value::rules::Rules;
use crate::cmdb::value::settle::Settler;
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, StoreError};

/// Carries out a batch in the caller's transaction. `earlier` are the results of what came before it in the call.
pub(super) fn carry_out(
    conn: &mut Conn,
    ctx: &Ctx,
    order: &Order,
    earlier: &[ItemResult],
    wishes: &[Result<Wish, FieldFault>],
) -> Result<Vec<ItemResult>, Error> {
    let settler = Settler::load(conn, ctx.now)?;
    let source = speaker(&settler.rules, order)?;
    let tree = load_tree(conn)?;
    if order.organisation.is_some_and(|id| !ctx.scope.contains(id) || tree.name(id).is_none()) {
        let detail = "there is no such organisation in scope";
        return Err(FieldFault::new("organisation_id", "unknown", detail).into());
    }
    let read = || wishes.iter().filter_map(|wish| wish.as_ref().ok());
    let claimed = claimed(&settler.book, read());
    if unique::concerns_any(&settler.book, &claimed.iter().map(|(id, _)| *id).collect::<BTreeSet<i32>>()) {
        unique::lock(conn)?;
    }
    let before = |place: usize| earlier.get(place).and_then(|one| one.id);
    let known = Needs::of(&settler.book, read(), before).find(conn, &ctx.scope, &settler.book, &source)?;
    let mut planner = Planner {
        speaker: Speaker::new(ctx, &settler.book, &settler.rules, &source),
        tree: &tree,
        organisation: order.organisation,
        differences_only: order.differences_only,
        known,
        relations: Relations::default(),
        holders: Holders::of(conn, &settler.book, &claimed)?,
        earlier,
        results: Vec::with_capacity(wishes.len()),
        at: 0,
    };
    planner.plan_items(wishes);
    planner.relations = relations(conn, &planner, read())?;
    planner.plan_relations(wishes);
    let Planner { mut known, relations, results, .. } = planner;
    let writing = Writing { ctx, source: &source, settler: &settler };
    writing.write(conn, &mut known, &relations)?;
    writing.record(conn, &results)?;
    Ok(results)
}

/// As whom the call speaks.
fn speaker(rules: &Rules, order: &Order) -> Result<SourceName, Error> {
    let Some(named) = order.source.as_deref() else { return Ok(SourceName::PERSON) };
    let fault = |code, detail: &str| Error::from(FieldFault::new("source", code, detail));
    let name: SourceName = named.parse().map_err(|_no_name| fault("unknown", "there is no such source"))?;
    let kind = rules.sources.get(&name).map(|source| source.kind);
    match kind.ok_or_else(|| fault("unknown", "there is no such source"))? {
        SourceKind::Import | SourceKind::Integration => Ok(name),
        SourceKind::Agent | SourceKind::Inventory | SourceKind::Person | SourceKind::Inherited => {
            Err(fault("invalid", "a source for imports or integrations, or none at all for people"))
        }
    }
}

/// Values of attributes of which somewhere no two items may have the same: attribute and JSON text.
fn claimed<'a>(book: &ClassBook, wishes: impl Iterator<Item = &'a Wish>) -> Vec<(i32, String)> {
    let unique: BTreeSet<i32> =
        book.constraints().filter(|one| one.rules.unique.is_some()).map(|one| one.attribute_id).collect();
    let mut claimed = Vec::new();
    if unique.is_empty() {
        return claimed;
    }
    for wish in wishes {
        let Wish::Ci(wish) = wish else { continue };
        let common = wish.common();
        let common = common.iter().map(|(name, value)| (*name, value));
        for (name, value) in common.chain(wish.attributes.iter().map(|(name, value)| (name.as_str(), value))) {
            let attributes = book.attributes_named(name).filter(|attribute| unique.contains(&attribute.id));
            claimed.extend(attributes.filter_map(|one| Some((one.id, one.read(value).ok()?.to_stored()))));
        }
    }
    claimed
}

/// The relations that are meant, as they stand: two statements, or none.
fn relations<'a>(
    conn: &mut Conn,
    planner: &Planner<'_>,
    wishes: impl Iterator<Item = &'a Wish>,
) -> Result<Relations, StoreError> {
    let mut pairs = Vec::new();
    let mut some = false;
    for wish in wishes {
        let (Wish::Relation(wish) | Wish::RelationEnd(wish)) = wish else { continue };
        some = true;
        let (source, target) = (planner.target("source", &wish.source), planner.target("target", &wish.target));
        if let (Ok(source), Ok(target)) = (source, target) {
            pairs.push((source, target, wish.r#type.clone()));
        }
    }
    if !some {
        return Ok(Relations::default());
    }
    let types = types::list(conn)?.into_iter().map(|one| one.name).collect();
    let key = |place: usize| planner.known.slots.get(place).map(|slot| slot.key);
    let asked: Vec<(i32, i32, &str)> =
        pairs.iter().filter_map(|(source, target, kind)| Some((key(*source)?, key(*target)?, kind.as_str()))).collect();
    let rows = store::open_relations(conn, &asked)?;
    let mut relations = Relations { types, ..Relations::default() };
    for pair in &pairs {
        let ends = (key(pair.0), key(pair.1));
        let of_pair =
            |row: &&store::OpenRow| ends == (Some(row.source_key), Some(row.target_key)) && row.kind == pair.2;
        // What people or imports said can be taken back; what agents see goes before it only where it is alone.
        let found = rows.iter().filter(of_pair).min_by_key(|row| row.origin == OBSERVED);
        if let Some(row) = found {
            let (id, observed): (Uuid, bool) = (row.id.0, row.origin == OBSERVED);
            relations.standing.insert(pair.clone(), Standing { id, key: Some(row.key), observed, open: true });
        }
    }
    Ok(relations)
}
