//! How a copy of an agent becomes an agent of its own.

use std::net::IpAddr;

use serde_json::json;
use terrier_shared::latest::report::Epoch;

use super::claims;
use super::enrolment::{Admission, Error, again, context, record};
use super::model::{AgentState, Evidence};
use super::roster::KnownAgent;
use super::store::{self, NewAgent, Origin};
use crate::kernel::clock::Clock;
use crate::kernel::id::AgentId;
use crate::pki::{Authority, PublicKey};
use crate::store::Conn;

/// Most copies of one agent that may wait for a person.
const WAITING: i64 = 1_000;

/// A process that has the identity of another machine's agent and asks for one of its own.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Whose identity it has, by the certificate it has shown.
    pub original: AgentId,
    /// That certificate's serial number.
    pub serial: Vec<u8>,
    /// The run that was told to ask.
    pub run: Epoch,
    /// Its own key, which it has proved to hold.
    pub key: PublicKey,
    /// What its machine says of itself.
    pub evidence: Evidence,
    /// Where it asks from.
    pub address: Option<IpAddr>,
    /// The request it asks in.
    pub request_id: Option<String>,
}

/// Turns a copy into an agent that waits for a person; the same key always into the same agent. Only a run that is known
/// to be a copy, or whose certificate somebody else has renewed.
///
/// # Errors
///
/// [`Error`]; then nothing has changed.
pub fn enrol(conn: &mut Conn, clock: &Clock, authority: &Authority, who: &Copy) -> Result<Admission, Error> {
    let (original, present_key) = store::lock(conn, who.original)?.ok_or(Error::UnknownAgent)?;
    if original.state == AgentState::Revoked {
        return Err(Error::RevokedAgent);
    }
    let key_hash = who.key.hash();
    match store::find_by_key_hash(conn, &key_hash)? {
        Some((agent, origin)) if origin == Some(Origin::CopyOf(original.key)) => {
            let ctx = context(clock, &agent, who.address, who.request_id.as_deref());
            again(conn, &ctx, authority, &who.key, agent)
        }
        Some(_) => Err(Error::KnownKey),
        None if is_copy(conn, who, &original, &present_key)? => first(conn, clock, who, &original),
        None => Err(Error::NoCopy),
    }
}

fn is_copy(conn: &mut Conn, who: &Copy, original: &KnownAgent, present_key: &[u8]) -> Result<bool, Error> {
    let (shown, _) = store::find_certificate(conn, original, &who.serial)?.ok_or(Error::UnknownAgent)?;
    let was_renewed_elsewhere = shown < original.generation && who.key.hash().as_slice() != present_key;
    Ok(was_renewed_elsewhere || claims::is_contender(conn, original.key, who.run)?)
}

fn first(conn: &mut Conn, clock: &Clock, who: &Copy, original: &KnownAgent) -> Result<Admission, Error> {
    if store::count_copies(conn, original.key)? >= WAITING {
        return Err(Error::TooManyCopies(WAITING));
    }
    let new = NewAgent {
        id: clock.new_id(),
        organisation: original.organisation,
        origin: Origin::CopyOf(original.key),
        state: AgentState::Pending,
        evidence: &who.evidence,
        key_hash: who.key.hash(),
        enrolled_at: clock.now(),
    };
    let agent = store::insert(conn, &new)
        .map_err(|error| if error.is_unique_violation() { Error::KnownKey } else { error.into() })?;
    store::settle_run(conn, original.key, who.run)?;
    let ctx = context(clock, &agent, who.address, who.request_id.as_deref());
    record(conn, &ctx, "agent.enrolled", &agent, json!({"copy_of": original.id, "state": agent.state.name()}))?;
    Ok(Admission::Pending(agent))
}
