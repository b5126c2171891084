//! Taking baselines, and taking what differs as expected.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::drift::{Drift, Look, found};
use super::model::{Acceptance, Accepted, Baseline, Draft, NAMED_MAX, Set, too_long};
use super::store;
use crate::audit::{self, Entry, Object};
use crate::cmdb::compare::model::{Change, Topic};
use crate::cmdb::compare::report;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::organisation::load_tree;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{AcceptanceId, BaselineId, CiId, OrganisationId};
use crate::store::Conn;

/// Most differences that are accepted one by one.
const ACCEPTED_MAX: usize = 1_000;

/// Who keeps baselines, in the scope of the permission for it.
#[derive(Clone, Copy)]
pub(super) struct Keeper<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) freshness: Freshness,
}

/// A baseline to be.
#[derive(Debug)]
pub(super) struct Taking {
    pub(super) draft: Draft,
    pub(super) set: Set,
    /// Now unless said.
    pub(super) at: Option<Timestamp>,
    pub(super) organisation: Option<OrganisationId>,
}

/// What is taken as expected.
#[derive(Debug)]
pub(super) struct Accepting {
    /// As it was then; now unless said.
    pub(super) at: Option<Timestamp>,
    pub(super) reason: String,
    /// Of which items, and what of them; all there is unless said.
    pub(super) only: Option<Vec<(CiId, Option<Topic>)>>,
}

