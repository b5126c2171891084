//! Giving a reporter a CI of its own, and taking that back.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::parting::Parting;
use super::reporters::{self, Reporting};
use super::share::Share;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::item::summary::Reference;
use crate::cmdb::merge::records::Records;
use crate::cmdb::merge::service::{self as merge, MergeCommand};
use crate::cmdb::model::attribute::Label;
use crate::cmdb::observed::revision;
use crate::cmdb::unique;
use crate::cmdb::value::settle::Settler;
use crate::identification::proposal::{self, Proposal, State};
use crate::identification::split::{self as journal, Split};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{CiId, OrganisationId, SplitId};
use crate::reconcile::load::Vocabulary;
use crate::reconcile::task::APPLY_LOCK;
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, StoreError};

/// A reporter that is to be given a CI of its own.
#[derive(Debug, Clone)]
pub(super) struct SplitCommand {
    /// The CI that it reports of.
    pub(super) ci: CiId,
    /// The agent's id, or that of the device.
    pub(super) reporter: Uuid,
    /// Why.
    pub(super) reason: Option<String>,
}

/// Who reports of a CI, and who was parted from it or given it.
#[derive(Debug, Clone)]
pub(super) struct Overview {
    /// Whose the CI is.
    pub(super) organisation: OrganisationId,
    /// Who reports.
    pub(super) reporters: Vec<Reporting>,
    /// Who was parted, newest first.
    pub(super) splits: Vec<Parted>,
}

/// A split with its two CIs.
#[derive(Debug, Clone)]
pub(super) struct Parted {
    /// The split.
    pub(super) split: Split,
    /// What the reporter reported of before.
    pub(super) original: Reference,
    /// What it reports of since.
    pub(super) separate: Reference,
    /// Whether they are one again.
    pub(super) is_one: bool,
}

/// Who reports of a CI in the caller's scope.
pub(super) fn overview(conn: &mut Conn, ctx: &Ctx, id: CiId) -> Result<Overview, Error> {
    let item = row::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    let records = Records::of(conn, &[item.key], None)?.keys();
    let splits = journal::list_of(conn, &records)?;
    let organisation = item.organisation_id;
    Ok(Overview { organisation, reporters: reporters::list(conn, &item)?, splits: parted(conn, ctx, splits)? })
}

/// Gives a reporter a CI of its own.
pub(super) fn split(conn: &mut Conn, ctx: &Ctx, command: &SplitCommand) -> Result<Parted, Error> {
    let reason = checked_reason(command.reason.as_deref())?;
    transaction_lock(conn, APPLY_LOCK)?;
    let vocabulary = Vocabulary::load(conn)?;
    if vocabulary.has_unique() {
        unique::lock(conn)?;
    }
    let original = row::find(conn, &ctx.scope, command.ci)?.ok_or(Error::NotFound)?;
    let all = reporters::list(conn, &original)?;
    let who = all.iter().find(|one| one.id == command.reporter);
    let who = who.ok_or_else(|| FieldFault::new("reporter", "unknown", "it does not report of this item"))?;
    if let Some(obstacle) = who.obstacle {
        return Err(Error::NotNow { action: "split", why: obstacle.name() });
    }
    let share = Share::load(conn, (ctx, &vocabulary), &original, (who, &all))?;
    let settler = Settler::load(conn, ctx.now)?;
    let (revision, at) = revision::insert_by_person(conn, ctx, original.key, reason)?;
    let separate_key =
        Parting { conn: &mut *conn, ctx, settler, original: &original, who, revision, at, reason }.carry_out(&share)?;
    let split = Split {
        id: ctx.new_id(),
        original_key: original.key,
        separate_key,
        source: who.source.to_string(),
        reporter_name: who.name.clone(),
        at,
        actor_name: ctx.actor.name().map(str::to_owned),
        reason: reason.map(str::to_owned),
    };
    journal::insert(conn, &split)?;
    answer(conn, ctx, (&split, &original), (State::Different, reason))?;
    let parted = parted(conn, ctx, vec![split])?.pop().ok_or(Error::NotFound)?;
    let details = json!({ "split_id": parted.split.id, "reporter": { "id": who.id, "source": who.source.as_str(), "name": who.name },
        "separate": { "id": parted.separate.id, "name": parted.separate.name }, "reason": reason });
    let object = Object::named("ci", original.id, original.name.clone());
    audit::record(conn, ctx, Entry { action: "ci.split", object, details })?;
    Ok(parted)
}

/// Takes a split back: the two are one.
pub(super) fn undo(conn: &mut Conn, ctx: &Ctx, id: SplitId, reason: Option<&str>) -> Result<Parted, Error> {
    let split = journal::find(conn, id)?.ok_or(Error::NotFound)?;
    let found = parted(conn, ctx, vec![split.clone()])?.pop().ok_or(Error::NotFound)?;
    if found.is_one {
        return Err(FieldFault::new("id", "conflict", "they are one again already").into());
    }
    let (survivor, merged) = (found.original.id, found.separate.id);
    merge::merge(conn, ctx, &MergeCommand { survivor, merged, reason: reason.map(str::to_owned) })?;
    let original = row::find(conn, &ctx.scope, survivor)?.ok_or(Error::NotFound)?;
    answer(conn, ctx, (&split, &original), (State::Same, checked_reason(reason)?))?;
    parted(conn, ctx, vec![split])?.pop().ok_or(Error::NotFound)
}

/// That the two are one or are not is settled: nobody is to be asked.
fn answer(
    conn: &mut Conn,
    ctx: &Ctx,
    (split, original): (&Split, &CiRow),
    (state, reason): (State, Option<&str>),
) -> Result<(), StoreError> {
    let pair = (split.separate_key, split.original_key);
    let asked = if let Some(asked) = proposal::find_pair(conn, pair.0, pair.1)? {
        asked
    } else {
        let new = question(ctx, split, original);
        proposal::insert(conn, &new)?;
        new
    };
    let said = (ctx.now, ctx.actor.name(), reason);
    proposal::decide(conn, (asked.id, asked.version), state, said)?;
    Ok(())
}

fn question(ctx: &Ctx, split: &Split, original: &CiRow) -> Proposal {
    Proposal {
        id: ctx.new_id(),
        organisation: original.organisation_id,
        newer_key: split.separate_key,
        older_key: split.original_key,
        rule: Label { en: "Parted by a person".to_owned(), ko: "사람이 분리함".to_owned() },
        veto: None,
        state: State::Open,
        created_at: ctx.now,
        decided_at: None,
        decided_by: None,
        note: None,
        version: 1,
    }
}

/// These splits with their CIs, as far as both are in scope.
fn parted(conn: &mut Conn, ctx: &Ctx, splits: Vec<Split>) -> Result<Vec<Parted>, StoreError> {
    let keys: Vec<i32> = splits.iter().flat_map(|one| [one.original_key, one.separate_key]).collect();
    let named: BTreeMap<i32, Reference> = row::named(conn, &ctx.scope, keys.clone())?;
    let records = Records::with(conn, &keys)?;
    let both = |split: Split| {
        let (original, separate) = (named.get(&split.original_key)?.clone(), named.get(&split.separate_key)?.clone());
        let is_one = records.item_of(split.original_key) == records.item_of(split.separate_key);
        Some(Parted { split, original, separate, is_one })
    };
    Ok(splits.into_iter().filter_map(both).collect())
}
