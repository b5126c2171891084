//! Becoming an agent of its own, where this one has the identity of another machine.

use tracing::{info, warn};

use super::agent::{Agent, RunError};
use super::delivery::Setback;
use crate::chain::Chain;
use crate::collect::identity::evidence;
use crate::transport::answer::Refusal;
use crate::transport::client::Session;
use crate::transport::credentials::{Credentials, CredentialsError};
use crate::transport::enrol::{self, EnrolError, Step};

/// The status by which a server says that this is no copy.
const CONFLICT: u16 = 409;

impl Agent {
    /// Notes that another machine is this agent. From now on this one asks for an identity of its own, with a key that it
    /// makes here and now, and tells the server nothing until it has one.
    pub(super) fn note_copy(&self) -> Result<(), CredentialsError> {
        self.state.own_key().map(drop)
    }

    /// Whether it was told so, perhaps by an earlier process.
    pub(super) fn is_copy(&self) -> bool {
        self.state.wants_own_identity()
    }

    /// Asks for an identity of its own and takes it over. What has not been told yet is told as that one.
    ///
    /// # Errors
    ///
    /// There is none yet: a person has to approve it, or there is no answer.
    pub(super) async fn become_own(&mut self) -> Result<(), Setback> {
        let mut session = self.client.connect().await?;
        match self.ask_for_own(&mut session).await {
            Ok(Step::Enrolled(credentials)) => self.take_own(*credentials).await,
            Ok(Step::Pending { agent_id, wait }) => {
                Err(Setback::CopyAwaitsApproval { agent_id, retry_after_s: wait.as_secs() })
            }
            Err(error) => Err(self.refused_own(error)?),
        }
    }

    async fn ask_for_own(&self, session: &mut Session) -> Result<Step, EnrolError> {
        // A host without a name is known by its other marks.
        let evidence = evidence(&self.host).unwrap_or_default();
        enrol::re_enrol(session, &self.credentials, (evidence, self.run), &self.state).await
    }

    async fn take_own(&mut self, credentials: Credentials) -> Result<(), Setback> {
        self.adopt(credentials)?;
        let agent_id = self.credentials.issued.agent_id.clone();
        self.kept.spool.split_off(&agent_id)?;
        self.certificate_is_refused = false;
        info!(agent_id, "this host is an agent of its own now");
        self.observe_only(self.config.sections.clone()).await;
        Ok(())
    }

    fn refused_own(&self, error: EnrolError) -> Result<Setback, Setback> {
        match error {
            EnrolError::Refused(Refusal { status: CONFLICT, why, .. }) => {
                warn!(why, "this host need not be an agent of its own");
                self.state.forget_own_key().map_err(RunError::from)?;
                Ok(Setback::Refused(Refusal { status: CONFLICT, code: String::new(), why }))
            }
            EnrolError::Refused(refusal) | EnrolError::IdentityTaken(refusal) => Ok(Setback::Refused(refusal)),
            EnrolError::Busy { status, retry_after_s } => Ok(Setback::Busy { status, retry_after_s }),
            EnrolError::Client(error) => Ok(Setback::Client(error)),
            EnrolError::Credentials(error) => {
                warn!(error = %Chain(&error), "the identity of its own cannot be kept");
                Ok(Setback::Own(error.into()))
            }
        }
    }
}