impl Keeper<'_> {
    /// Takes a baseline.
    pub(super) fn take(self, conn: &mut Conn, taking: Taking) -> Result<Baseline, Error> {
        store::lock(conn)?;
        let (ctx, Draft { name, note }) = (self.ctx, taking.draft.checked()?);
        let organisation = self.organisation(conn, taking.organisation)?;
        is_free(conn, organisation, &name, None)?;
        let taken_at = taking.at.unwrap_or(ctx.now);
        if taken_at > ctx.now {
            return Err(FieldFault::new("as_of", "invalid", "it lies in the future").into());
        }
        let look = self.look(taken_at);
        let (rows, filter) = match taking.set {
            Set::Found(filter) => (found(conn, look, &filter)?, Some(filter)),
            Set::Named(ids) => (named(conn, look, &ids)?, None),
        };
        if rows.is_empty() {
            return Err(FieldFault::new("filter", "required", "no item is in the set").into());
        }
        let members: BTreeSet<i32> = rows.iter().map(|row| row.key).collect();
        let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
        let created_by = ctx.actor.name().map(str::to_owned);
        let (key, id, created_at) = (0, ctx.new_id(), ctx.now);
        let new = Baseline {
            key,
            id,
            organisation,
            name,
            note,
            filter,
            taken_at,
            created_by,
            created_at,
            version: 1,
            members: count,
        };
        store::insert(conn, &new, &members)?;
        self.record(conn, &new, "baseline.taken", json!({ "after": told(&new) }))?;
        Ok(new)
    }

    /// Renames one that has this version, or says something else about it.
    pub(super) fn change(
        self,
        conn: &mut Conn,
        (id, version): (BaselineId, i32),
        change: impl FnOnce(Draft) -> Draft,
    ) -> Result<Baseline, Error> {
        store::lock(conn)?;
        let before = self.find(conn, id)?;
        if before.version != version {
            return Err(Error::Stale { current: before.version });
        }
        let draft = change(Draft { name: before.name.clone(), note: before.note.clone() }).checked()?;
        is_free(conn, before.organisation, &draft.name, Some(before.key))?;
        if !store::update(conn, (before.key, version), &draft)? {
            return Err(Error::Stale { current: version.wrapping_add(1) });
        }
        let after = Baseline { name: draft.name, note: draft.note, version: version.wrapping_add(1), ..before.clone() };
        let details = json!({ "before": told(&before), "after": told(&after) });
        self.record(conn, &after, "baseline.changed", details)?;
        Ok(after)
    }

    /// Deletes one.
    pub(super) fn delete(self, conn: &mut Conn, id: BaselineId) -> Result<(), Error> {
        store::lock(conn)?;
        let found = self.find(conn, id)?;
        store::delete(conn, found.key)?;
        self.record(conn, &found, "baseline.deleted", json!({ "before": told(&found) }))
    }

    /// Takes what differs as expected.
    pub(super) fn accept(self, conn: &mut Conn, id: BaselineId, accepting: &Accepting) -> Result<Acceptance, Error> {
        store::lock(conn)?;
        let (ctx, baseline) = (self.ctx, self.find(conn, id)?);
        let reason = checked_reason(Some(&accepting.reason))?;
        let reason = reason.ok_or_else(|| FieldFault::new("reason", "required", "say why it is as it should be"))?;
        let at = accepting.at.unwrap_or(ctx.now);
        let Drift { entries, .. } = self.look(at).drift(conn, &baseline)?;
        let accepted = chosen(&entries, accepting.only.as_deref(), at)?;
        let topics = accepted.iter().fold(BTreeMap::new(), |mut topics, one| {
            let count: &mut i64 = topics.entry(one.topic.clone()).or_default();
            *count = count.saturating_add(1);
            topics
        });
        let new = Acceptance {
            key: 0,
            id: ctx.new_id(),
            at,
            reason: reason.to_owned(),
            accepted_by: ctx.actor.name().map(str::to_owned),
            accepted_at: ctx.now,
            undone_by: None,
            undone_at: None,
            undo_reason: None,
            topics,
        };
        store::accept(conn, baseline.key, &new, &accepted)?;
        self.record(conn, &baseline, "baseline.drift_accepted", account(&new, reason, &entries, &accepted))?;
        Ok(new)
    }

    /// Takes an acceptance back.
    pub(super) fn undo(
        self,
        conn: &mut Conn,
        (id, acceptance): (BaselineId, AcceptanceId),
        reason: Option<&str>,
    ) -> Result<Acceptance, Error> {
        store::lock(conn)?;
        let baseline = self.find(conn, id)?;
        let found = store::find_acceptance(conn, baseline.key, acceptance)?.ok_or(Error::NotFound)?;
        if found.undone_at.is_some() {
            return Err(FieldFault::new("", "invalid", "it was taken back before").into());
        }
        let (reason, by) = (checked_reason(reason)?, self.ctx.actor.name());
        store::undo(conn, found.key, self.ctx.now, (by, reason))?;
        let details = json!({ "acceptance": found.id, "reason": reason });
        self.record(conn, &baseline, "baseline.acceptance_undone", details)?;
        let undone_at = Some(self.ctx.now);
        Ok(Acceptance { undone_at, undone_by: by.map(str::to_owned), undo_reason: reason.map(str::to_owned), ..found })
    }

    /// What differed then, but for what has been accepted since.
    const fn look(&self, at: Timestamp) -> Look<'_> {
        Look { ctx: self.ctx, freshness: self.freshness, at, known_at: self.ctx.now }
    }

    fn find(self, conn: &mut Conn, id: BaselineId) -> Result<Baseline, Error> {
        store::find(conn, &self.ctx.scope, id)?.ok_or(Error::NotFound)
    }

    fn organisation(self, conn: &mut Conn, wanted: Option<OrganisationId>) -> Result<OrganisationId, Error> {
        let tree = load_tree(conn)?;
        let fault = |code, detail: &str| FieldFault::new("organisation_id", code, detail);
        match wanted {
            Some(id) if self.ctx.scope.contains(id) && tree.name(id).is_some() => Ok(id),
            Some(_) => Err(fault("unknown", "there is no such organisation in scope").into()),
            None => tree
                .top_of(&self.ctx.scope)
                .ok_or_else(|| fault("required", "say which organisation it belongs to").into()),
        }
    }

    fn record(self, conn: &mut Conn, one: &Baseline, action: &'static str, details: Value) -> Result<(), Error> {
        let object = Object::named("baseline", one.id, one.name.as_str());
        Ok(audit::record(conn, self.ctx, Entry { action, object, details })?)
    }
}

