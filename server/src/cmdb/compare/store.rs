//! What held at either of two times.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{
    catalogue_installation as i, catalogue_product as p, catalogue_version as pv, cmdb_ci as c, cmdb_relation as rel,
};
use crate::store::{Conn, StoreError};

/// Most relations, and most packages, that are read of one time.
pub(super) const ROWS_MAX: i64 = 20_000;

/// A relation of an item: its type, whether the item is its source, and the other end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Related {
    pub(super) kind: String,
    pub(super) outgoing: bool,
    pub(super) other: Other,
}

/// The other end of a relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Other {
    pub(super) id: uuid::Uuid,
    pub(super) name: String,
    pub(super) class: String,
}

/// An installed package: product, name and architecture, and its version.
pub(super) type Installed = ((i32, String, String), String);

/// Relations of the rows that an item is made of, to others in scope, as of a time.
pub(super) fn relations(
    conn: &mut Conn,
    scope: &Scope,
    records: &[i32],
    at: Timestamp,
) -> Result<Vec<Related>, StoreError> {
    type End = (i32, Key16, String, String);
    let (source, target) = diesel::alias!(c as source_ci, c as target_ci);
    let mut query = rel::table
        .inner_join(source.on(source.field(c::key).eq(rel::source_key)))
        .inner_join(target.on(target.field(c::key).eq(rel::target_key)))
        .filter(rel::source_key.eq_any(records).or(rel::target_key.eq_any(records)))
        .filter(rel::valid_from.le(At(at)).and(rel::valid_to.is_null().or(rel::valid_to.gt(At(at)))))
        .into_boxed::<MultiBackend>();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(source.field(c::organisation_id).eq_any(keys.clone()));
        query = query.filter(target.field(c::organisation_id).eq_any(keys));
    }
    let rows: Vec<(String, End, End)> = query
        .order(rel::key)
        .limit(ROWS_MAX)
        .select((
            rel::type_,
            source.fields((c::key, c::id, c::name, c::class)),
            target.fields((c::key, c::id, c::name, c::class)),
        ))
        .load(conn)?;
    let related = |(kind, from, to): (String, End, End)| {
        let outgoing = records.contains(&from.0);
        let (_, id, name, class) = if outgoing { to } else { from };
        Related { kind, outgoing, other: Other { id: id.0, name, class } }
    };
    Ok(rows.into_iter().map(related).collect())
}

/// Packages of a row as of a time.
pub(super) fn installed(conn: &mut Conn, record: i32, at: Timestamp) -> Result<Vec<Installed>, StoreError> {
    let rows: Vec<(i32, String, String, String)> = i::table
        .inner_join(pv::table.inner_join(p::table))
        .filter(i::ci_key.eq(record))
        .filter(i::valid_from.le(At(at)).and(i::valid_to.is_null().or(i::valid_to.gt(At(at)))))
        .limit(ROWS_MAX)
        .select((p::id, p::name, pv::architecture, pv::version))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, architecture, version)| ((id, name, architecture), version)).collect())
}
