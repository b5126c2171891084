//! Reading the class book.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Deserialize;

use crate::cmdb::model::attribute::{Attribute, Choice, Label};
use crate::cmdb::model::class::{Class, ClassBook};
use crate::kernel::scope::Scope;
use crate::store::column::{Document, Key16};
use crate::store::schema::{cmdb_attribute as a, cmdb_ci, cmdb_class as c};
use crate::store::{Conn, Inconsistent, StoreError};

type ClassRow = (String, Option<String>, bool, String, String, String, String);
type AttributeRow = (i32, String, String, String, Option<String>, String, String, Option<Document>);

#[derive(Deserialize)]
struct StoredChoice {
    value: String,
    label: StoredLabel,
}

#[derive(Deserialize)]
struct StoredLabel {
    en: String,
    ko: String,
}

/// Every class and attribute, in two queries.
pub fn load_book(conn: &mut Conn) -> Result<ClassBook, StoreError> {
    let classes: Vec<ClassRow> = c::table
        .order((c::position, c::name))
        .select((c::name, c::parent, c::abstract_, c::label_en, c::label_ko, c::icon, c::family))
        .load(conn)?;
    let attributes: Vec<AttributeRow> = a::table
        .order((a::position, a::id))
        .select((a::id, a::class, a::name, a::kind, a::unit, a::label_en, a::label_ko, a::choices))
        .load(conn)?;
    let attributes = attributes.into_iter().map(attribute).collect::<Result<_, _>>()?;
    Ok(ClassBook::new(classes.into_iter().map(class).collect(), attributes))
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

fn class((name, parent, is_abstract, en, ko, icon, family): ClassRow) -> Class {
    Class { name, parent, is_abstract, label: Label { en, ko }, icon, family }
}

fn attribute((id, class, name, kind, unit, en, ko, choices): AttributeRow) -> Result<Attribute, Inconsistent> {
    let inconsistent =
        |column, value: String| Inconsistent { table: "cmdb_attribute", column, row: id.to_string(), value };
    let kind = kind.parse().map_err(|_unknown| inconsistent("kind", kind.clone()))?;
    let choices = match choices {
        None => Vec::new(),
        Some(Document(json)) => serde_json::from_value::<Vec<StoredChoice>>(json.clone())
            .map_err(|_unknown| inconsistent("choices", json.to_string()))?,
    };
    Ok(Attribute {
        id,
        class,
        name,
        kind,
        unit,
        label: Label { en, ko },
        choices: choices.into_iter().map(choice).collect(),
    })
}

fn choice(StoredChoice { value, label: StoredLabel { en, ko } }: StoredChoice) -> Choice {
    Choice { value, label: Label { en, ko } }
}
