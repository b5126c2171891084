//! Defining attributes, and what their values must be like.

use serde_json::{Value, json};

use super::command::{AttributeChange, NewAttribute, Said};
use super::obstacle::Obstacle;
use super::service::{at_version, open, record, refused};
use super::{usage, write};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::inheritance;
use crate::cmdb::model::attribute::{Attribute, Origin};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::definition::{self, Faults};
use crate::cmdb::model::rules::Rules;
use crate::cmdb::model::value::AttributeType;
use crate::kernel::ctx::Ctx;
use crate::store::Conn;

/// Adds an attribute to a class.
pub(super) fn create(conn: &mut Conn, ctx: &Ctx, class: &str, version: i32, new: NewAttribute) -> Result<(), Error> {
    let book = open(conn, ctx)?;
    at_version(&book, class, version)?;
    let rules = new.rules;
    let mut attribute = Attribute {
        id: 0,
        class: class.to_owned(),
        name: new.name,
        kind: kind(&new.kind)?,
        unit: new.unit,
        label: new.label,
        choices: new.choices,
        target: new.target,
        origin: Origin::Added,
        hidden: false,
        passed_on: new.passed_on,
    };
    let mut faults = Faults::default();
    definition::attribute(&book, &attribute, true, &mut faults);
    definition::rules(&book, class, &attribute, &rules, &mut faults);
    faults.judge().map_err(Error::Invalid)?;
    attribute.id = write::insert_attribute(conn, &attribute)?;
    write::put_rules(conn, class, attribute.id, &rules)?;
    write::bump(conn, class)?;
    record(conn, ctx, "class.attribute_created", class, json!({ "after": told(&attribute, Some(&rules)) }))
}

/// Whether a value that was fine may no longer be, or the other way round: what it is called and where it is offered is
/// no matter of that.
fn is_judged_otherwise(before: (&Attribute, &Rules), after: (&Attribute, &Rules)) -> bool {
    let judged =
        |one: &Attribute| (one.kind, one.choices.iter().map(|choice| choice.value.clone()).collect::<Vec<_>>());
    judged(before.0) != judged(after.0) || before.1 != after.1
}

/// Changes an attribute of a class; of an inherited one, only what its values must be like in this class.
pub(super) fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    (class, name): (&str, &str),
    version: i32,
    change: AttributeChange,
) -> Result<(), Error> {
    let book = open(conn, ctx)?;
    at_version(&book, class, version)?;
    let before = book.attribute(class, name).ok_or(Error::NotFound)?;
    let before_rules = book.added_rules(class, before.id).cloned().unwrap_or_default();
    let mut faults = Faults::default();
    let after = changed(conn, &book, class, before, &change, &mut faults)?;
    let rules = change.rules.unwrap_or_else(|| before_rules.clone());
    definition::attribute(&book, &after, false, &mut faults);
    definition::rules(&book, class, &after, &rules, &mut faults);
    faults.judge().map_err(Error::Invalid)?;
    if after == *before && rules == before_rules && !change.label.is_something() {
        return Ok(());
    }
    if after != *before {
        write::update_attribute(conn, &after)?;
    }
    if change.label.is_something() {
        write::label_attribute(conn, before.id, change.label.after(None).as_ref())?;
    }
    write::put_rules(conn, class, before.id, &rules)?;
    if before.passed_on != after.passed_on
        || (after.passed_on && is_judged_otherwise((before, &before_rules), (&after, &rules)))
    {
        inheritance::look_at_everything(conn)?;
    }
    write::bump(conn, class)?;
    let details = json!({ "before": told(before, Some(&before_rules)), "after": told(&after, Some(&rules)) });
    record(conn, ctx, "class.attribute_changed", class, details)
}

