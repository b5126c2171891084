//! Queries as conditions over `cmdb_ci`.

use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Double, Integer, Nullable, Text};
use jiff::Timestamp;

use super::health;
use super::store::{Search, name, observed, says_any};
use crate::cmdb::merge::expression::{is_or_has_part_of, is_part, may_have_parts};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::query::check::{Condition, Decided, Installed, Moment, Tagged, Test};
use crate::cmdb::tag::store::LAST;
use crate::cmdb::value::expression::{OfCi, any_of, first_seen, is_one_of, judged_at, last_seen, was_valid};
use crate::cmdb::value::shown::shown_value;
use crate::index::address::Network;
use crate::index::condition::{Dialect, is_outdated, may_have};
use crate::index::model::term::Term;
use crate::store::column::{Instant, Key16};
use crate::store::dialect::contains_pattern;
use crate::store::schema::cmdb_ci as c;

pub(super) type Holds = OfCi<Nullable<Bool>>;

/// Whether a condition holds. What is not known does not, and so its opposite does.
pub(super) fn holds(condition: &Condition, search: Search<'_>) -> Holds {
    let as_of = search.filter.as_of;
    match condition {
        Condition::All(parts) => {
            let parts = parts.iter().map(|part| holds(part, search));
            parts.reduce(|left, right| Box::new(left.and(right))).unwrap_or_else(|| constant("1 = 1"))
        }
        Condition::Any(parts) => any_of(parts.iter().map(|part| holds(part, search)).collect()),
        Condition::Not(part) => Box::new(not(holds(part, search))),
        Condition::Text(term) => text(term, search),
        Condition::Class(names) => Box::new(c::class.eq_any(names.clone()).nullable()),
        Condition::Organisation(ids) => {
            let keys: Vec<Key16> = ids.iter().copied().map(Key16::from).collect();
            Box::new(c::organisation_id.eq_any(keys).nullable())
        }
        Condition::Lifecycle(wanted) => certain(lifecycle(wanted, search)),
        Condition::Observation(wanted) => certain(any_of(wanted.iter().map(|one| observed(*one, search)).collect())),
        Condition::Decided(column, test, then) => match search.filter.as_of {
            None => certain(passes(|| decided(*column), test)),
            Some(_) => certain(says_any(&then.alternatives, search)),
        },
        Condition::Attribute(filter) => certain(says_any(&filter.alternatives, search)),
        Condition::Tagged(wanted, then) => match search.filter.as_of {
            None => tagged(wanted),
            Some(_) => certain(says_any(&then.alternatives, search)),
        },
        Condition::Age(moment, relation, ago) => {
            // More than so long ago is before then.
            let sign = match relation.sign() {
                "<" | "<=" => ">",
                _ => "<",
            };
            let then = judged_at(search.holds, search.now, *ago);
            let compared =
                sql::<Nullable<Bool>>("").bind::<Nullable<Instant>, _>(time(*moment)).sql(" ").sql(sign).sql(" ");
            certain(Box::new(compared.bind::<Nullable<Instant>, _>(then)))
        }
        Condition::Identifier(kinds, patterns) => identifier(kinds, patterns, search),
        Condition::Identified(kinds, wanted) => {
            let any = certain(has_identifier(kinds, "%", as_of));
            if *wanted { any } else { Box::new(not(any)) }
        }
        Condition::Address(networks) => any_of(networks.iter().map(|one| address(*one, as_of)).collect()),
        Condition::Installed(wanted) => installed(wanted, search),
        Condition::InService(place) => certain(health::in_service(*place, search)),
        Condition::Orphan => health::orphan(as_of),
        Condition::Duplicate => health::duplicate(as_of),
        Condition::Refused => health::refused(),
        Condition::Attested { overdue: true } => health::overdue(search.now),
        Condition::Attested { overdue: false } => health::attested(search.now),
    }
}

/// Whether a value passes a test.
pub(super) fn passes(value: impl Fn() -> OfCi<Nullable<Text>>, test: &Test) -> Holds {
    match test {
        Test::OneOf(values) => is_one_of(value(), values.clone()),
        Test::Like(patterns) => any_of(patterns.iter().map(|pattern| like(value(), pattern)).collect()),
        Test::Present(true) => Box::new(value().is_not_null().nullable()),
        Test::Present(false) => Box::new(value().is_null().nullable()),
        Test::Compares(relation, number) => {
            let cast = sql::<Nullable<Bool>>("CAST(").bind::<Nullable<Text>, _>(value());
            let compared = cast.sql(" AS DOUBLE PRECISION) ").sql(relation.sign()).sql(" ");
            Box::new(compared.bind::<Double, _>(*number))
        }
        Test::Follows(relation, bound) => {
            let opened = sql::<Nullable<Bool>>("").bind::<Nullable<Text>, _>(value()).sql(" ").sql(relation.sign());
            Box::new(opened.sql(" ").bind::<Text, _>(bound.clone()))
        }
    }
}

