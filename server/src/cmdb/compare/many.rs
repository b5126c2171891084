//! What differs of many items between two times, in a fixed number of statements.
//!
//! Only what began or ended to hold in between is read: all else is the same at both times.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::lineage::{Lineage, Moment};
use super::model::{Difference, Topic, differences};
use super::store::{self, Installed, Interval, ROWS_MAX, Tie, Window};
use crate::cmdb::class::store::load_book;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::row::CiRow;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::value::rules::{AsOf, Rules};
use crate::cmdb::value::store::{self as values, Stated};
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// Since when each part of an item counts.
pub(in crate::cmdb) type Since<'a> = &'a dyn Fn(i32, &Topic) -> Timestamp;

/// Most versions and relations of one item that a report names.
pub(super) const NAMED_MAX: usize = 100;

/// What is compared.
#[derive(Clone, Copy)]
pub(in crate::cmdb) struct Request<'a> {
    pub(in crate::cmdb) scope: &'a Scope,
    /// The items.
    pub(in crate::cmdb) rows: &'a [CiRow],
    /// Everything is looked at within this.
    pub(in crate::cmdb) window: Window,
    /// What was.
    pub(in crate::cmdb) since: Since<'a>,
    /// What is.
    pub(in crate::cmdb) to: Timestamp,
}

/// What differs of an item, without the names of what it is related to and of what is installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cmdb) struct Rough {
    /// By attribute; values as JSON text.
    pub(in crate::cmdb) attributes: Vec<(String, Difference<String>)>,
    /// Type, whether the item is the source, the other row.
    pub(in crate::cmdb) relations: Vec<((String, bool, i32), Difference<bool>)>,
    /// Versions of packages.
    pub(in crate::cmdb) versions: Vec<i32>,
}

impl Rough {
    /// Whether nothing differs.
    pub(in crate::cmdb) const fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.relations.is_empty() && self.versions.is_empty()
    }

    /// Whether more differs than a report names.
    pub(super) const fn exceeds(&self) -> bool {
        self.relations.len() > NAMED_MAX || self.versions.len() > NAMED_MAX
    }

    /// What differs.
    pub(in crate::cmdb) fn topics(&self) -> Vec<Topic> {
        let attributes = self.attributes.iter().map(|(name, _)| Topic::Attribute(name.clone()));
        let relations = (!self.relations.is_empty()).then_some(Topic::Relations);
        let software = (!self.versions.is_empty()).then_some(Topic::Software);
        attributes.chain(relations).chain(software).collect()
    }
}

/// What was read once, and what follows from it for each item.
pub(super) struct Ground {
    lineage: Lineage,
    items: BTreeSet<i32>,
    /// Every row that any of the items consists of at some time.
    pub(super) records: BTreeSet<i32>,
    /// The items that were put together or taken apart.
    moved: BTreeSet<i32>,
    lists: BTreeMap<i32, Timestamp>,
    moments: BTreeMap<Timestamp, Moment>,
}

impl Ground {
    pub(super) fn load(conn: &mut Conn, rows: &[CiRow], window: Window) -> Result<Self, Error> {
        let items: BTreeSet<i32> = rows.iter().map(|row| row.key).collect();
        let lineage = Lineage::load(conn, window)?;
        let (records, moved) = (lineage.records(&items), lineage.moved(window, &items));
        let parts: Vec<i32> = records.difference(&items).copied().collect();
        let shared = parts.iter().flat_map(|part| lineage.homes(*part, &items)).chain(parts.iter().copied());
        let shared: BTreeSet<i32> = shared.collect();
        let lists = store::software_lists(conn, &shared.into_iter().collect::<Vec<_>>())?;
        Ok(Self { lineage, items, records, moved, lists, moments: BTreeMap::new() })
    }

    fn moment(&mut self, at: Timestamp) -> &Moment {
        self.moments.entry(at).or_insert_with(|| self.lineage.at(at))
    }

    /// Whether a row was part of an item at a time.
    fn is_of(&mut self, item: i32, record: i32, at: Timestamp) -> bool {
        self.moment(at).item_of(record) == item
    }

