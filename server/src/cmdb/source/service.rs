//! Adding and changing sources, setting orders, dropping what a source says.

use jiff::SignedDuration;
use serde_json::json;

use super::drop::Drop;
pub use super::drop::Dropped;
use super::preview::{self, Concerned};
pub use super::preview::{Example, Mode, Preview};
use super::store;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row;
use crate::cmdb::model::attribute::Label;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::order::{Orders, Subject};
use crate::cmdb::model::source::{DISTINCT_BYTES, Source, SourceKind, SourceName};
use crate::cmdb::shipped;
use crate::cmdb::value::settle::Settler;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::CiId;
use crate::store::Conn;

/// Longest label in bytes.
const LABEL_BYTES: usize = 256;
/// Most sources there are.
const SOURCES_MAX: usize = 100;
/// The longest time after which statements count as stale.
const STALE_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);

/// A source as it was written.
#[derive(Debug)]
pub struct NewSource {
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: String,
    /// As it is shown.
    pub label: Label,
    /// Seconds after which what it has not confirmed counts as stale.
    pub stale_after_s: Option<i64>,
}

/// What changes of a source.
#[derive(Debug, Default)]
pub struct SourceChange {
    /// As it is shown.
    pub label: Option<Label>,
    /// Whether what it says may be shown.
    pub enabled: Option<bool>,
    /// After how long what it has not confirmed counts as stale.
    pub stale_after: Option<StaleAfter>,
}

/// After how long something counts as stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleAfter {
    /// It does not.
    Never,
    /// After so many seconds.
    Seconds(i64),
}

/// An order as it was written.
#[derive(Debug)]
pub struct OrderCommand {
    /// For what.
    pub subject: Subject,
    /// Most believed first.
    pub sources: Vec<String>,
}

/// Every source.
pub fn list(conn: &mut Conn) -> Result<Vec<Source>, Error> {
    Ok(store::list(conn)?.into_values().collect())
}

/// Every order.
pub fn list_orders(conn: &mut Conn) -> Result<Orders, Error> {
    Ok(store::list_orders(conn)?)
}

/// Adds a source.
pub fn add(conn: &mut Conn, ctx: &Ctx, new: NewSource) -> Result<Source, Error> {
    let name: SourceName = new.name.parse().map_err(|error| FieldFault::new("name", "invalid", format!("{error}")))?;
    let kind: SourceKind = new.kind.parse().map_err(|error| FieldFault::new("kind", "unknown", format!("{error}")))?;
    if !kind.can_be_added() {
        return Err(FieldFault::new("kind", "invalid", "there is one source of this kind already").into());
    }
    check_label(&new.label)?;
    let there = store::list(conn)?;
    if there.len() >= SOURCES_MAX {
        return Err(FieldFault {
            limit: i64::try_from(SOURCES_MAX).ok(),
            ..FieldFault::new("name", "too_long", "too many sources")
        }
        .into());
    }
    let beginning = |name: &SourceName| name.as_str().chars().take(DISTINCT_BYTES).collect::<String>();
    let is_taken = name == SourceName::PIN || there.keys().any(|one| beginning(one) == beginning(&name));
    if is_taken {
        let detail = format!("a source whose name begins with the same {DISTINCT_BYTES} letters is there already");
        return Err(FieldFault::new("name", "taken", detail).into());
    }
    let stale_after = stale_after(new.stale_after_s)?;
    let source = Source { name, kind, label: new.label, enabled: true, stale_after, version: 1 };
    store::insert(conn, &source)?;
    record(conn, ctx, "source.added", &source, json!({ "after": told(&source) }))?;
    Ok(source)
}

/// Changes a source and settles what is shown, or tells what would change.
pub fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    (name, version): (&str, i32),
    change: SourceChange,
    mode: Mode,
) -> Result<(Source, Preview), Error> {
    let mut settler = Settler::load(conn, ctx.now)?;
    let before = find(&settler, name)?;
    if before.version != version {
        return Err(Error::Stale { current: before.version });
    }
    let mut after = before.clone();
    if let Some(label) = change.label {
        check_label(&label)?;
        after.label = label;
    }
    match change.stale_after {
        None => {}
        Some(StaleAfter::Never) => after.stale_after = None,
        Some(StaleAfter::Seconds(seconds)) => after.stale_after = stale_after(Some(seconds))?,
    }
    after.enabled = change.enabled.unwrap_or(after.enabled);
    check_builtin(&before, &after)?;
    if after == before {
        return Ok((before, Preview::default()));
    }
    after.version = version.saturating_add(1);
    settler.rules.sources.insert(after.name.clone(), after.clone());
    let concerned =
        if before.enabled && !after.enabled { Concerned::Of(&before.name) } else { Concerned::Contested(None) };
    let preview = preview::sweep(conn, &settler, &ctx.scope, concerned, mode)?;
    if mode == Mode::Preview {
        return Ok((before, preview));
    }
    if !store::update(conn, &after)? {
        return Err(Error::Stale { current: after.version });
    }
    let details = json!({ "before": told(&before), "after": told(&after), "changed": preview.changed });
    record(conn, ctx, "source.changed", &after, details)?;
    Ok((after, preview))
}

