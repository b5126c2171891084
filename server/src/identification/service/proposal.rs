//! Questions whether two CIs are one: listed with the evidence side by side, answered, asked again.

use std::collections::BTreeMap;

use serde_json::json;

use super::Error;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::Error as CmdbError;
use crate::cmdb::item::row;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::merge::service::{self as merge, MergeCommand};
use crate::identification::model::evidence::IdentifierKind;
use crate::identification::store::proposal::{self as store, Proposal, State};
use crate::identification::store::{hold, identifier};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::ProposalId;
use crate::kernel::page::{Page, PageRequest};
use crate::store::Conn;

/// Longest note in bytes.
const NOTE_BYTES: usize = 4 << 10;

/// A question with its two CIs.
#[derive(Debug, Clone)]
pub struct Question {
    /// The question.
    pub proposal: Proposal,
    /// The CI that was made last.
    pub newer: Side,
    /// The CI that was there before.
    pub older: Side,
    /// Whether they are one already, by another answer.
    pub is_one: bool,
}

/// One of the two.
#[derive(Debug, Clone)]
pub struct Side {
    /// The CI.
    pub ci: Reference,
    /// Its identifiers by kind.
    pub identifiers: BTreeMap<IdentifierKind, Vec<String>>,
}

/// An agent whose reports wait, and the CI that it may be.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Why and how long.
    pub hold: hold::Hold,
    /// The agent's id and host name.
    pub agent: (uuid::Uuid, String),
    /// The CI.
    pub ci: Reference,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What is said: `same`, `different`, or `open` to ask again.
    pub state: State,
    /// Whether the newer one is to stay; otherwise the older does.
    pub newer_survives: bool,
    /// In what words.
    pub note: Option<String>,
}

/// A page of questions in the caller's scope.
///
/// # Errors
///
/// The database fails.
pub fn list(
    conn: &mut Conn,
    ctx: &Ctx,
    state: Option<State>,
    page: &PageRequest<(i64, uuid::Uuid)>,
) -> Result<Page<Question, (i64, uuid::Uuid)>, Error> {
    let rows = store::list(conn, &ctx.scope, state, page)?;
    let place = |one: &Proposal| (one.created_at.as_microsecond(), one.id.uuid());
    let Page { items, next } = Page::from_rows(rows, page, place);
    Ok(Page { items: questions(conn, ctx, items)?, next })
}

/// A question.
///
/// # Errors
///
/// [`Error::NotFound`] outside the caller's scope.
pub fn get(conn: &mut Conn, ctx: &Ctx, id: ProposalId) -> Result<Question, Error> {
    let proposal = store::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    questions(conn, ctx, vec![proposal])?.pop().ok_or(Error::NotFound)
}

/// How many questions are open.
///
/// # Errors
///
/// The database fails.
pub fn count_open(conn: &mut Conn, ctx: &Ctx) -> Result<i64, Error> {
    Ok(store::count_open(conn, &ctx.scope)?)
}

/// Answers a question. That they are one merges them; that they are two keeps it from being asked again.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::Stale`], [`Error::State`] for CIs that cannot be one.
pub fn answer(
    conn: &mut Conn,
    ctx: &Ctx,
    (id, version): (ProposalId, i32),
    answer: &Answer,
) -> Result<Question, Error> {
    let question = get(conn, ctx, id)?;
    if question.proposal.version != version {
        return Err(Error::Stale { current: question.proposal.version });
    }
    let note = answer.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.len() > NOTE_BYTES) {
        let (detail, limit) = (format!("longer than {NOTE_BYTES} bytes"), i64::try_from(NOTE_BYTES).ok());
        return Err(Error::Field { field: "note", code: "too_long", detail, limit });
    }
    if question.proposal.state == State::Same && question.is_one {
        return Err(Error::State("the two were made one; take the merge back instead"));
    }
    if !store::decide(conn, (id, version), answer.state, (ctx.now, ctx.actor.name(), note))? {
        return Err(Error::Stale { current: version.saturating_add(1) });
    }
    if answer.state == State::Same && !question.is_one {
        let (older, newer) = (question.older.ci.id, question.newer.ci.id);
        let (survivor, merged) = if answer.newer_survives { (newer, older) } else { (older, newer) };
        let command = MergeCommand { survivor, merged, reason: note.map(str::to_owned) };
        merge::merge(conn, ctx, &command).map_err(refused)?;
    }
    let object = Object::named("proposal", id, question.newer.ci.name.clone());
    let details = json!({ "state": answer.state.name(), "newer": question.newer.ci.id, "older": question.older.ci.id,
        "note": note });
    audit::record(conn, ctx, Entry { action: "proposal.answered", object, details })?;
    get(conn, ctx, id)
}

/// Agents in the caller's scope whose reports wait.
///
/// # Errors
///
/// The database fails.
pub fn waiting(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<Waiting>, Error> {
    let holds = hold::list_named(conn)?;
    let keys = holds.iter().map(|(hold, _)| hold.ci_key).collect();
    let named = row::named(conn, &ctx.scope, keys)?;
    let waiting = |(hold, agent): (hold::Hold, (uuid::Uuid, String))| {
        let ci = named.get(&hold.ci_key)?.clone();
        Some(Waiting { hold, agent, ci })
    };
    Ok(holds.into_iter().filter_map(waiting).collect())
}

fn questions(conn: &mut Conn, ctx: &Ctx, proposals: Vec<Proposal>) -> Result<Vec<Question>, Error> {
    let keys: Vec<i32> = proposals.iter().flat_map(|one| [one.newer_key, one.older_key]).collect();
    let named = row::named(conn, &ctx.scope, keys.clone())?;
    let survivors = row::survivors(conn, keys.clone())?;
    let identifiers = identifier::list(conn, &keys)?;
    let end = |key: i32| survivors.get(&key).copied().unwrap_or(key);
    let side = |key: i32| {
        let ci = named.get(&key)?.clone();
        Some(Side { ci, identifiers: identifiers.get(&key).cloned().unwrap_or_default() })
    };
    let question = |proposal: Proposal| {
        let (newer, older) = (side(proposal.newer_key)?, side(proposal.older_key)?);
        let is_one = end(proposal.newer_key) == end(proposal.older_key);
        Some(Question { proposal, newer, older, is_one })
    };
    Ok(proposals.into_iter().filter_map(question).collect())
}

fn refused(error: CmdbError) -> Error {
    match error {
        CmdbError::NotFound => Error::NotFound,
        CmdbError::Stale { current } => Error::Stale { current },
        CmdbError::Store(error) => Error::Store(error),
        CmdbError::Invalid(faults) => {
            let detail = faults.into_iter().next().map(|fault| fault.detail).unwrap_or_default();
            Error::field("state", "conflict", detail)
        }
        CmdbError::Refused(_)
        | CmdbError::Lifecycle(_)
        | CmdbError::Obstacle(_)
        | CmdbError::NotEverywhere
        | CmdbError::Forbidden(_)
        | CmdbError::NotNow { .. } => Error::State("the state of the CIs does not allow it"),
    }
}
