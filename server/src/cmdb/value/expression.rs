//! Expressions over items that several queries need.

use diesel::BoxableExpression;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use jiff::{SignedDuration, Timestamp};

use super::shown::NOW;
use crate::fleet::silence::Holds;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Instant, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::cmdb_ci;

/// An expression over `cmdb_ci`.
pub type OfCi<T> = Box<dyn BoxableExpression<cmdb_ci::table, MultiBackend, SqlType = T>>;

/// A query of `cmdb_ci` whose conditions were put together one by one.
pub type CiQuery = cmdb_ci::BoxedQuery<'static, MultiBackend>;

/// The agent that reports as a row, or as its host: what it sees, it sees each time it speaks.
macro_rules! watcher {
    ($row:literal) => {
        concat!(
            "coalesce(",
            $row,
            ".agent_key, (SELECT host.agent_key FROM cmdb_ci host WHERE host.key = ",
            $row,
            ".parent_key))"
        )
    };
}

/// When a row was last seen.
macro_rules! seen {
    ($row:literal) => {
        concat!(
            "CASE WHEN ",
            $row,
            ".gone_at IS NOT NULL THEN ",
            $row,
            ".last_seen_at ELSE coalesce(\
             (SELECT seen.last_seen_at FROM fleet_presence seen WHERE seen.agent_key = ",
            watcher!($row),
            "), ",
            $row,
            ".last_seen_at) END"
        )
    };
}

/// Until when the agent that sees a row is live by its own interval.
macro_rules! live {
    ($row:literal) => {
        concat!("(SELECT seen.live_until FROM fleet_presence seen WHERE seen.agent_key = ", watcher!($row), ")")
    };
}

/// What holds for an item: by its own row, unless others are part of it; then by all of them.
macro_rules! of_item {
    ($own:expr, $all:expr $(, $then:literal)?) => {
        concat!(
            "CASE WHEN cmdb_ci.has_parts THEN (SELECT ", $all,
            " WHERE (one.key = cmdb_ci.key OR one.survivor_key = cmdb_ci.key)" $(, $then)?, ") ELSE ", $own, " END"
        )
    };
}

const LAST_SEEN: &str = of_item!(seen!("cmdb_ci"), concat!("max(", seen!("one"), ") FROM cmdb_ci one"));
const FIRST_SEEN: &str = of_item!("cmdb_ci.first_seen_at", "min(one.first_seen_at) FROM cmdb_ci one");
const LIVE_UNTIL: &str =
    of_item!(live!("cmdb_ci"), concat!("max(", live!("one"), ") FROM cmdb_ci one"), " AND one.gone_at IS NULL");
/// What is no longer there of any of those that were ever there.
const GONE_AT: &str = of_item!(
    "cmdb_ci.gone_at",
    "CASE WHEN count(one.gone_at) = count(coalesce(one.gone_at, one.last_seen_at, one.first_seen_at)) \
     THEN max(one.gone_at) END FROM cmdb_ci one"
);
const AGENT: &str = of_item!(
    "cmdb_ci.agent_key",
    "one.agent_key FROM cmdb_ci one LEFT JOIN fleet_presence seen ON seen.agent_key = one.agent_key",
    " AND one.agent_key IS NOT NULL ORDER BY seen.last_seen_at IS NULL, seen.last_seen_at DESC, one.key LIMIT 1"
);

/// When an item was last seen, whichever of its rows; null if it never was.
#[must_use]
pub fn last_seen() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(LAST_SEEN))
}

/// When this very row was last seen, whatever it is made of.
#[must_use]
pub fn row_last_seen() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(seen!("cmdb_ci")))
}

/// When an item was first seen, whichever of its rows.
#[must_use]
pub fn first_seen() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(FIRST_SEEN))
}

/// Until when the item is live by the interval of the agent that sees it; null if that is not known.
#[must_use]
pub fn live_until() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(LIVE_UNTIL))
}

/// Since when the host of the item reports without it; null as long as any of its rows is seen.
#[must_use]
pub fn gone_at() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(GONE_AT))
}

