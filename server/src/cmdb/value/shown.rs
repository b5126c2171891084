//! The shown value of an attribute as an expression, to filter and sort lists by.

use std::collections::BTreeMap;

use diesel::BoolExpressionMethods as _;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use jiff::Timestamp;

use super::expression::{OfCi, any_of, was_valid};
use super::rules::Rules;
use crate::cmdb::merge::expression::{is_part, may_have_parts};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::SourceName;

/// The time that means now for intervals: later than any of them begins, earlier than none ends.
pub const NOW: Timestamp = Timestamp::MAX;

/// How many characters of a value the index of what is shown holds.
const INDEXED: usize = 200;

/// What it takes to tell what was shown at another time.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// When.
    pub at: Timestamp,
    /// Every class and attribute.
    pub book: &'a ClassBook,
    /// Who is believed, today.
    pub rules: &'a Rules,
}

/// How items are found by what is shown of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Find {
    /// Few match: from the value to the items.
    FromValue,
    /// Many match: item by item, in the order of the list, until a page is full.
    ItemByItem,
}

/// The JSON text of what is shown now of the attribute, whichever row of the item says it; null where none does.
#[must_use]
pub fn shown_now(attribute_id: i32) -> OfCi<Nullable<Text>> {
    let marked = "(SELECT said.value FROM cmdb_value said WHERE said.ci_key = cmdb_ci.key \
         AND said.valid_to IS NULL AND said.shown AND said.shown_of IS NULL AND said.attribute_id = ";
    let of_parts = " LIMIT 1), (SELECT said.value FROM cmdb_ci part CROSS JOIN cmdb_value said \
         WHERE part.survivor_key = cmdb_ci.key AND said.ci_key = part.key AND said.valid_to IS NULL AND said.shown \
         AND said.attribute_id = ";
    let opened = sql::<Nullable<Text>>("CASE WHEN cmdb_ci.has_parts THEN coalesce(").sql(marked);
    let both = opened.bind::<Integer, _>(attribute_id).sql(of_parts).bind::<Integer, _>(attribute_id);
    let own = both.sql(" LIMIT 1)) ELSE ").sql(marked).bind::<Integer, _>(attribute_id);
    Box::new(own.sql(" LIMIT 1) END"))
}

/// Whether what is shown now of one of these attributes is one of these JSON texts. All attributes are looked for at
/// once: for as many ways as there are attributes, PostgreSQL would rather read every item.
#[must_use]
pub fn shows_one_of(attribute_ids: &[i32], values: &[String], find: Find) -> OfCi<Nullable<Bool>> {
    let whole = || listed("said.value", values.iter().cloned());
    let beginning = |value: &String| value.chars().take(INDEXED).collect();
    let beginnings = listed("substr(said.value, 1, 200)", values.iter().map(beginning));
    // A text shorter than what the index holds of it is the whole of it.
    let is_long = values.iter().any(|value| value.chars().nth(INDEXED.saturating_sub(1)).is_some());
    shown_of(attribute_ids, find, if is_long { Box::new(beginnings.and(whole())) } else { beginnings })
}

/// Whether the list that is shown now of the attribute has one of these entries, as JSON texts.
#[must_use]
pub fn shows_entry(attribute_id: i32, entries: &[String], find: Find) -> OfCi<Nullable<Bool>> {
    let any = |list: &dyn Fn() -> OfCi<Nullable<Text>>| {
        any_of(entries.iter().map(|entry| has_entry(list(), entry)).collect())
    };
    match find {
        Find::FromValue => shown_of(&[attribute_id], find, any(&|| Box::new(sql::<Nullable<Text>>("said.value")))),
        // The index is by value, and entries stand anywhere in theirs.
        Find::ItemByItem => any(&|| shown_now(attribute_id)),
    }
}

