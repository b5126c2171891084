//! Reading what contains what, and what containers say of themselves.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::model::{Containment, LEVELS};
use crate::cmdb::observed::rows;
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

#[derive(QueryableByName)]
struct Tie {
    #[diesel(sql_type = Integer)]
    item: i32,
    #[diesel(sql_type = Integer)]
    rank: i32,
    #[diesel(sql_type = Integer)]
    container: i32,
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Integer)]
    item: i32,
    #[diesel(sql_type = Integer)]
    attribute_id: i32,
    #[diesel(sql_type = Text)]
    value: String,
}

/// Everything above these items, and what it says of these attributes: a statement for each level, and one more.
pub(super) fn load(conn: &mut Conn, items: &[i32], attributes: &[i32]) -> Result<Containment, StoreError> {
    let mut containment = Containment::default();
    let mut seen: BTreeSet<i32> = items.iter().copied().collect();
    let mut containers: BTreeSet<i32> = BTreeSet::new();
    let mut level = items.to_vec();
    for _ in 0..LEVELS {
        let ties = ties(conn, &level)?;
        for Tie { item, rank, container } in &ties {
            containment.tie(*item, *rank, *container);
        }
        containers.extend(ties.iter().map(|tie| tie.container));
        level = ties.into_iter().map(|tie| tie.container).filter(|one| seen.insert(*one)).collect();
        if level.is_empty() {
            break;
        }
    }
    let containers: Vec<i32> = containers.into_iter().collect();
    for Said { item, attribute_id, value } in said(conn, &containers, attributes)? {
        containment.say(item, attribute_id, value);
    }
    Ok(containment)
}

/// In what each of these items is contained directly. What is part of an item is contained for it, and contains for it;
/// what is no longer used contains nothing.
fn ties(conn: &mut Conn, items: &[i32]) -> Result<Vec<Tie>, StoreError> {
    let sql = either(
        conn,
        "WITH asked (key) AS (SELECT value FROM json_each(?1)), \
         part (part_key, item, parent_key) AS ( \
             SELECT c.key, c.key, c.parent_key FROM asked JOIN cmdb_ci c ON c.key = asked.key \
             UNION ALL SELECT c.key, c.survivor_key, c.parent_key FROM asked JOIN cmdb_ci c \
             ON c.survivor_key = asked.key AND c.survivor_key IS NOT NULL), \
         tie (item, rank, target_key) AS ( \
             SELECT item, 0, parent_key FROM part WHERE parent_key IS NOT NULL \
             UNION ALL SELECT part.item, t.containment, r.target_key FROM part \
             JOIN cmdb_relation r ON r.source_key = part.part_key AND r.valid_to IS NULL \
             JOIN cmdb_relation_type t ON t.name = r.type AND t.containment IS NOT NULL) \
         SELECT DISTINCT tie.item AS item, tie.rank AS rank, own.key AS container FROM tie \
         JOIN cmdb_ci target ON target.key = tie.target_key \
         JOIN cmdb_ci own ON own.key = coalesce(target.survivor_key, target.key) \
         WHERE own.lifecycle NOT IN ('retired', 'disposed')",
        "WITH asked (key) AS (SELECT value::int4 FROM json_array_elements_text($1::json)), \
         part (part_key, item, parent_key) AS ( \
             SELECT c.key, c.key, c.parent_key FROM asked JOIN cmdb_ci c ON c.key = asked.key \
             UNION ALL SELECT c.key, c.survivor_key, c.parent_key FROM asked JOIN cmdb_ci c \
             ON c.survivor_key = asked.key AND c.survivor_key IS NOT NULL), \
         tie (item, rank, target_key) AS ( \
             SELECT item, 0, parent_key FROM part WHERE parent_key IS NOT NULL \
             UNION ALL SELECT part.item, t.containment, r.target_key FROM part \
             JOIN cmdb_relation r ON r.source_key = part.part_key AND r.valid_to IS NULL \
             JOIN cmdb_relation_type t ON t.name = r.type AND t.containment IS NOT NULL) \
         SELECT DISTINCT tie.item AS item, tie.rank AS rank, own.key AS container FROM tie \
         JOIN cmdb_ci target ON target.key = tie.target_key \
         JOIN cmdb_ci own ON own.key = coalesce(target.survivor_key, target.key) \
         WHERE own.lifecycle NOT IN ('retired', 'disposed')",
    );
    Ok(statement(sql).bind::<Text, _>(rows(items)?).load(conn)?)
}

/// What is shown of these items and was not inherited; of two that are marked for a moment, that of the item's own row
/// first.
fn said(conn: &mut Conn, items: &[i32], attributes: &[i32]) -> Result<Vec<Said>, StoreError> {
    if items.is_empty() || attributes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = either(
        conn,
        "WITH asked (key) AS (SELECT value FROM json_each(?1)), \
         part (part_key, item) AS ( \
             SELECT c.key, c.key FROM asked JOIN cmdb_ci c ON c.key = asked.key \
             UNION ALL SELECT c.key, c.survivor_key FROM asked JOIN cmdb_ci c \
             ON c.survivor_key = asked.key AND c.survivor_key IS NOT NULL) \
         SELECT part.item AS item, v.attribute_id AS attribute_id, v.value AS value \
         FROM part CROSS JOIN cmdb_value v WHERE v.ci_key = part.part_key \
             AND v.attribute_id IN (SELECT value FROM json_each(?2)) \
             AND v.valid_to IS NULL AND v.shown AND v.source <> 'inherited' \
         ORDER BY part.part_key <> part.item, part.part_key, v.source",
        "WITH asked (key) AS (SELECT value::int4 FROM json_array_elements_text($1::json)), \
         part (part_key, item) AS ( \
             SELECT c.key, c.key FROM asked JOIN cmdb_ci c ON c.key = asked.key \
             UNION ALL SELECT c.key, c.survivor_key FROM asked JOIN cmdb_ci c \
             ON c.survivor_key = asked.key AND c.survivor_key IS NOT NULL) \
         SELECT part.item AS item, v.attribute_id AS attribute_id, v.value AS value \
         FROM part JOIN cmdb_value v ON v.ci_key = part.part_key \
             AND v.attribute_id IN (SELECT value::int4 FROM json_array_elements_text($2::json)) \
             AND v.valid_to IS NULL AND v.shown AND v.source <> 'inherited' \
         ORDER BY part.part_key <> part.item, part.part_key, v.source",
    );
    Ok(statement(sql).bind::<Text, _>(rows(items)?).bind::<Text, _>(rows(attributes)?).load(conn)?)
}
