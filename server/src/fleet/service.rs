//! What people do with tokens and agents: one function per use case.

use jiff::Timestamp;
use serde_json::json;

use super::model::{AgentRow, AgentState, Presence, Verdict};
use super::roster::KnownAgent;
use super::secret;
use super::store::{self, Listed, Only};
use super::token::{NewToken, Token};
use crate::access;
use crate::audit::{self, Entry, Object};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{AgentId, EnrolmentTokenId, OrganisationId};
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, StoreError};

/// It cannot be done.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error("there is no such thing, or not in your reach")]
    NotFound,
    #[error("the organisation is not known")]
    UnknownOrganisation,
    #[error("the agent's state does not allow this: {0}")]
    State(&'static str),
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Which agents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentFilter {
    /// Part of the host name.
    pub part_of_name: Option<String>,
    /// Only those in this state.
    pub state: Option<AgentState>,
    /// Only active ones that were seen so lately; see [`super::census`].
    pub presence: Option<Presence>,
}

/// The organisation of a new token: the one that is named, or else the root.
///
/// # Errors
///
/// [`Error::UnknownOrganisation`] also for one that is out of reach.
pub fn organisation(conn: &mut Conn, ctx: &Ctx, named: Option<OrganisationId>) -> Result<OrganisationId, Error> {
    let wanted = match named {
        Some(named) => named,
        None => access::root(conn)?,
    };
    let known = store::organisation_exists(conn, wanted)?;
    if known && ctx.scope.contains(wanted) { Ok(wanted) } else { Err(Error::UnknownOrganisation) }
}

/// Makes a token. Gives it with its text, which nobody sees again.
///
/// # Errors
///
/// [`Error::Store`].
pub fn create_token(conn: &mut Conn, ctx: &Ctx, new: &NewToken, pin: &[u8; 32]) -> Result<(Token, String), Error> {
    let id: EnrolmentTokenId = ctx.new_id();
    let (text, secret_hash) = secret::make(id, pin);
    let expires_at = ctx.now.saturating_add(new.lifetime).unwrap_or(Timestamp::MAX);
    let created_by = match &ctx.actor {
        crate::kernel::actor::Actor::User { id, .. } => Some(id.uuid()),
        _ => None,
    };
    store::insert_token(conn, id, new, &secret_hash, created_by, (ctx.now, expires_at))?;
    let token = store::find_token(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    let details = json!({
        "organisation": new.organisation,
        "mode": new.mode.name(),
        "uses": new.uses,
        "expires_at": expires_at,
        "cidrs": new.cidrs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    record_token(conn, ctx, "enrolment_token.created", &token, details)?;
    Ok((token, text))
}

/// Tokens in reach, the latest first.
///
/// # Errors
///
/// [`Error::Store`].
pub fn list_tokens(
    conn: &mut Conn,
    ctx: &Ctx,
    page: &PageRequest<EnrolmentTokenId>,
) -> Result<Page<Token, EnrolmentTokenId>, Error> {
    let rows = store::list_tokens(conn, &ctx.scope, page.after, page.rows_to_fetch())?;
    Ok(Page::from_rows(rows, page, |token| token.id))
}

/// Revokes a token; one that was revoked before stays as it is.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn revoke_token(conn: &mut Conn, ctx: &Ctx, id: EnrolmentTokenId) -> Result<(), Error> {
    let token = store::find_token(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    if token.revoked_at.is_some() {
        return Ok(());
    }
    store::revoke_token(conn, id, ctx.now)?;
    record_token(conn, ctx, "enrolment_token.revoked", &token, json!({"uses_left": token.uses_left}))?;
    Ok(())
}

/// Agents in reach, by host name; of these rows only, if `rows` names any.
///
/// # Errors
///
/// [`Error::Store`].
pub fn list_agents(
    conn: &mut Conn,
    ctx: &Ctx,
    filter: &AgentFilter,
    rows: Option<&[i32]>,
    page: &PageRequest<(String, i32)>,
) -> Result<Page<AgentRow, (String, i32)>, Error> {
    let only = rows.map_or(Only::All, Only::Rows);
    let mut rows = store::list(
        conn,
        &Listed {
            scope: &ctx.scope,
            only,
            part_of_name: filter.part_of_name.as_deref(),
            state: filter.state,
            after: page.after.as_ref(),
            limit: page.rows_to_fetch(),
        },
    )?;
    // The order in which rows were picked from memory, whatever the database's collation.
    rows.sort_by(|left, right| (&left.agent.hostname, left.agent.key).cmp(&(&right.agent.hostname, right.agent.key)));
    Ok(Page::from_rows(rows, page, |row| (row.agent.hostname.clone(), row.agent.key)))
}

/// An agent in reach.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn load_agent(conn: &mut Conn, ctx: &Ctx, id: AgentId) -> Result<AgentRow, Error> {
    let wanted =
        Listed { scope: &ctx.scope, only: Only::Agent(id), part_of_name: None, state: None, after: None, limit: 1 };
    store::list(conn, &wanted)?.pop().ok_or(Error::NotFound)
}

/// Lets a pending agent in. It gets its certificate the next time it asks.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::State`] if it is not pending.
pub fn approve(conn: &mut Conn, ctx: &Ctx, id: AgentId) -> Result<KnownAgent, Error> {
    set_state(conn, ctx, id, AgentState::Active, None)
}

/// Shuts an agent out for good.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::State`] if it was revoked before.
pub fn revoke(conn: &mut Conn, ctx: &Ctx, id: AgentId, reason: Option<&str>) -> Result<KnownAgent, Error> {
    set_state(conn, ctx, id, AgentState::Revoked, reason)
}

fn set_state(
    conn: &mut Conn,
    ctx: &Ctx,
    id: AgentId,
    state: AgentState,
    reason: Option<&str>,
) -> Result<KnownAgent, Error> {
    let found = store::lock(conn, id)?.filter(|(agent, _)| ctx.scope.contains(agent.organisation));
    let (agent, _key) = found.ok_or(Error::NotFound)?;
    let (action, verdict) = match state {
        AgentState::Revoked => ("agent.revoked", agent.state.revoke()),
        _ => ("agent.approved", agent.state.approve()),
    };
    if let Verdict::Refused(reason) = verdict {
        return Err(Error::State(reason));
    }
    store::set_state(conn, &agent, state, ctx.now)?;
    let details = json!({"before": agent.state.name(), "reason": reason});
    let object = Object::named("agent", agent.id, &agent.hostname);
    audit::record(conn, ctx, Entry { action, object, details })?;
    Ok(KnownAgent { state, version: agent.version.saturating_add(1), ..agent })
}

fn record_token(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    token: &Token,
    details: serde_json::Value,
) -> Result<(), StoreError> {
    let name = token.name.clone().unwrap_or_default();
    audit::record(conn, ctx, Entry { action, object: Object::named("enrolment_token", token.id, name), details })
}
