//! What the command line does with tokens and agents. It acts as the server itself; everything is audited.

use std::collections::HashMap;

use jiff::Timestamp;

use super::model::Agent;
use super::service::{self, AgentFilter, Error};
use super::store as tables;
use super::token::{Token, Wish};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{AgentId, EnrolmentTokenId, OrganisationId};
use crate::kernel::invalid::Invalid;
use crate::kernel::page::{LIMIT_MAX, PageRequest};
use crate::store::Store;

/// An agent and when it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenAgent {
    /// The agent.
    pub agent: Agent,
    /// When it was last seen, as it is stored.
    pub last_seen_at: Option<Timestamp>,
}

/// Makes a token; gives its text, which is shown once.
///
/// # Errors
///
/// [`Error::UnknownOrganisation`]. The inner error: everything that is wrong with the wish.
pub fn create_token(
    store: &Store,
    clock: &Clock,
    organisation: Option<OrganisationId>,
    wish: Wish,
    pin: &[u8; 32],
) -> Result<Result<String, Vec<Invalid>>, Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| {
        let organisation = service::organisation(conn, &ctx, organisation)?;
        match wish.check(organisation) {
            Ok(new) => Ok(Ok(service::create_token(conn, &ctx, &new, pin)?.1)),
            Err(wrong) => Ok(Err(wrong)),
        }
    })
}

/// Every token, the latest first.
///
/// # Errors
///
/// Only those of the database.
pub fn list_tokens(store: &Store, clock: &Clock) -> Result<Vec<Token>, Error> {
    let ctx = Ctx::system(clock);
    store.read_blocking(|conn| {
        let (mut tokens, mut page) = (Vec::new(), PageRequest { limit: LIMIT_MAX, after: None });
        loop {
            let found = service::list_tokens(conn, &ctx, &page)?;
            tokens.extend(found.items);
            page.after = found.next;
            if page.after.is_none() {
                return Ok(tokens);
            }
        }
    })
}

/// Revokes a token.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn revoke_token(store: &Store, clock: &Clock, id: EnrolmentTokenId) -> Result<(), Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| service::revoke_token(conn, &ctx, id))
}

/// Every agent, by host name.
///
/// # Errors
///
/// Only those of the database.
pub fn list_agents(store: &Store, clock: &Clock) -> Result<Vec<SeenAgent>, Error> {
    let ctx = Ctx::system(clock);
    store.read_blocking(|conn| {
        let seen: HashMap<_, _> = tables::list_presence(conn)?.into_iter().collect();
        let (mut agents, mut page) = (Vec::new(), PageRequest { limit: LIMIT_MAX, after: None });
        loop {
            let found = service::list_agents(conn, &ctx, &AgentFilter::default(), None, &page)?;
            agents.extend(found.items.into_iter().map(|row| SeenAgent {
                last_seen_at: seen.get(&row.agent.key).map(|sighting| sighting.at),
                agent: row.agent,
            }));
            page.after = found.next;
            if page.after.is_none() {
                return Ok(agents);
            }
        }
    })
}

/// Lets a pending agent in.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::State`].
pub fn approve(store: &Store, clock: &Clock, id: AgentId) -> Result<(), Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| service::approve(conn, &ctx, id).map(drop))
}

/// Shuts an agent out for good; a running server learns of it within five seconds.
///
/// # Errors
///
/// [`Error::NotFound`], [`Error::State`].
pub fn revoke(store: &Store, clock: &Clock, id: AgentId, reason: Option<&str>) -> Result<(), Error> {
    let ctx = Ctx::system(clock);
    store.write_blocking(|conn| service::revoke(conn, &ctx, id, reason).map(drop))
}
