//! The rows that an item is made of, in expressions over `cmdb_ci`.

use diesel::dsl::sql;
use diesel::sql_types::{Bool, Integer, Nullable};
use jiff::Timestamp;

use crate::cmdb::value::expression::{OfCi, was_valid};

/// Whether anything is part of the item now; as of a time, whether anything ever was. To be asked first: of nearly all
/// items it is not so, and what follows is dear.
#[must_use]
pub fn may_have_parts(as_of: Option<Timestamp>) -> OfCi<Bool> {
    Box::new(sql::<Bool>(match as_of {
        None => "cmdb_ci.has_parts",
        Some(_) => "cmdb_ci.key IN (SELECT made.survivor_key FROM cmdb_merge made)",
    }))
}

/// Whether the row whose key this column holds is part of the item, as of a time or now.
#[must_use]
pub fn is_part(column: &'static str, as_of: Option<Timestamp>) -> OfCi<Bool> {
    let opened = sql::<Bool>(column);
    let Some(at) = as_of else {
        return Box::new(opened.sql(" IN (SELECT part.key FROM cmdb_ci part WHERE part.survivor_key = cmdb_ci.key)"));
    };
    let first = opened
        .sql(" IN (WITH RECURSIVE made (key) AS (SELECT step.merged_key FROM cmdb_merge step WHERE ")
        .bind::<Bool, _>(held_at(at))
        .sql(" AND step.survivor_key = cmdb_ci.key UNION SELECT step.merged_key FROM made JOIN cmdb_merge step ON ");
    let next = first.bind::<Bool, _>(held_at(at)).sql(" AND step.survivor_key = made.key");
    Box::new(next.sql(") SELECT made.key FROM made)"))
}

/// Whether the item is among the rows that a statement finds, or one of those is part of it as of a time or now.
#[must_use]
pub fn is_or_has_part_of(found: impl Fn() -> OfCi<Integer>, as_of: Option<Timestamp>) -> OfCi<Nullable<Bool>> {
    let Some(at) = as_of else {
        let own = sql::<Nullable<Bool>>("cmdb_ci.key IN (").bind::<Integer, _>(found());
        let parts = own
            .sql(" UNION ALL SELECT part.survivor_key FROM cmdb_ci part WHERE part.survivor_key IS NOT NULL AND part.key IN (");
        return Box::new(parts.bind::<Integer, _>(found()).sql("))"));
    };
    // What others are part of in turn is no item then, and does no harm here.
    let own = sql::<Nullable<Bool>>("cmdb_ci.key IN (WITH RECURSIVE found (key) AS (")
        .bind::<Integer, _>(found())
        .sql("), held (key) AS (SELECT found.key FROM found UNION SELECT step.survivor_key FROM held JOIN cmdb_merge step ON ");
    let next = own.bind::<Bool, _>(held_at(at)).sql(" AND step.merged_key = held.key");
    Box::new(next.sql(") SELECT held.key FROM held)"))
}

/// Whether the item was part of no other at a time.
#[must_use]
pub fn was_its_own(at: Timestamp) -> OfCi<Bool> {
    let opened = sql::<Bool>("NOT EXISTS (SELECT 1 FROM cmdb_merge step WHERE step.merged_key = cmdb_ci.key AND ");
    Box::new(opened.bind::<Bool, _>(held_at(at)).sql(")"))
}

/// Whether a merge was made by then and not taken back.
fn held_at(at: Timestamp) -> OfCi<Bool> {
    was_valid("step.at", "step.undone_at", Some(at))
}
