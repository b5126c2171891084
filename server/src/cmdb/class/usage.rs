//! Whether something that is defined is used.

use std::collections::BTreeSet;

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use crate::cmdb::model::class::ClassBook;
use crate::store::schema::{cmdb_ci as c, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// Whether an item is of one of these classes.
pub(super) fn has_items(conn: &mut Conn, classes: &[String]) -> Result<bool, StoreError> {
    Ok(select(exists(c::table.filter(c::class.eq_any(classes.to_vec())))).get_result(conn)?)
}

/// Which of these attributes items of these classes have values of, or had.
///
/// By the items, because values are found by their item: the time grows with the items of the classes.
pub(super) fn with_values(
    conn: &mut Conn,
    classes: &[String],
    attributes: &[i32],
) -> Result<BTreeSet<i32>, StoreError> {
    if attributes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let of_classes = c::table.inner_join(v::table.on(v::ci_key.eq(c::key))).filter(c::class.eq_any(classes.to_vec()));
    let found: Vec<i32> =
        of_classes.filter(v::attribute_id.eq_any(attributes.to_vec())).select(v::attribute_id).distinct().load(conn)?;
    Ok(found.into_iter().collect())
}

/// Whether an item of these classes has one of these values of the attribute now. The values are JSON texts.
pub(super) fn has_value(
    conn: &mut Conn,
    classes: &[String],
    attribute: i32,
    values: Vec<String>,
) -> Result<bool, StoreError> {
    let of_classes = c::table.inner_join(v::table.on(v::ci_key.eq(c::key))).filter(c::class.eq_any(classes.to_vec()));
    let now = v::attribute_id.eq(attribute).and(v::valid_to.is_null()).and(v::value.eq_any(values));
    Ok(select(exists(of_classes.filter(now))).get_result(conn)?)
}

/// The class and all below it.
pub(super) fn family(book: &ClassBook, class: &str) -> Vec<String> {
    book.with_subclasses(class).map(|one| one.name.clone()).collect()
}
