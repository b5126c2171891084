//! Reading the class book.

use std::collections::BTreeMap;

use crate::cmdb::model::attribute::{Attribute, Choice, Label, Origin};
use crate::cmdb::model::class::{Class, ClassBook, Constraint};
use crate::kernel::scope::Scope;
use crate::store::column::{Document, Key16};
use crate::store::schema::{cmdb_attribute as a, cmdb_ci, cmdb_class as c, cmdb_constraint as r, cmdb_definition as d};
use crate::store::{Conn, Inconsistent, StoreError};
use diesel::prelude::*;

type ClassRow = (String, Option<String>, bool, Labels, String, String, Standing);
type AttributeRow =
    (i32, String, String, String, Option<String>, Labels, Option<Document>, (String, bool, Option<String>, bool));
type Labels = (String, String, Option<String>, Option<String>);
type Standing = (String, bool, i32);

/// Every class, attribute and constraint, in three queries.
pub fn load_book(conn: &mut Conn) -> Result<ClassBook, StoreError> {
    let labels = (c::label_en, c::label_ko, c::own_label_en, c::own_label_ko);
    let standing = (c::origin, c::hidden, c::version);
    let classes: Vec<ClassRow> = c::table
        .order((c::position, c::name))
        .select((c::name, c::parent, c::abstract_, labels, c::icon, c::family, standing))
        .load(conn)?;
    let labels = (a::label_en, a::label_ko, a::own_label_en, a::own_label_ko);
    let standing = (a::origin, a::hidden, a::target, a::passed_on);
    let attributes: Vec<AttributeRow> = a::table
        .order((a::position, a::id))
        .select((a::id, a::class, a::name, a::kind, a::unit, labels, a::choices, standing))
        .load(conn)?;
    let constraints: Vec<(String, i32, String, Document)> =
        r::table.order((r::class, r::attribute_id, r::origin)).load(conn)?;
    let classes = classes.into_iter().map(class).collect::<Result<_, _>>()?;
    let attributes = attributes.into_iter().map(attribute).collect::<Result<_, _>>()?;
    let constraints = constraints.into_iter().map(constraint).collect::<Result<_, _>>()?;
    Ok(ClassBook::new(classes, attributes).constrained(constraints))
}

/// How often definitions were changed: whoever keeps them in memory reads them again when it differs.
pub fn revision(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(d::table.select(d::revision).first(conn)?)
}

/// How many items in scope each class has, itself only.
pub fn count_by_class(conn: &mut Conn, scope: &Scope) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut query =
        cmdb_ci::table.group_by(cmdb_ci::class).select((cmdb_ci::class, diesel::dsl::count_star())).into_boxed();
    query = query.filter(cmdb_ci::survivor_key.is_null());
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(cmdb_ci::organisation_id.eq_any(keys));
    }
    Ok(query.load::<(String, i64)>(conn)?.into_iter().collect())
}

fn class(
    (name, parent, is_abstract, labels, icon, family, (origin, hidden, version)): ClassRow,
) -> Result<Class, Inconsistent> {
    let origin = read_origin("cmdb_class", &name, origin)?;
    Ok(Class { name, parent, is_abstract, label: label(labels), icon, family, origin, hidden, version })
}

fn attribute(
    (id, class, name, kind, unit, labels, choices, (origin, hidden, target, passed_on)): AttributeRow,
) -> Result<Attribute, Inconsistent> {
    let inconsistent =
        |column, value: String| Inconsistent { table: "cmdb_attribute", column, row: id.to_string(), value };
    let kind = kind.parse().map_err(|_unknown| inconsistent("kind", kind.clone()))?;
    let origin = read_origin("cmdb_attribute", &id.to_string(), origin)?;
    let choices = match choices {
        None => Vec::new(),
        Some(Document(json)) => serde_json::from_value::<Vec<Choice>>(json.clone())
            .map_err(|_unknown| inconsistent("choices", json.to_string()))?,
    };
    Ok(Attribute { id, class, name, kind, unit, label: label(labels), choices, target, origin, hidden, passed_on })
}

fn constraint(
    (class, attribute_id, origin, rules): (String, i32, String, Document),
) -> Result<Constraint, Inconsistent> {
    let row = format!("{class}/{attribute_id}");
    let origin = read_origin("cmdb_constraint", &row, origin)?;
    let Document(json) = rules;
    let rules = serde_json::from_value(json.clone()).map_err(|_unknown| Inconsistent {
        table: "cmdb_constraint",
        column: "rules",
        row,
        value: json.to_string(),
    })?;
    Ok(Constraint { class, attribute_id, origin, rules })
}

fn read_origin(table: &'static str, row: &str, value: String) -> Result<Origin, Inconsistent> {
    let row = row.to_owned();
    value.parse().map_err(|_unknown| Inconsistent { table, column: "origin", row, value })
}

/// An administrator's words stand over the shipped ones.
fn label((en, ko, own_en, own_ko): Labels) -> Label {
    Label { en: own_en.unwrap_or(en), ko: own_ko.unwrap_or(ko) }
}