/// Sets an order and settles what is shown, or tells what would change.
pub fn put_order(conn: &mut Conn, ctx: &Ctx, command: &OrderCommand, mode: Mode) -> Result<Preview, Error> {
    let mut settler = Settler::load(conn, ctx.now)?;
    check_subject(&settler.book, &command.subject)?;
    let sources = check_order(&settler, &command.sources)?;
    let before = settler.rules.orders.get(&command.subject).map(<[_]>::to_vec);
    settler.rules.orders = std::mem::take(&mut settler.rules.orders).with(command.subject.clone(), sources.clone());
    let preview = sweep_order(conn, ctx, &settler, &command.subject, mode)?;
    if mode == Mode::Apply && before.as_ref() != Some(&sources) {
        store::put_order(conn, &command.subject, &sources)?;
        let details =
            json!({ "before": names(before.as_deref()), "after": names(Some(&sources)), "changed": preview.changed });
        record_order(conn, ctx, "source_order.set", &command.subject, details)?;
    }
    Ok(preview)
}

/// Takes an order away: what it was for is ordered as it is shipped, or as what is around it.
pub fn remove_order(conn: &mut Conn, ctx: &Ctx, subject: &Subject, mode: Mode) -> Result<Preview, Error> {
    let mut settler = Settler::load(conn, ctx.now)?;
    let before = settler.rules.orders.get(subject).map(<[_]>::to_vec).ok_or(Error::NotFound)?;
    let shipped = shipped::order(subject).ok().flatten();
    let orders = std::mem::take(&mut settler.rules.orders);
    settler.rules.orders = match shipped.clone() {
        Some(sources) => orders.with(subject.clone(), sources),
        None => orders.without(subject),
    };
    let preview = sweep_order(conn, ctx, &settler, subject, mode)?;
    if mode == Mode::Apply {
        match &shipped {
            Some(sources) => store::put_order(conn, subject, sources)?,
            None => drop(store::delete_order(conn, subject)?),
        }
        let details =
            json!({ "before": names(Some(&before)), "after": names(shipped.as_deref()), "changed": preview.changed });
        record_order(conn, ctx, "source_order.removed", subject, details)?;
    }
    Ok(preview)
}

/// Ends what a source says of an item and of what is under it, or tells what would change.
pub fn drop_from_item(
    conn: &mut Conn,
    ctx: &Ctx,
    (id, source): (CiId, &str),
    reason: Option<&str>,
    mode: Mode,
) -> Result<Dropped, Error> {
    let row = row::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    let (settler, reason) = (Settler::load(conn, ctx.now)?, needed(reason, mode)?);
    let source = find_droppable(&settler, source)?;
    let dropping = Drop { ctx, source: &source.name, reason, mode };
    let dropped = dropping.of_item(conn, &settler, row.key)?;
    if mode == Mode::Apply && dropped.statements > 0 {
        let details = json!({ "source": source.name.as_str(), "statements": dropped.statements,
            "changed": dropped.preview.changed, "reason": reason });
        let object = Object::named("ci", id, row.name);
        audit::record(conn, ctx, Entry { action: "ci.source_dropped", object, details })?;
    }
    Ok(dropped)
}

/// Ends everything a source says, or tells what would change.
pub fn drop_everywhere(
    conn: &mut Conn,
    ctx: &Ctx,
    source: &str,
    reason: Option<&str>,
    mode: Mode,
) -> Result<Dropped, Error> {
    let (settler, reason) = (Settler::load(conn, ctx.now)?, needed(reason, mode)?);
    let source = find_droppable(&settler, source)?;
    if source.kind == SourceKind::Person {
        return Err(FieldFault::new("source", "invalid", "what people say is withdrawn item by item").into());
    }
    let dropped = Drop { ctx, source: &source.name, reason, mode }.everywhere(conn, &settler)?;
    if mode == Mode::Apply && dropped.statements > 0 {
        let details = json!({ "statements": dropped.statements, "items": dropped.items,
            "changed": dropped.preview.changed, "reason": reason });
        record(conn, ctx, "source.dropped", &source, details)?;
    }
    Ok(dropped)
}

fn needed(reason: Option<&str>, mode: Mode) -> Result<Option<&str>, Error> {
    match checked_reason(reason)? {
        None if mode == Mode::Apply => Err(FieldFault::new("reason", "required", "say why it is dropped").into()),
        reason => Ok(reason),
    }
}

fn find(settler: &Settler, name: &str) -> Result<Source, Error> {
    let name: SourceName = name.parse().map_err(|_no_name| Error::NotFound)?;
    settler.rules.sources.get(&name).cloned().ok_or(Error::NotFound)
}

