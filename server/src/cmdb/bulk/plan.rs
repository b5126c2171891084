//! What becomes of each item of a batch. Nothing is written yet: what is planned shows in what comes after.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::find::{self, Found};
use super::known::{Known, Slot, is_within};
use super::model::{CiWish, ITEMS_MAX, ItemResult, KEY_BYTES, Outcome, Target, Wish};
use super::overlay::Speaker;
use super::relate::Relations;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::service::{Draft, Statement, parsed, said_lifecycle, usable};
use crate::cmdb::item::standing::{field, required};
use crate::cmdb::model::check::Fault;
use crate::cmdb::model::lifecycle::{Lifecycle, LifecycleError};
use crate::cmdb::model::value::{AttributeType, AttributeValue};
use crate::cmdb::organisation::OrganisationTree;
use crate::cmdb::unique::{Claim, Holders};
use crate::kernel::id::OrganisationId;
use crate::store::dialect::storable;

/// What is wrong with an item.
pub(super) type Faults = Vec<FieldFault>;

/// What becomes of an item, and its id.
pub(super) type Done = (Outcome, Option<Uuid>);

/// Plans a batch.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub(super) speaker: Speaker<'a>,
    pub(super) tree: &'a OrganisationTree,
    /// Where new items belong that do not say.
    pub(super) organisation: Option<OrganisationId>,
    pub(super) differences_only: bool,
    pub(super) known: Known,
    pub(super) relations: Relations,
    pub(super) holders: Holders,
    /// What became of the items before this batch.
    pub(super) earlier: &'a [ItemResult],
    /// And of those of this batch so far.
    pub(super) results: Vec<ItemResult>,
    /// The place in the call of what is being planned.
    pub(super) at: usize,
}