/// Whether what is shown of one of these attributes is so, whichever row of the item says it. What is shown is open: to
/// ask for that, too, would lead from the index to the rows.
fn shown_of(attribute_ids: &[i32], find: Find, says: OfCi<Nullable<Bool>>) -> OfCi<Nullable<Bool>> {
    let open = match find {
        Find::FromValue => {
            "cmdb_ci.key IN (SELECT coalesce(said.shown_of, said.ci_key) FROM cmdb_value said WHERE said.shown AND "
        }
        // The sign keeps SQLite from comparing by the column's affinity, which the index on an expression has not.
        Find::ItemByItem => {
            "EXISTS (SELECT 1 FROM cmdb_value said WHERE coalesce(said.shown_of, said.ci_key) = +cmdb_ci.key \
             AND said.shown AND "
        }
    };
    if attribute_ids.is_empty() {
        return any_of(Vec::new());
    }
    let opened = sql::<Nullable<Bool>>(open).bind::<Nullable<Bool>, _>(of_attributes(attribute_ids, says));
    Box::new(opened.sql(")"))
}

/// Whether a statement is about one of these attributes and says so.
fn of_attributes(attribute_ids: &[i32], says: OfCi<Nullable<Bool>>) -> OfCi<Nullable<Bool>> {
    let open: OfCi<Nullable<Bool>> = Box::new(sql::<Nullable<Bool>>("said.attribute_id IN ("));
    let listed = attribute_ids.iter().enumerate().fold(open, |before, (place, id)| -> OfCi<Nullable<Bool>> {
        let before = sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(before);
        Box::new(before.sql(if place == 0 { "" } else { ", " }).bind::<Integer, _>(*id))
    });
    let open = sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(listed).sql(") AND (");
    Box::new(open.bind::<Nullable<Bool>, _>(says).sql(")"))
}

/// Whether an expression is one of these texts; with none, nothing matches.
fn listed(expression: &'static str, mut values: impl Iterator<Item = String>) -> OfCi<Nullable<Bool>> {
    let Some(first) = values.next() else { return any_of(Vec::new()) };
    let opened: OfCi<Nullable<Bool>> = Box::new(sql::<Nullable<Bool>>(expression).sql(" IN (").bind::<Text, _>(first));
    let all = values.fold(opened, |before, value| -> OfCi<Nullable<Bool>> {
        Box::new(sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(before).sql(", ").bind::<Text, _>(value))
    });
    Box::new(sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(all).sql(")"))
}

/// Whether a list, as JSON text, has the entry: it stands after a bracket or a comma that is not part of a text,
/// since within one a quote is escaped.
#[must_use]
pub fn has_entry(list: OfCi<Nullable<Text>>, entry: &str) -> OfCi<Nullable<Bool>> {
    let first = format!("[{entry}");
    let later = format!(",{entry}");
    Box::new(
        sql::<Nullable<Bool>>("(SELECT replace(replace(entries.list, ")
            .bind::<Text, _>(first)
            .sql(", ''), ")
            .bind::<Text, _>(later)
            .sql(", '') <> entries.list FROM (SELECT ")
            .bind::<Nullable<Text>, _>(list)
            .sql(" AS list) entries)"),
    )
}

/// The JSON text of what was shown for the attribute at the time, whichever of its rows of then said it; null where none
/// had said anything.
#[must_use]
pub fn shown_value(attribute_id: i32, attribute: &str, past: Past<'_>) -> OfCi<Nullable<Text>> {
    let of = |rows: OfCi<Bool>| shown_of_rows(rows, (attribute_id, attribute), past);
    let composed = sql::<Nullable<Text>>("CASE WHEN ").bind::<Bool, _>(may_have_parts(Some(past.at))).sql(" THEN ");
    let every = sql::<Bool>("(said.ci_key = cmdb_ci.key OR ").bind::<Bool, _>(is_part("said.ci_key", Some(past.at)));
    let all = composed.bind::<Nullable<Text>, _>(of(Box::new(every.sql(")")))).sql(" ELSE ");
    let own = Box::new(sql::<Bool>("said.ci_key = cmdb_ci.key"));
    Box::new(all.bind::<Nullable<Text>, _>(of(own)).sql(" END"))
}

