//! How an agent gets a certificate, and the next one.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use terrier_shared::latest::report::Epoch;

use super::claims;
use super::model::{AgentState, Evidence};
use super::roster::KnownAgent;
use super::secret::Shown;
use super::store::{self, NewAgent, Origin, StoredToken};
use super::token::{Mode, Token, TokenState};
use crate::audit::{self, Entry, Object};
use crate::kernel::actor::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::kernel::id::AgentId;
use crate::kernel::scope::Scope;
use crate::pki::{Authority, Issued, PkiError, PublicKey};
use crate::store::{Conn, StoreError};

/// How long after its end, or after a person let its holder in, a certificate is good for the next one.
const RECOVERABLE: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How often an agent whose certificate has ended gets the next one before a person has to look at it.
const RECOVERIES: i32 = 3;

/// A machine that asks to be an agent.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The token it shows.
    pub token: Shown,
    /// Its key, which it has proved to hold.
    pub key: PublicKey,
    /// What it says of itself.
    pub evidence: Evidence,
    /// Where it asks from.
    pub address: Option<IpAddr>,
    /// The request it asks in.
    pub request_id: Option<String>,
}

/// An agent that asks for its next certificate.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// Which agent, by the certificate it has shown.
    pub agent: AgentId,
    /// That certificate's serial number.
    pub serial: Vec<u8>,
    /// When that certificate ends.
    pub not_after: Timestamp,
    /// The key to certify, which it has proved to hold.
    pub key: PublicKey,
    /// What it says of itself now.
    pub evidence: Evidence,
    /// The run that asks, if it says.
    pub run: Option<Epoch>,
    /// Where it asks from.
    pub address: Option<IpAddr>,
    /// The request it asks in.
    pub request_id: Option<String>,
}

/// What became of an application or a renewal.
#[derive(Debug)]
pub enum Admission {
    /// It has a certificate.
    Issued(KnownAgent, Issued),
    /// A person has to approve it first.
    Pending(KnownAgent),
    /// Somebody has renewed with this identity already: the one who asks holds a copy of it.
    Copied(KnownAgent),
}

