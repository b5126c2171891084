//! Which items a batch means: all of them at once, before any is looked at.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::known::{Known, Slot};
use super::model::{CiWish, Target, Wish};
use super::store::{self, Row};
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::source::SourceName;
use crate::cmdb::model::value::AttributeType;
use crate::cmdb::value::store as values;
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::dialect::storable;
use crate::store::{Conn, Inconsistent, StoreError};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    One(usize),
    Several,
}

/// By what items are meant, and whether as what is to be changed.
#[derive(Debug, Default)]
pub(super) struct Needs {
    ids: BTreeMap<Uuid, bool>,
    keys: BTreeMap<String, bool>,
    values: BTreeMap<(i32, String), bool>,
    /// Rows that are known already, as what is to be changed.
    rows: BTreeSet<i32>,
    /// Whether nothing is to be changed, and so nobody has to wait.
    looks_only: bool,
}

impl Needs {
    /// These rows: to be changed, or only to be looked at.
    pub(super) fn of_rows(keys: &[i32], to_change: bool) -> Self {
        Self { rows: keys.iter().copied().collect(), looks_only: !to_change, ..Self::default() }
    }

    /// What these wishes mean. `earlier` gives the id of an earlier item of the call.
    pub(super) fn of<'a>(
        book: &ClassBook,
        wishes: impl Iterator<Item = &'a Wish>,
        earlier: impl Fn(usize) -> Option<Uuid>,
    ) -> Self {
        let mut needs = Self::default();
        for wish in wishes {
            match wish {
                Wish::Ci(wish) => needs.item(book, wish, &earlier),
                Wish::Relation(wish) | Wish::RelationEnd(wish) => {
                    needs.target(book, &wish.source, &earlier);
                    needs.target(book, &wish.target, &earlier);
                }
            }
        }
        needs
    }

    fn item(&mut self, book: &ClassBook, wish: &CiWish, earlier: &impl Fn(usize) -> Option<Uuid>) {
        if let Some(id) = wish.id {
            self.ids.insert(id, true);
        }
        if let Some(key) = &wish.key {
            self.keys.insert(storable(key).into_owned(), true);
        }
        for asked in matched(book, wish) {
            self.values.insert(asked, true);
        }
        for (name, value) in wish.attributes.iter().filter(|(_, value)| value.is_string() || value.is_object()) {
            let mut attributes = book.attributes_named(name);
            if !attributes.any(|one| one.kind == AttributeType::Reference) {
                continue;
            }
            match (value.as_str().map(Uuid::try_parse), target(value)) {
                (Some(Ok(id)), _) => drop(self.ids.entry(id).or_default()),
                (None, Some(target)) => self.target(book, &target, earlier),
                _ => {}
            }
        }
    }

    fn target(&mut self, book: &ClassBook, target: &Target, earlier: &impl Fn(usize) -> Option<Uuid>) {
        for id in target.id.into_iter().chain(target.item.and_then(earlier)) {
            self.ids.entry(id).or_default();
        }
        if let Some(key) = &target.key {
            self.keys.entry(storable(key).into_owned()).or_default();
        }
        for asked in target.name.iter().filter_map(|name| named(book, name)) {
            self.values.entry(asked).or_default();
        }
    }

    /// Finds all of it: seven statements at most, and one that makes others wait.
    pub(super) fn find(
        self,
        conn: &mut Conn,
        scope: &Scope,
        book: &ClassBook,
        speaker: &SourceName,
    ) -> Result<Known, StoreError> {
        let keys = store::keys(conn, speaker, &self.keys.keys().cloned().collect::<Vec<_>>())?;
        let shown = self.shown(conn, book)?;
        let is_own_key = |key: &String| self.keys.get(key).copied().unwrap_or_default();
        let is_own_value = |one: &store::ShownRow| {
            self.values.get(&(one.attribute_id, one.value.clone())).copied().unwrap_or_default()
        };
        let by_key = keys.iter().filter(|(key, _)| is_own_key(key)).map(|(_, row)| *row);
        let by_value = shown.iter().filter(|one| is_own_value(one)).map(|one| one.ci_key);
        let own_rows: BTreeSet<i32> = by_key.chain(by_value).chain(self.rows.iter().copied()).collect();
        let own_ids: Vec<Key16> = self.ids.iter().filter(|(_, own)| **own).map(|(id, _)| Key16(*id)).collect();
        if !self.looks_only {
            store::lock(conn, &own_ids, &own_rows.iter().copied().collect::<Vec<_>>())?;
        }
        let named = keys.iter().map(|(_, row)| *row).chain(shown.iter().map(|one| one.ci_key));
        let named: BTreeSet<i32> = named.chain(self.rows.iter().copied()).collect();
        let ids = self.ids.keys().copied().map(Key16).collect();
        let rows = store::list(conn, scope, ids, named.into_iter().collect())?;
        let is_own = |row: &Row| own_rows.contains(&row.0) || self.ids.get(&row.1.0).copied().unwrap_or_default();
        let own: BTreeSet<i32> = rows.iter().filter(|row| is_own(row)).map(|row| row.0).collect();
        let mut reading = Reading { known: Known::default(), places: BTreeMap::new(), speaker };
        reading.rows(conn, scope, rows, &own)?;
        for (key, row) in keys {
            if let Some(place) = reading.places.get(&row).copied() {
                reading.known.name(key, place);
            }
        }
        for one in shown {
            if let Some(place) = reading.places.get(&one.ci_key).copied() {
                reading.known.show(one.attribute_id, one.value, place);
            }
        }
        Ok(reading.known)
    }

    /// The rows with the values. What everything is called stands in its own row, also where nobody says it.
    fn shown(&self, conn: &mut Conn, book: &ClassBook) -> Result<Vec<store::ShownRow>, StoreError> {
        let name = book.attribute(ROOT, "name").map(|attribute| attribute.id);
        let (names, others): (Vec<_>, Vec<_>) = self.values.keys().cloned().partition(|(id, _)| Some(*id) == name);
        let names = names.iter().filter_map(|(_, value)| serde_json::from_str(value).ok()).collect();
        let mut shown = store::shown(conn, &others)?;
        let called_so = store::named(conn, names)?;
        shown.extend(called_so.into_iter().filter_map(|(called, ci_key)| {
            Some(store::ShownRow { attribute_id: name?, value: Value::from(called).to_string(), ci_key })
        }));
        Ok(shown)
    }
}