/// The key of the agent that reports as the item; of several the one that was heard last.
#[must_use]
pub fn agent_key() -> OfCi<Nullable<Integer>> {
    Box::new(sql::<Nullable<Integer>>(AGENT))
}

/// Whether an interval with these bounds holds as of a time or now.
#[must_use]
pub fn was_valid(from: &'static str, to: &'static str, as_of: Option<Timestamp>) -> OfCi<Bool> {
    let at = At(as_of.unwrap_or(NOW));
    let begun = sql::<Bool>(from).sql(" <= ").bind::<Instant, _>(at).sql(" AND (").sql(to).sql(" IS NULL OR ");
    Box::new(begun.sql(to).sql(" > ").bind::<Instant, _>(at).sql(")"))
}

/// `ago` before the time as of which the item is judged: see [`Holds`].
#[must_use]
pub fn judged_at(holds: &Holds, now: Timestamp, ago: SignedDuration) -> OfCi<Nullable<Instant>> {
    let before = |at: Timestamp| At(at.saturating_sub(ago).unwrap_or(Timestamp::MIN));
    let opened: OfCi<Instant> = Box::new(sql::<Instant>("CASE WHEN 1 = 0 THEN ").bind::<Instant, _>(before(now)));
    let cases = holds.by_time().into_iter().fold(opened, |cases, (since, organisations)| -> OfCi<Instant> {
        let keys: Vec<Key16> = organisations.into_iter().map(Key16::from).collect();
        let of_these: OfCi<Bool> = Box::new(cmdb_ci::organisation_id.eq_any(keys));
        let case = sql::<Instant>("").bind::<Instant, _>(cases).sql(" WHEN ").bind::<Bool, _>(of_these);
        Box::new(case.sql(" THEN ").bind::<Instant, _>(before(since.min(now))))
    });
    let all = sql::<Nullable<Instant>>("").bind::<Instant, _>(cases).sql(" ELSE ");
    Box::new(all.bind::<Instant, _>(before(now)).sql(" END"))
}

/// The time, or 1970 where there is none, so that it can be sorted by.
#[must_use]
pub fn or_epoch(time: OfCi<Nullable<Instant>>) -> OfCi<Instant> {
    let epoch = At(Timestamp::UNIX_EPOCH);
    Box::new(
        sql::<Instant>("coalesce(").bind::<Nullable<Instant>, _>(time).sql(", ").bind::<Instant, _>(epoch).sql(")"),
    )
}

/// Items in scope.
#[must_use]
pub fn in_scope(scope: &Scope) -> CiQuery {
    let query = cmdb_ci::table.into_boxed();
    match scope.organisations() {
        None => query,
        Some(organisations) => {
            let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
            query.filter(cmdb_ci::organisation_id.eq_any(keys))
        }
    }
}

/// Whether any of the conditions holds; with none, nothing matches.
#[must_use]
pub fn any_of(conditions: Vec<OfCi<Nullable<Bool>>>) -> OfCi<Nullable<Bool>> {
    let either = |left: OfCi<Nullable<Bool>>, right| -> OfCi<Nullable<Bool>> { Box::new(left.or(right)) };
    let never = || -> OfCi<Nullable<Bool>> { Box::new(sql::<Nullable<Bool>>("1 = 0")) };
    conditions.into_iter().reduce(either).unwrap_or_else(never)
}

/// Whether the text is one of these; with none, nothing matches.
///
/// `eq_any` would want an expression that knows its database; this one is written value by value instead.
#[must_use]
pub fn is_one_of(text: OfCi<Nullable<Text>>, values: Vec<String>) -> OfCi<Nullable<Bool>> {
    let mut values = values.into_iter();
    let Some(first) = values.next() else { return any_of(Vec::new()) };
    let opened = sql::<Nullable<Bool>>("(").bind::<Nullable<Text>, _>(text).sql(" IN (").bind::<Text, _>(first);
    let opened: OfCi<Nullable<Bool>> = Box::new(opened);
    let listed = values.fold(opened, |before, value| -> OfCi<Nullable<Bool>> {
        Box::new(sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(before).sql(", ").bind::<Text, _>(value))
    });
    Box::new(sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(listed).sql("))"))
}