/// Nobody gets a certificate.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error("the token is not known")]
    UnknownToken,
    #[error("the token has been revoked")]
    RevokedToken,
    #[error("the token has expired")]
    ExpiredToken,
    #[error("the token has been used up")]
    UsedUpToken,
    #[error("the token is not for this address")]
    ForeignAddress,
    #[error("the key belongs to an agent that came with another token")]
    KnownKey,
    #[error("this agent is not a copy of another")]
    NoCopy,
    #[error("too many copies of this agent wait for approval (at most {0})")]
    TooManyCopies(i64),
    #[error("the agent has been revoked")]
    RevokedAgent,
    #[error("the agent is not known")]
    UnknownAgent,
    #[error("no certificate could be made")]
    Pki(#[from] PkiError),
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Turns a token and a key into an agent; the same two always into the same agent.
///
/// # Errors
///
/// [`Error`]; then nothing has changed, and no use is gone.
pub fn enrol(conn: &mut Conn, clock: &Clock, authority: &Authority, who: &Applicant) -> Result<Admission, Error> {
    let StoredToken { token, secret_hash } = store::lock_token(conn, who.token.id)?.ok_or(Error::UnknownToken)?;
    if !bool::from(subtle::ConstantTimeEq::ct_eq(secret_hash.as_slice(), who.token.secret_hash.as_slice())) {
        return Err(Error::UnknownToken);
    }
    let key_hash = who.key.hash();
    match store::find_by_key_hash(conn, &key_hash)? {
        Some((agent, origin)) if origin == Some(Origin::Token(token.id)) => {
            let ctx = context(clock, &agent, who.address, who.request_id.as_deref());
            again(conn, &ctx, authority, &who.key, agent)
        }
        Some(_) => Err(Error::KnownKey),
        None => first(conn, clock, authority, who, &token),
    }
}

/// The one who asks was here before: it lost the answer, or waits for a person. The token's end does not matter, it has
/// done its work. If its certificate has ended meanwhile, it comes back as it would by renewing that.
pub(super) fn again(
    conn: &mut Conn,
    ctx: &Ctx,
    authority: &Authority,
    key: &PublicKey,
    agent: KnownAgent,
) -> Result<Admission, Error> {
    match agent.state {
        AgentState::Revoked => Err(Error::RevokedAgent),
        AgentState::Pending => Ok(Admission::Pending(agent)),
        AgentState::Active => {
            let ended_at = store::find_latest_end(conn, &agent)?.filter(|ended_at| ctx.now >= *ended_at);
            match ended_at {
                None => certify(conn, ctx, authority, key, agent, "agent.certified"),
                Some(ended_at) if recovers(conn, &agent, (ctx.now, ended_at), false)? => {
                    certify(conn, ctx, authority, key, agent, "agent.recovered")
                }
                Some(ended_at) => hold(conn, ctx, agent, ended_at),
            }
        }
    }
}

fn first(
    conn: &mut Conn,
    clock: &Clock,
    authority: &Authority,
    who: &Applicant,
    token: &Token,
) -> Result<Admission, Error> {
    match token.state(clock.now()) {
        TokenState::Revoked => return Err(Error::RevokedToken),
        TokenState::Expired => return Err(Error::ExpiredToken),
        TokenState::UsedUp => return Err(Error::UsedUpToken),
        TokenState::Usable if !token.admits(who.address) => return Err(Error::ForeignAddress),
        TokenState::Usable => {}
    }
    if !store::use_token(conn, token.id)? {
        return Err(Error::UsedUpToken);
    }
    let state = if token.mode == Mode::Auto { AgentState::Active } else { AgentState::Pending };
    let new = NewAgent {
        id: clock.new_id(),
        organisation: token.organisation,
        origin: Origin::Token(token.id),
        state,
        evidence: &who.evidence,
        key_hash: who.key.hash(),
        enrolled_at: clock.now(),
    };
    let agent = store::insert(conn, &new)
        .map_err(|error| if error.is_unique_violation() { Error::KnownKey } else { error.into() })?;
    let ctx = context(clock, &agent, who.address, who.request_id.as_deref());
    record(conn, &ctx, "agent.enrolled", &agent, json!({"enrolment_token": token.id, "state": state.name()}))?;
    if state == AgentState::Pending {
        return Ok(Admission::Pending(agent));
    }
    certify(conn, &ctx, authority, &who.key, agent, "agent.certified")
}

/// Gives an agent its next certificate.
///
/// Whoever asks with the certificate of the present generation gets the next. Whoever asks with the one before and with
/// the key that was certified since has lost the answer, and gets it again. Anybody else has a copy of the identity.
///
/// A certificate that has ended is good for the next for 90 days and three times; after that its holder
/// waits for a person, as the same agent. That it holds the key, TLS has had it prove by signing a challenge.
///
/// # Errors
///
/// [`Error`]; then nothing has changed.
pub fn renew(conn: &mut Conn, clock: &Clock, authority: &Authority, who: &Renewal) -> Result<Admission, Error> {
    let (agent, present_key) = store::lock(conn, who.agent)?.ok_or(Error::UnknownAgent)?;
    match agent.state {
        AgentState::Revoked => return Err(Error::RevokedAgent),
        AgentState::Pending => return Ok(Admission::Pending(agent)),
        AgentState::Active => {}
    }
    let ctx = context(clock, &agent, who.address, who.request_id.as_deref());
    let (shown, ended_at) = generation_shown(conn, &agent, who)?.ok_or(Error::UnknownAgent)?;
    let key_hash = who.key.hash();
    let lost_the_answer = shown.saturating_add(1) == agent.generation && present_key == key_hash;
    if shown != agent.generation && !lost_the_answer {
        let details = json!({"shown_generation": shown, "generation": agent.generation});
        record(conn, &ctx, "agent.identity_copied", &agent, details)?;
        return Ok(Admission::Copied(agent));
    }
    // The agent would find its own certificate outdated.
    if let Some(run) = who.run
        && claims::is_contender(conn, agent.key, run)?
    {
        return Ok(Admission::Copied(agent));
    }
    if store::find_by_key_hash(conn, &key_hash)?.is_some_and(|(owner, _)| owner.id != agent.id) {
        return Err(Error::KnownKey);
    }
    let has_ended = ctx.now >= ended_at;
    if has_ended && !recovers(conn, &agent, (ctx.now, ended_at), lost_the_answer)? {
        return hold(conn, &ctx, agent, ended_at);
    }
    store::set_identity(conn, &agent, &key_hash, &who.evidence)?;
    let mut agent = KnownAgent { hostname: who.evidence.hostname.clone(), ..agent };
    if lost_the_answer {
        agent.generation = shown;
    }
    certify(conn, &ctx, authority, &who.key, agent, if has_ended { "agent.recovered" } else { "agent.renewed" })
}

/// Of which generation the certificate that was shown is, and when it ends. One that is not known although the authority
/// signed it, and that ends later than all that are known, was made after the backup was taken from which the database
/// was put back: it is of the present generation.
fn generation_shown(
    conn: &mut Conn,
    agent: &KnownAgent,
    who: &Renewal,
) -> Result<Option<(i32, Timestamp)>, StoreError> {
    if let Some(known) = store::find_certificate(conn, agent, &who.serial)? {
        return Ok(Some(known));
    }
    let latest = store::find_latest_end(conn, agent)?;
    let is_later = latest.is_none_or(|latest| latest < who.not_after);
    Ok(is_later.then_some((agent.generation, who.not_after)))
}

/// Whether an agent whose certificate has ended gets the next one without a person, and counts that it does. An answer
/// that is given again is not counted again.
fn recovers(
    conn: &mut Conn,
    agent: &KnownAgent,
    (now, ended_at): (Timestamp, Timestamp),
    lost_the_answer: bool,
) -> Result<bool, Error> {
    let (recoveries, approved_at) = store::recoveries(conn, agent)?;
    let since = approved_at.map_or(ended_at, |approved_at| approved_at.max(ended_at));
    if now.duration_since(since) > RECOVERABLE || (recoveries >= RECOVERIES && !lost_the_answer) {
        return Ok(false);
    }
    if !lost_the_answer {
        store::count_recovery(conn, agent)?;
    }
    Ok(true)
}

fn hold(conn: &mut Conn, ctx: &Ctx, agent: KnownAgent, ended_at: Timestamp) -> Result<Admission, Error> {
    store::hold(conn, &agent)?;
    record(conn, ctx, "agent.held", &agent, json!({"certificate_ended_at": ended_at}))?;
    let version = agent.version.saturating_add(1);
    Ok(Admission::Pending(KnownAgent { state: AgentState::Pending, version, ..agent }))
}

fn certify(
    conn: &mut Conn,
    ctx: &Ctx,
    authority: &Authority,
    key: &PublicKey,
    mut agent: KnownAgent,
    action: &'static str,
) -> Result<Admission, Error> {
    let issued = authority.issue_agent(key, agent.id)?;
    let generation = agent.generation.saturating_add(1);
    store::insert_certificate(conn, &agent, &issued.serial, generation, (ctx.now, issued.not_after))?;
    store::set_certificate(conn, &agent, generation, issued.not_after)?;
    agent.generation = generation;
    agent.version = agent.version.saturating_add(1);
    let details = json!({"generation": generation, "not_after": issued.not_after});
    record(conn, ctx, action, &agent, details)?;
    Ok(Admission::Issued(agent, issued))
}

pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    agent: &KnownAgent,
    details: serde_json::Value,
) -> Result<(), StoreError> {
    audit::record(conn, ctx, Entry { action, object: Object::named("agent", agent.id, &agent.hostname), details })?;
    fail_point(FailPoint::AfterAudit);
    Ok(())
}

pub(super) fn context(clock: &Clock, agent: &KnownAgent, address: Option<IpAddr>, request_id: Option<&str>) -> Ctx {
    let actor = Actor::Agent { id: agent.id, name: agent.hostname.clone() };
    let mut ctx = Ctx::new(actor, Scope::only([agent.organisation].into()), clock);
    ctx.address = address.map(|address| address.to_string());
    ctx.request_id = request_id.map(ToOwned::to_owned);
    ctx
}