/// Whether no other baseline of the organisation has this name.
fn is_free(conn: &mut Conn, organisation: OrganisationId, name: &str, own: Option<i32>) -> Result<(), Error> {
    if store::is_taken(conn, organisation, name, own)? {
        return Err(FieldFault::new("name", "taken", "another baseline has this name").into());
    }
    Ok(())
}

/// The items with these ids, as far as they were items by then.
fn named(conn: &mut Conn, look: Look<'_>, ids: &[CiId]) -> Result<Vec<CiRow>, Error> {
    if ids.len() > NAMED_MAX {
        return Err(too_long("ci_ids", NAMED_MAX, "items").into());
    }
    let rows = row::with_ids(conn, &look.ctx.scope, ids)?;
    let was_there = |row: &CiRow| row.created_at <= look.at && row.survivor_key.is_none();
    let missing = ids.iter().find(|id| !rows.iter().any(|row| row.id == **id && was_there(row)));
    match missing {
        Some(id) => Err(FieldFault::new("ci_ids", "unknown", format!("there was no item {id}")).into()),
        None => Ok(rows),
    }
}

/// The differences that are accepted: those asked for, or all.
fn chosen(
    entries: &[report::Entry],
    only: Option<&[(CiId, Option<Topic>)]>,
    at: Timestamp,
) -> Result<Vec<Accepted>, Error> {
    let all = entries.iter().flat_map(|entry| {
        let is_member = matches!(entry.change, Change::Changed | Change::Created | Change::Entered);
        let topics = if entry.change == Change::Changed { entry.topics() } else { vec![Topic::Membership] };
        let ci_key = entry.row.key;
        topics.into_iter().map(move |topic| (entry.row.id, Accepted { ci_key, topic, at, is_member }))
    });
    let Some(only) = only else {
        let all: Vec<Accepted> = all.map(|(_, one)| one).collect();
        let nothing = || FieldFault::new("items", "required", "nothing differs").into();
        return if all.is_empty() { Err(nothing()) } else { Ok(all) };
    };
    if only.len() > ACCEPTED_MAX {
        return Err(too_long("items", ACCEPTED_MAX, "differences").into());
    }
    let mut wanted: BTreeMap<CiId, Vec<(&Option<Topic>, bool)>> = BTreeMap::new();
    for (id, topic) in only {
        wanted.entry(*id).or_default().push((topic, false));
    }
    let mut chosen = Vec::new();
    for (id, one) in all {
        let fits = |topic: &Option<Topic>| topic.as_ref().is_none_or(|topic| *topic == one.topic);
        let asked = wanted.get_mut(&id).into_iter().flatten().filter(|(topic, _)| fits(topic));
        if asked.map(|(_, found)| *found = true).count() > 0 {
            chosen.push(one);
        }
    }
    if only.is_empty() || wanted.values().flatten().any(|(_, found)| !found) {
        return Err(FieldFault::new("items", "unknown", "one of these does not differ").into());
    }
    Ok(chosen)
}

/// Most differences that an audit entry names one by one.
const TOLD_MAX: usize = 100;

/// What was accepted, for the audit trail: all topics with their counts, and the first differences by name.
fn account(new: &Acceptance, reason: &str, entries: &[report::Entry], accepted: &[Accepted]) -> Value {
    let id = |key: i32| entries.iter().find(|entry| entry.row.key == key).map(|entry| entry.row.id.to_string());
    let first = accepted.iter().take(TOLD_MAX);
    let differences: Vec<Value> = first.map(|one| json!({ "ci": id(one.ci_key), "topic": one.topic.name() })).collect();
    let topics: serde_json::Map<String, Value> =
        new.topics.iter().map(|(topic, count)| (topic.name(), Value::from(*count))).collect();
    json!({ "acceptance": new.id, "as_of": new.at.to_string(), "reason": reason, "topics": topics,
        "differences": differences, "count": accepted.len() })
}

fn told(one: &Baseline) -> Value {
    json!({ "name": one.name, "note": one.note, "filter": one.filter, "taken_at": one.taken_at.to_string(),
        "members": one.members, "organisation": one.organisation })
}
