//! Rules: listed, added, changed, put in order, taken out.

use serde_json::{Value, json};

use super::Error;
use crate::audit::{self, Entry, Object};
use crate::cmdb::class::load_book;
use crate::identification::model::rule::{LABEL_BYTES, Need, Outcome, RULES_MAX, Rule, RuleFault, Veto};
use crate::identification::store::rule as store;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::RuleId;
use crate::store::{Conn, StoreError};

/// A rule as a person writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What people read, in English and in Korean.
    pub label: (String, String),
    /// What must agree.
    pub needs: Vec<Need>,
    /// What speaks against it.
    pub vetoes: Vec<Veto>,
    /// What follows.
    pub outcome: Outcome,
    /// Whether it is asked.
    pub enabled: bool,
}

/// Every rule, by class and in order.
///
/// # Errors
///
/// The database fails.
pub fn list(conn: &mut Conn) -> Result<Vec<Rule>, StoreError> {
    store::list(conn)
}

/// Adds a rule behind the others of its class. The first of a class takes the place of those of its ancestors.
///
/// # Errors
///
/// [`Error::Field`] says what is wrong with it.
pub fn add(conn: &mut Conn, ctx: &Ctx, class: &str, draft: Draft) -> Result<Rule, Error> {
    store::lock(conn)?;
    check(&draft)?;
    if load_book(conn)?.class(class).is_none() {
        return Err(Error::field("class", "unknown", "there is no such class"));
    }
    let of_class: Vec<Rule> = store::list(conn)?.into_iter().filter(|rule| rule.class == class).collect();
    if of_class.len() >= RULES_MAX {
        let (detail, limit) = (format!("more than {RULES_MAX} rules of one class"), i64::try_from(RULES_MAX).ok());
        return Err(Error::Field { field: "class", code: "too_long", detail, limit });
    }
    let position = of_class.iter().map(|rule| rule.position).max().unwrap_or_default().saturating_add(10);
    let Draft { label: (label_en, label_ko), needs, vetoes, outcome, enabled } = draft;
    let (id, class, shipped_name, version) = (ctx.new_id(), class.to_owned(), None, 1);
    let rule = Rule { id, class, shipped_name, position, label_en, label_ko, needs, vetoes, outcome, enabled, version };
    store::insert(conn, &rule)?;
    record(conn, ctx, "identification_rule.created", &rule, json!({ "after": told(&rule) }))?;
    Ok(rule)
}

/// Writes a rule anew.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::Stale`], or [`Error::Field`] for what is wrong with it.
pub fn update(conn: &mut Conn, ctx: &Ctx, (id, version): (RuleId, i32), draft: Draft) -> Result<Rule, Error> {
    check(&draft)?;
    let before = find(conn, id)?;
    if before.version != version {
        return Err(Error::Stale { current: before.version });
    }
    let Draft { label: (label_en, label_ko), needs, vetoes, outcome, enabled } = draft;
    let after = Rule { label_en, label_ko, needs, vetoes, outcome, enabled, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    if !store::update(conn, &after, version)? {
        return Err(Error::Stale { current: version.saturating_add(1) });
    }
    let details = json!({ "before": told(&before), "after": told(&after) });
    record(conn, ctx, "identification_rule.changed", &after, details)?;
    Ok(Rule { version: version.saturating_add(1), ..after })
}

/// Puts the rules of a class in this order.
///
/// # Errors
///
/// [`Error::Field`] if these are not exactly the rules of the class.
pub fn reorder(conn: &mut Conn, ctx: &Ctx, class: &str, order: &[RuleId]) -> Result<Vec<Rule>, Error> {
    store::lock(conn)?;
    let of_class: Vec<Rule> = store::list(conn)?.into_iter().filter(|rule| rule.class == class).collect();
    let there: std::collections::BTreeSet<_> = of_class.iter().map(|rule| rule.id.uuid()).collect();
    let wanted: std::collections::BTreeSet<_> = order.iter().map(RuleId::uuid).collect();
    if there != wanted || order.len() != of_class.len() {
        return Err(Error::field("order", "invalid", "not exactly the rules of this class, each once"));
    }
    for (id, place) in order.iter().zip(1_i32..) {
        store::set_position(conn, *id, place.saturating_mul(10))?;
    }
    let details = json!({ "order": order });
    let object = Object::new("identification_rule", class);
    audit::record(conn, ctx, Entry { action: "identification_rule.reordered", object, details })?;
    Ok(store::list(conn)?.into_iter().filter(|rule| rule.class == class).collect())
}

/// Takes out a rule that people added; a shipped one can be switched off.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::Stale`], or [`Error::State`] for a shipped one.
pub fn delete(conn: &mut Conn, ctx: &Ctx, (id, version): (RuleId, i32)) -> Result<(), Error> {
    store::lock(conn)?;
    let rule = find(conn, id)?;
    if rule.version != version {
        return Err(Error::Stale { current: rule.version });
    }
    if rule.shipped_name.is_some() {
        return Err(Error::State("a shipped rule can be switched off, not deleted"));
    }
    store::delete(conn, id)?;
    record(conn, ctx, "identification_rule.deleted", &rule, json!({ "before": told(&rule) }))
}

fn find(conn: &mut Conn, id: RuleId) -> Result<Rule, Error> {
    store::list(conn)?.into_iter().find(|rule| rule.id == id).ok_or(Error::NotFound)
}

fn check(draft: &Draft) -> Result<(), Error> {
    for (field, text) in [("label.en", &draft.label.0), ("label.ko", &draft.label.1)] {
        if text.trim().is_empty() {
            return Err(Error::field(field, "required", "people read it"));
        }
        if text.len() > LABEL_BYTES {
            let (detail, limit) = (format!("longer than {LABEL_BYTES} bytes"), i64::try_from(LABEL_BYTES).ok());
            return Err(Error::Field { field, code: "too_long", detail, limit });
        }
    }
    let fault = |fault: RuleFault| {
        let field = if fault == RuleFault::Reckless { "vetoes" } else { "needs" };
        Error::field(field, "invalid", fault.to_string())
    };
    Rule::check(&draft.needs, &draft.vetoes, draft.outcome).map_err(fault)
}

fn told(rule: &Rule) -> Value {
    json!({
        "class": rule.class,
        "label": { "en": rule.label_en, "ko": rule.label_ko },
        "needs": rule.needs.iter().map(|need| need.name()).collect::<Vec<_>>(),
        "vetoes": rule.vetoes.iter().map(|veto| veto.name()).collect::<Vec<_>>(),
        "outcome": rule.outcome.name(),
        "enabled": rule.enabled,
    })
}

fn record(conn: &mut Conn, ctx: &Ctx, action: &'static str, rule: &Rule, details: Value) -> Result<(), Error> {
    let object = Object::named("identification_rule", rule.id, rule.label_en.clone());
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}