struct Reading<'a> {
    known: Known,
    /// Where the item is that a row means.
    places: BTreeMap<i32, usize>,
    speaker: &'a SourceName,
}

impl Reading<'_> {
    /// People speak of the item that a row is part of, everybody else of the row itself: what was two items may be two
    /// again, and then everybody's statements stand where he made them.
    fn rows(&mut self, conn: &mut Conn, scope: &Scope, rows: Vec<Row>, own: &BTreeSet<i32>) -> Result<(), StoreError> {
        let survivors: BTreeSet<i32> = rows.iter().filter_map(|row| row.5).collect();
        let survivors = store::list(conn, scope, Vec::new(), survivors.into_iter().collect())?;
        let told: BTreeMap<i32, Key16> = survivors.iter().map(|row| (row.0, row.1)).collect();
        let by_person = *self.speaker == SourceName::PERSON;
        let mut wanted = own.clone();
        if by_person {
            for row in survivors {
                self.row(row, &told)?;
            }
            let parts = rows.iter().filter(|row| own.contains(&row.0));
            wanted.extend(parts.filter_map(|row| row.5));
        }
        for row in rows {
            let (key, id, survivor) = (row.0, row.1.0, row.5.filter(|_| by_person));
            match survivor.and_then(|survivor| self.places.get(&survivor).copied()) {
                Some(place) => {
                    self.known.alias(id, place);
                    self.places.insert(key, place);
                }
                None if !self.places.contains_key(&key) => self.row(row, &told)?,
                None => {}
            }
        }
        let wanted: Vec<i32> = wanted.into_iter().collect();
        for stated in values::list_open(conn, &wanted, None)? {
            let place = self.places.get(&stated.ci_key).copied();
            let Some(slot) = place.and_then(|place| self.known.slots.get_mut(place)) else { continue };
            slot.said.entry(stated.attribute_id).or_default().push(stated);
        }
        Ok(())
    }

    fn row(&mut self, row: Row, told: &BTreeMap<i32, Key16>) -> Result<(), StoreError> {
        let (key, id, class, organisation, lifecycle, survivor, decided) = row;
        let (name, owner, support_team, criticality, environment) = decided;
        let lifecycle = lifecycle.parse().map_err(|_unknown| Inconsistent {
            table: "cmdb_ci",
            column: "lifecycle",
            row: key.to_string(),
            value: lifecycle.clone(),
        })?;
        let shown_as = survivor.and_then(|survivor| told.get(&survivor).copied()).unwrap_or(id);
        let slot = Slot {
            key,
            id: shown_as.into(),
            class,
            organisation: organisation.into(),
            lifecycle,
            is_part: survivor.is_some(),
            decided: vec![
                ("name", name.into()),
                ("owner", owner.into()),
                ("support_team", support_team.into()),
                ("criticality", criticality.into()),
                ("environment", environment.into()),
            ],
            said: BTreeMap::new(),
            changes: BTreeMap::new(),
            reason: None,
            mentioned: false,
        };
        let place = self.known.add(slot, id.0);
        self.places.insert(key, place);
        Ok(())
    }
}

/// What an object among the attributes means.
pub(super) fn target(value: &Value) -> Option<Target> {
    value.is_object().then(|| serde_json::from_value(value.clone()).ok()).flatten()
}

/// The value by which an item without a key is found, of every attribute of the name.
pub(super) fn matched(book: &ClassBook, wish: &CiWish) -> Vec<(i32, String)> {
    let Some(name) = wish.match_on.as_deref() else { return Vec::new() };
    let common = wish.common();
    let common = common.iter().find(|(one, _)| *one == name).map(|(_, value)| value);
    let Some(value) = common.or_else(|| wish.attributes.get(name)) else { return Vec::new() };
    let read = |attribute: &crate::cmdb::model::attribute::Attribute| {
        attribute.read(value).ok().map(|value| (attribute.id, value.to_stored()))
    };
    book.attributes_named(name).filter_map(read).collect()
}

/// The value by which an item is found by its name.
pub(super) fn named(book: &ClassBook, name: &str) -> Option<(i32, String)> {
    let attribute = book.attribute(ROOT, "name")?;
    attribute.read(&Value::from(name)).ok().map(|value| (attribute.id, value.to_stored()))
}