    /// The row of which the list of packages counted for an item at a time.
    pub(super) fn software_record(&mut self, item: i32, at: Timestamp) -> i32 {
        let Self { lineage, lists, moments, .. } = self;
        let moment = moments.entry(at).or_insert_with(|| lineage.at(at));
        let of_item = lists.iter().filter(|(record, _)| moment.item_of(**record) == item);
        of_item.max_by_key(|(_, received)| **received).map_or(item, |(record, _)| *record)
    }

    fn by_item<T: Clone>(&self, all: Vec<T>, record: impl Fn(&T) -> i32) -> BTreeMap<i32, Vec<T>> {
        let mut found: BTreeMap<i32, Vec<T>> = BTreeMap::new();
        for one in all {
            for item in self.lineage.homes(record(&one), &self.items) {
                found.entry(item).or_default().push(one.clone());
            }
        }
        found
    }

    fn keys(&self) -> (Vec<i32>, Vec<i32>) {
        let moved = |record: &i32| !self.lineage.homes(*record, &self.moved).is_empty();
        let whole =
            if self.moved.is_empty() { Vec::new() } else { self.records.iter().copied().filter(moved).collect() };
        (self.records.iter().copied().collect(), whole)
    }
}

/// What differs of each of the items, by key; of what is not there nothing does.
///
/// # Errors
///
/// [`Error::Invalid`] when more differs than is compared at once.
pub(in crate::cmdb) fn differing(conn: &mut Conn, request: Request<'_>) -> Result<BTreeMap<i32, Rough>, Error> {
    let mut ground = Ground::load(conn, request.rows, request.window)?;
    let book = load_book(conn)?;
    let rules = Rules::load(conn)?;
    let (records, whole) = ground.keys();
    let said = said(conn, &book, &ground, request)?;
    let ties = full(store::ties(conn, request.scope, (&records, &whole), request.window)?)?;
    let ties = ground.by_item(ties, |tie| tie.record);
    let installed = full(store::installed(conn, (&records, &whole), request.window)?)?;
    let installed = ground.by_item(installed, |one| one.record);
    let mut found = BTreeMap::new();
    for row in request.rows {
        let mut look = Look { ground: &mut ground, request, row };
        let rough = Rough {
            attributes: said.get(&row.key).map(|said| look.attributes(&book, &rules, said)).unwrap_or_default(),
            relations: ties.get(&row.key).map(|ties| look.relations(ties)).unwrap_or_default(),
            versions: installed.get(&row.key).map(|installed| look.versions(installed)).unwrap_or_default(),
        };
        found.insert(row.key, rough);
    }
    Ok(found)
}

/// What was said by attribute of an item.
type Statements = BTreeMap<i32, Vec<(Stated, Interval)>>;

/// What was said within the window of those attributes of which something was said or taken back in it.
fn said(
    conn: &mut Conn,
    book: &ClassBook,
    ground: &Ground,
    request: Request<'_>,
) -> Result<BTreeMap<i32, Statements>, Error> {
    let records: Vec<i32> = ground.records.iter().copied().collect();
    let mut touched: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
    for (record, attribute) in full(store::touched(conn, &records, request.window)?)? {
        for item in ground.lineage.homes(record, &ground.items) {
            touched.entry(item).or_default().insert(attribute);
        }
    }
    let of_root = ["name", "lifecycle"].into_iter().filter_map(|name| book.attribute(ROOT, name));
    let of_root: Vec<i32> = of_root.map(|attribute| attribute.id).collect();
    for row in request.rows.iter().filter(|row| row.created_at > request.window.from) {
        touched.entry(row.key).or_default().extend(&of_root);
    }
    for item in &ground.moved {
        touched.entry(*item).or_default().extend(book.attributes().iter().map(|attribute| attribute.id));
    }
    let attributes: Vec<i32> = touched.values().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let of_these =
        |record: &i32| ground.lineage.homes(*record, &ground.items).iter().any(|item| touched.contains_key(item));
    let records: Vec<i32> = records.into_iter().filter(of_these).collect();
    let window = (request.window.from, request.window.to);
    let mut found: BTreeMap<i32, Statements> =
        touched.iter().map(|(item, all)| (*item, all.iter().map(|id| (*id, Vec::new())).collect())).collect();
    for (stated, end) in full(values::list_between(conn, &records, Some(&attributes), window, ROWS_MAX)?)? {
        let held = Interval::new(stated.valid_from.into(), end.map(Into::into));
        for item in ground.lineage.homes(stated.ci_key, &ground.items) {
            let of_item = found.get_mut(&item).and_then(|all| all.get_mut(&stated.attribute_id));
            if let Some(all) = of_item {
                all.push((stated.clone(), held));
            }
        }
    }
    Ok(found)
}

