//! Getting the next certificate in time, or after the present one has ended.

use tracing::{info, warn};

use super::agent::Agent;
use super::delivery::Setback;
use crate::chain::Chain;
use crate::collect::identity::evidence;
use crate::transport::answer::printable;
use crate::transport::client::Session;
use crate::transport::enrol::{self, EnrolError, Step};
use crate::transport::spool::WallClock;

/// How long a renewal waits for the next, in milliseconds.
const RETRY_MS: u64 = 60 * 60 * 1000;

impl Agent {
    /// A renewal that fails changes nothing: the present certificate is good for as long again.
    pub(super) async fn renew_if_due(&mut self, session: &mut Session) {
        let now = self.now();
        let time_s = self.server_time_s().unwrap_or_else(|| now.wall_s());
        if time_s < self.credentials.issued.renew_at_s || now.mono_ms < self.renewal_not_before_ms {
            return;
        }
        let step = self.renew(session).await;
        self.take(step.and_then(|step| match step {
            Step::Pending { .. } => Err("an administrator has to approve it".to_owned()),
            issued @ Step::Enrolled(_) => Ok(issued),
        }));
    }

    /// Whether the certificate has ended, as the server said or by its clock. Before it has answered, this host's clock is
    /// believed, if it can be right.
    pub(super) fn has_ended(&self) -> bool {
        let now = self.now();
        let ends_s = self.credentials.issued.not_after_s;
        let by_time = match self.server_time_s() {
            Some(time_s) => time_s >= ends_s,
            None => now.wall_s() >= ends_s && self.wall_clock(now) == WallClock::Believed,
        };
        (self.certificate_is_refused || by_time) && now.mono_ms >= self.renewal_not_before_ms
    }

    /// Gets the next certificate with one that has ended: the server takes it for nothing else. On a connection of its
    /// own, because the next certificate needs another. Where this fails, the server's answer to the reports decides.
    ///
    /// # Errors
    ///
    /// There is no connection, or a person has to approve.
    pub(super) async fn recover(&mut self) -> Result<(), Setback> {
        let mut session = self.client.connect().await?;
        let step = self.renew(&mut session).await;
        if let Ok(Step::Pending { agent_id, wait }) = step {
            return Err(Setback::AwaitsApproval { agent_id, retry_after_s: wait.as_secs() });
        }
        self.take(step);
        Ok(())
    }

    async fn renew(&self, session: &mut Session) -> Result<Step, String> {
        let evidence = evidence(&self.host).map_err(|error| Chain(&error).to_string())?;
        let renewed = enrol::renew(session, &self.credentials, (evidence, self.run), &self.state).await;
        if let Err(EnrolError::IdentityTaken(_)) = renewed {
            self.note_copy().map_err(|error| Chain(&error).to_string())?;
        }
        renewed.map_err(|error| Chain(&error).to_string())
    }

    fn take(&mut self, step: Result<Step, String>) {
        let adopted = match step {
            Ok(Step::Enrolled(credentials)) => self.adopt(*credentials).map_err(|error| Chain(&error).to_string()),
            Ok(Step::Pending { .. }) => return,
            Err(why) => Err(why),
        };
        // Also after a success: a server that never finds a certificate new enough is not asked at every turn.
        self.renewal_not_before_ms = self.now().mono_ms + RETRY_MS;
        match adopted {
            Ok(()) => {
                self.certificate_is_refused = false;
                info!(generation = self.credentials.issued.generation, "the certificate was renewed");
            }
            Err(why) => warn!(why = printable(&why), "the certificate could not be renewed"),
        }
    }
}
