//! Reading relations and what was seen of them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use super::twin::Twins;
use crate::cmdb::item::reference;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::value::shown::NOW;
use crate::kernel::id::RelationId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{cmdb_ci as c, cmdb_evidence as e, cmdb_relation as rel, cmdb_relation_type as t};
use crate::store::{Conn, Inconsistent, StoreError};

/// Which end of its relations an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// It is the source.
    Out,
    /// It is the target.
    In,
}

/// Which relations.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    /// The rows that the item is made of.
    pub(super) records: Vec<i32>,
    pub(super) direction: Option<Direction>,
    pub(super) kind: Option<String>,
    pub(super) as_of: Option<Timestamp>,
}

/// A relation seen from one of its ends.
#[derive(Debug, Clone)]
pub(super) struct Related {
    pub(super) id: RelationId,
    pub(super) kind: String,
    pub(super) labels: Labels,
    pub(super) direction: Direction,
    pub(super) other: Reference,
    /// The host of the other end.
    pub(super) host: Option<Reference>,
    pub(super) origin: String,
    pub(super) valid_from: Timestamp,
    pub(super) valid_to: Option<Timestamp>,
    pub(super) evidence: Vec<Evidence>,
}

/// What a type of relation is called.
#[derive(Debug, Clone)]
pub(super) struct Labels {
    pub(super) en: String,
    pub(super) ko: String,
    pub(super) inverse_en: String,
    pub(super) inverse_ko: String,
}

/// What one end saw of a relation.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    pub(super) seen_by: String,
    pub(super) samples: i32,
    pub(super) first_seen: Timestamp,
    pub(super) last_seen: Timestamp,
    pub(super) ports: Vec<u16>,
}

type EndRow = (i32, Key16, String, String, Option<i32>);
type RelationRow = ((i64, Key16, String, String, At, Option<At>), (String, String, String, String), EndRow, EndRow);
type EvidenceRow = (i64, String, i32, At, At, String);

/// A page of relations in the order in which they came about: a fixed number of statements for however many. What several
/// rows of an item have to do with one other is told of once.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    request: &PageRequest<i64>,
) -> Result<Page<Related, i64>, StoreError> {
    let twins = Twins::find(conn, &filter.records, filter.as_of)?;
    let rows = rows(conn, scope, (filter, twins.hidden()), request)?;
    let page = Page::from_rows(rows, request, |row| row.0.0);
    let keys: Vec<i64> = page.items.iter().map(|row| row.0.0).collect();
    let mut evidence = evidence(conn, &twins, &keys)?;
    let others = page.items.iter().map(|row| other_end(&filter.records, row));
    let ends: Vec<i32> = others.flat_map(|end| [Some(end.0), end.4]).flatten().collect();
    let named = reference::of_rows(conn, scope, &ends, filter.as_of)?;
    Ok(page.map(|row| {
        let end = other_end(&filter.records, &row);
        let (other, host) = (named.get(&end.0).cloned(), end.4.and_then(|key| named.get(&key).cloned()));
        let evidence = evidence.remove(&row.0.0).unwrap_or_default();
        related(&filter.records, row, (other, host), evidence)
    }))
}

/// How many relations an item has to items in scope, as of a time or now: one statement if it has none.
pub(in crate::cmdb) fn count(
    conn: &mut Conn,
    scope: &Scope,
    records: &[i32],
    as_of: Option<Timestamp>,
) -> Result<i64, StoreError> {
    let all = count_but(conn, scope, (records, Vec::new()), as_of)?;
    if all == 0 {
        return Ok(0);
    }
    let hidden = Twins::find(conn, records, as_of)?.hidden();
    if hidden.is_empty() { Ok(all) } else { count_but(conn, scope, (records, hidden), as_of) }
}

/// The same without these relations.
fn count_but(
    conn: &mut Conn,
    scope: &Scope,
    (records, hidden): (&[i32], Vec<i64>),
    as_of: Option<Timestamp>,
) -> Result<i64, StoreError> {
    let at = as_of.unwrap_or(NOW);
    let (source, target) = diesel::alias!(c as source_ci, c as target_ci);
    let mut query = rel::table
        .inner_join(source.on(source.field(c::key).eq(rel::source_key)))
        .inner_join(target.on(target.field(c::key).eq(rel::target_key)))
        .filter(rel::source_key.eq_any(records.to_vec()).or(rel::target_key.eq_any(records.to_vec())))
        .filter(rel::valid_from.le(At(at)).and(rel::valid_to.is_null().or(rel::valid_to.gt(At(at)))))
        .filter(rel::key.ne_all(hidden))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(source.field(c::organisation_id).eq_any(keys.clone()));
        query = query.filter(target.field(c::organisation_id).eq_any(keys));
    }
    Ok(query.count().get_result(conn)?)
}

