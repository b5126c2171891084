//! Writing definitions.

use diesel::prelude::*;

use crate::cmdb::model::attribute::{Attribute, Choice, Label, Origin};
use crate::cmdb::model::class::Class;
use crate::cmdb::model::rules::Rules;
use crate::store::column::Document;
use crate::store::schema::{cmdb_attribute as a, cmdb_class as c, cmdb_constraint as r, cmdb_definition as d};
use crate::store::{Conn, StoreError};

/// What administrators add stands after everything shipped.
const AFTER_SHIPPED: i32 = 100_000;

/// Counts a change. Whoever else defines something waits until this transaction ends.
pub fn count_change(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::update(d::table).set(d::revision.eq(d::revision + 1)).execute(conn)?;
    Ok(())
}

pub(super) fn insert_class(conn: &mut Conn, class: &Class) -> Result<(), StoreError> {
    let last: Option<i32> = c::table.select(diesel::dsl::max(c::position)).first(conn)?;
    diesel::insert_into(c::table)
        .values((
            (c::name.eq(&class.name), c::parent.eq(&class.parent), c::abstract_.eq(class.is_abstract)),
            (c::label_en.eq(&class.label.en), c::label_ko.eq(&class.label.ko)),
            (c::icon.eq(&class.icon), c::family.eq(&class.family), c::origin.eq(Origin::Added.name())),
            (c::position.eq(next(last)), c::hidden.eq(false), c::version.eq(1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves a class on to its next version.
pub(super) fn bump(conn: &mut Conn, class: &str) -> Result<(), StoreError> {
    diesel::update(c::table.find(class.to_owned())).set(c::version.eq(c::version + 1)).execute(conn)?;
    Ok(())
}

/// Writes everything but the label, which [`label_class`] does.
pub(super) fn update_class(conn: &mut Conn, class: &Class) -> Result<(), StoreError> {
    diesel::update(c::table.find(class.name.clone()))
        .set((
            (c::parent.eq(&class.parent), c::abstract_.eq(class.is_abstract), c::hidden.eq(class.hidden)),
            (c::icon.eq(&class.icon), c::family.eq(&class.family)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lays an own label over a class, or takes it off.
pub(super) fn label_class(conn: &mut Conn, class: &str, label: Option<&Label>) -> Result<(), StoreError> {
    diesel::update(c::table.find(class.to_owned()))
        .set((c::own_label_en.eq(label.map(|one| &one.en)), c::own_label_ko.eq(label.map(|one| &one.ko))))
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_class(conn: &mut Conn, class: &str) -> Result<(), StoreError> {
    let own = a::table.filter(a::class.eq(class.to_owned())).select(a::id);
    diesel::delete(r::table.filter(r::class.eq(class.to_owned()).or(r::attribute_id.eq_any(own)))).execute(conn)?;
    diesel::delete(a::table.filter(a::class.eq(class.to_owned()))).execute(conn)?;
    diesel::delete(c::table.find(class.to_owned())).execute(conn)?;
    Ok(())
}

/// Inserts an attribute; gives its key.
pub(super) fn insert_attribute(conn: &mut Conn, attribute: &Attribute) -> Result<i32, StoreError> {
    let last: Option<i32> = a::table.select(diesel::dsl::max(a::position)).first(conn)?;
    diesel::insert_into(a::table)
        .values((
            (a::class.eq(&attribute.class), a::name.eq(&attribute.name), a::kind.eq(attribute.kind.name())),
            (a::label_en.eq(&attribute.label.en), a::label_ko.eq(&attribute.label.ko), a::unit.eq(&attribute.unit)),
            (a::choices.eq(choices(&attribute.choices)?), a::target.eq(&attribute.target)),
            (a::position.eq(next(last)), a::origin.eq(Origin::Added.name()), a::hidden.eq(false)),
            (a::passed_on.eq(attribute.passed_on),),
        ))
        .execute(conn)?;
    let same = a::table.filter(a::class.eq(&attribute.class).and(a::name.eq(&attribute.name)));
    Ok(same.select(a::id).first(conn)?)
}

/// Writes everything but the label, which [`label_attribute`] does.
pub(super) fn update_attribute(conn: &mut Conn, attribute: &Attribute) -> Result<(), StoreError> {
    diesel::update(a::table.find(attribute.id))
        .set((
            (a::kind.eq(attribute.kind.name()), a::unit.eq(&attribute.unit), a::target.eq(&attribute.target)),
            (a::choices.eq(choices(&attribute.choices)?), a::hidden.eq(attribute.hidden)),
            (a::passed_on.eq(attribute.passed_on),),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lays an own label over an attribute, or takes it off.
pub(super) fn label_attribute(conn: &mut Conn, id: i32, label: Option<&Label>) -> Result<(), StoreError> {
    diesel::update(a::table.find(id))
        .set((a::own_label_en.eq(label.map(|one| &one.en)), a::own_label_ko.eq(label.map(|one| &one.ko))))
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_attribute(conn: &mut Conn, id: i32) -> Result<(), StoreError> {
    diesel::delete(r::table.filter(r::attribute_id.eq(id))).execute(conn)?;
    diesel::delete(a::table.find(id)).execute(conn)?;
    Ok(())
}

/// Puts what an administrator says in place of what was said before.
pub(super) fn put_rules(conn: &mut Conn, class: &str, attribute_id: i32, rules: &Rules) -> Result<(), StoreError> {
    let added = r::origin.eq(Origin::Added.name());
    let own = r::class.eq(class.to_owned()).and(r::attribute_id.eq(attribute_id)).and(added);
    diesel::delete(r::table.filter(own)).execute(conn)?;
    if rules.is_empty() {
        return Ok(());
    }
    let document = serde_json::to_value(rules).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    diesel::insert_into(r::table)
        .values((
            (r::class.eq(class), r::attribute_id.eq(attribute_id)),
            (r::origin.eq(Origin::Added.name()), r::rules.eq(Document(document))),
        ))
        .execute(conn)?;
    Ok(())
}

fn choices(choices: &[Choice]) -> Result<Option<Document>, StoreError> {
    if choices.is_empty() {
        return Ok(None);
    }
    let document = serde_json::to_value(choices).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    Ok(Some(Document(document)))
}

fn next(last: Option<i32>) -> i32 {
    last.unwrap_or_default().saturating_add(1).max(AFTER_SHIPPED)
}
