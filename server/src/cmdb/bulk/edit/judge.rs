//! What becomes of each item of a batch: of an edit, or of taking one back. Nothing is written yet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::asked::{Asked, Change};
use super::model::Difference;
use crate::cmdb::bulk::find::Needs;
use crate::cmdb::bulk::known::{Known, Slot};
use crate::cmdb::bulk::overlay::Speaker;
use crate::cmdb::bulk::plan::{Faults, Planner, of_lifecycle, one};
use crate::cmdb::bulk::relate::Relations;
use crate::cmdb::error::FieldFault;
use crate::cmdb::item::service::{Statement, parsed};
use crate::cmdb::item::standing::field;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::check;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::model::value::AttributeValue;
use crate::cmdb::organisation::OrganisationTree;
use crate::cmdb::unique::{self, Holders};
use crate::cmdb::value::settle::Settler;
use crate::cmdb::value::standing::Standings;
use crate::cmdb::value::store::{self as values, Stated};
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, StoreError};

/// The code of what has changed since it was looked at.
pub(super) const CHANGED_SINCE: &str = "changed_since";

/// What is to be done to an item.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The item.
    pub(super) key: i32,
    /// What the edit did to it or was to do.
    pub(super) foreseen: Vec<Difference>,
}

/// What is to be done to all of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task<'a> {
    /// Say what would become of them.
    Preview(&'a Asked),
    /// Change them if what becomes of them is what was foreseen.
    Apply(&'a Asked),
    /// Put back what they were, if they are what was foreseen.
    Undo,
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    Change(Vec<Difference>),
    Same,
    Refused(Faults),
}

/// By what is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Court<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) settler: &'a Settler,
    pub(super) tree: &'a OrganisationTree,
    pub(super) reason: Option<&'a str>,
}

impl Court<'_> {
    /// Judges a batch: gives the items as they will be, and a verdict for each that was asked for. A fixed number of
    /// statements, whatever the number of items.
    pub(super) fn judge(
        self,
        conn: &mut Conn,
        task: Task<'_>,
        wanted: &[Wanted],
    ) -> Result<(Known, Vec<Verdict>), StoreError> {
        let book = &self.settler.book;
        let keys: Vec<i32> = wanted.iter().map(|one| one.key).collect();
        let attributes = attributes(book, task, wanted);
        let claimed = claimed(book, task, wanted, &attributes);
        let writes = !matches!(task, Task::Preview(_));
        if writes && unique::concerns_any(book, &attributes) {
            unique::lock(conn)?;
        }
        let source = SourceName::PERSON;
        let known = Needs::of_rows(&keys, writes).find(conn, &self.ctx.scope, book, &source)?;
        let places: BTreeMap<i32, usize> = known.slots.iter().zip(0..).map(|(slot, place)| (slot.key, place)).collect();
        let records = Records::of(conn, &keys, None)?;
        let rows = records.keys();
        let mut said: BTreeMap<(i32, i32), Vec<Stated>> = BTreeMap::new();
        let asked: Vec<i32> = attributes.iter().copied().collect();
        for stated in values::list_open(conn, &rows, Some(&asked))? {
            let Some(item) = records.item_of(stated.ci_key) else { continue };
            said.entry((item, stated.attribute_id)).or_default().push(stated);
        }
        let rules = &self.settler.rules;
        let standings = Standings::load(conn, &rows, &rules.sources, &self.settler.holds, self.settler.now)?;
        let planner = Planner {
            speaker: Speaker::new(self.ctx, book, rules, &source),
            tree: self.tree,
            organisation: None,
            differences_only: false,
            known,
            relations: Relations::default(),
            holders: Holders::of(conn, book, &claimed)?,
            earlier: &[],
            results: Vec::new(),
            at: usize::MAX,
        };
        let mut bench = Bench { court: self, planner, said, standings };
        let verdict = |one: &Wanted| match places.get(&one.key) {
            Some(place) => bench.item(*place, task, &one.foreseen),
            None => {
                Verdict::Refused(self::one("", "needs_permission", "you may not change it, or it is part of another"))
            }
        };
        let verdicts = wanted.iter().map(verdict).collect();
        Ok((bench.planner.known, verdicts))
    }
}