fn rows(
    conn: &mut Conn,
    scope: &Scope,
    (filter, hidden): (&Filter, Vec<i64>),
    request: &PageRequest<i64>,
) -> Result<Vec<RelationRow>, StoreError> {
    let (source, target) = diesel::alias!(c as source_ci, c as target_ci);
    let at = At(filter.as_of.unwrap_or(NOW));
    let mut query = rel::table
        .inner_join(t::table)
        .inner_join(source.on(source.field(c::key).eq(rel::source_key)))
        .inner_join(target.on(target.field(c::key).eq(rel::target_key)))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(source.field(c::organisation_id).eq_any(keys.clone()));
        query = query.filter(target.field(c::organisation_id).eq_any(keys));
    }
    let records = filter.records.clone();
    query = match filter.direction {
        None => query.filter(rel::source_key.eq_any(records.clone()).or(rel::target_key.eq_any(records))),
        Some(Direction::Out) => query.filter(rel::source_key.eq_any(records)),
        Some(Direction::In) => {
            query.filter(rel::target_key.eq_any(records.clone()).and(rel::source_key.ne_all(records)))
        }
    };
    if let Some(kind) = &filter.kind {
        query = query.filter(rel::type_.eq(kind.clone()));
    }
    Ok(query
        .filter(rel::valid_from.le(at).and(rel::valid_to.is_null().or(rel::valid_to.gt(at))))
        .filter(rel::key.gt(request.after.unwrap_or(i64::MIN)).and(rel::key.ne_all(hidden)))
        .order(rel::key)
        .limit(request.rows_to_fetch())
        .select((
            (rel::key, rel::id, rel::type_, rel::origin, rel::valid_from, rel::valid_to),
            (t::label_en, t::label_ko, t::inverse_en, t::inverse_ko),
            source.fields((c::key, c::id, c::name, c::class, c::parent_key)),
            target.fields((c::key, c::id, c::name, c::class, c::parent_key)),
        ))
        .load(conn)?)
}

/// What was seen of these relations and of those that are told of with them.
fn evidence(conn: &mut Conn, twins: &Twins, keys: &[i64]) -> Result<BTreeMap<i64, Vec<Evidence>>, StoreError> {
    let rows: Vec<EvidenceRow> = e::table
        .filter(e::relation_key.eq_any(twins.with(keys)))
        .order((e::relation_key, e::seen_by))
        .select((e::relation_key, e::seen_by, e::samples, e::first_seen_at, e::last_seen_at, e::ports))
        .load(conn)?;
    let mut found: BTreeMap<i64, Vec<Evidence>> = BTreeMap::new();
    for (key, seen_by, samples, first, last, ports) in rows {
        let ports = serde_json::from_str(&ports).map_err(|_unknown| Inconsistent {
            table: "cmdb_evidence",
            column: "ports",
            row: format!("{key}/{seen_by}"),
            value: ports,
        })?;
        let seen = Evidence { seen_by, samples, first_seen: first.0, last_seen: last.0, ports };
        found.entry(twins.shown_as(key)).or_default().push(seen);
    }
    Ok(found)
}

/// The end that is not the item; the item itself where it is both.
fn other_end<'a>(records: &[i32], row: &'a RelationRow) -> &'a EndRow {
    if records.contains(&row.2.0) { &row.3 } else { &row.2 }
}

fn related(
    records: &[i32],
    row: RelationRow,
    (other, host): (Option<Reference>, Option<Reference>),
    evidence: Vec<Evidence>,
) -> Related {
    let direction = if records.contains(&row.2.0) { Direction::Out } else { Direction::In };
    let ((_, id, kind, origin, valid_from, valid_to), (en, ko, inverse_en, inverse_ko), source, target) = row;
    let (_, other_id, name, class, _) = if direction == Direction::Out { target } else { source };
    Related {
        id: id.into(),
        kind,
        labels: Labels { en, ko, inverse_en, inverse_ko },
        direction,
        other: other.unwrap_or_else(|| Reference { id: other_id.into(), name, class }),
        host,
        origin,
        valid_from: valid_from.0,
        valid_to: valid_to.map(Timestamp::from),
        evidence,
    }
}
