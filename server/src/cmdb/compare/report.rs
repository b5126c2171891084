//! What became of a set of items: counted whole, told page by page.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::many::{Request, Rough, Since};
use super::model::{Change, Topic};
use super::service::{Comparison, Depth, named};
use super::store::Window;
use crate::cmdb::error::Error;
use crate::cmdb::item::row::CiRow;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// What became of an item.
#[derive(Debug, Clone)]
pub(in crate::cmdb) struct Entry {
    pub(in crate::cmdb) row: CiRow,
    pub(in crate::cmdb) change: Change,
    pub(in crate::cmdb) rough: Rough,
}

impl Entry {
    /// What differs, whether it is among those looked at included.
    pub(in crate::cmdb) fn topics(&self) -> Vec<Topic> {
        let membership = (self.change != Change::Changed).then_some(Topic::Membership);
        membership.into_iter().chain(self.rough.topics()).collect()
    }
}

/// Which entries a page shows.
#[derive(Debug, Clone, Default)]
pub struct Only {
    pub(in crate::cmdb) change: Option<Change>,
    pub(in crate::cmdb) topic: Option<Topic>,
    pub(in crate::cmdb) class: Option<String>,
}

impl Only {
    fn shows(&self, entry: &Entry) -> bool {
        self.change.is_none_or(|change| change == entry.change)
            && self.class.as_ref().is_none_or(|class| *class == entry.row.class)
            && self.topic.as_ref().is_none_or(|topic| entry.topics().contains(topic))
    }
}

/// How many items, by what became of them, by class and by what differs.
#[derive(Debug, Clone, Default)]
pub(in crate::cmdb) struct Totals {
    pub(in crate::cmdb) cis: usize,
    pub(in crate::cmdb) changes: BTreeMap<Change, usize>,
    pub(in crate::cmdb) classes: BTreeMap<String, usize>,
    pub(in crate::cmdb) topics: BTreeMap<Topic, usize>,
}

impl Totals {
    fn of(entries: &[Entry]) -> Self {
        let mut totals = Self { cis: entries.len(), ..Self::default() };
        for entry in entries {
            count(&mut totals.changes, entry.change);
            count(&mut totals.classes, entry.row.class.clone());
            entry.topics().into_iter().for_each(|topic| count(&mut totals.topics, topic));
        }
        totals
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, usize>, key: K) {
    let one = counts.entry(key).or_default();
    *one = one.saturating_add(1);
}

/// An entry with its names.
#[derive(Debug, Clone)]
pub(in crate::cmdb) struct Told {
    pub(in crate::cmdb) entry: Entry,
    pub(in crate::cmdb) comparison: Comparison,
    /// Whether more differs than is named.
    pub(in crate::cmdb) truncated: bool,
}

/// Where a page ended: name and key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position(String, i32);

/// A page of entries, what there is in all, and how many are like those of the page.
#[derive(Debug)]
pub struct Report {
    pub(in crate::cmdb) page: Page<Told, Position>,
    pub(in crate::cmdb) totals: Totals,
    /// How many are like those of the page.
    pub total: usize,
}

/// The times between which a report tells.
#[derive(Clone, Copy)]
pub(in crate::cmdb) struct Times<'a> {
    pub(in crate::cmdb) window: Window,
    pub(in crate::cmdb) since: Since<'a>,
    pub(in crate::cmdb) to: Timestamp,
}

/// Counts entries and tells those of a page.
pub(in crate::cmdb) fn report(
    conn: &mut Conn,
    scope: &Scope,
    entries: Vec<Entry>,
    times: Times<'_>,
    (only, request): (&Only, &PageRequest<Position>),
) -> Result<Report, Error> {
    let totals = Totals::of(&entries);
    let mut shown: Vec<Entry> = entries.into_iter().filter(|entry| only.shows(entry)).collect();
    let total = shown.len();
    shown.sort_by_cached_key(position);
    let rest = shown.into_iter().filter(|entry| request.after.as_ref().is_none_or(|after| position(entry) > *after));
    let rows_to_fetch = usize::try_from(request.rows_to_fetch()).unwrap_or(usize::MAX);
    let page = Page::from_rows(rest.take(rows_to_fetch).collect(), request, position);
    let rows: Vec<CiRow> = page.items.iter().map(|entry| entry.row.clone()).collect();
    let mut rough: BTreeMap<i32, Rough> = page.items.iter().map(|entry| (entry.row.key, entry.rough.clone())).collect();
    let wanted = Request { scope, rows: &rows, window: times.window, since: times.since, to: times.to };
    let mut names = named(conn, wanted, &mut rough, Depth::Some)?;
    let tell = |entry: Entry| {
        let comparison = names.remove(&entry.row.key).unwrap_or_default();
        let truncated = entry.rough.exceeds();
        Told { entry, comparison, truncated }
    };
    Ok(Report { page: page.map(tell), totals, total })
}

fn position(entry: &Entry) -> Position {
    Position(entry.row.name.clone(), entry.row.key)
}
