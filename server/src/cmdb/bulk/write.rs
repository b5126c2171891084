//! Writing what was planned.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::known::{Known, Slot};
use super::model::{ItemResult, Outcome};
use super::relate::Relations;
use super::store::{self, NewRow};
use crate::audit::{self, Entry, Object};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::cmdb::value::standing;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::kind;
use crate::store::{Conn, StoreError};

/// What is written, by whom.
pub(super) struct Writing<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) source: &'a SourceName,
    pub(super) settler: &'a Settler,
}

/// The revisions of a batch: of each item when it is, and its id.
type Revisions = HashMap<i32, (i64, i64)>;

impl Writing<'_> {
    /// Writes a batch; whoever has it written records who did it.
    pub(super) fn write(&self, conn: &mut Conn, known: &mut Known, relations: &Relations) -> Result<(), StoreError> {
        let by_person = *self.source == SourceName::PERSON;
        let new: BTreeSet<usize> =
            known.slots.iter().enumerate().filter(|(_, slot)| slot.is_new()).map(|(place, _)| place).collect();
        let edited: Vec<i32> =
            known.slots.iter().filter(|slot| !slot.is_new() && !slot.changes.is_empty()).map(|slot| slot.key).collect();
        self.insert(conn, known)?;
        if by_person {
            store::bump(conn, &edited)?;
        }
        let revisions = self.revise(conn, known, &new, relations)?;
        self.say(conn, known, &new, &revisions)?;
        let bound = known.bound.iter().filter_map(|(key, organisation, place)| {
            Some((key.clone(), organisation.uuid().simple().to_string(), known.slots.get(*place)?.key))
        });
        store::bind(conn, self.source, &bound.collect::<Vec<_>>())?;
        if !by_person {
            let mentioned: Vec<i32> = known.slots.iter().filter(|slot| slot.mentioned).map(|slot| slot.key).collect();
            standing::confirm(conn, self.source, &mentioned, self.ctx.now)?;
        }
        let attributes: BTreeSet<i32> = known.slots.iter().flat_map(|slot| slot.changes.keys().copied()).collect();
        let attributes: Vec<i32> = attributes.into_iter().collect();
        let touched = Touched { keys: &edited, attributes: Some(&attributes), without: None };
        let versions = if by_person { Versions::Counted } else { Versions::Count };
        self.settler.settle(conn, touched, versions)?;
        join(conn, known, relations, &revisions)
    }

    fn insert(&self, conn: &mut Conn, known: &mut Known) -> Result<(), StoreError> {
        let new: Vec<NewRow> =
            known.slots.iter().filter(|slot| slot.is_new()).map(|slot| new_row(&self.settler.book, slot)).collect();
        let keys = store::insert(conn, &new, self.ctx.now)?;
        for slot in known.slots.iter_mut().filter(|slot| slot.is_new()) {
            let key = keys.get(&slot.id.uuid()).copied();
            slot.key = key.ok_or(StoreError::Query(diesel::result::Error::NotFound))?;
        }
        Ok(())
    }

    /// No two revisions of one item are of the same time, so that times name them.
    fn revise(
        &self,
        conn: &mut Conn,
        known: &Known,
        new: &BTreeSet<usize>,
        relations: &Relations,
    ) -> Result<Revisions, StoreError> {
        let related = relations.standing.iter().filter(|(_, there)| there.open != there.key.is_some());
        let related: BTreeSet<usize> = related.map(|((source, _, _), _)| *source).collect();
        let slots = known.slots.iter().enumerate();
        let revised: Vec<(usize, &Slot)> =
            slots.filter(|(place, slot)| !slot.changes.is_empty() || related.contains(place)).collect();
        let there: Vec<i32> =
            revised.iter().filter(|(place, _)| !new.contains(place)).map(|(_, slot)| slot.key).collect();
        let last = store::last_revisions(conn, &there)?;
        let mut rows = Vec::with_capacity(revised.len());
        for (_, slot) in revised {
            let said = slot.changes.keys().filter_map(|id| slot.own_before(self.source, *id)).map(|one| one.valid_from);
            let after = said.chain(last.get(&slot.key).copied()).max().and_then(next);
            let at = after.map_or(self.ctx.now, |after| after.max(self.ctx.now));
            rows.push((slot.key, at.as_microsecond(), slot.reason.clone()));
        }
        let ids = store::revise(conn, self.ctx, self.source, &rows)?;
        Ok(rows.into_iter().filter_map(|(key, at, _)| Some((key, (at, *ids.get(&key)?)))).collect())
    }

    fn say(
        &self,
        conn: &mut Conn,
        known: &Known,
        new: &BTreeSet<usize>,
        revisions: &Revisions,
    ) -> Result<(), StoreError> {
        let (mut closed, mut opened) = (Vec::new(), Vec::new());
        for (place, slot) in known.slots.iter().enumerate() {
            let Some((at, revision)) = revisions.get(&slot.key).copied() else { continue };
            // Of what is new nobody else says anything.
            let is_shown = new.contains(&place);
            for (attribute_id, value) in &slot.changes {
                if slot.own_before(self.source, *attribute_id).is_some() {
                    closed.push((slot.key, *attribute_id, at, revision));
                }
                let value = value.as_ref().map(|value| (slot.key, *attribute_id, value.to_stored(), at, revision));
                opened.extend(
                    value.map(|(key, attribute, value, at, revision)| (key, attribute, value, is_shown, at, revision)),
                );
            }
        }
        store::close(conn, self.source, &closed)?;
        let opened: Vec<store::Opened<'_>> = opened
            .iter()
            .map(|(key, id, value, shown, at, by)| (*key, *id, value.as_str(), *shown, *at, *by))
            .collect();
        store::open(conn, self.source, &opened)
    }

    /// Who did what to which items; their history says the rest.
    pub(super) fn record(&self, conn: &mut Conn, results: &[ItemResult]) -> Result<(), StoreError> {
        let ids = |outcome| -> Vec<Option<Uuid>> {
            results.iter().filter(|one| one.outcome == outcome).map(|one| one.id).collect()
        };
        let (created, updated) = (ids(Outcome::Created), ids(Outcome::Updated));
        if created.is_empty() && updated.is_empty() {
            return Ok(());
        }
        let details = json!({ "source": self.source.as_str(), "created": created, "updated": updated });
        let object = Object::new("bulk", self.ctx.new_id::<kind::Import>());
        audit::record(conn, self.ctx, Entry { action: "bulk.applied", object, details })
    }
}

