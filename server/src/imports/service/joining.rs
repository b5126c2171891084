//! Relations between the things of one document, once each has its CI.

use std::collections::{BTreeMap, BTreeSet};

use super::taking::Done;
use crate::cmdb::observed::ci;
use crate::imports::model::inventory::End;
use crate::imports::model::report::Reason;
use crate::kernel::ctx::Ctx;
use crate::reconcile::joined::{Joint, Teller, join};
use crate::store::{Conn, StoreError};

/// The CIs of a document: each thing's, and those under it by what identifies them.
struct Places {
    things: BTreeMap<String, i32>,
    under: BTreeMap<(i32, String), i32>,
}

impl Places {
    fn of(conn: &mut Conn, done: &[Done]) -> Result<Self, StoreError> {
        let keys = done.iter().map(|one| (one.inventory.reporter.clone(), one.taken.changes.ci_key));
        let mut places = Self { things: keys.collect(), under: BTreeMap::new() };
        // What no longer has a link may have had one: its interfaces are looked up, too.
        let has_some = |one: &&Done| one.inventory.observed.interfaces.as_ref().is_some_and(|some| !some.is_empty());
        let wanted: BTreeSet<String> = done.iter().filter(has_some).map(|one| one.inventory.reporter.clone()).collect();
        let keys: Vec<i32> = wanted.iter().filter_map(|reporter| places.things.get(reporter).copied()).collect();
        let rows = ci::list_names_under(conn, &keys)?;
        places.under.extend(rows.into_iter().map(|(key, parent, local_id)| ((parent, local_id), key)));
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
pub(super) fn join_all(conn: &mut Conn, ctx: &Ctx, done: &mut [Done]) -> Result<(), StoreError> {
    if !done.iter().any(|one| one.inventory.format.tells_of_relations()) {
        return Ok(());
    }
    let places = Places::of(conn, done)?;
    for Done { inventory, taken } in done {
        let thing = taken.changes.ci_key;
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
        let called = inventory.observed.name.as_deref().unwrap_or(&inventory.reporter);
        let source = inventory.format.source();
        let teller = Teller { source: &source, reporter: (taken.reporter, called), at: ctx.now };
        taken.changes.relations += join(conn, ctx, teller, thing, &own, &wanted)?;
    }
    Ok(())
}
