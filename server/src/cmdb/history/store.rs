//! Reading edges, newest first.

use diesel::prelude::*;
use jiff::Timestamp;

use super::edge::{Batch, Edge, Place, Signature, Stream};
use crate::cmdb::model::source::{DISTINCT_BYTES, SourceName};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{
    catalogue_installation as i, catalogue_product as p, catalogue_version as pv, cmdb_attribute as a, cmdb_ci as c,
    cmdb_relation as rel, cmdb_revision as r, cmdb_value as v,
};
use crate::store::{Conn, StoreError};

/// Which edges of which item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// The rows that the item is made of.
    pub(super) records: &'a [i32],
    pub(super) scope: &'a Scope,
    pub(super) after: Option<Place>,
    pub(super) rows: i64,
}

type SignatureRow = (At, String, Option<Key16>, Option<String>);
type ValueRow = (At, i32, String, String, String, SignatureRow);
type RelationRow = (At, i64, i32, String, (String, String), SignatureRow);
type InstallationRow = (At, i32, i32, String, String, String);

/// Where a stream goes on: before a time, or at it and beyond two keys.
struct Bound {
    at: At,
    major: i64,
    minor: i64,
}

impl Request<'_> {
    fn bound(&self, stream: Stream) -> Bound {
        let Some(place) = self.after else { return Bound { at: At(Timestamp::MAX), major: i64::MIN, minor: i64::MIN } };
        let at = At(Timestamp::from_microsecond(place.at).unwrap_or(Timestamp::MAX));
        match stream.cmp(&place.stream) {
            // Of that time, all of this stream was before the place, or all of it comes after.
            std::cmp::Ordering::Less => Bound { at, major: i64::MAX, minor: i64::MAX },
            std::cmp::Ordering::Greater => Bound { at, major: i64::MIN, minor: i64::MIN },
            std::cmp::Ordering::Equal => Bound { at, major: place.major, minor: place.minor },
        }
    }

    fn batch<R>(&self, rows: Vec<R>, edge: impl FnMut(R) -> Edge) -> Batch {
        let truncated = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= self.rows;
        Batch { edges: rows.into_iter().map(edge).collect(), truncated }
    }
}

/// A key of 32 bits beyond which a stream goes on.
fn narrow(key: i64) -> i32 {
    i32::try_from(key).unwrap_or(if key < 0 { i32::MIN } else { i32::MAX })
}

fn micros(at: At) -> i64 {
    at.0.as_microsecond()
}

fn signature((recorded_at, source, actor_id, actor_name): SignatureRow) -> Signature {
    Signature { recorded_at: Some(recorded_at.0), source, actor_id: actor_id.map(|id| id.0), actor_name }
}

/// What the names of sources consist of, in the order in which it sorts; nothing comes before it.
const LETTERS: &[u8; 37] = b"0123456789_abcdefghijklmnopqrstuvwxyz";

/// The number of a source: its first letters as digits, so that text and number sort alike. No two sources begin alike.
fn source_number(name: &str) -> i64 {
    let digit =
        |byte: Option<&u8>| byte.and_then(|byte| LETTERS.iter().position(|one| one == byte)).map_or(0, |at| at + 1);
    let digits = (0..DISTINCT_BYTES).map(|place| digit(name.as_bytes().get(place)));
    digits.fold(0, |number, digit| number * 38 + i64::try_from(digit).unwrap_or_default())
}

/// A text after which the sources with greater numbers come.
fn source_name(number: i64) -> String {
    if number == i64::MAX {
        return "~".to_owned();
    }
    let mut rest = number.max(0);
    let mut letters = Vec::with_capacity(DISTINCT_BYTES);
    for _place in 0..DISTINCT_BYTES {
        let digit = usize::try_from(rest % 38).unwrap_or_default();
        letters.extend(digit.checked_sub(1).and_then(|at| LETTERS.get(at)).map(|byte| char::from(*byte)));
        rest /= 38;
    }
    let is_cut = letters.len() == DISTINCT_BYTES;
    letters.reverse();
    letters.into_iter().chain(is_cut.then_some('~')).collect()
}

/// Values that began to hold.
pub(super) fn values_begun(conn: &mut Conn, request: Request<'_>, of_lifecycle: &[bool]) -> Result<Batch, StoreError> {
    let bound = request.bound(Stream::Values);
    let (attribute, source) = (narrow(bound.major), source_name(bound.minor));
    let beyond = v::attribute_id.gt(attribute).or(v::attribute_id.eq(attribute).and(v::source.gt(source)));
    let rows: Vec<ValueRow> = v::table
        .inner_join(a::table)
        .inner_join(r::table.on(r::id.eq(v::opened_by)))
        .filter(v::ci_key.eq_any(request.records))
        .filter(a::name.eq("lifecycle").eq_any(of_lifecycle))
        .filter(v::valid_from.lt(bound.at).or(v::valid_from.eq(bound.at).and(beyond)))
        .order((v::valid_from.desc(), v::attribute_id, v::source))
        .limit(request.rows)
        .select((
            v::valid_from,
            v::attribute_id,
            a::name,
            v::source,
            v::value,
            (r::recorded_at, r::source, r::actor_id, r::actor_name),
        ))
        .load(conn)?;
    Ok(request.batch(rows, |row| value_edge(row, true)))
}

