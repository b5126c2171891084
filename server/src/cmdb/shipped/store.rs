//! The rows of what is shipped: what differs is written, what agrees is left alone.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use jiff::SignedDuration;

use super::Shipped;
use super::document::{Attribute, Class, RelationType};
use crate::cmdb::class::load_book;
use crate::cmdb::model::attribute::{Label, Origin};
use crate::cmdb::model::order::Subject;
use crate::cmdb::model::rules::Rules;
use crate::cmdb::model::source as model;
use crate::cmdb::source::store as sources;
use crate::store::column::Document;
use crate::store::dialect::transaction_lock;
use crate::store::schema::{cmdb_attribute, cmdb_class, cmdb_constraint as k, cmdb_relation_type};
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
    target: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = cmdb_relation_type, treat_none_as_null = true, treat_none_as_default_value = false)]
struct RelationTypeRow {
    name: String,
    label_en: String,
    label_ko: String,
    inverse_en: String,
    inverse_ko: String,
    propagation: String,
    effect: String,
    containment: Option<i32>,
}

/// Gives whether anything was different.
pub(super) fn put_classes(conn: &mut Conn, classes: &[Class]) -> Result<bool, StoreError> {
    use cmdb_class as c;
    let stored: Vec<(ClassRow, String)> = c::table
        .select((
            (c::name, c::parent, c::abstract_, c::label_en, c::label_ko, c::icon, c::family, c::position),
            c::origin,
        ))
        .load(conn)?;
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.0.name.clone(), row)).collect();
    let mut changed = false;
    for (row, position) in classes.iter().zip(0..) {
        let row = class_row(row, position);
        match stored.get(&row.name) {
            Some((same, _)) if *same == row => continue,
            Some((_, origin)) if origin == Origin::Added.name() => {
                tracing::warn!(class = row.name, "a class of this name was added here; the shipped one is left out");
                continue;
            }
            Some(_) => drop(diesel::update(c::table.find(row.name.clone())).set(&row).execute(conn)?),
            None => drop(diesel::insert_into(c::table).values(&row).execute(conn)?),
        }
        changed = true;
    }
    Ok(changed)
}

/// Gives whether anything was different.
pub(super) fn put_attributes(conn: &mut Conn, attributes: &[Attribute]) -> Result<bool, StoreError> {
    use cmdb_attribute as a;
    let book = load_book(conn)?;
    let stored: Vec<(AttributeRow, String)> = a::table
        .select((
            (a::class, a::name, a::kind, a::unit, a::label_en, a::label_ko, a::choices, a::position, a::target),
            a::origin,
        ))
        .load(conn)?;
    let key = |row: &AttributeRow| (row.class.clone(), row.name.clone());
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (key(&row.0), row)).collect();
    let mut changed = false;
    for (attribute, position) in attributes.iter().zip(0..) {
        let row = attribute_row(attribute, position)?;
        // An attribute of the same name above or below, which only an administrator can have made: see the tests.
        let is_related = |class: &str| book.is_a(class, &row.class) || book.is_a(&row.class, class);
        let in_the_way = |one: &&crate::cmdb::model::attribute::Attribute| {
            one.origin == Origin::Added && one.name == row.name && is_related(&one.class)
        };
        if let Some(own) = book.attributes_named(&row.name).find(in_the_way) {
            tracing::warn!(class = own.class, attribute = own.name, "added here; the shipped one is left out");
            continue;
        }
        match stored.get(&key(&row)) {
            Some((same, _)) if *same == row => continue,
            Some(_) => {
                let same_name = a::table.filter(a::class.eq(row.class.clone()).and(a::name.eq(row.name.clone())));
                diesel::update(same_name).set(&row).execute(conn)?;
            }
            None => {
                let added = (&row, a::passed_on.eq(attribute.passed_on));
                diesel::insert_into(a::table).values(added).execute(conn)?;
            }
        }
        changed = true;
    }
    Ok(changed)
}

/// Makes the shipped constraints those of this version; gives whether anything was different.
pub(super) fn put_constraints(conn: &mut Conn, shipped: &Shipped) -> Result<bool, StoreError> {
    let book = load_book(conn)?;
    let own = shipped.attributes.iter().map(|one| (one.class.as_str(), one.name.as_str(), &one.rules));
    let further = shipped.constraints.iter().map(|one| (one.class.as_str(), one.attribute.as_str(), &one.rules));
    let wanted = own.chain(further).filter(|(_, _, rules)| !rules.is_empty());
    let wanted: Vec<(&str, i32, &Rules)> = wanted
        .filter_map(|(class, name, rules)| {
            let attribute = book.attribute(class, name).filter(|one| one.origin == Origin::Shipped)?;
            Some((class, attribute.id, rules))
        })
        .collect();
    let there: Vec<_> = book.constraints().filter(|one| one.origin == Origin::Shipped).collect();
    let is_there = |(class, id, rules): &(&str, i32, &Rules)| {
        there.iter().any(|one| one.class == *class && one.attribute_id == *id && one.rules == **rules)
    };
    if wanted.len() == there.len() && wanted.iter().all(is_there) {
        return Ok(false);
    }
    let shipped = k::origin.eq(Origin::Shipped.name());
    diesel::delete(k::table.filter(shipped)).execute(conn)?;
    let mut seen = HashSet::new();
    for (class, attribute_id, rules) in wanted.into_iter().filter(|(class, id, _)| seen.insert((*class, *id))) {
        let rules = serde_json::to_value(rules).map_err(|error| StoreError::Unstorable(error.to_string()))?;
        let what = (k::class.eq(class), k::attribute_id.eq(attribute_id), k::origin.eq(Origin::Shipped.name()));
        diesel::insert_into(k::table).values((what, k::rules.eq(Document(rules)))).execute(conn)?;
    }
    Ok(true)
}

/// Gives whether what is contained in what was different.
pub(super) fn put_relation_types(conn: &mut Conn, types: &[RelationType]) -> Result<bool, StoreError> {
    use cmdb_relation_type as t;
    let stored: Vec<RelationTypeRow> = t::table.load(conn)?;
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.name.clone(), row)).collect();
    let mut contained_otherwise = false;
    for row in types.iter().map(relation_type_row) {
        contained_otherwise |= stored.get(&row.name).and_then(|one| one.containment) != row.containment;
        match stored.get(&row.name) {
            Some(same) if *same == row => {}
            Some(_) => drop(diesel::update(t::table.find(row.name.clone())).set(&row).execute(conn)?),
            None => drop(diesel::insert_into(t::table).values(&row).execute(conn)?),
        }
    }
    Ok(contained_otherwise)
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
        target: attribute.target.clone(),
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
        containment: kind.containment,
    }
}
