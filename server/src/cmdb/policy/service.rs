//! Keeping policies.

use serde_json::{Value, json};

use super::model::{Draft, Policy};
use super::store::{self, Counts};
use crate::audit::{self, Entry, Object};
use crate::cmdb::class::Obstacle;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::list;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::actor::Actor;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::PolicyId;
use crate::store::Conn;
use crate::store::dialect::transaction_lock;

/// Changes of policies, and what they do, come one after the other.
pub(super) const LOCK: i64 = 0x7465_7272_6965_7214;
/// Most policies there are.
const POLICIES_MAX: usize = 100;

/// What a policy would do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preview {
    /// How many items in the caller's scope match and it can be done to.
    pub(super) matching: i64,
    /// What lists them.
    pub(super) query: String,
}

/// Every policy, with how many items in scope match it.
pub(super) fn list(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<(Policy, Counts)>, Error> {
    let policies = store::list(conn)?;
    let mut counts = store::counts(conn, &ctx.scope, ctx.now)?;
    let counted = |one: Policy| {
        let counts = counts.remove(&one.id).unwrap_or_default();
        (one, counts)
    };
    Ok(policies.into_iter().map(counted).collect())
}

/// Makes a policy.
pub(super) fn create(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, draft: Draft) -> Result<Policy, Error> {
    open(conn, ctx)?;
    if store::list(conn)?.len() >= POLICIES_MAX {
        let limit = i64::try_from(POLICIES_MAX).ok();
        let fault = FieldFault::new("name", "too_long", format!("there are at most {POLICIES_MAX} policies"));
        return Err(FieldFault { limit, ..fault }.into());
    }
    let draft = checked(conn, ctx, freshness, draft, None)?;
    let new = Policy { id: ctx.new_id(), version: 1, shipped_name: None, draft };
    store::insert(conn, &new)?;
    record(conn, ctx, &new, "policy.created", json!({ "after": told(&new.draft) }))?;
    Ok(new)
}

/// Changes one that has this version. If other items are meant or something else is done, their time begins anew.
pub(super) fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    (id, version): (PolicyId, i32),
    change: impl FnOnce(Draft) -> Draft,
) -> Result<Policy, Error> {
    let before = at_version(conn, ctx, id, version)?;
    let draft = checked(conn, ctx, freshness, change(before.draft.clone()), Some(id))?;
    if draft == before.draft {
        return Ok(before);
    }
    let is_other = |of: &Draft| (of.query.clone(), of.action, of.grace_s, of.enabled);
    if is_other(&draft) != is_other(&before.draft) {
        store::forget(conn, id)?;
    }
    if !store::update(conn, id, version, &draft)? {
        return Err(Error::Stale { current: version.wrapping_add(1) });
    }
    let after = Policy { draft, version: version.wrapping_add(1), ..before.clone() };
    let details = json!({ "before": told(&before.draft), "after": told(&after.draft) });
    record(conn, ctx, &after, "policy.changed", details)?;
    Ok(after)
}

/// Deletes one. What it did stays done, and its runs can be taken back still.
pub(super) fn delete(conn: &mut Conn, ctx: &Ctx, id: PolicyId, version: i32) -> Result<(), Error> {
    let found = at_version(conn, ctx, id, version)?;
    if found.shipped_name.is_some() {
        return Err(Obstacle::Shipped.into());
    }
    store::delete(conn, id)?;
    record(conn, ctx, &found, "policy.deleted", json!({ "before": told(&found.draft) }))
}

/// What a policy would do to the items in the caller's scope. Writes nothing.
pub(super) fn preview(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, draft: Draft) -> Result<Preview, Error> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    let reader = as_policy(ctx, &draft);
    let matching = list::count(conn, &reader, freshness, &draft.filter()).map_err(of_query)?;
    Ok(Preview { matching, query: draft.action.whole_query(&draft.query) })
}

/// The policy acting, which knows of saved searches only what is shared.
pub(super) fn as_policy(ctx: &Ctx, draft: &Draft) -> Ctx {
    ctx.clone().acting_as(Actor::Policy { name: draft.name.clone() })
}

fn checked(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    draft: Draft,
    id: Option<PolicyId>,
) -> Result<Draft, Error> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    if store::is_taken(conn, &draft.name, id)? {
        return Err(FieldFault::new("name", "taken", "another policy has this name").into());
    }
    list::count(conn, &as_policy(ctx, &draft), freshness, &draft.filter()).map_err(of_query)?;
    Ok(draft)
}

/// The query of a policy is its field.
fn of_query(error: Error) -> Error {
    match error {
        Error::Invalid(faults) => {
            Error::Invalid(faults.into_iter().map(|fault| FieldFault { field: "query".to_owned(), ..fault }).collect())
        }
        other => other,
    }
}

/// Policies hold everywhere.
pub(super) fn open(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    if ctx.scope.organisations().is_some() {
        return Err(Error::NotEverywhere);
    }
    Ok(transaction_lock(conn, LOCK)?)
}

fn at_version(conn: &mut Conn, ctx: &Ctx, id: PolicyId, version: i32) -> Result<Policy, Error> {
    open(conn, ctx)?;
    let found = store::find(conn, id)?.ok_or(Error::NotFound)?;
    if found.version == version { Ok(found) } else { Err(Error::Stale { current: found.version }) }
}

fn record(conn: &mut Conn, ctx: &Ctx, one: &Policy, action: &'static str, details: Value) -> Result<(), Error> {
    let object = Object::named("policy", one.id, one.draft.name.as_str());
    Ok(audit::record(conn, ctx, Entry { action, object, details })?)
}

fn told(draft: &Draft) -> Value {
    json!({
        "name": draft.name,
        "query": draft.query,
        "action": draft.action.name(),
        "grace_s": draft.grace_s,
        "renew_s": draft.renew_s,
        "enabled": draft.enabled,
    })
}