fn like(value: OfCi<Nullable<Text>>, pattern: &str) -> Holds {
    let opened = sql::<Nullable<Bool>>("lower(").bind::<Nullable<Text>, _>(value).sql(") LIKE ");
    Box::new(opened.bind::<Text, _>(pattern.to_owned()).sql(" ESCAPE '\\'"))
}

pub(super) fn constant(sql_text: &'static str) -> Holds {
    Box::new(sql::<Nullable<Bool>>(sql_text))
}

/// What is not known does not hold.
fn certain(condition: Holds) -> Holds {
    Box::new(sql::<Nullable<Bool>>("coalesce(").bind::<Nullable<Bool>, _>(condition).sql(", 1 = 0)"))
}

/// A text of the item: by the index as it is today, and by its name and identifiers at other times and as long as its
/// document is not written.
fn text(term: &Term, search: Search<'_>) -> Holds {
    let as_of = search.filter.as_of;
    let one_by_hand = |text: &str| -> Holds {
        let pattern = contains_pattern(text);
        let named = like(Box::new(name(search).nullable()), &pattern);
        Box::new(named.or(has_identifier(&[], &pattern, as_of)))
    };
    let by_hand = || any_of([term.written(), term.folded()].into_iter().map(one_by_hand).collect());
    if search.filter.as_of.is_some() {
        return certain(by_hand());
    }
    // The index comes first and by itself, so that the database can begin with what it finds.
    Box::new(may_have(search.dialect, term).and(not(is_outdated()).or(by_hand())))
}

fn decided(column: Decided) -> OfCi<Nullable<Text>> {
    match column {
        Decided::Name => Box::new(c::name.nullable()),
        Decided::Owner => Box::new(c::owner),
        Decided::Team => Box::new(c::support_team),
        Decided::Environment => Box::new(c::environment),
        Decided::Criticality => Box::new(sql::<Nullable<Text>>("CAST(cmdb_ci.criticality AS TEXT)")),
    }
}

pub(super) fn lifecycle(wanted: &[Lifecycle], search: Search<'_>) -> Holds {
    let names = wanted.iter().map(|one| one.name().to_owned());
    let Some(past) = search.past else { return Box::new(c::lifecycle.eq_any(names.collect::<Vec<_>>()).nullable()) };
    let shown = || shown_value(search.filter.root.lifecycle, "lifecycle", past);
    let said = is_one_of(shown(), names.map(|name| serde_json::Value::from(name).to_string()).collect());
    if wanted.contains(&Lifecycle::UNSAID) { Box::new(said.or(shown().is_null())) } else { said }
}

fn time(moment: Moment) -> OfCi<Nullable<Instant>> {
    match moment {
        Moment::Seen => last_seen(),
        Moment::FirstSeen => first_seen(),
        Moment::Created => Box::new(c::created_at.nullable()),
    }
}

/// Whether the item has one of these tags today, whichever of its rows it was put on.
fn tagged(wanted: &[Tagged]) -> Holds {
    let one = |wanted: &Tagged| -> Holds {
        let column = || sql::<Nullable<Bool>>("tagged.tag ");
        match wanted {
            Tagged::Any => constant("1 = 1"),
            Tagged::Exactly(tag) => Box::new(column().sql("= ").bind::<Text, _>(tag.clone())),
            Tagged::Beginning(begin) => {
                let from = column().sql(">= ").bind::<Text, _>(begin.clone());
                Box::new(from.sql(" AND tagged.tag < ").bind::<Text, _>(format!("{begin}{LAST}")))
            }
            Tagged::Like(pattern) => {
                Box::new(column().sql("LIKE ").bind::<Text, _>(pattern.clone()).sql(" ESCAPE '\\'"))
            }
        }
    };
    let opened = sql::<Nullable<Bool>>(
        "cmdb_ci.key IN (SELECT coalesce(part.survivor_key, part.key) FROM cmdb_tag tagged \
         JOIN cmdb_ci part ON part.key = tagged.ci_key WHERE ",
    );
    Box::new(opened.bind::<Nullable<Bool>, _>(any_of(wanted.iter().map(one).collect())).sql(")"))
}

