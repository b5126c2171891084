//! The queries of a list.

use std::collections::BTreeMap;

use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use jiff::{SignedDuration, Timestamp};

use super::condition::{Holds, holds, passes};
use super::filter::{Alternative, Filter};
use super::sort::{Position, Sort, SortBy};
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::merge::expression::was_its_own;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::{Freshness, Observation};
use crate::cmdb::value::expression::{
    CiQuery, OfCi, agent_key, any_of, first_seen, gone_at, in_scope, is_one_of, judged_at, last_seen, live_until,
    or_epoch,
};
use crate::cmdb::value::shown::{Find, Past, has_entry, name_at, shown_now, shown_value, shows_entry, shows_one_of};
use crate::fleet::silence;
use crate::index::condition::Dialect;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Instant, Key16};
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

/// What a list looks for, and when it looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) scope: &'a Scope,
    pub(super) filter: &'a Filter,
    pub(super) freshness: Freshness,
    pub(super) holds: &'a silence::Holds,
    pub(super) now: Timestamp,
    /// The time to look at and what it takes to tell what was shown then; nothing of today, which is marked.
    pub(super) past: Option<Past<'a>>,
    /// How what is shown now is found.
    pub(super) find: Find,
    pub(super) dialect: Dialect,
}

/// How many items match.
pub(super) fn count(conn: &mut Conn, search: Search<'_>) -> Result<i64, StoreError> {
    Ok(matching(search).count().get_result(conn)?)
}

/// The rows that match, of these only if some are named.
pub(super) fn keys(conn: &mut Conn, search: Search<'_>, among: Option<&[i32]>) -> Result<Vec<i32>, StoreError> {
    let query = match among {
        None => matching(search),
        Some(keys) => matching(search).filter(c::key.eq_any(keys.to_vec())),
    };
    Ok(query.select(c::key).load(conn)?)
}

/// Items that match, in order, after `after`.
pub(super) fn list(
    conn: &mut Conn,
    search: Search<'_>,
    sort: Sort,
    after: Option<&Position>,
    rows: i64,
) -> Result<Vec<CiRow>, StoreError> {
    let query = matching(search);
    let query = match after {
        Some(position) => query.filter(beyond(search, sort, position)),
        None => query,
    };
    let ordered = in_order(query, search, sort).limit(rows);
    let found: Vec<row::Selected> = ordered.select(row::selection()).load(conn)?;
    found.into_iter().map(|row| CiRow::try_from(row).map_err(StoreError::from)).collect()
}

/// Items that match, in no order, as many as `most`.
pub(super) fn whole(conn: &mut Conn, search: Search<'_>, most: i64) -> Result<Vec<CiRow>, StoreError> {
    let found: Vec<row::Selected> = matching(search).limit(most).select(row::selection()).load(conn)?;
    found.into_iter().map(|row| CiRow::try_from(row).map_err(StoreError::from)).collect()
}

/// The items that match.
fn matching(search: Search<'_>) -> CiQuery {
    let mut query = in_scope(search.scope);
    for condition in conditions(search) {
        query = query.filter(condition);
    }
    query
}

/// What holds for the items that match, besides that they are in scope.
pub(super) fn conditions(search: Search<'_>) -> Vec<Holds> {
    let filter = search.filter;
    let mut all: Vec<Holds> = Vec::new();
    if let Some(classes) = &filter.classes {
        all.push(Box::new(c::class.eq_any(classes.clone()).nullable()));
    }
    if let Some(organisations) = &filter.organisations {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        all.push(Box::new(c::organisation_id.eq_any(keys).nullable()));
    }
    all.push(match filter.as_of {
        None => Box::new(c::survivor_key.is_null().nullable()),
        Some(at) => Box::new(c::created_at.le(At(at)).and(was_its_own(at)).nullable()),
    });
    all.extend(filter.query.as_ref().map(|condition| holds(condition, search)));
    if let Some(observations) = &filter.observations {
        all.push(any_of(observations.iter().map(|one| observed(*one, search)).collect()));
    }
    for attribute in &filter.attributes {
        all.push(says_any(&attribute.alternatives, search));
    }
    match search.past {
        None => all.extend(present_values(filter)),
        Some(at) => all.extend(past_values(filter, at)),
    }
    all
}

