//! Getting a certificate, and getting the next one.

use std::time::Duration;

use terrier_shared::latest::enrolment::{EnrolReply, EnrolRequest, Evidence, ReEnrolRequest, RenewRequest};
use terrier_shared::latest::limits;
use terrier_shared::latest::paths;
use terrier_shared::latest::problem::AgentAction;
use terrier_shared::latest::report::Epoch;

use super::answer::{Answer, Refusal};
use super::client::{Client, ClientError, Session};
use super::credentials::{Credentials, CredentialsError, signing_request};
use super::server_url::ServerUrl;
use super::state_dir::StateDir;
use super::token::Token;

/// No certificate was got.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// No answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The state directory cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The server does not give one for this token or this agent.
    #[error("the server refused with status {}: {}", .0.status, .0.why)]
    Refused(Refusal),
    /// Another machine is this agent.
    #[error("another machine is this agent: {}", .0.why)]
    IdentityTaken(Refusal),
    /// The server has no time now.
    #[error("the server answered with status {status}")]
    Busy {
        /// The status.
        status: u16,
        /// What it asked for, in seconds.
        retry_after_s: Option<u64>,
    },
}

/// One step of an enrolment.
#[derive(Debug)]
pub enum Step {
    /// Done.
    Enrolled(Box<Credentials>),
    /// A person has to approve; ask again after the wait.
    Pending {
        /// The agent's id, which the approver sees too.
        agent_id: String,
        /// How long to wait, within 1 s and 1 h.
        wait: Duration,
    },
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credentials")
            .field("agent_id", &self.issued.agent_id)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// Asks for a certificate once. The key is on disk before it is named to the server, and the next call uses the
/// same one until it has its certificate.
///
/// # Errors
///
/// There is none yet, and waiting for a person would not help.
pub async fn ask(
    client: &Client,
    server: &ServerUrl,
    token: &Token,
    evidence: Evidence,
    state: &StateDir,
) -> Result<Step, EnrolError> {
    let key = state.pending_key()?;
    let request = EnrolRequest { token: token.reveal().to_owned(), csr_pem: signing_request(&key)?, evidence };
    let answer = client.connect().await?.post(paths::ENROL, &request).await?;
    step(answer, state, &server.to_string(), &key)
}

/// Asks for the next certificate, with a new key, over a connection that the present one has opened.
///
/// # Errors
///
/// There is none yet; the present certificate stays in use.
pub async fn renew(
    session: &mut Session,
    present: &Credentials,
    (evidence, run): (Evidence, Epoch),
    state: &StateDir,
) -> Result<Step, EnrolError> {
    let key = state.pending_key()?;
    let request = RenewRequest { csr_pem: signing_request(&key)?, evidence, run: Some(run) };
    let answer = session.post(paths::RENEW, &request).await?;
    step(answer, state, &present.server, &key)
}

/// Asks to be an agent of its own, over a connection that the identity of another has opened. The key is one that no
/// copy of this disk has, because it was made after the server had found that there are two.
///
/// # Errors
///
/// There is no certificate yet; the present identity stays.
pub async fn re_enrol(
    session: &mut Session,
    present: &Credentials,
    (evidence, run): (Evidence, Epoch),
    state: &StateDir,
) -> Result<Step, EnrolError> {
    let key = state.own_key()?;
    let request = ReEnrolRequest { csr_pem: signing_request(&key)?, evidence, run };
    let answer = session.post(paths::RE_ENROL, &request).await?;
    let step = step(answer, state, &present.server, &key)?;
    if matches!(step, Step::Enrolled(_)) {
        state.forget_own_key()?;
    }
    Ok(step)
}

fn step(answer: Answer<EnrolReply>, state: &StateDir, server: &str, key: &rcgen::KeyPair) -> Result<Step, EnrolError> {
    match answer {
        Answer::Accepted(EnrolReply::Issued(issued)) => Ok(Step::Enrolled(Box::new(state.adopt(server, key, issued)?))),
        Answer::Accepted(EnrolReply::Pending { agent_id, retry_after_s }) => {
            let wait = retry_after_s.clamp(limits::RETRY_AFTER_MIN_S, limits::RETRY_AFTER_MAX_S);
            Ok(Step::Pending { agent_id: super::answer::printable(&agent_id), wait: Duration::from_secs(wait.into()) })
        }
        Answer::Conflict(Some(AgentAction::ReEnrolAsNew), refusal) => Err(EnrolError::IdentityTaken(refusal)),
        Answer::Refused(refusal) | Answer::Forbidden(refusal) | Answer::Conflict(_, refusal) => {
            Err(EnrolError::Refused(refusal))
        }
        Answer::Busy { status, retry_after_s } => Err(EnrolError::Busy { status, retry_after_s }),
    }
}
