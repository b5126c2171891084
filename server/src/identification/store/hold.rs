//! Agents whose reports wait until it is clear which machine theirs is.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Key16};
use crate::store::schema::{fleet_agent as a, identification_hold as h};
use crate::store::{Conn, StoreError};

/// An agent that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The agent.
    pub agent_key: i32,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The CI that it may be.
    pub ci_key: i32,
    /// By which rule, as it was called then.
    pub rule: String,
    /// When it first spoke.
    pub since: Timestamp,
    /// When it is clear at the latest.
    pub until: Timestamp,
}

/// An agent's id and host name.
pub type Named = (uuid::Uuid, String);

type Row = (i32, Key16, i32, String, At, At);

/// Every agent that waits, longest first, with its id and host name.
pub fn list_named(conn: &mut Conn) -> Result<Vec<(Hold, Named)>, StoreError> {
    let rows: Vec<(Row, (Key16, String))> = h::table
        .inner_join(a::table.on(a::key.eq(h::agent_key)))
        .order((h::since, h::agent_key))
        .select(((h::agent_key, h::organisation_id, h::ci_key, h::rule, h::since, h::until), (a::id, a::hostname)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(row, (id, hostname))| (hold(row), (id.0, hostname))).collect())
}

/// When an agent that waits first spoke.
pub fn since(conn: &mut Conn, agent_key: i32) -> Result<Option<Timestamp>, StoreError> {
    let since: Option<At> = h::table.find(agent_key).select(h::since).first(conn).optional()?;
    Ok(since.map(Timestamp::from))
}

/// Lets an agent wait, or go on waiting.
pub fn put(conn: &mut Conn, hold: &Hold) -> Result<(), StoreError> {
    let (ci_key, until) = (h::ci_key.eq(hold.ci_key), h::until.eq(At(hold.until)));
    let waits = diesel::update(h::table.find(hold.agent_key)).set((ci_key, h::rule.eq(&hold.rule), until));
    if waits.execute(conn)? == 0 {
        diesel::insert_into(h::table)
            .values((
                (h::agent_key.eq(hold.agent_key), h::organisation_id.eq(Key16::from(hold.organisation))),
                (ci_key, h::rule.eq(&hold.rule), h::since.eq(At(hold.since)), until),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Lets an agent wait no longer.
pub fn remove(conn: &mut Conn, agent_key: i32) -> Result<(), StoreError> {
    diesel::delete(h::table.find(agent_key)).execute(conn)?;
    Ok(())
}

fn hold((agent_key, organisation, ci_key, rule, since, until): Row) -> Hold {
    Hold { agent_key, organisation: organisation.into(), ci_key, rule, since: since.0, until: until.0 }
}