/// What people decide stands in the item's values at other times than today.
fn past_values(filter: &Filter, at: Past<'_>) -> Vec<Holds> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut all: Vec<Holds> = Vec::new();
    if let Some(lifecycles) = &filter.lifecycles {
        let shown = || shown_value(filter.root.lifecycle, "lifecycle", at);
        let names = lifecycles.iter().map(|one| quoted(one.name())).collect();
        let mut either: Vec<Holds> = vec![is_one_of(shown(), names)];
        if lifecycles.contains(&Lifecycle::UNSAID) {
            either.push(Box::new(shown().is_null().nullable()));
        }
        all.push(any_of(either));
    }
    if let Some(levels) = &filter.criticalities {
        let levels: Vec<String> = levels.iter().map(ToString::to_string).collect();
        all.push(is_one_of(shown_value(filter.root.criticality, "criticality", at), levels));
    }
    if let Some(environments) = &filter.environments {
        let names: Vec<String> = environments.iter().map(|one| quoted(one)).collect();
        all.push(is_one_of(shown_value(filter.root.environment, "environment", at), names));
    }
    all
}

/// What people decide stands in the item's own row today.
fn present_values(filter: &Filter) -> Vec<Holds> {
    let mut all: Vec<Holds> = Vec::new();
    if let Some(lifecycles) = &filter.lifecycles {
        let names: Vec<&'static str> = lifecycles.iter().map(|one| one.name()).collect();
        all.push(Box::new(c::lifecycle.eq_any(names).nullable()));
    }
    if let Some(levels) = &filter.criticalities {
        all.push(Box::new(c::criticality.eq_any(levels.clone())));
    }
    if let Some(environments) = &filter.environments {
        all.push(Box::new(c::environment.eq_any(environments.clone())));
    }
    all
}

/// Whether any of these is said: those that want the same of what is shown now, by one look.
pub(super) fn says_any(wanted: &[Alternative], search: Search<'_>) -> OfCi<Nullable<Bool>> {
    let is_plain = |one: &&Alternative| search.past.is_none() && one.test.is_none() && !one.is_list;
    let (plain, others): (Vec<&Alternative>, Vec<&Alternative>) = wanted.iter().partition(is_plain);
    let mut by_values: BTreeMap<&[String], Vec<i32>> = BTreeMap::new();
    for one in plain {
        by_values.entry(&one.values).or_default().push(one.attribute_id);
    }
    let at_once = by_values.iter().map(|(values, ids)| shows_one_of(ids, values, search.find));
    any_of(at_once.chain(others.into_iter().map(|one| says(one, search))).collect())
}

fn says(wanted: &Alternative, search: Search<'_>) -> OfCi<Nullable<Bool>> {
    let shown = || match search.past {
        None => shown_now(wanted.attribute_id),
        Some(past) => shown_value(wanted.attribute_id, &wanted.attribute, past),
    };
    if let Some(test) = &wanted.test {
        return passes(shown, test);
    }
    if search.past.is_none() {
        return if wanted.is_list {
            shows_entry(wanted.attribute_id, &wanted.values, search.find)
        } else {
            shows_one_of(&[wanted.attribute_id], &wanted.values, search.find)
        };
    }
    if wanted.is_list {
        return any_of(wanted.values.iter().map(|entry| has_entry(shown(), entry)).collect());
    }
    is_one_of(shown(), wanted.values.clone())
}

pub(super) fn observed(observation: Observation, search: Search<'_>) -> OfCi<Nullable<Bool>> {
    match observation {
        Observation::Live => Box::new(gone_at().is_null().and(is_live(search))),
        Observation::Stale => Box::new(gone_at().is_null().and(not(is_live(search))).and(is_of_today(search))),
        Observation::Silent => {
            let long_ago = not(is_live(search)).and(not(is_of_today(search)));
            Box::new(last_seen().is_not_null().and(gone_at().is_not_null().or(long_ago)))
        }
        Observation::Never => Box::new(last_seen().is_null().and(agent_key().is_not_null()).nullable()),
        Observation::Unobserved => Box::new(last_seen().is_null().and(agent_key().is_null()).nullable()),
    }
}

