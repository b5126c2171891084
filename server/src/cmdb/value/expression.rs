//! Expressions over the item's own row that several queries need.

use diesel::BoxableExpression;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use jiff::{SignedDuration, Timestamp};

use crate::fleet::silence::Holds;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Instant, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::cmdb_ci;

/// An expression over `cmdb_ci`.
pub type OfCi<T> = Box<dyn BoxableExpression<cmdb_ci::table, MultiBackend, SqlType = T>>;

/// A query of `cmdb_ci` whose conditions were put together one by one.
pub type CiQuery = cmdb_ci::BoxedQuery<'static, MultiBackend>;

/// When an item was last seen: what its agent or its host's agent sees, it sees each time it speaks.
const LAST_SEEN: &str = "CASE WHEN cmdb_ci.gone_at IS NOT NULL THEN cmdb_ci.last_seen_at ELSE coalesce(\
     (SELECT seen.last_seen_at FROM fleet_presence seen WHERE seen.agent_key = coalesce(cmdb_ci.agent_key, \
     (SELECT host.agent_key FROM cmdb_ci host WHERE host.key = cmdb_ci.parent_key))), cmdb_ci.last_seen_at) END";

/// When the item was last seen.
#[must_use]
pub fn last_seen() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(LAST_SEEN))
}

/// Until when the item's agent or its host's is live by the interval of its own.
const LIVE_UNTIL: &str = "(SELECT seen.live_until FROM fleet_presence seen WHERE seen.agent_key = \
     coalesce(cmdb_ci.agent_key, (SELECT host.agent_key FROM cmdb_ci host WHERE host.key = cmdb_ci.parent_key)))";

/// Until when the item is live by the interval of the agent that sees it; null if that is not known.
#[must_use]
pub fn live_until() -> OfCi<Nullable<Instant>> {
    Box::new(sql::<Nullable<Instant>>(LIVE_UNTIL))
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
