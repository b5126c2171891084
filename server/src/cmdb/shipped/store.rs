//! The rows of what is shipped: what differs is written, what agrees is left alone.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::SignedDuration;

use super::Shipped;
use super::document::{Attribute, Class, RelationType};
use crate::cmdb::model::attribute::Label;
use crate::cmdb::model::order::Subject;
use crate::cmdb::model::source as model;
use crate::cmdb::source::store as sources;
use crate::store::column::Document;
use crate::store::dialect::transaction_lock;
use crate::store::schema::{cmdb_attribute, cmdb_class, cmdb_relation_type};
use crate::store::{Conn, StoreError};

/// Any number will do, as long as every server of one database takes the same.
const INSTALL_LOCK: i64 = 0x7465_7272_6965_7204;

/// Keeps other servers from installing at the same time.
pub(super) fn lock(conn: &mut Conn) -> QueryResult<()> {
    transaction_lock(conn, INSTALL_LOCK)
}

#[derive(Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = cmdb_class, treat_none_as_null = true, treat_none_as_default_value = false)]
struct ClassRow {
    name: String,
    parent: Option<String>,
    abstract_: bool,
    label_en: String,
    label_ko: String,
    icon: String,
    family: String,
    position: i32,
}

#[derive(Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = cmdb_attribute, treat_none_as_null = true, treat_none_as_default_value = false)]
struct AttributeRow {
    class: String,
    name: String,
    kind: String,
    unit: Option<String>,
    label_en: String,
    label_ko: String,
    choices: Option<Document>,
    position: i32,
}

#[derive(Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = cmdb_relation_type)]
struct RelationTypeRow {
    name: String,
    label_en: String,
    label_ko: String,
    inverse_en: String,
    inverse_ko: String,
    propagation: String,
    effect: String,
}

pub(super) fn put_classes(conn: &mut Conn, classes: &[Class]) -> Result<(), StoreError> {
    use cmdb_class as c;
    let stored: Vec<ClassRow> = c::table.load(conn)?;
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.name.clone(), row)).collect();
    for (row, position) in classes.iter().zip(0..) {
        let row = class_row(row, position);
        match stored.get(&row.name) {
            Some(same) if *same == row => {}
            Some(_) => drop(diesel::update(c::table.find(row.name.clone())).set(&row).execute(conn)?),
            None => drop(diesel::insert_into(c::table).values(&row).execute(conn)?),
        }
    }
    Ok(())
}

pub(super) fn put_attributes(conn: &mut Conn, attributes: &[Attribute]) -> Result<(), StoreError> {
    use cmdb_attribute as a;
    let stored: Vec<AttributeRow> = a::table
        .select((a::class, a::name, a::kind, a::unit, a::label_en, a::label_ko, a::choices, a::position))
        .load(conn)?;
    let stored: HashMap<_, _> = stored.into_iter().map(|row| ((row.class.clone(), row.name.clone()), row)).collect();
    for (attribute, position) in attributes.iter().zip(0..) {
        let row = attribute_row(attribute, position)?;
        match stored.get(&(row.class.clone(), row.name.clone())) {
            Some(same) if *same == row => {}
            Some(_) => {
                let same_name = a::table.filter(a::class.eq(row.class.clone()).and(a::name.eq(row.name.clone())));
                diesel::update(same_name).set(&row).execute(conn)?;
            }
            None => drop(diesel::insert_into(a::table).values(&row).execute(conn)?),
        }
    }
    Ok(())
}

pub(super) fn put_relation_types(conn: &mut Conn, types: &[RelationType]) -> Result<(), StoreError> {
    use cmdb_relation_type as t;
    let stored: Vec<RelationTypeRow> = t::table.load(conn)?;
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.name.clone(), row)).collect();
    for row in types.iter().map(relation_type_row) {
        match stored.get(&row.name) {
            Some(same) if *same == row => {}
            Some(_) => drop(diesel::update(t::table.find(row.name.clone())).set(&row).execute(conn)?),
            None => drop(diesel::insert_into(t::table).values(&row).execute(conn)?),
        }
    }
    Ok(())
}

/// Adds what is missing and leaves the rest as the installation has it.
pub(super) fn put_sources(conn: &mut Conn, shipped: &Shipped) -> Result<(), StoreError> {
    for source in &shipped.sources {
        let (Ok(name), Ok(kind)) = (source.name.parse(), source.kind.parse()) else { continue };
        let label = Label { en: source.label.en.clone(), ko: source.label.ko.clone() };
        let stale_after = source.stale_after_h.map(|hours| SignedDuration::from_hours(i64::from(hours)));
        sources::insert(conn, &model::Source { name, kind, label, enabled: true, stale_after, version: 1 })?;
    }
    let there = sources::list_orders(conn)?;
    for order in &shipped.orders {
        let subject = Subject { class: order.class.clone(), attribute: order.attribute.clone() };
        if there.get(&subject).is_none() {
            let names: Vec<_> = order.sources.iter().filter_map(|name| name.parse().ok()).collect();
            sources::put_order(conn, &subject, &names)?;
        }
    }
    Ok(())
}

fn class_row(class: &Class, position: i32) -> ClassRow {
    ClassRow {
        name: class.name.clone(),
        parent: class.parent.clone(),
        abstract_: class.abstract_,
        label_en: class.label.en.clone(),
        label_ko: class.label.ko.clone(),
        icon: class.icon.clone(),
        family: class.family.name().to_owned(),
        position,
    }
}

fn attribute_row(attribute: &Attribute, position: i32) -> Result<AttributeRow, StoreError> {
    let choices = attribute.choices.as_ref().map(serde_json::to_value).transpose();
    let choices = choices.map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    Ok(AttributeRow {
        class: attribute.class.clone(),
        name: attribute.name.clone(),
        kind: attribute.kind.name().to_owned(),
        unit: attribute.unit.clone(),
        label_en: attribute.label.en.clone(),
        label_ko: attribute.label.ko.clone(),
        choices: choices.map(Document),
        position,
    })
}

fn relation_type_row(kind: &RelationType) -> RelationTypeRow {
    RelationTypeRow {
        name: kind.name.clone(),
        label_en: kind.label.en.clone(),
        label_ko: kind.label.ko.clone(),
        inverse_en: kind.inverse.en.clone(),
        inverse_ko: kind.inverse.ko.clone(),
        propagation: kind.propagation.clone(),
        effect: kind.effect.clone(),
    }
}
