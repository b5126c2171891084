//! Defining classes.

use serde_json::json;

use super::command::{ClassChange, NewClass, Said};
use super::obstacle::Obstacle;
use super::store::load_book;
use super::{usage, write};
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::model::attribute::Origin;
use crate::cmdb::model::class::{Class, ClassBook, ROOT};
use crate::cmdb::model::definition::{self, Faults};
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, StoreError};

/// Definitions hold in every organisation: whoever makes them holds the permission in every one, too.
pub(super) fn open(conn: &mut Conn, ctx: &Ctx) -> Result<ClassBook, Error> {
    if ctx.scope.organisations().is_some() {
        return Err(Error::NotEverywhere);
    }
    write::count_change(conn)?;
    Ok(load_book(conn)?)
}

/// The class at the version that the caller saw.
pub(super) fn at_version(book: &ClassBook, name: &str, version: i32) -> Result<Class, Error> {
    let class = book.class(name).ok_or(Error::NotFound)?;
    if class.version == version { Ok(class.clone()) } else { Err(Error::Stale { current: class.version }) }
}

/// Adds a class.
pub(super) fn create(conn: &mut Conn, ctx: &Ctx, new: NewClass) -> Result<(), Error> {
    let book = open(conn, ctx)?;
    let parent =
        book.class(&new.parent).ok_or_else(|| FieldFault::new("parent", "unknown", "there is no such class"))?;
    let class = Class {
        icon: new.icon.unwrap_or_else(|| parent.icon.clone()),
        family: new.family.unwrap_or_else(|| parent.family.clone()),
        name: new.name,
        parent: Some(new.parent),
        is_abstract: new.is_abstract,
        label: new.label,
        origin: Origin::Added,
        hidden: false,
        version: 1,
    };
    let mut faults = Faults::default();
    definition::class(&book, &class, true, &mut faults);
    faults.judge().map_err(Error::Invalid)?;
    write::insert_class(conn, &class)?;
    record(conn, ctx, "class.created", &class.name, json!({ "after": told(&class) }))
}

/// Changes a class.
pub(super) fn change(conn: &mut Conn, ctx: &Ctx, name: &str, version: i32, change: ClassChange) -> Result<(), Error> {
    let book = open(conn, ctx)?;
    let before = at_version(&book, name, version)?;
    let mut faults = Faults::default();
    let after = changed(conn, &book, &before, &change, &mut faults)?;
    definition::class(&book, &after, false, &mut faults);
    faults.judge().map_err(Error::Invalid)?;
    if after == before && !change.label.is_something() {
        return Ok(());
    }
    write::update_class(conn, &after)?;
    if change.label.is_something() {
        write::label_class(conn, name, change.label.after(None).as_ref())?;
    }
    write::bump(conn, name)?;
    record(conn, ctx, "class.changed", name, json!({ "before": told(&before), "after": told(&after) }))
}

fn changed(
    conn: &mut Conn,
    book: &ClassBook,
    before: &Class,
    change: &ClassChange,
    faults: &mut Faults,
) -> Result<Class, Error> {
    let mut after = before.clone();
    match &change.label {
        Said::This(label) => after.label.clone_from(label),
        Said::Gone if before.origin == Origin::Added => faults.note("label", "required", "it has no other label"),
        _ => {}
    }
    let own = [
        ("parent", change.parent.is_some()),
        ("abstract", change.is_abstract.is_some()),
        ("icon", change.icon.is_some()),
        ("family", change.family.is_some()),
    ];
    for (field, _) in own.into_iter().filter(|(_, is_said)| *is_said && before.origin == Origin::Shipped) {
        faults.note(field, "shipped", "it comes with the program");
    }
    if let Some(icon) = &change.icon {
        after.icon.clone_from(icon);
    }
    if let Some(family) = &change.family {
        after.family.clone_from(family);
    }
    if change.hidden == Some(true) && before.name == ROOT {
        faults.note("hidden", "invalid", "every item is of this class");
    }
    after.hidden = change.hidden.unwrap_or(before.hidden);
    after.is_abstract = change.is_abstract.unwrap_or(before.is_abstract);
    if after.is_abstract && !before.is_abstract && usage::has_items(conn, std::slice::from_ref(&before.name))? {
        faults.note("abstract", "has_items", "there are items of this class");
    }
    if let Some(parent) = change.parent.as_ref().filter(|parent| before.parent.as_ref() != Some(parent)) {
        if usage::has_items(conn, &usage::family(book, &before.name))? {
            faults.note("parent", "has_items", "there are items of this class or below it");
        }
        after.parent = Some(parent.clone());
    }
    Ok(after)
}

/// Takes a class away that nothing uses.
pub(super) fn delete(conn: &mut Conn, ctx: &Ctx, name: &str, version: i32) -> Result<(), Error> {
    let book = open(conn, ctx)?;
    let class = at_version(&book, name, version)?;
    let obstacle = obstacle(&book, &class, usage::has_items(conn, std::slice::from_ref(&class.name))?);
    if let Some(obstacle) = obstacle {
        return Err(Error::Obstacle(obstacle));
    }
    write::delete_class(conn, name).map_err(|error| refused(error, Obstacle::HasItems))?;
    record(conn, ctx, "class.deleted", name, json!({ "before": told(&class) }))
}

/// What stands in the way of taking a class away.
pub(super) fn obstacle(book: &ClassBook, class: &Class, has_items: bool) -> Option<Obstacle> {
    let names_it = |one: &crate::cmdb::model::attribute::Attribute| {
        one.class != class.name && one.target.as_deref() == Some(class.name.as_str())
    };
    if class.origin == Origin::Shipped {
        Some(Obstacle::Shipped)
    } else if book.with_subclasses(&class.name).count() > 1 {
        Some(Obstacle::HasSubclasses)
    } else if has_items {
        Some(Obstacle::HasItems)
    } else {
        book.attributes().iter().any(names_it).then_some(Obstacle::Named)
    }
}

/// A row that something still refers to says so.
pub(super) fn refused(error: StoreError, obstacle: Obstacle) -> Error {
    if error.is_reference_violation() { Error::Obstacle(obstacle) } else { Error::Store(error) }
}

pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    name: &str,
    details: serde_json::Value,
) -> Result<(), Error> {
    Ok(audit::record(conn, ctx, Entry { action, object: Object::named("class", name, name), details })?)
}

fn told(class: &Class) -> serde_json::Value {
    json!({
        "parent": class.parent,
        "label": class.label,
        "abstract": class.is_abstract,
        "icon": class.icon,
        "family": class.family,
        "hidden": class.hidden,
    })
}
