//! Pins as rows.

use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;

use crate::cmdb::item::store::Revision;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::rows;
use crate::store::column::{At, Instant};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_pin as p, cmdb_value as v};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A pin to set.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewPin<'a> {
    pub(super) ci_key: i32,
    pub(super) attribute_id: i32,
    /// As JSON text.
    pub(super) value: &'a str,
    /// Whose statement it is, if not the person's own.
    pub(super) source: Option<&'a SourceName>,
    pub(super) expires_at: Option<Timestamp>,
}

/// Sets a pin in the place of the one there is.
pub(super) fn begin(conn: &mut Conn, new: NewPin<'_>, revision: Revision) -> Result<(), StoreError> {
    end(conn, (new.ci_key, new.attribute_id), revision)?;
    diesel::insert_into(v::table)
        .values((
            v::ci_key.eq(new.ci_key),
            v::attribute_id.eq(new.attribute_id),
            v::source.eq(SourceName::PIN.as_str()),
            v::valid_from.eq(At(revision.at)),
            v::opened_by.eq(revision.id),
            v::value.eq(new.value),
            v::shown.eq(false),
        ))
        .execute(conn)?;
    diesel::insert_into(p::table)
        .values((
            p::ci_key.eq(new.ci_key),
            p::attribute_id.eq(new.attribute_id),
            p::pinned_at.eq(At(revision.at)),
            p::expires_at.eq(new.expires_at.map(At)),
            p::source.eq(new.source.map(SourceName::as_str)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lifts a pin; whether there was one.
pub(super) fn end(conn: &mut Conn, of: (i32, i32), revision: Revision) -> Result<bool, StoreError> {
    let (ci_key, attribute_id) = of;
    let open = v::ci_key.eq(ci_key).and(v::attribute_id.eq(attribute_id)).and(v::source.eq(SourceName::PIN.as_str()));
    diesel::update(v::table.filter(open.and(v::valid_to.is_null())))
        .set((v::valid_to.eq(At(revision.at)), v::closed_by.eq(revision.id), v::shown.eq(false)))
        .execute(conn)?;
    let pinned = p::ci_key.eq(ci_key).and(p::attribute_id.eq(attribute_id)).and(p::ended_at.is_null());
    Ok(diesel::update(p::table.filter(pinned)).set(p::ended_at.eq(At(revision.at))).execute(conn)? > 0)
}

/// The pins whose time is over, at most so many: item and attribute.
pub(in crate::cmdb) fn list_over(conn: &mut Conn, now: Timestamp, rows: i64) -> Result<Vec<(i32, i32)>, StoreError> {
    Ok(p::table
        .filter(p::ended_at.is_null().and(p::expires_at.le(At(now))))
        .order((p::expires_at, p::ci_key))
        .limit(rows)
        .select((p::ci_key, p::attribute_id))
        .load(conn)?)
}

/// Notes that these pins have ended.
pub(in crate::cmdb) fn set_ended(conn: &mut Conn, over: &[(i32, i32)], now: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_pin SET ended_at = ?2 FROM json_each(?1) AS old WHERE ci_key = old.value ->> 0 \
         AND attribute_id = old.value ->> 1 AND ended_at IS NULL",
        "UPDATE cmdb_pin SET ended_at = $2 FROM json_array_elements($1::json) AS old \
         WHERE ci_key = (old ->> 0)::int4 AND attribute_id = (old ->> 1)::int4 AND ended_at IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(over)?).bind::<Instant, _>(At(now)).execute(conn)?;
    Ok(())
}

/// The pins of an item that hold or are to be lifted by the next turn.
pub(super) fn is_pinned(conn: &mut Conn, (ci_key, attribute_id): (i32, i32)) -> Result<bool, StoreError> {
    let pinned = p::ci_key.eq(ci_key).and(p::attribute_id.eq(attribute_id)).and(p::ended_at.is_null());
    Ok(p::table.filter(pinned).count().get_result::<i64>(conn)? > 0)
}
