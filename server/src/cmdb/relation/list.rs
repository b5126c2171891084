//! Every relation in scope, in the order in which they came about.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::item::reference;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::value::shown::NOW;
use crate::kernel::id::RelationId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{cmdb_ci as c, cmdb_relation as rel};
use crate::store::{Conn, StoreError};

/// Which relations.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// Of this type.
    pub(super) kind: Option<String>,
    /// `observed`, `declared` or `derived`.
    pub(super) origin: Option<String>,
    /// That held then; now unless said.
    pub(super) as_of: Option<Timestamp>,
}

/// A relation, seen from neither end.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) key: i64,
    pub(super) id: RelationId,
    pub(super) kind: String,
    pub(super) origin: String,
    pub(super) valid_from: Timestamp,
    pub(super) source: Reference,
    pub(super) target: Reference,
}

type End = (i32, Key16, String, String);
type Row = (i64, Key16, String, String, At, End, End);

/// A page of the relations that hold as of a time or now, both ends in scope: a fixed number of queries.
pub(super) fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    request: &PageRequest<i64>,
) -> Result<Page<Edge, i64>, StoreError> {
    let at = At(filter.as_of.unwrap_or(NOW));
    let (source, target) = diesel::alias!(c as source_ci, c as target_ci);
    let mut query = rel::table
        .inner_join(source.on(source.field(c::key).eq(rel::source_key)))
        .inner_join(target.on(target.field(c::key).eq(rel::target_key)))
        .filter(rel::valid_from.le(at).and(rel::valid_to.is_null().or(rel::valid_to.gt(at))))
        .filter(rel::key.gt(request.after.unwrap_or(i64::MIN)))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(source.field(c::organisation_id).eq_any(keys.clone()));
        query = query.filter(target.field(c::organisation_id).eq_any(keys));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(rel::type_.eq(kind.clone()));
    }
    if let Some(origin) = &filter.origin {
        query = query.filter(rel::origin.eq(origin.clone()));
    }
    let rows: Vec<Row> = query
        .order(rel::key)
        .limit(request.rows_to_fetch())
        .select((
            rel::key,
            rel::id,
            rel::type_,
            rel::origin,
            rel::valid_from,
            source.fields((c::key, c::id, c::name, c::class)),
            target.fields((c::key, c::id, c::name, c::class)),
        ))
        .load(conn)?;
    let ends: Vec<i32> = rows.iter().flat_map(|row| [row.5.0, row.6.0]).collect();
    let named = reference::of_rows(conn, scope, &ends, filter.as_of)?;
    let end = |(key, id, name, class): End| {
        named.get(&key).cloned().unwrap_or_else(|| Reference { id: id.into(), name, class })
    };
    let edge = |(key, id, kind, origin, at, source, target): Row| Edge {
        key,
        id: id.into(),
        kind,
        origin,
        valid_from: at.0,
        source: end(source),
        target: end(target),
    };
    Ok(Page::from_rows(rows.into_iter().map(edge).collect(), request, |edge| edge.key))
}