/// Values that ceased to hold.
pub(super) fn values_ended(conn: &mut Conn, request: Request<'_>, of_lifecycle: &[bool]) -> Result<Batch, StoreError> {
    let bound = request.bound(Stream::Values);
    let (attribute, source) = (narrow(bound.major), source_name(bound.minor));
    let beyond = v::attribute_id.gt(attribute).or(v::attribute_id.eq(attribute).and(v::source.gt(source)));
    let rows: Vec<ValueRow> = v::table
        .inner_join(a::table)
        .inner_join(r::table.on(r::id.nullable().eq(v::closed_by)))
        .filter(v::ci_key.eq_any(request.records).and(v::valid_to.is_not_null()))
        .filter(a::name.eq("lifecycle").eq_any(of_lifecycle))
        .filter(v::valid_to.assume_not_null().lt(bound.at).or(v::valid_to.assume_not_null().eq(bound.at).and(beyond)))
        .order((v::valid_to.assume_not_null().desc(), v::attribute_id, v::source))
        .limit(request.rows)
        .select((
            v::valid_to.assume_not_null(),
            v::attribute_id,
            a::name,
            v::source,
            v::value,
            (r::recorded_at, r::source, r::actor_id, r::actor_name),
        ))
        .load(conn)?;
    Ok(request.batch(rows, |row| value_edge(row, false)))
}

fn value_edge((at, attribute_id, subject, source, value, said): ValueRow, begins: bool) -> Edge {
    Edge {
        place: Place {
            at: micros(at),
            stream: Stream::Values,
            major: i64::from(attribute_id),
            minor: source_number(&source),
        },
        begins,
        subject,
        detail: None,
        value: Some(value),
        signature: Signature { source, ..signature(said) },
    }
}

/// Relations that began, to items in scope.
pub(super) fn relations_begun(conn: &mut Conn, request: Request<'_>) -> Result<Batch, StoreError> {
    let (source, target) = diesel::alias!(c as source_ci, c as target_ci);
    let bound = request.bound(Stream::Relations);
    let mut query = rel::table
        .inner_join(source.on(source.field(c::key).eq(rel::source_key)))
        .inner_join(target.on(target.field(c::key).eq(rel::target_key)))
        .inner_join(r::table.on(r::id.eq(rel::opened_by)))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = request.scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(source.field(c::organisation_id).eq_any(keys.clone()));
        query = query.filter(target.field(c::organisation_id).eq_any(keys));
    }
    let rows: Vec<RelationRow> = query
        .filter(rel::source_key.eq_any(request.records).or(rel::target_key.eq_any(request.records)))
        .filter(rel::valid_from.lt(bound.at).or(rel::valid_from.eq(bound.at).and(rel::key.gt(bound.major))))
        .order((rel::valid_from.desc(), rel::key))
        .limit(request.rows)
        .select((
            rel::valid_from,
            rel::key,
            rel::source_key,
            rel::type_,
            (source.field(c::name), target.field(c::name)),
            (r::recorded_at, r::source, r::actor_id, r::actor_name),
        ))
        .load(conn)?;
    Ok(request.batch(rows, |row| relation_edge(request.records, row, true)))
}

/// Relations that ended, to items in scope.
pub(super) fn relations_ended(conn: &mut Conn, request: Request<'_>) -> Result<Batch, StoreError> {
    let (source, target) = diesel::alias!(c as source_ci, c as target_ci);
    let bound = request.bound(Stream::Relations);
    let mut query = rel::table
        .inner_join(source.on(source.field(c::key).eq(rel::source_key)))
        .inner_join(target.on(target.field(c::key).eq(rel::target_key)))
        .inner_join(r::table.on(r::id.nullable().eq(rel::closed_by)))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = request.scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(source.field(c::organisation_id).eq_any(keys.clone()));
        query = query.filter(target.field(c::organisation_id).eq_any(keys));
    }
    let rows: Vec<RelationRow> = query
        .filter(
            rel::source_key
                .eq_any(request.records)
                .or(rel::target_key.eq_any(request.records))
                .and(rel::valid_to.is_not_null()),
        )
        .filter(
            rel::valid_to
                .assume_not_null()
                .lt(bound.at)
                .or(rel::valid_to.assume_not_null().eq(bound.at).and(rel::key.gt(bound.major))),
        )
        .order((rel::valid_to.assume_not_null().desc(), rel::key))
        .limit(request.rows)
        .select((
            rel::valid_to.assume_not_null(),
            rel::key,
            rel::source_key,
            rel::type_,
            (source.field(c::name), target.field(c::name)),
            (r::recorded_at, r::source, r::actor_id, r::actor_name),
        ))
        .load(conn)?;
    Ok(request.batch(rows, |row| relation_edge(request.records, row, false)))
}

