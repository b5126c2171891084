//! Runs: what a policy did, and taking it back.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::model::{Policy, PolicyAction};
use super::service;
use super::turn::RUN_MAX;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::detail::Reader;
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row;
use crate::cmdb::item::service::restore_lifecycle;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::value::settle::Settler;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{PolicyId, RunId};
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::{either, storable};
use crate::store::schema::{cmdb_policy_effect as e, cmdb_policy_run as r};
use crate::store::statement::statement;
use crate::store::{Conn, Inconsistent, StoreError};

/// What a policy does within this time is one run.
const TOGETHER: SignedDuration = SignedDuration::from_mins(10);
/// How many runs are told.
const TOLD: i64 = 100;
/// How many items are named that could not be brought back.
const NAMED: usize = 20;

/// What a policy did at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) policy_id: PolicyId,
    pub(super) policy_name: String,
    pub(super) action: PolicyAction,
    pub(super) began_at: Timestamp,
    /// How many items it changed.
    pub(super) items: i32,
    pub(super) undone_at: Option<Timestamp>,
    pub(super) undone_by: Option<String>,
}

impl Run {
    /// Why it cannot be taken back.
    pub(super) fn obstacle(&self) -> Option<&'static str> {
        match self.undone_at {
            _ if !self.action.can_be_undone() => Some("deleted_for_good"),
            Some(_) => Some("already_undone"),
            None => None,
        }
    }
}

/// What became of taking a run back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undone {
    pub(super) run: Run,
    /// How many items are again what they were.
    pub(super) restored: usize,
    /// Items that stay, with why: not all if there are many.
    pub(super) left: Vec<(String, String)>,
}

type Row = ((Key16, Key16, String, String), (At, i32), (Option<At>, Option<String>));
type Columns =
    ((r::id, r::policy_id, r::policy_name, r::action), (r::began_at, r::items), (r::undone_at, r::undone_by));

const COLUMNS: Columns =
    ((r::id, r::policy_id, r::policy_name, r::action), (r::began_at, r::items), (r::undone_at, r::undone_by));

/// The latest runs.
pub(super) fn list(conn: &mut Conn) -> Result<Vec<Run>, StoreError> {
    let rows: Vec<Row> = r::table.order((r::began_at.desc(), r::id)).limit(TOLD).select(COLUMNS).load(conn)?;
    rows.into_iter().map(|row| run(row).map_err(StoreError::from)).collect()
}

/// The run that a policy is in, or a new one.
pub(super) fn open(conn: &mut Conn, ctx: &Ctx, policy: &Policy) -> Result<Run, StoreError> {
    let recently = ctx.now.saturating_sub(TOGETHER).unwrap_or(ctx.now);
    let of_policy = r::policy_id.eq(Key16::from(policy.id)).and(r::action.eq(policy.draft.action.name()));
    let not_full = r::items.lt(i32::try_from(RUN_MAX).unwrap_or(i32::MAX));
    let current = of_policy.and(r::undone_at.is_null()).and(r::began_at.ge(At(recently))).and(not_full);
    let found: Option<Row> =
        r::table.filter(current).order(r::began_at.desc()).select(COLUMNS).first(conn).optional()?;
    if let Some(found) = found {
        return Ok(run(found)?);
    }
    let new = Run {
        id: ctx.new_id(),
        policy_id: policy.id,
        policy_name: policy.draft.name.clone(),
        action: policy.draft.action,
        began_at: ctx.now,
        items: 0,
        undone_at: None,
        undone_by: None,
    };
    diesel::insert_into(r::table)
        .values((
            (r::id.eq(Key16::from(new.id)), r::policy_id.eq(Key16::from(new.policy_id)), r::items.eq(new.items)),
            (r::policy_name.eq(&new.policy_name), r::action.eq(new.action.name()), r::began_at.eq(At(new.began_at))),
        ))
        .execute(conn)?;
    Ok(new)
}

