//! Relations between the things of one document, once each has its CI.

use std::collections::{BTreeMap, BTreeSet};

use super::Who;
use crate::cmdb::observed::ci;
use crate::imports::model::inventory::{End, ForeignInventory};
use crate::imports::model::report::Reason;
use crate::kernel::ctx::Ctx;
use crate::reconcile::foreign::Changes;
use crate::reconcile::joined::{Joint, Teller, join};
use crate::store::{Conn, StoreError};

/// The CIs of a document: each thing's, and those under it by what identifies them.
#[derive(Default)]
struct Places {
    things: BTreeMap<String, i32>,
    under: BTreeMap<(i32, String), i32>,
}

impl Places {
    fn of(conn: &mut Conn, taken: &[(ForeignInventory, Changes)]) -> Result<Self, StoreError> {
        let mut places = Self::default();
        for (inventory, changes) in taken {
            places.things.extend(changes.ci.map(|key| (inventory.reporter.clone(), key)));
        }
        let own = taken.iter().filter(|(one, _)| one.links.iter().any(|link| link.from.is_some()));
        let own = own.map(|(one, _)| one.reporter.clone());
        let links = taken.iter().flat_map(|(one, _)| &one.links).filter(|link| link.to.local_id.is_some());
        let wanted: BTreeSet<String> = own.chain(links.map(|link| link.to.reporter.clone())).collect();
        for reporter in wanted {
            let Some(key) = places.things.get(&reporter).copied() else { continue };
            let rows = ci::list_under(conn, key)?;
            places.under.extend(rows.into_iter().filter_map(|row| Some(((key, row.local_id?), row.key))));
        }
        Ok(places)
    }

    fn find(&self, end: &End) -> Option<i32> {
        let thing = *self.things.get(&end.reporter)?;
        match &end.local_id {
            Some(local_id) => self.under.get(&(thing, local_id.clone())).copied(),
            None => Some(thing),
        }
    }
}

/// Writes the relations between the things of a document; a link that leads nowhere is named as not taken.
pub(super) fn join_all(
    conn: &mut Conn,
    ctx: &Ctx,
    who: &Who,
    taken: &mut [(ForeignInventory, Changes)],
) -> Result<(), StoreError> {
    if !taken.iter().any(|(inventory, _)| inventory.format.tells_of_relations()) {
        return Ok(());
    }
    let places = Places::of(conn, taken)?;
    for (inventory, changes) in taken {
        let Some(thing) = changes.ci else { continue };
        let (mut wanted, mut own): (BTreeSet<Joint>, BTreeSet<i32>) = (BTreeSet::new(), BTreeSet::from([thing]));
        own.extend(places.under.iter().filter(|((parent, _), _)| *parent == thing).map(|(_, key)| *key));
        for link in &inventory.links {
            let from = End { reporter: inventory.reporter.clone(), local_id: link.from.clone() };
            match (places.find(&from), places.find(&link.to)) {
                (Some(from), Some(to)) => drop(wanted.insert((from, link.kind, to))),
                _ => inventory.report.push(link.kind.to_owned(), Some(link.to.reporter.clone()), Reason::Dangling),
            }
        }
        let own: Vec<i32> = own.into_iter().collect();
        let source = inventory.format.source();
        let teller = Teller { source, actor: (who.actor, &who.name), at: ctx.now };
        changes.relations += join(conn, ctx, teller, thing, &own, &wanted)?;
    }
    Ok(())
}