/// What is inherited follows from what contains an item, and would be there again at once.
fn find_droppable(settler: &Settler, name: &str) -> Result<Source, Error> {
    let source = find(settler, name)?;
    if source.kind == SourceKind::Inherited {
        return Err(FieldFault::new("source", "invalid", "it follows from what contains the item").into());
    }
    Ok(source)
}

fn sweep_order(conn: &mut Conn, ctx: &Ctx, settler: &Settler, subject: &Subject, mode: Mode) -> Result<Preview, Error> {
    let ids: Option<Vec<i32>> = subject
        .attribute
        .as_deref()
        .map(|name| settler.book.attributes_named(name).map(|attribute| attribute.id).collect());
    Ok(preview::sweep(conn, settler, &ctx.scope, Concerned::Contested(ids.as_deref()), mode)?)
}

fn check_subject(book: &ClassBook, subject: &Subject) -> Result<(), Error> {
    if book.class(&subject.class).is_none() {
        return Err(FieldFault::new("class", "unknown", "there is no such class").into());
    }
    match &subject.attribute {
        Some(name) if book.attribute(&subject.class, name).is_none() => {
            Err(FieldFault::new("attribute", "unknown", format!("`{}` has no such attribute", subject.class)).into())
        }
        _ => Ok(()),
    }
}

fn check_order(settler: &Settler, written: &[String]) -> Result<Vec<SourceName>, Error> {
    let mut sources: Vec<SourceName> = Vec::with_capacity(written.len().min(SOURCES_MAX));
    for text in written {
        let known = text.parse().ok().filter(|name| settler.rules.sources.contains_key(name));
        let name: SourceName = known.ok_or_else(|| FieldFault::new("sources", "unknown", "there is no such source"))?;
        if settler.rules.sources.get(&name).is_some_and(|source| !source.kind.can_be_ordered()) {
            let detail = format!("`{name}` is shown where nobody else says anything");
            return Err(FieldFault::new("sources", "invalid", detail).into());
        }
        if sources.contains(&name) {
            return Err(FieldFault::new("sources", "invalid", format!("`{name}` is named twice")).into());
        }
        sources.push(name);
    }
    if sources.is_empty() {
        return Err(FieldFault::new("sources", "required", "name one at least").into());
    }
    Ok(sources)
}

fn check_label(label: &Label) -> Result<(), Error> {
    for (field, text) in [("label.en", &label.en), ("label.ko", &label.ko)] {
        if text.trim().is_empty() {
            return Err(FieldFault::new(field, "required", "empty").into());
        }
        if text.len() > LABEL_BYTES {
            let limit = i64::try_from(LABEL_BYTES).ok();
            let detail = format!("longer than {LABEL_BYTES} bytes");
            return Err(FieldFault { limit, ..FieldFault::new(field, "too_long", detail) }.into());
        }
    }
    Ok(())
}

fn stale_after(seconds: Option<i64>) -> Result<Option<SignedDuration>, Error> {
    let Some(seconds) = seconds else { return Ok(None) };
    let duration = SignedDuration::from_secs(seconds);
    if seconds < 60 || duration > STALE_AFTER_MAX {
        let limit = Some(STALE_AFTER_MAX.as_secs());
        let detail = format!("not within 60 to {} seconds", STALE_AFTER_MAX.as_secs());
        return Err(FieldFault { limit, ..FieldFault::new("stale_after_s", "out_of_range", detail) }.into());
    }
    Ok(Some(duration))
}

/// People are always heard, and what they say does not go stale; our own agents are always heard.
fn check_builtin(before: &Source, after: &Source) -> Result<(), Error> {
    if !before.kind.can_be_disabled() && !after.enabled {
        return Err(FieldFault::new("enabled", "invalid", "this source is always heard").into());
    }
    if !before.kind.can_go_stale() && after.stale_after.is_some() {
        return Err(FieldFault::new("stale_after_s", "invalid", "what this source says never goes stale").into());
    }
    Ok(())
}

fn names(sources: Option<&[SourceName]>) -> Option<Vec<&str>> {
    sources.map(|sources| sources.iter().map(SourceName::as_str).collect())
}

fn told(source: &Source) -> serde_json::Value {
    json!({ "label": { "en": source.label.en, "ko": source.label.ko }, "enabled": source.enabled,
        "stale_after_s": source.stale_after.map(|duration| duration.as_secs()), "kind": source.kind.name() })
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    source: &Source,
    details: serde_json::Value,
) -> Result<(), Error> {
    let object = Object::named("source", source.name.as_str(), source.label.en.clone());
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}

fn record_order(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    subject: &Subject,
    details: serde_json::Value,
) -> Result<(), Error> {
    let id = format!("{}/{}", subject.class, subject.attribute.as_deref().unwrap_or("*"));
    Ok(audit::record(conn, ctx, Entry { action, object: Object::new("source_order", id), details })?)
}