/// An identifier that is like one of the patterns. The index leads to the few items that may have it.
fn identifier(kinds: &[&'static str], patterns: &[String], search: Search<'_>) -> Holds {
    let as_of = search.filter.as_of;
    let one = |pattern: &String| -> Holds {
        let exact = has_identifier(kinds, pattern, as_of);
        let plain = pattern.replace("\\%", "%").replace("\\_", "_").replace("\\\\", "\\");
        let longest = plain.split('%').max_by_key(|part| part.len()).and_then(Term::new);
        match longest.filter(|term| as_of.is_none() && term.folded().chars().count() > 2) {
            Some(term) => Box::new(may_have(search.dialect, &term).and(exact)),
            None => exact,
        }
    };
    any_of(patterns.iter().map(one).collect())
}

/// Whether the item, by any of its rows, has an identifier of one of the kinds that is like the pattern; no kind stands
/// for all.
fn has_identifier(kinds: &[&'static str], pattern: &str, as_of: Option<Timestamp>) -> Holds {
    let own = identifies(Box::new(sql::<Bool>("known.ci_key = cmdb_ci.key")), kinds, pattern, as_of);
    let parts = identifies(is_part("known.ci_key", as_of), kinds, pattern, as_of);
    Box::new(own.or(may_have_parts(as_of).and(parts)))
}

fn identifies(of: OfCi<Bool>, kinds: &[&'static str], pattern: &str, as_of: Option<Timestamp>) -> Holds {
    let opened = sql::<Nullable<Bool>>("EXISTS (SELECT 1 FROM cmdb_identifier known WHERE ").bind::<Bool, _>(of);
    let valid = opened.sql(" AND ").bind::<Bool, _>(was_valid("known.valid_from", "known.valid_to", as_of));
    let like = valid.sql(" AND lower(known.value) LIKE ").bind::<Text, _>(pattern.to_owned()).sql(" ESCAPE '\\'");
    if kinds.is_empty() {
        return Box::new(like.sql(")"));
    }
    let kind = || -> OfCi<Nullable<Text>> { Box::new(sql::<Nullable<Text>>("known.kind")) };
    let of_kind = is_one_of(kind(), kinds.iter().map(|one| (*one).to_owned()).collect());
    Box::new(like.sql(" AND ").bind::<Nullable<Bool>, _>(of_kind).sql(")"))
}

fn address(network: Network, as_of: Option<Timestamp>) -> Holds {
    let (first, last) = network.bounds();
    let found = || -> OfCi<Integer> {
        let opened = sql::<Integer>("SELECT held.ci_key FROM index_address held WHERE held.address >= ");
        let within = opened.bind::<Text, _>(first.clone()).sql(" AND held.address <= ").bind::<Text, _>(last.clone());
        Box::new(within.sql(" AND ").bind::<Bool, _>(was_valid("held.valid_from", "held.valid_to", as_of)))
    };
    is_or_has_part_of(found, as_of)
}

/// Whether one of these versions is on the list of the item's software: of the one that counts.
fn installed(wanted: &Installed, search: Search<'_>) -> Holds {
    if wanted.versions.is_empty() {
        return constant("1 = 0");
    }
    let (as_of, json) = (search.filter.as_of, |ids: &[i32]| serde_json::json!(ids).to_string());
    let [listed, joined, outdated, closed] = match search.dialect {
        Dialect::Sqlite => [
            "SELECT known.ci_key FROM json_each(",
            ") wanted CROSS JOIN catalogue_installation known ON known.version_id = wanted.value",
            " AND known.ci_key NOT IN (SELECT value FROM json_each(",
            "))",
        ],
        Dialect::Postgres => [
            "SELECT known.ci_key FROM json_array_elements_text(CAST(",
            " AS json)) wanted JOIN catalogue_installation known ON known.version_id = wanted::int4",
            " AND known.ci_key NOT IN (SELECT value::int4 FROM json_array_elements_text(CAST(",
            " AS json)))",
        ],
    };
    let found = || -> OfCi<Integer> {
        let opened = sql::<Integer>(listed).bind::<Text, _>(json(&wanted.versions)).sql(joined).sql(" WHERE ");
        let valid = opened.bind::<Bool, _>(was_valid("known.valid_from", "known.valid_to", as_of));
        if wanted.outdated_lists.is_empty() {
            return Box::new(valid);
        }
        Box::new(valid.sql(outdated).bind::<Text, _>(json(&wanted.outdated_lists)).sql(closed))
    };
    is_or_has_part_of(found, as_of)
}
