//! What changed since its document was written.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use super::model::text::Kind;
use crate::store::conn::MultiBackend;
use crate::store::dialect::either;
use crate::store::schema::index_change as ch;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Integer)]
    kind: i32,
    #[diesel(sql_type = Integer)]
    item: i32,
}

/// About how many changes wait: from the first of them to the last. Counting them would take time while many do.
pub fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    let end = |newest: bool| {
        let query = ch::table.select(ch::id).limit(1).into_boxed::<MultiBackend>();
        if newest { query.order(ch::id.desc()) } else { query.order(ch::id.asc()) }
    };
    let first: Option<i64> = end(false).first(conn).optional()?;
    let Some(first) = first else { return Ok(0) };
    let last: Option<i64> = end(true).first(conn).optional()?;
    Ok(last.map_or(0, |last| last.saturating_sub(first).saturating_add(1)))
}

/// Whether a change waits.
pub fn is_any(conn: &mut Conn) -> Result<bool, StoreError> {
    let first: Option<i64> = ch::table.select(ch::id).order(ch::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Has documents written anew: for changes that no trigger sees.
pub fn add(conn: &mut Conn, kind: Kind, items: &[i32]) -> Result<(), StoreError> {
    let items = serde_json::to_string(items).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    let sql = either(
        conn,
        "INSERT INTO index_change (kind, item) SELECT ?2, value FROM json_each(?1)",
        "INSERT INTO index_change (kind, item) SELECT $2, value::int4 FROM json_array_elements_text($1::json)",
    );
    statement(sql).bind::<Text, _>(items).bind::<Integer, _>(kind.number()).execute(conn)?;
    Ok(())
}

/// Takes the oldest changes; gives what they are about, each thing once.
///
/// What is read afterwards is at least as new as what is taken here: a change that is not to be seen yet has a row of
/// its own that is not to be seen yet either.
pub fn take(conn: &mut Conn, most: i64) -> Result<Vec<(Kind, i32)>, StoreError> {
    let taken: Vec<Taken> = statement(
        "DELETE FROM index_change WHERE id IN (SELECT id FROM index_change ORDER BY id LIMIT $1) \
         RETURNING kind, item",
    )
    .bind::<BigInt, _>(most)
    .load(conn)?;
    let known = |row: Taken| Kind::ALL.into_iter().find(|kind| kind.number() == row.kind).map(|kind| (kind, row.item));
    let mut taken: Vec<_> = taken.into_iter().filter_map(known).collect();
    taken.sort_unstable();
    taken.dedup();
    Ok(taken)
}