/// Whether it was heard of within three intervals: of its agent, or if that is not known, as configured.
fn is_live(search: Search<'_>) -> OfCi<Nullable<Bool>> {
    let judged = |ago| judged_at(search.holds, search.now, ago);
    let by_agent: OfCi<Nullable<Bool>> = Box::new(live_until().ge(judged(SignedDuration::ZERO)));
    let as_configured: OfCi<Nullable<Bool>> = Box::new(last_seen().ge(judged(search.freshness.live)));
    let either = sql::<Nullable<Bool>>("coalesce(").bind::<Nullable<Bool>, _>(by_agent).sql(", ");
    Box::new(either.bind::<Nullable<Bool>, _>(as_configured).sql(")"))
}

fn is_of_today(search: Search<'_>) -> OfCi<Nullable<Bool>> {
    Box::new(last_seen().ge(judged_at(search.holds, search.now, search.freshness.stale)))
}

pub(super) fn name(search: Search<'_>) -> OfCi<Text> {
    match search.past {
        None => Box::new(c::name),
        Some(past) => name_at(search.filter.root.name, past),
    }
}

/// Who supports an item; of another time, what was shown then without its quotes.
pub(super) fn team(search: Search<'_>) -> OfCi<Nullable<Text>> {
    let Some(past) = search.past else { return Box::new(c::support_team) };
    let shown = shown_value(search.filter.root.team, "support_team", past);
    Box::new(sql::<Nullable<Text>>("trim(").bind::<Nullable<Text>, _>(shown).sql(", '\"')"))
}

fn time(sort: Sort) -> OfCi<Instant> {
    or_epoch(if sort.by == SortBy::LastSeen { last_seen() } else { first_seen() })
}

fn in_order(query: CiQuery, search: Search<'_>, sort: Sort) -> CiQuery {
    match (sort.by, sort.descending) {
        (SortBy::Name, false) => query.order((name(search).asc(), c::key.asc())),
        (SortBy::Name, true) => query.order((name(search).desc(), c::key.desc())),
        (SortBy::Class, false) => query.order((c::class.asc(), name(search).asc(), c::key.asc())),
        (SortBy::Class, true) => query.order((c::class.desc(), name(search).desc(), c::key.desc())),
        (_, false) => query.order((time(sort).asc(), c::key.asc())),
        (_, true) => query.order((time(sort).desc(), c::key.desc())),
    }
}

/// What comes after a place. The first comparison of each lets the database start there instead of reading up to it.
fn beyond(search: Search<'_>, sort: Sort, position: &Position) -> OfCi<Bool> {
    let name = || name(search);
    match (position.clone(), sort.descending) {
        (Position::Name(at, key), false) => Box::new(name().ge(at.clone()).and(name().gt(at).or(c::key.gt(key)))),
        (Position::Name(at, key), true) => Box::new(name().le(at.clone()).and(name().lt(at).or(c::key.lt(key)))),
        (Position::Class(class, at, key), false) => {
            let later = name().gt(at.clone()).or(name().eq(at).and(c::key.gt(key)));
            Box::new(c::class.ge(class.clone()).and(c::class.gt(class).or(later)))
        }
        (Position::Class(class, at, key), true) => {
            let later = name().lt(at.clone()).or(name().eq(at).and(c::key.lt(key)));
            Box::new(c::class.le(class.clone()).and(c::class.lt(class).or(later)))
        }
        (Position::Time(micros, key), descending) => {
            let at = At(Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH));
            if descending {
                Box::new(time(sort).le(at).and(time(sort).lt(at).or(c::key.lt(key))))
            } else {
                Box::new(time(sort).ge(at).and(time(sort).gt(at).or(c::key.gt(key))))
            }
        }
    }
}
