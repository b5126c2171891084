//! What people do with dead letters: one function per use case.

use serde_json::json;
use terrier_shared::latest::limits;

use super::model::{Counts, DeadLetter, Filter};
use super::store;
use crate::audit::{self, Entry, Object};
use crate::ingest;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, StoreError};

/// It cannot be done.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error("there is no such thing, or not in your reach")]
    NotFound,
    #[error("this cannot be asked for: {0}")]
    Refused(&'static str),
    #[error("what was set aside cannot be unpacked")]
    Unreadable(#[source] std::io::Error),
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Most bytes that one holds: a report, or a whole request where its reports could not be told apart.
const CONTENT_BYTES: usize = limits::DECODED_BODY_BYTES * 2;

/// Those in reach, the latest first, and how many there are of each kind.
///
/// # Errors
///
/// [`Error::NotFound`] if the filter names an agent that is out of reach.
pub fn list(
    conn: &mut Conn,
    ctx: &Ctx,
    filter: &Filter,
    page: &PageRequest<i64>,
) -> Result<(Page<DeadLetter, i64>, Counts), Error> {
    check_agent(conn, ctx, filter)?;
    let senders = store::senders(conn, &ctx.scope, filter)?;
    let rows = store::list(conn, senders.as_deref(), filter.cause, page.after, page.rows_to_fetch())?;
    let counts = store::count(conn, senders.as_deref())?;
    Ok((Page::from_rows(rows, page, |letter| letter.id), counts))
}

/// One of them with what is in it, byte for byte.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn load(conn: &mut Conn, ctx: &Ctx, id: i64) -> Result<(DeadLetter, Vec<u8>), Error> {
    let letter = find(conn, ctx, id)?;
    let packed = store::body(conn, id)?;
    let content = zstd::bulk::decompress(&packed, CONTENT_BYTES).map_err(Error::Unreadable)?;
    Ok((letter, content))
}

/// Throws one away.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn discard_one(conn: &mut Conn, ctx: &Ctx, id: i64) -> Result<(), Error> {
    let letter = find(conn, ctx, id)?;
    if store::remove(conn, id)? == 0 {
        return Err(Error::NotFound);
    }
    let details = json!({"cause": letter.cause.name(), "section": letter.section, "reason": letter.reason});
    record(conn, ctx, "dead_letter.discarded", &letter, details)?;
    Ok(())
}

/// Throws away all that `filter` leaves up to the number `up_to`: what came later, nobody has seen yet. Gives how many.
///
/// # Errors
///
/// [`Error::NotFound`] if the filter names an agent that is out of reach.
pub fn discard_all(conn: &mut Conn, ctx: &Ctx, filter: &Filter, up_to: i64) -> Result<usize, Error> {
    check_agent(conn, ctx, filter)?;
    let count = store::discard(conn, &ctx.scope, filter, up_to)?;
    if count > 0 {
        let details = json!({
            "agent": filter.agent.map(|agent| agent.to_string()),
            "cause": filter.cause.map(super::model::Cause::name),
            "hostname": filter.part_of_name,
            "count": count,
        });
        let object = Object::named("dead_letter", up_to, "");
        audit::record(conn, ctx, Entry { action: "dead_letter.all_discarded", object, details })?;
    }
    Ok(count)
}

/// Has the agent send the section of this one anew, whole: at its next report.
///
/// # Errors
///
/// [`Error::NotFound`]; [`Error::Refused`] if it is about no section or the agent may not speak.
pub fn ask_again(conn: &mut Conn, ctx: &Ctx, id: i64) -> Result<DeadLetter, Error> {
    let letter = find(conn, ctx, id)?;
    if let Some(reason) = letter.against_asking() {
        return Err(Error::Refused(reason));
    }
    let section = letter.section.clone().unwrap_or_default();
    ingest::forget_section(conn, letter.agent.key, &section)?;
    record(conn, ctx, "dead_letter.asked_again", &letter, json!({"section": section}))?;
    Ok(letter)
}

fn find(conn: &mut Conn, ctx: &Ctx, id: i64) -> Result<DeadLetter, Error> {
    store::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)
}

fn check_agent(conn: &mut Conn, ctx: &Ctx, filter: &Filter) -> Result<(), Error> {
    match filter.agent {
        Some(agent) if !store::knows_agent(conn, &ctx.scope, agent)? => Err(Error::NotFound),
        _ => Ok(()),
    }
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    letter: &DeadLetter,
    details: serde_json::Value,
) -> Result<(), StoreError> {
    let object = Object::named("dead_letter", letter.id, &letter.agent.hostname);
    audit::record(conn, ctx, Entry { action, object, details })
}
