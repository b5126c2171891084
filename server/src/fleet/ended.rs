//! What was ended for good, and ending it once more when an older database knows nothing of it.

use jiff::Timestamp;

use super::service::{self, Error};
use super::store;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{AgentId, EnrolmentTokenId};
use crate::store::{Conn, StoreError};

/// Why an agent is revoked that was so before; stands in the audit trail.
const REASON: &str = "was revoked after the backup was taken";

/// Tokens whose time is not over, and that let nobody in for another reason.
///
/// # Errors
///
/// The database fails.
pub fn tokens(conn: &mut Conn, now: Timestamp) -> Result<Vec<EnrolmentTokenId>, StoreError> {
    Ok(store::list_ended_tokens(conn, now)?)
}

/// Shuts out agents that had been shut out, and ends tokens that had been revoked or used up; gives how many of each
/// were let in. Those that came after the backup was taken are not known, and are refused for that.
///
/// # Errors
///
/// The database fails.
pub fn end_again(
    conn: &mut Conn,
    ctx: &Ctx,
    agents: &[AgentId],
    tokens: &[EnrolmentTokenId],
) -> Result<(usize, usize), StoreError> {
    let mut count = (0, 0);
    for agent in agents {
        count.0 += usize::from(is_new(service::revoke(conn, ctx, *agent, Some(REASON)).map(drop))?);
    }
    let ended = store::list_ended_tokens(conn, ctx.now)?;
    for token in tokens.iter().filter(|token| !ended.contains(token)) {
        count.1 += usize::from(is_new(service::revoke_token(conn, ctx, *token))?);
    }
    Ok(count)
}

fn is_new(done: Result<(), Error>) -> Result<bool, StoreError> {
    match done {
        Ok(()) => Ok(true),
        Err(Error::NotFound | Error::State(_) | Error::UnknownOrganisation) => Ok(false),
        Err(Error::Store(error)) => Err(error),
    }
}
