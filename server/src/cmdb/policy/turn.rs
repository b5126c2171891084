//! What policies do: a job. It takes no input, and a turn too many does nothing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::model::{Draft, Policy, PolicyAction};
use super::run::{self, Run};
use super::service::{LOCK, as_policy};
use super::store;
use crate::cmdb::attestation::store as attestations;
use crate::cmdb::error::Error;
use crate::cmdb::item::deletion;
use crate::cmdb::item::detail::Reader;
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::item::service::move_along;
use crate::cmdb::list;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::value::settle::Settler;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, Store};

/// How many items are changed in one transaction.
const BATCH: i64 = 25;
/// How many items one policy changes in one turn, and so in one run.
pub(super) const RUN_MAX: i64 = 500;

/// A turn: every enabled policy notes what matches and does what is due.
///
/// # Errors
///
/// The database fails; the next turn makes up for it.
pub async fn turn(store: &Store, clock: &Clock, freshness: Freshness) -> Result<(), Error> {
    let policies = store.read(|conn| Ok::<_, Error>(store::list(conn)?)).await?;
    for policy in policies.into_iter().filter(|one| one.draft.enabled) {
        let name = policy.draft.name.clone();
        match one(store, clock, freshness, policy).await {
            // A class or saved search that it speaks of is gone: until somebody mends it, it does nothing.
            Err(Error::Invalid(faults)) => {
                let why = faults.first().map_or("", |fault| fault.detail.as_str());
                tracing::warn!(policy = name, why, "a policy cannot be read and does nothing");
            }
            other => other?,
        }
    }
    Ok(())
}

async fn one(store: &Store, clock: &Clock, freshness: Freshness, policy: Policy) -> Result<(), Error> {
    let (ctx, draft) = (as_policy(&Ctx::system(clock), &policy.draft), policy.draft.clone());
    let reader = ctx.clone();
    let matching = store.read(move |conn| list::keys(conn, &reader, freshness, &draft.filter(), None)).await?;
    let (actor, noted) = (ctx.clone(), policy.clone());
    store.write(move |conn| note(conn, &actor, &noted, matching.into_iter().collect())).await?;
    if policy.draft.action.asks() {
        return Ok(());
    }
    for _batch in 0..RUN_MAX / BATCH {
        let (ctx, policy) = (ctx.clone(), policy.clone());
        if !store.write(move |conn| apply(conn, &ctx, freshness, &policy)).await? {
            break;
        }
    }
    Ok(())
}

/// The policy, if it is still what it was when this turn began. Waits for whoever changes policies.
fn unchanged(conn: &mut Conn, policy: &Policy) -> Result<bool, Error> {
    transaction_lock(conn, LOCK)?;
    Ok(store::find(conn, policy.id)?.is_some_and(|now| now == *policy))
}

/// Notes which items match since now, and which no longer do.
fn note(conn: &mut Conn, ctx: &Ctx, policy: &Policy, mut matching: BTreeSet<i32>) -> Result<(), Error> {
    if !unchanged(conn, policy)? {
        return Ok(());
    }
    if policy.draft.action.asks() {
        for key in attestations::valid(conn, policy.id, ctx.now)? {
            matching.remove(&key);
        }
    }
    let noted = store::noted(conn, policy.id)?;
    let gone: Vec<i32> = noted.difference(&matching).copied().collect();
    store::unmatch(conn, policy.id, &gone)?;
    let new: BTreeSet<i32> = matching.difference(&noted).copied().collect();
    if new.is_empty() {
        return Ok(());
    }
    let left_alone = store::left_alone(conn, policy.id, &new)?;
    let new: Vec<(i32, bool)> = new.into_iter().map(|key| (key, left_alone.contains(&key))).collect();
    Ok(store::note(conn, policy.id, &new, (ctx.now, due_at(&policy.draft, ctx.now)))?)
}

fn due_at(draft: &Draft, since: Timestamp) -> Timestamp {
    since.saturating_add(SignedDuration::from_secs(draft.grace_s)).unwrap_or(Timestamp::MAX)
}

/// Does what is due to some items; whether there may be more. Each is looked at again first.
fn apply(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, policy: &Policy) -> Result<bool, Error> {
    if !unchanged(conn, policy)? {
        return Ok(false);
    }
    let due = store::due(conn, policy.id, ctx.now, BATCH)?;
    if due.is_empty() {
        return Ok(false);
    }
    let still: BTreeSet<i32> =
        list::keys(conn, ctx, freshness, &policy.draft.filter(), Some(&due))?.into_iter().collect();
    let (still, gone): (Vec<i32>, Vec<i32>) = due.iter().partition(|key| still.contains(key));
    store::unmatch(conn, policy.id, &gone)?;
    if still.is_empty() {
        return Ok(true);
    }
    let run = run::open(conn, ctx, policy)?;
    let settler = Settler::load(conn, ctx.now)?;
    let reader = Reader { ctx, writable: &ctx.scope, freshness, as_of: None };
    let doing = Doing { reader, settler: &settler, policy, run: &run };
    let mut changed = 0;
    for key in still {
        changed += i32::from(doing.to_one(conn, key)?);
    }
    run::count(conn, ctx, &run, changed)?;
    Ok(true)
}

/// What is done to some items.
struct Doing<'a> {
    reader: Reader<'a>,
    settler: &'a Settler,
    policy: &'a Policy,
    run: &'a Run,
}

impl Doing<'_> {
    /// Does it to one item, or notes why it cannot be done.
    fn to_one(&self, conn: &mut Conn, key: i32) -> Result<bool, Error> {
        let Self { reader, policy, .. } = *self;
        let Some(row) = row::find_by_key(conn, &reader.ctx.scope, key)? else { return Ok(false) };
        match self.act(conn, &row) {
            Ok(()) => Ok(true),
            // Somebody else changed it just now: the next turn looks at it again.
            Err(error @ (Error::Store(_) | Error::NotFound | Error::Stale { .. })) => Err(error),
            Err(refused) => {
                store::set_done(conn, policy.id, key, Some(&told(&refused)))?;
                Ok(false)
            }
        }
    }

    fn act(&self, conn: &mut Conn, row: &CiRow) -> Result<(), Error> {
        let Self { reader, settler, policy, run } = *self;
        let to = match policy.draft.action {
            PolicyAction::Retire => Lifecycle::Retired,
            PolicyAction::Archive => Lifecycle::Disposed,
            PolicyAction::Delete => return deletion::delete(conn, reader.ctx, row, &reason(policy)),
            PolicyAction::Attest => return Ok(()),
        };
        move_along(conn, reader, settler, row, (to, Some(&reason(policy))))?;
        run::note(conn, reader.ctx, run, row.key, row.lifecycle)?;
        Ok(store::set_done(conn, policy.id, row.key, None)?)
    }
}

/// Why something cannot be done: the code of a rule, and of everything else what it says.
fn told(refused: &Error) -> String {
    match refused {
        Error::Refused(refusal) => refusal.name().to_owned(),
        Error::NotNow { why, .. } => (*why).to_owned(),
        other => other.to_string(),
    }
}

fn reason(policy: &Policy) -> String {
    format!("policy \u{201c}{}\u{201d}: {}", policy.draft.name, policy.draft.query)
}