fn full<T>(rows: Vec<T>) -> Result<Vec<T>, FieldFault> {
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) < ROWS_MAX {
        return Ok(rows);
    }
    let detail =
        format!("more than {ROWS_MAX} things began or ended since then; ask for a shorter time or fewer items");
    Err(FieldFault { limit: Some(ROWS_MAX), ..FieldFault::new("from", "too_long", detail) })
}

/// One item.
struct Look<'a, 'r> {
    ground: &'a mut Ground,
    request: Request<'r>,
    row: &'a CiRow,
}

impl Look<'_, '_> {
    fn since(&self, topic: &Topic) -> Timestamp {
        (self.request.since)(self.row.key, topic)
    }

    /// Whether the item was known.
    fn is_known(&self, at: Timestamp) -> bool {
        self.row.created_at <= at
    }

    fn attributes(&mut self, book: &ClassBook, rules: &Rules, said: &Statements) -> Vec<(String, Difference<String>)> {
        let mut found = Vec::new();
        for (id, statements) in said {
            let Some(attribute) = book.attribute_by_id(*id) else { continue };
            let since = self.since(&Topic::Attribute(attribute.name.clone()));
            let before = self.shown(book, rules, (attribute, statements), since);
            let after = self.shown(book, rules, (attribute, statements), self.request.to);
            if before != after {
                found.push((attribute.name.clone(), Difference { before, after }));
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// What was shown of an attribute at a time, as JSON text.
    fn shown(
        &mut self,
        book: &ClassBook,
        rules: &Rules,
        (attribute, statements): (&Attribute, &[(Stated, Interval)]),
        at: Timestamp,
    ) -> Option<String> {
        if !self.is_known(at) {
            return None;
        }
        let item = self.row.key;
        let mut then = Vec::new();
        for (stated, held) in statements {
            if held.holds(at) && self.ground.is_of(item, stated.ci_key, at) {
                then.push(stated);
            }
        }
        let choice = rules.choose(book, (item, &self.row.class, &attribute.name), &then, &AsOf(at));
        let chosen = choice.and_then(|choice| then.get(choice.place).map(|stated| stated.value.clone()));
        let otherwise = || match attribute.name.as_str() {
            "name" if attribute.is_decided() => Some(Value::from(self.row.name.as_str()).to_string()),
            "lifecycle" if attribute.is_decided() => Some(Value::from(Lifecycle::UNSAID.name()).to_string()),
            _ => None,
        };
        chosen.or_else(otherwise)
    }

    fn relations(&mut self, ties: &[Tie]) -> Vec<((String, bool, i32), Difference<bool>)> {
        let since = self.since(&Topic::Relations);
        let (before, after) = (self.related(ties, since), self.related(ties, self.request.to));
        differences(&before, &after)
    }

    fn related(&mut self, ties: &[Tie], at: Timestamp) -> BTreeMap<(String, bool, i32), bool> {
        if !self.is_known(at) {
            return BTreeMap::new();
        }
        let item = self.row.key;
        let mut found = BTreeMap::new();
        for tie in ties.iter().filter(|tie| tie.held.holds(at)) {
            // What an item is related to within itself is told from its source alone.
            let is_twice = !tie.outgoing && self.ground.is_of(item, tie.other, at);
            if !is_twice && self.ground.is_of(item, tie.record, at) {
                found.insert((tie.kind.clone(), tie.outgoing, tie.other), true);
            }
        }
        found
    }

    fn versions(&mut self, installed: &[Installed]) -> Vec<i32> {
        let since = self.since(&Topic::Software);
        let (before, after) = (self.installed(installed, since), self.installed(installed, self.request.to));
        before.symmetric_difference(&after).copied().collect()
    }

    fn installed(&mut self, installed: &[Installed], at: Timestamp) -> BTreeSet<i32> {
        if !self.is_known(at) {
            return BTreeSet::new();
        }
        let record = self.ground.software_record(self.row.key, at);
        installed.iter().filter(|one| one.record == record && one.held.holds(at)).map(|one| one.version).collect()
    }
}