fn relation_edge(
    records: &[i32],
    (at, key, source_key, kind, (source, target), said): RelationRow,
    begins: bool,
) -> Edge {
    Edge {
        place: Place { at: micros(at), stream: Stream::Relations, major: key, minor: 0 },
        begins,
        subject: kind,
        detail: Some(if records.contains(&source_key) { target } else { source }),
        value: None,
        signature: signature(said),
    }
}

/// Software that came.
pub(super) fn installations_begun(conn: &mut Conn, request: Request<'_>) -> Result<Batch, StoreError> {
    let bound = request.bound(Stream::Software);
    let (product, version) = (narrow(bound.major), narrow(bound.minor));
    let beyond = p::id.gt(product).or(p::id.eq(product).and(pv::id.gt(version)));
    let rows: Vec<InstallationRow> = i::table
        .inner_join(pv::table.inner_join(p::table))
        .filter(i::ci_key.eq_any(request.records))
        .filter(i::valid_from.lt(bound.at).or(i::valid_from.eq(bound.at).and(beyond)))
        .order((i::valid_from.desc(), p::id, pv::id))
        .limit(request.rows)
        .select((i::valid_from, p::id, pv::id, p::name, pv::architecture, pv::version))
        .load(conn)?;
    Ok(request.batch(rows, |row| installation_edge(row, true)))
}

/// Software that went.
pub(super) fn installations_ended(conn: &mut Conn, request: Request<'_>) -> Result<Batch, StoreError> {
    let bound = request.bound(Stream::Software);
    let (product, version) = (narrow(bound.major), narrow(bound.minor));
    let beyond = p::id.gt(product).or(p::id.eq(product).and(pv::id.gt(version)));
    let rows: Vec<InstallationRow> = i::table
        .inner_join(pv::table.inner_join(p::table))
        .filter(i::ci_key.eq_any(request.records).and(i::valid_to.is_not_null()))
        .filter(i::valid_to.assume_not_null().lt(bound.at).or(i::valid_to.assume_not_null().eq(bound.at).and(beyond)))
        .order((i::valid_to.assume_not_null().desc(), p::id, pv::id))
        .limit(request.rows)
        .select((i::valid_to.assume_not_null(), p::id, pv::id, p::name, pv::architecture, pv::version))
        .load(conn)?;
    Ok(request.batch(rows, |row| installation_edge(row, false)))
}

fn installation_edge((at, product, version_id, subject, architecture, version): InstallationRow, begins: bool) -> Edge {
    Edge {
        place: Place {
            at: micros(at),
            stream: Stream::Software,
            major: i64::from(product),
            minor: i64::from(version_id),
        },
        begins,
        subject,
        detail: (!architecture.is_empty()).then_some(architecture),
        value: Some(serde_json::Value::from(version).to_string()),
        signature: Signature { source: SourceName::AGENT.as_str().to_owned(), ..Signature::default() },
    }
}

/// Who said what was true of the item at these times: installations name no revision themselves.
pub(super) fn signatures(
    conn: &mut Conn,
    records: &[i32],
    times: Vec<At>,
) -> Result<Vec<(i64, Signature)>, StoreError> {
    let rows: Vec<(At, SignatureRow)> = r::table
        .filter(r::subject_key.eq_any(records).and(r::at.eq_any(times)))
        .select((r::at, (r::recorded_at, r::source, r::actor_id, r::actor_name)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(at, said)| (micros(at), signature(said))).collect())
}

#[cfg(test)]
mod tests {
    use super::{source_name, source_number};

    #[test]
    fn sources_sort_by_number_as_by_name() {
        let mut names =
            ["agent", "agent_2", "agent2", "glpi_inventory", "import", "ocs_inventory", "person", "pin", "z"];
        names.sort_unstable();
        for pair in names.windows(2) {
            assert!(source_number(pair[0]) < source_number(pair[1]), "{pair:?}");
            let after = source_name(source_number(pair[0]));
            assert!(pair[0] <= after.as_str() && after.as_str() < pair[1], "{pair:?} {after}");
        }
        assert_eq!(source_name(i64::MIN), "");
        assert!(source_name(i64::MAX).as_str() > "zzzzzzzzzzzzzzzzz");
    }
}
