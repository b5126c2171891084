//! The shown value of an attribute as an expression, to filter and sort lists by.

use diesel::dsl::sql;
use diesel::sql_types::{Integer, Nullable, Text};
use jiff::Timestamp;

use super::expression::OfCi;
use crate::cmdb::model::precedence::precedence;
use crate::store::column::{At, Instant};

/// The time that means now for intervals: later than any of them begins, earlier than none ends.
pub const NOW: Timestamp = Timestamp::MAX;

/// The JSON text of what is shown for the attribute at the time; null where nobody has said anything.
///
/// The text of the statement is constant; only values are bound.
#[must_use]
pub fn shown_value(attribute_id: i32, attribute: &str, at: Timestamp) -> OfCi<Nullable<Text>> {
    let [first, second, _] = precedence(attribute);
    Box::new(
        sql::<Nullable<Text>>(
            "(SELECT said.value FROM cmdb_value said WHERE said.ci_key = cmdb_ci.key AND said.attribute_id = ",
        )
        .bind::<Integer, _>(attribute_id)
        .sql(" AND said.valid_from <= ")
        .bind::<Instant, _>(At(at))
        .sql(" AND (said.valid_to IS NULL OR said.valid_to > ")
        .bind::<Instant, _>(At(at))
        .sql(") ORDER BY CASE said.source WHEN ")
        .bind::<Text, _>(first.name())
        .sql(" THEN 0 WHEN ")
        .bind::<Text, _>(second.name())
        .sql(" THEN 1 ELSE 2 END LIMIT 1)"),
    )
}

/// The name that was shown at the time, without its quotes; today's where none was recorded.
#[must_use]
pub fn name_at(attribute_id: i32, at: Timestamp) -> OfCi<Text> {
    let shown = shown_value(attribute_id, "name", at);
    Box::new(sql::<Text>("coalesce(trim(").bind::<Nullable<Text>, _>(shown).sql(", '\"'), cmdb_ci.name)"))
}