impl Planner<'_> {
    /// Plans the items of a batch; what becomes of its relations is told by [`Planner::plan_relations`].
    pub(super) fn plan_items(&mut self, wishes: &[Result<Wish, FieldFault>]) {
        for (place, wish) in wishes.iter().enumerate() {
            self.at = self.earlier.len().saturating_add(place);
            let done = match wish {
                Err(fault) => Err(vec![fault.clone()]),
                Ok(Wish::Ci(wish)) => self.item(wish),
                Ok(Wish::Relation(_) | Wish::RelationEnd(_)) => Ok((Outcome::Unchanged, None)),
            };
            let result = self.result(done);
            self.results.push(result);
        }
        self.at = usize::MAX;
    }

    /// Plans the relations of a batch, once all its items are known and how these are related so far.
    pub(super) fn plan_relations(&mut self, wishes: &[Result<Wish, FieldFault>]) {
        for (place, wish) in wishes.iter().enumerate() {
            self.at = self.earlier.len().saturating_add(place);
            let done = match wish {
                Ok(Wish::Relation(wish)) => self.relate(wish),
                Ok(Wish::RelationEnd(wish)) => self.part(wish),
                Ok(Wish::Ci(_)) | Err(_) => continue,
            };
            let result = self.result(done);
            if let Some(there) = self.results.get_mut(place) {
                *there = result;
            }
        }
    }

    fn result(&self, done: Result<Done, Faults>) -> ItemResult {
        match done {
            Ok((outcome, id)) => ItemResult { index: self.at, outcome, id, errors: Vec::new() },
            Err(faults) => ItemResult::refused(self.at, faults),
        }
    }

    fn item(&mut self, wish: &CiWish) -> Result<Done, Faults> {
        let within = self.within(wish)?;
        if let Some(key) = &wish.key {
            check_key("key", key)?;
        }
        match self.meant(wish, within)? {
            Some(place) => self.change(place, wish),
            None => self.create(wish, within),
        }
    }

    /// The organisation that the item names, or the call.
    fn within(&self, wish: &CiWish) -> Result<Option<OrganisationId>, Faults> {
        let Some(named) = wish.organisation_id.map(OrganisationId::from_uuid) else { return Ok(self.organisation) };
        let is_known = self.speaker.ctx.scope.contains(named) && self.tree.name(named).is_some();
        let unknown = || one("organisation_id", "unknown", "there is no such organisation in scope");
        if is_known { Ok(Some(named)) } else { Err(unknown()) }
    }

    fn meant(&self, wish: &CiWish, within: Option<OrganisationId>) -> Result<Option<usize>, Faults> {
        if let Some(id) = wish.id {
            let place = self.known.with_id(id);
            return place.map(Some).ok_or_else(|| one("id", "unknown", "there is no such item in scope"));
        }
        if let Some(key) = &wish.key {
            match self.known.with_key(key, within) {
                Found::One(place) => return Ok(Some(place)),
                Found::Several => return Err(several("key")),
                Found::Nothing => {}
            }
        }
        let Some(name) = &wish.match_on else { return Ok(None) };
        let asked = find::matched(self.speaker.book, wish);
        if asked.is_empty() {
            return Err(one("match_on", "invalid", format!("the item says nothing of `{name}` that could be found")));
        }
        let of_class =
            |slot: &Slot| wish.class.as_deref().is_none_or(|class| self.speaker.book.is_a(&slot.class, class));
        match self.known.with_value(&asked, |slot| is_within(slot, within) && of_class(slot)) {
            Found::One(place) => Ok(Some(place)),
            Found::Several => Err(several("match_on")),
            Found::Nothing => Ok(None),
        }
    }

    fn create(&mut self, wish: &CiWish, within: Option<OrganisationId>) -> Result<Done, Faults> {
        let Some(class) = wish.class.clone() else {
            return Err(one("class", "required", "there is no such item yet, and a new one needs a class"));
        };
        usable(self.speaker.book, &class).map_err(faults_of)?;
        let organisation = within.or_else(|| self.tree.top_of(&self.speaker.ctx.scope));
        let Some(organisation) = organisation else {
            return Err(one("organisation_id", "required", "say which organisation it belongs to"));
        };
        let lifecycle = said(wish)?.unwrap_or(Lifecycle::UNSAID);
        let place = self.known.slots.len();
        let slot = Slot {
            key: i32::try_from(place).unwrap_or(i32::MAX).saturating_neg().saturating_sub(1),
            id: self.speaker.ctx.new_id(),
            class,
            organisation,
            lifecycle,
            is_part: false,
            decided: Vec::new(),
            said: BTreeMap::new(),
            changes: BTreeMap::new(),
            reason: None,
            mentioned: true,
        };
        let mut statements = self.statements(&slot.class, wish)?;
        if self.speaker.is_person() || wish.lifecycle.is_some() {
            statements.extend(said_lifecycle(self.speaker.book, lifecycle));
        }
        let is_named = statements.iter().any(|one| one.attribute == "name" && one.value.is_some());
        if !is_named || !self.speaker.is_enabled() {
            return Err(one("name", "required", "no source names it"));
        }
        self.agree(&slot, &statements)?;
        let id = slot.id.uuid();
        self.known.add(slot, id);
        self.bind(place, wish)?;
        self.say(place, statements);
        for (attribute_id, value) in find::matched(self.speaker.book, wish) {
            self.known.show(attribute_id, value, place);
        }
        Ok((Outcome::Created, Some(id)))
    }

    fn change(&mut self, place: usize, wish: &CiWish) -> Result<Done, Faults> {
        let Some(slot) = self.known.slots.get(place) else { return Err(one("id", "unknown", "there is no such item")) };
        if let Some(class) = wish.class.as_deref().filter(|class| !self.speaker.book.is_a(&slot.class, class)) {
            let detail = format!("it is a `{}`, and no `{class}`; a class is changed item by item", slot.class);
            return Err(one("class", "invalid", detail));
        }
        if wish.organisation_id.is_some_and(|id| slot.organisation.uuid() != id) {
            return Err(one("organisation_id", "invalid", "it belongs to another organisation"));
        }
        let mut statements = self.statements(&slot.class, wish)?;
        let lifecycle = said(wish)?;
        // What nobody says is in use, and is shown so.
        if let Some(to) = lifecycle.filter(|to| !(self.differences_only && *to == slot.lifecycle)) {
            statements.extend(said_lifecycle(self.speaker.book, to));
        }
        statements.retain(|statement| self.is_news(slot, statement));
        let (id, moved) = (slot.id.uuid(), lifecycle.filter(|to| *to != slot.lifecycle));
        if !statements.is_empty() {
            let reason = checked_reason(wish.reason.as_deref()).map_err(faults_of)?;
            match moved {
                Some(to) => slot.lifecycle.check(to, reason).map_err(of_lifecycle)?,
                None if slot.lifecycle.is_over() => {
                    return Err(one("", "retired", "its life is over; take it up again first"));
                }
                None => {}
            }
            self.agree(slot, &statements)?;
        }
        self.bind(place, wish)?;
        let outcome = if statements.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        if let Some(slot) = self.known.slots.get_mut(place) {
            slot.mentioned = true;
            slot.lifecycle = moved.unwrap_or(slot.lifecycle);
            let reason = wish.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
            slot.reason = reason.map(|reason| storable(reason).into_owned()).or_else(|| slot.reason.take());
        }
        self.say(place, statements);
        Ok((outcome, Some(id)))
    }

    /// Whether it is something that the speaker does not say already, and that has to be said.
    fn is_news(&self, slot: &Slot, statement: &Statement) -> bool {
        let own = slot.own(self.speaker.source, statement.attribute_id);
        let value = statement.value.as_ref().map(AttributeValue::to_stored);
        let attribute = self.speaker.book.attribute_by_id(statement.attribute_id);
        let shown = || attribute.and_then(|one| one.read(&parsed(&slot.shown_before(one)?)).ok());
        let is_shown = || value.is_some() && shown().map(|shown| shown.to_stored()) == value;
        own != value && !(self.differences_only && own.is_none() && is_shown())
    }

    fn statements(&self, class: &str, wish: &CiWish) -> Result<Vec<Statement>, Faults> {
        let mut attributes = wish.attributes.clone();
        for (name, value) in attributes.iter_mut().filter(|(_, value)| value.is_object()) {
            let attribute = self.speaker.book.attribute(class, name);
            if attribute.is_none_or(|one| one.kind != AttributeType::Reference) {
                continue;
            }
            let path = format!("attributes.{name}");
            let Some(target) = find::target(value) else {
                return Err(one(path, "invalid", "an id, or one of `id`, `key`, `item` and `name`"));
            };
            let place = self.target(&path, &target)?;
            *value = Value::from(self.known.slots.get(place).map(|slot| slot.id.to_string()));
        }
        Draft { common: wish.common(), attributes }.check(self.speaker.book, class)
    }

    /// Whether it agrees with the class as a whole and with other items.
    pub(super) fn agree(&self, slot: &Slot, statements: &[Statement]) -> Result<(), Faults> {
        let mut faults = required(&self.speaker.missing(slot, statements));
        for statement in statements {
            let Some(attribute) = self.speaker.book.attribute_by_id(statement.attribute_id) else { continue };
            if let Some(AttributeValue::Reference(id)) = &statement.value {
                let found = self.known.with_id(*id).and_then(|place| self.known.slots.get(place));
                let fits = |slot: &Slot| {
                    attribute.target.as_deref().is_none_or(|target| self.speaker.book.is_a(&slot.class, target))
                };
                if !found.is_some_and(fits) {
                    faults.push(FieldFault::of_value(field(attribute), &Fault::NoItem));
                }
            }
            let is_nameless = attribute.name == "name" && self.speaker.shown(slot, attribute, statements).is_none();
            if is_nameless && statement.value.is_none() && !slot.is_part {
                faults.push(FieldFault::new("name", "required", "no other source names it"));
            }
            let claim = self.claim(slot, statement, statements);
            if claim.is_some_and(|claim| self.holders.stand_against(self.speaker.book, &claim)) {
                faults.push(FieldFault::of_value(field(attribute), &Fault::Taken));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn claim(&self, slot: &Slot, statement: &Statement, statements: &[Statement]) -> Option<Claim> {
        if !self.speaker.is_unique(&slot.class, statement.attribute_id) {
            return None;
        }
        let attribute = self.speaker.book.attribute_by_id(statement.attribute_id)?;
        Some(Claim {
            ci_key: Some(slot.key),
            class: slot.class.clone(),
            organisation: slot.organisation,
            attribute_id: statement.attribute_id,
            value: self.speaker.shown(slot, attribute, statements)?.to_string(),
        })
    }

    /// The item is called so by the speaker from now on.
    fn bind(&mut self, place: usize, wish: &CiWish) -> Result<(), Faults> {
        let (Some(key), Some(slot)) = (&wish.key, self.known.slots.get(place)) else { return Ok(()) };
        match self.known.with_key(key, Some(slot.organisation)) {
            Found::One(there) if there == place => Ok(()),
            Found::Nothing => {
                self.known.bound.push((key.clone(), slot.organisation, place));
                self.known.name(key.clone(), place);
                Ok(())
            }
            _ => Err(one("key", "taken", "another item is called so by this source")),
        }
    }

    /// The speaker says so of an item.
    pub(super) fn say(&mut self, place: usize, statements: Vec<Statement>) {
        for statement in &statements {
            let slot = self.known.slots.get(place);
            if let Some(claim) = slot.and_then(|slot| self.claim(slot, statement, &statements)) {
                self.holders.hear(claim);
            }
        }
        if let Some(slot) = self.known.slots.get_mut(place) {
            slot.changes.extend(statements.into_iter().map(|one| (one.attribute_id, one.value)));
        }
    }

    /// The item that is meant.
    pub(super) fn target(&self, path: &str, target: &Target) -> Result<usize, Faults> {
        let unknown = |part: &str| one(format!("{path}.{part}"), "unknown", "there is no such item in scope");
        match target {
            Target { id: Some(id), key: None, item: None, name: None, .. } => {
                self.known.with_id(*id).ok_or_else(|| unknown("id"))
            }
            Target { id: None, key: Some(key), item: None, name: None, .. } => {
                match self.known.with_key(key, self.organisation) {
                    Found::One(place) => Ok(place),
                    Found::Several => Err(several(format!("{path}.key"))),
                    // A call may join items of several organisations.
                    Found::Nothing => match self.known.with_key(key, None) {
                        Found::One(place) => Ok(place),
                        Found::Several => Err(several(format!("{path}.key"))),
                        Found::Nothing => Err(unknown("key")),
                    },
                }
            }
            Target { id: None, key: None, item: Some(item), name: None, .. } => self.item_before(path, *item),
            Target { id: None, key: None, item: None, name: Some(name), class } => {
                let fits =
                    |slot: &Slot| class.as_deref().is_none_or(|class| self.speaker.book.is_a(&slot.class, class));
                let asked: Vec<_> = find::named(self.speaker.book, name).into_iter().collect();
                match self.known.with_value(&asked, fits) {
                    Found::One(place) => Ok(place),
                    Found::Several => Err(several(format!("{path}.name"))),
                    Found::Nothing => Err(unknown("name")),
                }
            }
            _ => Err(one(path, "invalid", "one of `id`, `key`, `item` and `name`")),
        }
    }

    fn item_before(&self, path: &str, item: usize) -> Result<usize, Faults> {
        let path = format!("{path}.item");
        let here = item.checked_sub(self.earlier.len());
        let result = here.map_or_else(|| self.earlier.get(item), |here| self.results.get(here));
        let result = result.filter(|_| item < self.at);
        match result {
            Some(ItemResult { id: Some(id), .. }) => {
                let place = self.known.with_id(*id);
                place.ok_or_else(|| one(path, "invalid", format!("item {item} is no configuration item")))
            }
            Some(ItemResult { outcome: Outcome::Refused, .. }) => {
                Err(one(path, "refused", format!("item {item} is refused")))
            }
            Some(_) => Err(one(path, "invalid", format!("item {item} is no configuration item"))),
            None => {
                let detail = format!("the place of an earlier item, 0 to {}", ITEMS_MAX.saturating_sub(1));
                Err(one(path, "unknown", detail))
            }
        }
    }
}

/// One fault.
pub(super) fn one(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Faults {
    vec![FieldFault::new(field, code, detail)]
}

fn several(field: impl Into<String>) -> Faults {
    one(field, "ambiguous", "several items in scope are meant")
}

/// Whether a source can call an item so.
fn check_key(path: &str, key: &str) -> Result<(), Faults> {
    if key.trim().is_empty() {
        return Err(one(path, "required", "empty"));
    }
    if key.len() > KEY_BYTES {
        let limit = i64::try_from(KEY_BYTES).ok();
        let detail = format!("longer than {KEY_BYTES} bytes");
        return Err(vec![FieldFault { limit, ..FieldFault::new(path, "too_long", detail) }]);
    }
    if key.contains('\0') {
        return Err(one(path, "invalid", "a NUL character"));
    }
    Ok(())
}

fn said(wish: &CiWish) -> Result<Option<Lifecycle>, Faults> {
    let read = |text: &String| text.parse().map_err(|error| one("lifecycle", "unknown", format!("{error}")));
    wish.lifecycle.as_ref().map(read).transpose()
}

pub(super) fn of_lifecycle(why: LifecycleError) -> Faults {
    match why {
        LifecycleError::ReasonNeeded { .. } => one("reason", "required", why.to_string()),
        LifecycleError::Current(_) => one("lifecycle", "current_lifecycle", why.to_string()),
        LifecycleError::NoWay { .. } => one("lifecycle", "no_way_from_lifecycle", why.to_string()),
    }
}

fn faults_of(error: Error) -> Faults {
    match error {
        Error::Invalid(faults) => faults,
        other => one("", "invalid", other.to_string()),
    }
}
