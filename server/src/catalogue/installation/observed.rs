//! Writing installations as agents report them. See `catalogue_installation_set` in the migrations for how they lie.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jiff::Timestamp;

use super::BLOCK;
use crate::cmdb::observed::rows;
use crate::store::column::{At, Instant};
use crate::store::dialect::either;
use crate::store::schema::catalogue_installation_set as s;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// The versions installed on a host now.
///
/// # Errors
///
/// The database fails.
pub fn list_installed(conn: &mut Conn, ci_key: i32) -> Result<BTreeSet<i32>, StoreError> {
    let open = s::ci_key.eq(ci_key).and(s::valid_to.is_null());
    let sets: Vec<(i32, i64)> = s::table.filter(open).select((s::block, s::bits)).load(conn)?;
    let versions = |(block, bits): (i32, i64)| {
        (0..BLOCK).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| block * BLOCK + bit)
    };
    Ok(sets.into_iter().flat_map(versions).collect())
}

/// Opens installations on a host. Nothing may have been opened there at that very time before.
///
/// # Errors
///
/// The database fails.
pub fn open(conn: &mut Conn, ci_key: i32, versions: &BTreeSet<i32>, at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO catalogue_installation_set (valid_from, bits, ci_key, block) \
         SELECT ?3, value ->> 1, ?1, value ->> 0 FROM json_each(?2)",
        "INSERT INTO catalogue_installation_set (valid_from, bits, ci_key, block) \
         SELECT $3, (value ->> 1)::int8, $1, (value ->> 0)::int4 FROM json_array_elements($2::json)",
    );
    write(conn, sql, ci_key, &rows(&blocks(versions))?, at)
}

/// Closes installations on a host: they move from the rows of what is installed to rows of their own.
///
/// # Errors
///
/// The database fails.
pub fn close(conn: &mut Conn, ci_key: i32, versions: &BTreeSet<i32>, at: Timestamp) -> Result<(), StoreError> {
    let blocks = rows(&blocks(versions))?;
    let keep = either(
        conn,
        "INSERT INTO catalogue_installation_set (valid_from, valid_to, bits, ci_key, block) \
         SELECT s.valid_from, ?3, s.bits & (closed.value ->> 1), s.ci_key, s.block FROM json_each(?2) AS closed \
         JOIN catalogue_installation_set s ON s.ci_key = ?1 AND s.valid_to IS NULL \
             AND s.block = closed.value ->> 0 AND s.bits & (closed.value ->> 1) <> 0",
        "INSERT INTO catalogue_installation_set (valid_from, valid_to, bits, ci_key, block) \
         SELECT s.valid_from, $3, s.bits & (closed ->> 1)::int8, s.ci_key, s.block \
         FROM json_array_elements($2::json) AS closed \
         JOIN catalogue_installation_set s ON s.ci_key = $1 AND s.valid_to IS NULL \
             AND s.block = (closed ->> 0)::int4 AND s.bits & (closed ->> 1)::int8 <> 0",
    );
    write(conn, keep, ci_key, &blocks, at)?;
    let take_out = either(
        conn,
        "UPDATE catalogue_installation_set SET bits = bits & ~(closed.value ->> 1) FROM json_each(?2) AS closed \
         WHERE ci_key = ?1 AND valid_to IS NULL AND block = closed.value ->> 0",
        "UPDATE catalogue_installation_set SET bits = bits & ~(closed ->> 1)::int8 \
         FROM json_array_elements($2::json) AS closed \
         WHERE ci_key = $1 AND valid_to IS NULL AND block = (closed ->> 0)::int4",
    );
    statement(take_out).bind::<Integer, _>(ci_key).bind::<Text, _>(blocks).execute(conn)?;
    let empty = s::ci_key.eq(ci_key).and(s::valid_to.is_null()).and(s::bits.eq(0));
    diesel::delete(s::table.filter(empty)).execute(conn)?;
    Ok(())
}

/// Blocks with the bits of these versions in them.
fn blocks(versions: &BTreeSet<i32>) -> Vec<(i32, i64)> {
    let mut blocks: BTreeMap<i32, i64> = BTreeMap::new();
    for version in versions {
        *blocks.entry(version / BLOCK).or_default() |= 1 << (version % BLOCK);
    }
    blocks.into_iter().collect()
}

fn write(conn: &mut Conn, sql: &'static str, ci_key: i32, blocks: &str, at: Timestamp) -> Result<(), StoreError> {
    statement(sql).bind::<Integer, _>(ci_key).bind::<Text, _>(blocks).bind::<Instant, _>(At(at)).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn versions_share_a_row_by_sixty_four() {
        let versions = [1, 2, 63, 64, 200].into();
        assert_eq!(blocks(&versions), [(0, (1 << 1) | (1 << 2) | i64::MIN), (1, 1), (3, 1 << 8)]);
    }
}