fn new_row(book: &ClassBook, slot: &Slot) -> NewRow {
    let mut said: BTreeMap<&str, Value> = BTreeMap::new();
    for (attribute_id, value) in &slot.changes {
        let decided = book.attribute_by_id(*attribute_id).filter(|attribute| attribute.is_decided());
        if let (Some(attribute), Some(value)) = (decided, value) {
            said.insert(&attribute.name, value.to_json());
        }
    }
    let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
    NewRow {
        id: slot.id.uuid().simple().to_string(),
        class: slot.class.clone(),
        organisation_id: slot.organisation.uuid().simple().to_string(),
        name: text("name").unwrap_or_default(),
        owner: text("owner"),
        support_team: text("support_team"),
        criticality: said.get("criticality").and_then(Value::as_i64),
        environment: text("environment"),
        lifecycle: slot.lifecycle.name().to_owned(),
    }
}

fn join(conn: &mut Conn, known: &Known, relations: &Relations, revisions: &Revisions) -> Result<(), StoreError> {
    let (mut joined, mut parted) = (Vec::new(), Vec::new());
    let key = |place: usize| known.slots.get(place).map(|slot| slot.key);
    for ((source, target, kind), there) in &relations.standing {
        let (Some(source), Some(target)) = (key(*source), key(*target)) else { continue };
        let Some((at, revision)) = revisions.get(&source).copied() else { continue };
        match (there.key, there.open) {
            (None, true) => {
                joined.push((there.id.simple().to_string(), source, target, kind.as_str(), at, revision));
            }
            (Some(key), false) => parted.push((key, at, revision)),
            _ => {}
        }
    }
    store::part(conn, &parted)?;
    store::join(conn, &joined)
}

fn next(at: Timestamp) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_micros(1)).ok()
}