/// A batch being judged.
struct Bench<'a> {
    court: Court<'a>,
    planner: Planner<'a>,
    /// What everybody says of the attributes at hand, by item and attribute.
    said: BTreeMap<(i32, i32), Vec<Stated>>,
    standings: Standings<'a>,
}

impl Bench<'_> {
    fn item(&mut self, place: usize, task: Task<'_>, foreseen: &[Difference]) -> Verdict {
        let judged = match task {
            Task::Preview(asked) => self.edit(place, asked),
            Task::Apply(asked) => self.edit(place, asked).and_then(|(statements, differences)| {
                let as_foreseen = differences.is_empty() || differences == foreseen;
                if as_foreseen { Ok((statements, differences)) } else { Err(changed_since("")) }
            }),
            Task::Undo => self.undo(place, foreseen),
        };
        let (statements, differences) = match judged {
            Ok(judged) => judged,
            Err(faults) => return Verdict::Refused(faults),
        };
        if statements.is_empty() {
            return Verdict::Same;
        }
        if let Some(slot) = self.planner.known.slots.get_mut(place) {
            slot.lifecycle = moved(&statements).unwrap_or(slot.lifecycle);
            slot.reason = self.court.reason.map(str::to_owned);
        }
        self.planner.say(place, statements);
        Verdict::Change(differences)
    }

    fn slot(&self, place: usize) -> Result<&Slot, Faults> {
        self.planner.known.slots.get(place).ok_or_else(|| one("", "unknown", "there is no such item"))
    }

    fn edit(&self, place: usize, asked: &Asked) -> Result<(Vec<Statement>, Vec<Difference>), Faults> {
        let slot = self.slot(place)?;
        let (mut statements, mut differences, mut faults) = (Vec::new(), Vec::new(), Faults::new());
        for (name, change) in asked {
            match self.change(slot, name, change) {
                Ok(Some((statement, difference))) => {
                    statements.push(statement);
                    differences.push(difference);
                }
                Ok(None) => {}
                Err(more) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        if statements.is_empty() {
            return Ok((statements, differences));
        }
        match moved(&statements) {
            Some(to) => slot.lifecycle.check(to, self.court.reason).map_err(of_lifecycle)?,
            None if slot.lifecycle.is_over() => return Err(one("", "retired", "its life is over")),
            None => {}
        }
        self.planner.agree(slot, &statements)?;
        Ok((statements, differences))
    }

    /// What has to be said of an attribute so that it becomes what is asked for.
    fn change(&self, slot: &Slot, name: &str, change: &Change) -> Result<Option<(Statement, Difference)>, Faults> {
        let book = &self.court.settler.book;
        let Some(attribute) = book.attribute(&slot.class, name) else {
            let detail = format!("a `{}` has no `{name}`", slot.class);
            return Err(one(format!("attributes.{name}"), "no_attribute", detail));
        };
        let (before, own) = (self.shown(slot, attribute), self.own(slot, attribute));
        let read = |value: &Value| {
            let read = check::value(book, &slot.class, name, value);
            read.map(Some).map_err(|fault| vec![FieldFault::of_value(field(attribute), &fault)])
        };
        let value = match change {
            Change::Set(value) => read(value)?,
            Change::Clear => None,
            Change::Tags { add, remove } => {
                let there: BTreeSet<String> = texts(before.as_ref());
                let after: BTreeSet<String> = there.difference(remove).chain(add).cloned().collect();
                if after == there {
                    return Ok(None);
                }
                let is_said_by_others = || self.others(slot, attribute).next().is_some();
                if after.is_empty() && !is_said_by_others() {
                    None
                } else {
                    read(&Value::from(after.into_iter().collect::<Vec<_>>()))?
                }
            }
        };
        match &value {
            Some(value) if before.as_ref() == Some(&value.to_json()) => return Ok(None),
            None if own.is_none() && before.as_ref().is_none_or(check::is_nothing) => return Ok(None),
            None if own.is_none() => {
                return Err(one(field(attribute), "said_by_others", "no person says it; another source does"));
            }
            _ => {}
        }
        let difference = self.difference(slot, attribute, value.as_ref())?;
        let statement = Statement { attribute_id: attribute.id, attribute: attribute.name.clone(), value };
        Ok(Some((statement, difference)))
    }

    /// What differs if people say this of an attribute. What would not be shown is not said.
    fn difference(
        &self,
        slot: &Slot,
        attribute: &Attribute,
        value: Option<&AttributeValue>,
    ) -> Result<Difference, Faults> {
        let now = self.court.settler.now;
        let statements = self.said.get(&(slot.key, attribute.id)).into_iter().flatten();
        if statements.into_iter().any(|one| one.pin.is_some_and(|pin| pin.holds(now))) {
            return Err(one(field(attribute), "pinned", "somebody pinned its value"));
        }
        let after = self.shown_after(slot, attribute, value);
        let said_after = value.map(AttributeValue::to_json);
        if said_after.is_some() && after != said_after {
            return Err(one(field(attribute), "outranked", "another source is believed before people"));
        }
        let said_before = self.own(slot, attribute).map(|one| parsed(&one.value));
        let before = self.shown(slot, attribute);
        Ok(Difference { attribute: attribute.name.clone(), before, after, said_before, said_after })
    }

    fn undo(&self, place: usize, done: &[Difference]) -> Result<(Vec<Statement>, Vec<Difference>), Faults> {
        let slot = self.slot(place)?;
        let book = &self.court.settler.book;
        let (mut statements, mut differences, mut faults) = (Vec::new(), Vec::new(), Faults::new());
        for one in done {
            let Some(attribute) = book.attribute(&slot.class, &one.attribute) else {
                faults.extend(changed_since(&format!("attributes.{}", one.attribute)));
                continue;
            };
            let said = self.own(slot, attribute).map(|stated| parsed(&stated.value));
            if said != one.said_after || self.shown(slot, attribute) != one.after {
                faults.extend(changed_since(&field(attribute)));
                continue;
            }
            let read = |value: &Value| {
                let read = check::value(book, &slot.class, &one.attribute, value);
                read.map_err(|fault| vec![FieldFault::of_value(field(attribute), &fault)])
            };
            let back = one.said_before.as_ref().map(read).transpose().and_then(|value| {
                let difference = self.difference(slot, attribute, value.as_ref())?;
                Ok((Statement { attribute_id: attribute.id, attribute: attribute.name.clone(), value }, difference))
            });
            match back {
                Ok((statement, difference)) => {
                    statements.push(statement);
                    differences.push(difference);
                }
                Err(more) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        // A life that is over is taken up again only by what ended it.
        if slot.lifecycle.is_over() && moved(&statements).is_none() {
            return Err(one("", "retired", "its life is over"));
        }
        self.planner.agree(slot, &statements)?;
        Ok((statements, differences))
    }

    /// What people say of an attribute so far.
    fn own(&self, slot: &Slot, attribute: &Attribute) -> Option<&Stated> {
        let said = self.said.get(&(slot.key, attribute.id))?;
        said.iter().find(|one| is_own(slot, one))
    }

    /// What everybody else says of it.
    fn others(&self, slot: &Slot, attribute: &Attribute) -> impl Iterator<Item = &Stated> {
        let key = slot.key;
        let said = self.said.get(&(key, attribute.id)).into_iter().flatten();
        said.filter(move |one| !(one.source == SourceName::PERSON && one.ci_key == key))
    }

    /// What is shown of it so far.
    fn shown(&self, slot: &Slot, attribute: &Attribute) -> Option<Value> {
        if is_lifecycle(attribute) {
            return Some(Value::from(slot.lifecycle.name()));
        }
        if attribute.is_decided() {
            return slot.shown_before(attribute).map(|text| parsed(&text)).filter(|value| !value.is_null());
        }
        let said = self.said.get(&(slot.key, attribute.id))?;
        said.iter().find(|one| one.shown_of.is_some()).map(|one| parsed(&one.value))
    }

    /// What is shown of it once people say this.
    fn shown_after(&self, slot: &Slot, attribute: &Attribute, value: Option<&AttributeValue>) -> Option<Value> {
        let settler = self.court.settler;
        let own = value.map(|value| Stated {
            ci_key: slot.key,
            attribute_id: attribute.id,
            source: SourceName::PERSON,
            valid_from: settler.now,
            value: value.to_stored(),
            shown_of: None,
            pin: None,
        });
        let all: Vec<&Stated> = self.others(slot, attribute).chain(own.as_ref()).collect();
        let of = (slot.key, slot.class.as_str(), attribute.name.as_str());
        let choice = settler.rules.choose(&settler.book, of, &all, &self.standings);
        let shown = choice.and_then(|choice| all.get(choice.place)).map(|one| parsed(&one.value));
        if is_lifecycle(attribute) { shown.or_else(|| Some(Value::from(Lifecycle::UNSAID.name()))) } else { shown }
    }
}

fn is_own(slot: &Slot, stated: &Stated) -> bool {
    stated.source == SourceName::PERSON && stated.ci_key == slot.key
}

fn is_lifecycle(attribute: &Attribute) -> bool {
    attribute.is_decided() && attribute.name == "lifecycle"
}

/// Where statements move an item in its life.
fn moved(statements: &[Statement]) -> Option<Lifecycle> {
    let said = statements.iter().find(|one| one.attribute == "lifecycle")?;
    match &said.value {
        Some(AttributeValue::Text(name)) => name.parse().ok(),
        // What nobody says is in use.
        _ => Some(Lifecycle::UNSAID),
    }
}

fn changed_since(field: &str) -> Faults {
    one(field, CHANGED_SINCE, "it has changed since")
}

fn texts(list: Option<&Value>) -> BTreeSet<String> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
}

/// The attributes that are at hand, of every class.
fn attributes(book: &ClassBook, task: Task<'_>, wanted: &[Wanted]) -> BTreeSet<i32> {
    let names: BTreeSet<&str> = match task {
        Task::Preview(asked) | Task::Apply(asked) => asked.keys().map(String::as_str).collect(),
        Task::Undo => wanted.iter().flat_map(|one| &one.foreseen).map(|one| one.attribute.as_str()).collect(),
    };
    names.into_iter().flat_map(|name| book.attributes_named(name)).map(|one| one.id).collect()
}

/// What items are to have of what somewhere no two may have the same: attribute and JSON text.
fn claimed(book: &ClassBook, task: Task<'_>, wanted: &[Wanted], attributes: &BTreeSet<i32>) -> Vec<(i32, String)> {
    if !unique::concerns_any(book, attributes) {
        return Vec::new();
    }
    let said: Vec<(&str, &Value)> = match task {
        Task::Preview(asked) | Task::Apply(asked) => {
            let set = asked.iter().filter_map(|(name, change)| match change {
                Change::Set(value) => Some((name.as_str(), value)),
                Change::Clear | Change::Tags { .. } => None,
            });
            set.collect()
        }
        Task::Undo => {
            let back = wanted.iter().flat_map(|one| &one.foreseen);
            back.filter_map(|one| Some((one.attribute.as_str(), one.said_before.as_ref()?))).collect()
        }
    };
    let read = |(name, value): (&str, &Value)| -> Vec<(i32, String)> {
        let attributes = book.attributes_named(name);
        attributes.filter_map(|one| Some((one.id, one.read(value).ok()?.to_stored()))).collect()
    };
    said.into_iter().flat_map(read).collect()
}
