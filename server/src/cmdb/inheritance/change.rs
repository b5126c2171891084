//! Which items are to be looked at.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use super::model::LEVELS;
use crate::cmdb::observed::rows;
use crate::store::dialect::either;
use crate::store::schema::cmdb_inheritance_change as ch;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Integer)]
    ci_key: i32,
    #[diesel(sql_type = Integer)]
    levels: i32,
}

/// Whether any item is to be looked at.
pub(super) fn is_any(conn: &mut Conn) -> Result<bool, StoreError> {
    let first: Option<i64> = ch::table.select(ch::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// How many notes wait.
pub(super) fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(ch::table.count().get_result(conn)?)
}

/// Takes notes of some rows: what was just changed before what is only below it. Gives how many levels below each are to
/// be looked at as well.
///
/// What is read afterwards is at least as new as what is taken here: a change that is not to be seen yet has a note of
/// its own that is not to be seen yet either.
pub(super) fn take(conn: &mut Conn, most: i64) -> Result<BTreeMap<i32, i32>, StoreError> {
    let taken: Vec<Taken> = statement(
        "DELETE FROM cmdb_inheritance_change WHERE id IN \
         (SELECT id FROM cmdb_inheritance_change ORDER BY levels DESC, id LIMIT $1) RETURNING ci_key, levels",
    )
    .bind::<BigInt, _>(most)
    .load(conn)?;
    let mut levels: BTreeMap<i32, i32> = BTreeMap::new();
    for one in taken {
        let most = levels.entry(one.ci_key).or_insert(one.levels);
        *most = one.levels.max(*most);
    }
    Ok(levels)
}

/// Notes what is directly below these rows, each with how many levels are to be looked at below itself. What has a note
/// for as many levels needs no other: nobody but the job takes notes away, one at a time.
pub(super) fn note_below(conn: &mut Conn, levels: &BTreeMap<i32, i32>) -> Result<(), StoreError> {
    let noted: Vec<(i32, i32)> =
        levels.iter().filter(|(_, left)| **left > 0).map(|(key, left)| (*key, left.saturating_sub(1))).collect();
    if noted.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "WITH noted (above_key, levels) AS (SELECT value ->> 0, value ->> 1 FROM json_each(?1)), \
         below (ci_key, levels) AS ( \
             SELECT c.key, noted.levels FROM noted JOIN cmdb_ci c ON c.parent_key = noted.above_key \
             UNION ALL SELECT r.source_key, noted.levels FROM noted \
             JOIN cmdb_relation r ON r.target_key = noted.above_key AND r.valid_to IS NULL \
             JOIN cmdb_relation_type t ON t.name = r.type AND t.containment IS NOT NULL) \
         INSERT INTO cmdb_inheritance_change (ci_key, levels) \
         SELECT below.ci_key, max(below.levels) FROM below WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change n \
             WHERE n.ci_key = below.ci_key AND n.levels >= below.levels) GROUP BY below.ci_key",
        "WITH noted (above_key, levels) AS ( \
             SELECT (one ->> 0)::int4, (one ->> 1)::int4 FROM json_array_elements($1::json) AS one), \
         below (ci_key, levels) AS ( \
             SELECT c.key, noted.levels FROM noted JOIN cmdb_ci c ON c.parent_key = noted.above_key \
             UNION ALL SELECT r.source_key, noted.levels FROM noted \
             JOIN cmdb_relation r ON r.target_key = noted.above_key AND r.valid_to IS NULL \
             JOIN cmdb_relation_type t ON t.name = r.type AND t.containment IS NOT NULL) \
         INSERT INTO cmdb_inheritance_change (ci_key, levels) \
         SELECT below.ci_key, max(below.levels) FROM below WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change n \
             WHERE n.ci_key = below.ci_key AND n.levels >= below.levels) GROUP BY below.ci_key",
    );
    statement(sql).bind::<Text, _>(rows(&noted)?).execute(conn)?;
    Ok(())
}

/// Has everything looked at from which something can be inherited or that inherits something: for changes of what is
/// passed on and of what counts as containment.
///
/// # Errors
///
/// The database fails.
pub fn look_at_everything(conn: &mut Conn) -> Result<(), StoreError> {
    let levels = i32::try_from(LEVELS).unwrap_or(i32::MAX);
    statement(
        "INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT said.ci_key, $1 FROM cmdb_attribute a \
         JOIN cmdb_value said ON said.attribute_id = a.id AND said.shown AND said.valid_to IS NULL \
         WHERE a.passed_on AND said.source <> 'inherited' \
         UNION SELECT ci_key, $1 FROM cmdb_inheritance WHERE valid_to IS NULL",
    )
    .bind::<Integer, _>(levels)
    .execute(conn)?;
    Ok(())
}