fn changed(
    conn: &mut Conn,
    book: &ClassBook,
    class: &str,
    before: &Attribute,
    change: &AttributeChange,
    faults: &mut Faults,
) -> Result<Attribute, Error> {
    let mut after = before.clone();
    let fixed = [
        ("type", change.kind.is_some()),
        ("unit", change.unit.is_something()),
        ("values", change.choices.is_some()),
        ("target", change.target.is_something()),
    ];
    let other = [
        ("label", change.label.is_something()),
        ("hidden", change.hidden.is_some()),
        ("passed_on", change.passed_on.is_some()),
    ];
    let is_inherited = before.class != class;
    for (field, is_said) in fixed.into_iter().chain(other) {
        let is_fixed = !matches!(field, "label" | "hidden" | "passed_on");
        if is_said && is_inherited {
            faults.note(field, "inherited", format!("change it in `{}`", before.class));
        } else if is_said && is_fixed && before.origin == Origin::Shipped {
            faults.note(field, "shipped", "it comes with the program");
        }
    }
    match &change.label {
        Said::This(label) => after.label.clone_from(label),
        Said::Gone if before.origin == Origin::Added => faults.note("label", "required", "it has no other label"),
        _ => {}
    }
    if change.hidden == Some(true) && before.is_decided() {
        faults.note("hidden", "invalid", "every item has it");
    }
    after.hidden = change.hidden.unwrap_or(before.hidden);
    after.passed_on = change.passed_on.unwrap_or(before.passed_on);
    after.unit = change.unit.clone().after(before.unit.clone());
    after.target = change.target.clone().after(before.target.clone());
    after.choices = change.choices.clone().unwrap_or_else(|| before.choices.clone());
    if let Some(text) = &change.kind {
        after.kind = kind(text)?;
    }
    keep_values(conn, book, before, &after, faults)?;
    Ok(after)
}

/// What has values keeps its type, its target and the choices that were made.
fn keep_values(
    conn: &mut Conn,
    book: &ClassBook,
    before: &Attribute,
    after: &Attribute,
    faults: &mut Faults,
) -> Result<(), Error> {
    let classes = usage::family(book, &before.class);
    let retyped = (before.kind, &before.target) != (after.kind, &after.target);
    if retyped && !usage::with_values(conn, &classes, &[before.id])?.is_empty() {
        let field = if before.kind == after.kind { "target" } else { "type" };
        faults.note(field, "has_values", Obstacle::HasValues.to_string());
    }
    let stays = |value: &str| after.choices.iter().any(|one| one.value == value);
    let dropped = before.choices.iter().filter(|one| !stays(&one.value));
    let dropped: Vec<String> = dropped.map(|one| Value::from(one.value.as_str()).to_string()).collect();
    if after.kind == AttributeType::Enum && !dropped.is_empty() && usage::has_value(conn, &classes, before.id, dropped)?
    {
        faults.note("values", "has_values", "items have one of the values that would go");
    }
    Ok(())
}

/// Takes an attribute away that no item has or had a value of.
pub(super) fn delete(conn: &mut Conn, ctx: &Ctx, (class, name): (&str, &str), version: i32) -> Result<(), Error> {
    let book = open(conn, ctx)?;
    at_version(&book, class, version)?;
    let attribute = book.own_attributes(class).find(|one| one.name == name).ok_or(Error::NotFound)?;
    let used = usage::with_values(conn, &usage::family(&book, class), &[attribute.id])?;
    if let Some(obstacle) = obstacle(&book, attribute, !used.is_empty()) {
        return Err(Error::Obstacle(obstacle));
    }
    write::delete_attribute(conn, attribute.id).map_err(|error| refused(error, Obstacle::HasValues))?;
    write::bump(conn, class)?;
    record(conn, ctx, "class.attribute_deleted", class, json!({ "before": told(attribute, None) }))
}

/// What stands in the way of taking an attribute away.
pub(super) fn obstacle(book: &ClassBook, attribute: &Attribute, has_values: bool) -> Option<Obstacle> {
    let names_it = |rules: &Rules| rules.required_if.iter().any(|one| one.attribute == attribute.name);
    if attribute.origin == Origin::Shipped {
        Some(Obstacle::Shipped)
    } else if has_values {
        Some(Obstacle::HasValues)
    } else {
        let mut related = book.constraints().filter(|one| book.is_a(&one.class, &attribute.class));
        related.any(|one| one.attribute_id != attribute.id && names_it(&one.rules)).then_some(Obstacle::Named)
    }
}

fn kind(text: &str) -> Result<AttributeType, Error> {
    let names = || AttributeType::ALL.map(AttributeType::name).join(", ");
    text.parse().map_err(|_unknown| FieldFault::new("type", "unknown", format!("one of: {}", names())).into())
}

fn told(attribute: &Attribute, rules: Option<&Rules>) -> Value {
    json!({
        "attribute": attribute.name,
        "type": attribute.kind.name(),
        "label": attribute.label,
        "unit": attribute.unit,
        "values": attribute.choices.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(),
        "target": attribute.target,
        "hidden": attribute.hidden,
        "passed_on": attribute.passed_on,
        "rules": rules,
    })
}