/// What was shown of what these rows said. Statements are put in order outside of where they are found: SQLite knows
/// nothing of the item in the order of a statement about it.
fn shown_of_rows(rows: OfCi<Bool>, (id, name): (i32, &str), past: Past<'_>) -> OfCi<Nullable<Text>> {
    let opened = sql::<Nullable<Text>>("(SELECT ranked.value FROM (SELECT said.value, said.valid_from, said.source, ")
        .sql("CASE WHEN said.source = 'inherited' THEN 1 ELSE 0 END AS tier, ")
        .bind::<Integer, _>(rank(past, id, name))
        .sql(" AS place, CASE WHEN said.ci_key = cmdb_ci.key THEN 0 ELSE said.ci_key END AS record FROM cmdb_value said WHERE ");
    let found = opened
        .bind::<Bool, _>(rows)
        .sql(" AND said.attribute_id = ")
        .bind::<Integer, _>(id)
        .sql(" AND ")
        .bind::<Bool, _>(was_valid("said.valid_from", "said.valid_to", Some(past.at)));
    let disabled = past.rules.sources.values().filter(|source| !source.enabled);
    let found: OfCi<Nullable<Text>> = Box::new(found);
    let enabled = disabled.fold(found, |before, source| -> OfCi<Nullable<Text>> {
        let before = sql::<Nullable<Text>>("").bind::<Nullable<Text>, _>(before).sql(" AND said.source <> ");
        Box::new(before.bind::<Text, _>(source.name.to_string()))
    });
    let ranked = sql::<Nullable<Text>>("").bind::<Nullable<Text>, _>(enabled).sql(") ranked ORDER BY ranked.tier, ");
    Box::new(ranked.sql("ranked.place, ranked.record, ranked.valid_from DESC, ranked.source LIMIT 1)"))
}

/// The place of the statement's source in the order that holds for the item's class, pins before all.
fn rank(past: Past<'_>, attribute_id: i32, attribute: &str) -> OfCi<Integer> {
    let defined_by = past.book.attribute_by_id(attribute_id).map_or("", |attribute| attribute.class.as_str());
    let mut classes: BTreeMap<Vec<SourceName>, Vec<String>> = BTreeMap::new();
    for class in past.book.with_subclasses(defined_by) {
        let held = past.rules.held(past.book, &class.name, attribute);
        let sources = held.map(|held| held.sources.to_vec()).unwrap_or_default();
        classes.entry(sources).or_default().push(class.name.clone());
    }
    // What most classes have needs no list of them.
    let most =
        classes.iter().max_by_key(|(_, names)| names.len()).map(|(sources, _)| sources.clone()).unwrap_or_default();
    classes.remove(&most);
    let opened: OfCi<Integer> = Box::new(sql::<Integer>("CASE WHEN said.source = 'pin' THEN -1"));
    let cases = classes.into_iter().fold(opened, |before, (sources, names)| -> OfCi<Integer> {
        let of_these = listed("cmdb_ci.class", names.into_iter());
        let case = sql::<Integer>("").bind::<Integer, _>(before).sql(" WHEN ").bind::<Nullable<Bool>, _>(of_these);
        Box::new(case.sql(" THEN ").bind::<Integer, _>(place(&sources)))
    });
    let all = sql::<Integer>("").bind::<Integer, _>(cases).sql(" ELSE ").bind::<Integer, _>(place(&most));
    Box::new(all.sql(" END"))
}

fn place(sources: &[SourceName]) -> OfCi<Integer> {
    if sources.is_empty() {
        return Box::new(sql::<Integer>("0"));
    }
    let opened: OfCi<Integer> = Box::new(sql::<Integer>("(CASE said.source"));
    let cases = sources.iter().zip(0..).fold(opened, |before, (source, place): (_, i32)| -> OfCi<Integer> {
        let case = sql::<Integer>("").bind::<Integer, _>(before).sql(" WHEN ").bind::<Text, _>(source.to_string());
        Box::new(case.sql(" THEN ").bind::<Integer, _>(place))
    });
    let last = i32::try_from(sources.len()).unwrap_or(i32::MAX);
    Box::new(sql::<Integer>("").bind::<Integer, _>(cases).sql(" ELSE ").bind::<Integer, _>(last).sql(" END)"))
}

/// The name that was shown at the time, without its quotes; today's where none was recorded.
#[must_use]
pub fn name_at(attribute_id: i32, past: Past<'_>) -> OfCi<Text> {
    let shown = shown_value(attribute_id, "name", past);
    Box::new(sql::<Text>("coalesce(trim(").bind::<Nullable<Text>, _>(shown).sql(", '\"'), cmdb_ci.name)"))
}
