//! Who was shut out for good, remembered outside the database, so that no restored backup lets him in again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::access;
use crate::fleet::{self, Roster};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{AgentId, ApiTokenId, EnrolmentTokenId};
use crate::store::json_lines::{JsonLines, JsonLinesError};
use crate::store::{Conn, StoreError};

const FILE: &str = "shut-out.jsonl";

/// Who or what was shut out, as it stands in the file, a line of JSON each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub(super) enum Ended {
    /// An agent that was revoked.
    Agent(AgentId),
    /// An enrolment token that was revoked or used up.
    EnrolmentToken(EnrolmentTokenId),
    /// A personal access token that was revoked.
    ApiToken(ApiTokenId),
}

/// All of them. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct ShutOut {
    file: JsonLines,
    known: Arc<Mutex<BTreeSet<Ended>>>,
}

/// How many were shut out once more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Again {
    pub(super) agents: usize,
    pub(super) enrolment_tokens: usize,
    pub(super) api_tokens: usize,
}

impl ShutOut {
    /// Those in the file of this directory. A line that cannot be understood stands there and counts for nothing.
    pub(super) fn open(data_dir: &Path) -> Result<Self, JsonLinesError> {
        let file = JsonLines::at(&data_dir.join(FILE));
        let known = file.tail(u64::MAX)?.into_iter().flatten().collect();
        Ok(Self { file, known: Arc::new(Mutex::new(known)) })
    }

    /// Adds those who are not in the file yet; when this returns, they are on disk.
    pub(super) fn remember(&self, ended: impl IntoIterator<Item = Ended>) -> Result<(), JsonLinesError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<Ended> = ended.into_iter().filter(|one| !known.contains(one)).collect();
        if !new.is_empty() {
            self.file.append(&new)?;
            known.extend(new);
        }
        Ok(())
    }

    /// Shuts all of them out of a database that may know nothing of it.
    pub(super) fn enforce(&self, conn: &mut Conn, ctx: &Ctx) -> Result<Again, StoreError> {
        let (mut agents, mut tokens, mut api_tokens) = (Vec::new(), Vec::new(), Vec::new());
        for one in self.known.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            match one {
                Ended::Agent(id) => agents.push(*id),
                Ended::EnrolmentToken(id) => tokens.push(*id),
                Ended::ApiToken(id) => api_tokens.push(*id),
            }
        }
        let (agents, enrolment_tokens) = fleet::ended::end_again(conn, ctx, &agents, &tokens)?;
        let api_tokens = access::end_tokens_again(conn, ctx, &api_tokens)?;
        Ok(Again { agents, enrolment_tokens, api_tokens })
    }
}

/// Tokens that the database knows as ended.
pub(super) fn tokens(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<Ended>, StoreError> {
    let enrolment = fleet::ended::tokens(conn, ctx.now)?.into_iter().map(Ended::EnrolmentToken);
    let api = access::ended_tokens(conn, ctx.now)?.into_iter().map(Ended::ApiToken);
    Ok(enrolment.chain(api).collect())
}

/// Agents that are known as revoked.
pub(super) fn agents(roster: &Roster) -> Vec<Ended> {
    roster.revoked().into_iter().map(Ended::Agent).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Ended, ShutOut};
    use crate::kernel::id::{AgentId, ApiTokenId, EnrolmentTokenId};

    #[test]
    fn who_was_shut_out_stands_in_the_file_once() {
        let directory = tempfile::TempDir::new().unwrap();
        let all = [
            Ended::Agent(AgentId::from_uuid(Uuid::from_u128(1))),
            Ended::EnrolmentToken(EnrolmentTokenId::from_uuid(Uuid::from_u128(2))),
            Ended::ApiToken(ApiTokenId::from_uuid(Uuid::from_u128(3))),
        ];
        let shut_out = ShutOut::open(directory.path()).unwrap();
        shut_out.remember(all[..2].iter().copied()).unwrap();
        shut_out.remember(all).unwrap();
        let again = ShutOut::open(directory.path()).unwrap();
        again.remember(all).unwrap();
        let text = std::fs::read_to_string(directory.path().join("shut-out.jsonl")).unwrap();
        assert_eq!(
            text,
            "{\"kind\":\"agent\",\"id\":\"00000000-0000-0000-0000-000000000001\"}\n\
             {\"kind\":\"enrolment_token\",\"id\":\"00000000-0000-0000-0000-000000000002\"}\n\
             {\"kind\":\"api_token\",\"id\":\"00000000-0000-0000-0000-000000000003\"}\n"
        );
    }
}
