//! The items that a batch is about: as they were found, and as they will be after it.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use uuid::Uuid;

use super::find::Found;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::model::value::AttributeValue;
use crate::cmdb::value::store::Stated;
use crate::kernel::id::{CiId, OrganisationId};

/// An item.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// The row's key; below zero of one that is not there yet.
    pub(super) key: i32,
    /// As which it is told: of a row that is part of another item, that one's id.
    pub(super) id: CiId,
    pub(super) class: String,
    pub(super) organisation: OrganisationId,
    pub(super) lifecycle: Lifecycle,
    /// Whether the row is part of another item.
    pub(super) is_part: bool,
    /// What is shown of what people decide, by attribute.
    pub(super) decided: Vec<(&'static str, Value)>,
    /// What every source says of it, by attribute.
    pub(super) said: BTreeMap<i32, Vec<Stated>>,
    /// What the speaker will say of it that he does not say yet; nothing where he withdraws.
    pub(super) changes: BTreeMap<i32, Option<AttributeValue>>,
    /// Why.
    pub(super) reason: Option<String>,
    /// Whether the call mentions it as an item.
    pub(super) mentioned: bool,
}

/// The items of a batch, and by what they are found.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) slots: Vec<Slot>,
    by_id: HashMap<Uuid, usize>,
    by_key: HashMap<String, Vec<usize>>,
    by_value: HashMap<(i32, String), Vec<usize>>,
    /// Names that are new: name, organisation, item.
    pub(super) bound: Vec<(String, OrganisationId, usize)>,
}

impl Slot {
    pub(super) const fn is_new(&self) -> bool {
        self.key < 0
    }

    /// What the source will say of an attribute, as JSON text.
    pub(super) fn own(&self, source: &SourceName, attribute_id: i32) -> Option<String> {
        match self.changes.get(&attribute_id) {
            Some(change) => change.as_ref().map(AttributeValue::to_stored),
            None => self.own_before(source, attribute_id).map(|one| one.value.clone()),
        }
    }

    /// What it says so far.
    pub(super) fn own_before(&self, source: &SourceName, attribute_id: i32) -> Option<&Stated> {
        self.said.get(&attribute_id)?.iter().find(|one| one.source == *source)
    }

    /// What is shown of an attribute so far, as JSON text.
    pub(super) fn shown_before(&self, attribute: &Attribute) -> Option<String> {
        if attribute.is_decided() {
            let decided = self.decided.iter().find(|(name, _)| *name == attribute.name);
            return decided.map(|(_, value)| value.to_string());
        }
        let said = self.said.get(&attribute.id)?;
        said.iter().find(|one| one.shown_of.is_some()).map(|one| one.value.clone())
    }
}

impl Known {
    /// Puts an item in; gives its place.
    pub(super) fn add(&mut self, slot: Slot, row_id: Uuid) -> usize {
        let place = self.slots.len();
        self.by_id.insert(row_id, place);
        self.slots.push(slot);
        place
    }

    /// The item is also meant by this id.
    pub(super) fn alias(&mut self, id: Uuid, place: usize) {
        self.by_id.insert(id, place);
    }

    /// The item is meant by this key.
    pub(super) fn name(&mut self, key: String, place: usize) {
        self.by_key.entry(key).or_default().push(place);
    }

    /// The item is meant by this value.
    pub(super) fn show(&mut self, attribute_id: i32, value: String, place: usize) {
        self.by_value.entry((attribute_id, value)).or_default().push(place);
    }

    pub(super) fn with_id(&self, id: Uuid) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The item with the key, in an organisation or in any.
    pub(super) fn with_key(&self, key: &str, within: Option<OrganisationId>) -> Found {
        self.only(self.by_key.get(key).into_iter().flatten().copied(), |slot| is_within(slot, within))
    }

    /// The item with one of these values of which `fits` is true.
    pub(super) fn with_value(&self, asked: &[(i32, String)], fits: impl Fn(&Slot) -> bool) -> Found {
        let places = asked.iter().filter_map(|one| self.by_value.get(one)).flatten().copied();
        self.only(places, fits)
    }

    fn only(&self, places: impl Iterator<Item = usize>, fits: impl Fn(&Slot) -> bool) -> Found {
        let mut fitting: Vec<usize> = places.filter(|place| self.slots.get(*place).is_some_and(&fits)).collect();
        fitting.sort_unstable();
        fitting.dedup();
        match fitting.as_slice() {
            [] => Found::Nothing,
            [one] => Found::One(*one),
            _ => Found::Several,
        }
    }
}

/// Whether an item is of the organisation, where one is named.
pub(super) fn is_within(slot: &Slot, within: Option<OrganisationId>) -> bool {
    within.is_none_or(|organisation| slot.organisation == organisation)
}