/// Notes what an item was before. Done twice in one run, what it was before the first time stays.
pub(super) fn note(conn: &mut Conn, ctx: &Ctx, run: &Run, key: i32, before: Lifecycle) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_policy_effect (run_id, ci_key, at, before) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (run_id, ci_key) DO UPDATE SET at = excluded.at",
        "INSERT INTO cmdb_policy_effect (run_id, ci_key, at, before) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (run_id, ci_key) DO UPDATE SET at = excluded.at",
    );
    statement(sql)
        .bind::<Uuid16, _>(Key16::from(run.id))
        .bind::<Integer, _>(key)
        .bind::<Instant, _>(At(ctx.now))
        .bind::<Text, _>(before.name())
        .execute(conn)?;
    Ok(())
}

/// Counts what a batch changed, and records it; a run that changed nothing leaves no trace.
pub(super) fn count(conn: &mut Conn, ctx: &Ctx, run: &Run, changed: i32) -> Result<(), StoreError> {
    let of_run = r::table.find(Key16::from(run.id));
    if changed == 0 {
        diesel::delete(of_run.filter(r::items.eq(0))).execute(conn)?;
        return Ok(());
    }
    diesel::update(of_run).set(r::items.eq(r::items + changed)).execute(conn)?;
    let object = Object::named("policy", run.policy_id, run.policy_name.as_str());
    let details = json!({ "run": run.id, "action": run.action.name(), "items": changed });
    audit::record(conn, ctx, Entry { action: "policy.applied", object, details })
}

/// Makes the items of a run what they were, as far as they are still what it made of them.
pub(super) fn undo(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    id: RunId,
    reason: Option<&str>,
) -> Result<Undone, Error> {
    service::open(conn, ctx)?;
    let found: Option<Row> = r::table.find(Key16::from(id)).select(COLUMNS).first(conn).optional()?;
    let run = run(found.ok_or(Error::NotFound)?)?;
    if let Some(why) = run.obstacle() {
        return Err(Error::NotNow { action: "undo", why });
    }
    let reason = checked_reason(reason)?.ok_or_else(|| FieldFault::new("reason", "required", "say why"))?;
    let reader = Reader { ctx, writable: &ctx.scope, freshness, as_of: None };
    let settler = Settler::load(conn, ctx.now)?;
    let effects: Vec<(i32, String)> =
        e::table.filter(e::run_id.eq(Key16::from(id))).order(e::ci_key).select((e::ci_key, e::before)).load(conn)?;
    let (mut restored, mut left) = (0, Vec::new());
    for (key, before) in effects {
        let Some(row) = row::find_by_key(conn, &ctx.scope, key)? else { continue };
        let name = row.name.clone();
        let before: Lifecycle = before.parse().unwrap_or(Lifecycle::UNSAID);
        if Some(row.lifecycle) != run.action.target() || row.survivor_key.is_some() {
            left.push((name, format!("it is {} by now", row.lifecycle)));
            continue;
        }
        match restore_lifecycle(conn, reader, &settler, &row, (before, reason)) {
            Ok(()) => restored += 1,
            Err(error @ Error::Store(_)) => return Err(error),
            Err(refused) => left.push((name, refused.to_string())),
        }
    }
    let by = ctx.actor.name().map(storable);
    diesel::update(r::table.find(Key16::from(id)))
        .set((r::undone_at.eq(Some(At(ctx.now))), r::undone_by.eq(by.as_deref())))
        .execute(conn)?;
    let object = Object::named("policy", run.policy_id, run.policy_name.as_str());
    let details = json!({ "run": run.id, "restored": restored, "left": left.len(), "reason": reason });
    audit::record(conn, ctx, Entry { action: "policy.run_undone", object, details })?;
    left.truncate(NAMED);
    let undone_by = ctx.actor.name().map(str::to_owned);
    Ok(Undone { run: Run { undone_at: Some(ctx.now), undone_by, ..run }, restored, left })
}

fn run(
    ((id, policy_id, policy_name, action), (began_at, items), (undone_at, undone_by)): Row,
) -> Result<Run, Inconsistent> {
    let wrong =
        || Inconsistent { table: "cmdb_policy_run", column: "action", row: id.0.to_string(), value: action.clone() };
    let action = PolicyAction::of_name(&action).ok_or_else(wrong)?;
    Ok(Run {
        id: id.into(),
        policy_id: policy_id.into(),
        policy_name,
        action,
        began_at: began_at.0,
        items,
        undone_at: undone_at.map(Timestamp::from),
        undone_by,
    })
}
