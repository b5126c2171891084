//! Delivering what waits, and doing what the server's answers ask for.

use std::time::Duration;

use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::limits;
use terrier_shared::latest::paths;
use terrier_shared::latest::problem::AgentAction;
use terrier_shared::latest::report::{Batch, BatchReply, Report, ReportKind};
use terrier_shared::latest::section::SectionKind;
use tracing::{debug, info, warn};

use super::agent::{Agent, RunError};
use crate::chain::Chain;
use crate::report::{batch, delta};
use crate::transport::answer::{Answer, Refusal, printable};
use crate::transport::client::{ClientError, Session};
use crate::transport::retry::FLOOR_MS;
use crate::transport::spool::{Form, Ledger, Misnamed, SpoolError, Subject, Waiting};

/// How often, in one delivery, the server may ask for more than was going to be sent. A server that never has
/// enough is answered again at the next turn.
const ROUNDS: u32 = 3;
/// The server's word for a certificate that has ended.
const CERTIFICATE_REQUIRED: &str = "certificate_required";

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The server has everything.
    Done,
    /// It does not.
    Failed {
        /// Milliseconds to wait before the next attempt.
        wait_ms: u64,
    },
}

/// Why a delivery stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Setback {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Own(#[from] RunError),
    #[error("the server answered with status {status}")]
    Busy { status: u16, retry_after_s: Option<u64> },
    #[error("the server refused with status {}: {}", .0.status, .0.why)]
    Refused(Refusal),
    #[error("another machine is this agent: this one is going to ask for an identity of its own ({})", .0.why)]
    IdentityTaken(Refusal),
    #[error("this host has the identity of another machine: an administrator has to approve it as agent {agent_id}")]
    CopyAwaitsApproval { agent_id: String, retry_after_s: u64 },
    #[error("the certificate has ended: an administrator has to approve agent {agent_id} again")]
    AwaitsApproval { agent_id: String, retry_after_s: u64 },
    #[error("the server answered for none of the reports it was sent")]
    NoResults,
}

impl Setback {
    const fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Busy { retry_after_s, .. } => *retry_after_s,
            Self::AwaitsApproval { retry_after_s, .. } | Self::CopyAwaitsApproval { retry_after_s, .. } => {
                Some(*retry_after_s)
            }
            _ => None,
        }
    }
}

impl Agent {
    /// Delivers everything that waits, or a heartbeat if nothing does. What goes wrong is logged and remembered;
    /// nothing that was not answered for is forgotten.
    pub async fn deliver(&mut self) -> Delivery {
        match Box::pin(self.try_deliver()).await {
            Ok(()) => Delivery::Done,
            Err(setback) => self.failed(setback),
        }
    }

    fn failed(&mut self, setback: Setback) -> Delivery {
        if let Setback::Spool(error) | Setback::Own(RunError::Spool(error)) = setback {
            self.trouble(&error.into());
            // The server is not to blame and need not be spared.
            return Delivery::Failed { wait_ms: FLOOR_MS };
        }
        let mut draw = || self.entropy.bits().unwrap_or(u64::MAX / 2);
        let random = [draw(), draw()];
        let wait_ms = self.backoff.failed(setback.retry_after_s(), random);
        warn!(error = %Chain(&setback), wait_s = wait_ms / 1000, "nothing could be delivered");
        let text = printable(&Chain(&setback).to_string());
        let noted = self
            .kept
            .spool
            .remember(&[(Ledger::LastError, text), (Ledger::LastErrorMs, self.now().wall_ms.to_string())]);
        if let Err(error) = noted {
            debug!(error = %Chain(&error), "the error could not be noted");
        }
        Delivery::Failed { wait_ms }
    }

    async fn try_deliver(&mut self) -> Result<(), Setback> {
        if self.is_copy() {
            self.become_own().await?;
        }
        if self.has_ended() {
            self.recover().await?;
        }
        let mut session = self.client.connect().await?;
        let mut rounds = 0;
        loop {
            self.pulse.beat();
            let reports = self.next_batch()?;
            let answer = self.exchange(&mut session, &reports).await;
            match self.react(answer, &reports, &mut rounds).await? {
                Next::More if reports.is_empty() => {}
                Next::More => tokio::time::sleep(self.pause(reports.len())).await,
                Next::Enough => break,
            }
        }
        self.batch_limit = usize::MAX;
        self.renew_if_due(&mut session).await;
        Ok(())
    }

    fn pause(&self, reports: usize) -> Duration {
        self.pause_per_report.saturating_mul(u32::try_from(reports).unwrap_or(u32::MAX))
    }

    /// What was sent and not answered for comes first, as it was; then what has no name yet gets one.
    fn next_batch(&mut self) -> Result<Vec<Report>, SpoolError> {
        let mut named = self.kept.spool.named(limits::REPORTS_PER_BATCH)?;
        if !named.is_empty() {
            let count = batch::fit(named.iter().map(|report| report.body.get().len()), self.batch_limit);
            named.truncate(count);
            return Ok(named);
        }
        let waiting = self.kept.spool.waiting(limits::REPORTS_PER_BATCH)?;
        let count = batch::fit(waiting.iter().map(|waiting| waiting.length), self.batch_limit);
        let forms: Vec<(&Waiting, Form)> = waiting.iter().take(count).map(|waiting| (waiting, form(waiting))).collect();
        if forms.is_empty() { Ok(Vec::new()) } else { self.kept.spool.name(&forms) }
    }

    async fn exchange(&mut self, session: &mut Session, reports: &[Report]) -> Result<Answer<BatchReply>, Setback> {
        let batch = self.envelope(reports)?;
        debug!(reports = reports.len(), "sending");
        Ok(session.post(paths::REPORTS, &batch).await?)
    }

    fn envelope(&self, reports: &[Report]) -> Result<Batch, SpoolError> {
        let now = self.now();
        let outlook = self.kept.spool.outlook()?;
        let beyond = outlook.pending.saturating_sub(u64::try_from(reports.len()).unwrap_or(u64::MAX));
        let held = self.kept.spool.held_after(reports)?;
        Ok(Batch {
            boot_id: self.boot_id.clone(),
            run: Some(self.run),
            machine: Some(self.machine.clone()),
            sent_wall_ms: now.wall_ms,
            sent_mono_ms: now.mono_ms,
            server_incarnation: self.kept.spool.recall(Ledger::Incarnation)?,
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            inventory_root: (!held.is_empty())
                .then(|| Hash::root(held.iter().map(|(name, hash)| (name.as_str(), *hash)))),
            pending_reports: u32::try_from(beyond).unwrap_or(u32::MAX),
            dropped_reports: outlook.dropped,
            spool_replaced_ms: self.replaced_ms()?,
            reports: reports.to_vec(),
        })
    }

    fn replaced_ms(&self) -> Result<Option<i64>, SpoolError> {
        Ok(self.kept.spool.recall(Ledger::ReplacedMs)?.and_then(|text| text.parse().ok()))
    }

    /// The reaction table of the protocol.
    async fn react(
        &mut self,
        answer: Result<Answer<BatchReply>, Setback>,
        reports: &[Report],
        rounds: &mut u32,
    ) -> Result<Next, Setback> {
        match answer {
            Ok(Answer::Accepted(reply)) => self.accepted(reply, reports, rounds).await,
            Ok(Answer::Refused(refusal)) => self.refused(refusal, reports),
            Ok(Answer::Conflict(action, refusal)) => self.conflict(action, refusal, rounds).await,
            Ok(Answer::Forbidden(refusal)) => {
                self.certificate_is_refused |= refusal.code == CERTIFICATE_REQUIRED;
                Err(Setback::Refused(refusal))
            }
            Ok(Answer::Busy { status, retry_after_s }) => Err(Setback::Busy { status, retry_after_s }),
            Err(Setback::Client(ClientError::RequestTooLarge(bytes))) => self.refused(
                Refusal { status: 413, code: String::new(), why: format!("{bytes} bytes are too many for a request") },
                reports,
            ),
            Err(setback) => Err(setback),
        }
    }

    async fn accepted(&mut self, reply: BatchReply, reports: &[Report], rounds: &mut u32) -> Result<Next, Setback> {
        self.settle(&reply, reports, rounds)?;
        self.backoff.succeeded();
        let was_restored = self.note_answer(&reply)?;
        let wanted = if was_restored { self.config.sections.clone() } else { self.wanted(&reply) };
        if was_restored {
            info!("the server was restored from a backup; what it acknowledged lately is sent again");
            self.kept.spool.resend_kept()?;
        }
        if !wanted.is_empty() && *rounds < ROUNDS {
            *rounds += 1;
            self.kept.spool.want_full(&wanted)?;
            self.observe_only(wanted).await;
        } else if !wanted.is_empty() {
            self.kept.spool.forget_unknown_sections()?;
        }
        self.more_or_enough()
    }

    fn settle(&mut self, reply: &BatchReply, reports: &[Report], rounds: &mut u32) -> Result<(), Setback> {
        let misnamed = if *rounds < ROUNDS { Misnamed::Kept } else { Misnamed::Buried };
        let settled = self.kept.spool.settle(reports, &reply.results, misnamed, self.now().wall_ms)?;
        if settled.dead > 0 {
            warn!(reports = settled.dead, "the server refused reports for good; they are kept as dead letters");
        }
        if settled.misnamed > 0 {
            // This host was set back to an earlier state, and has used these names before.
            info!(reports = settled.misnamed, "the server knows other reports by these names; they get new ones");
            *rounds += 1;
            let epoch = self.new_epoch()?;
            self.kept.spool.rename_under(epoch)?;
        }
        let is_answered = settled.acked + settled.dead + settled.misnamed > 0;
        if reports.is_empty() || is_answered { Ok(()) } else { Err(Setback::NoResults) }
    }

    fn more_or_enough(&self) -> Result<Next, Setback> {
        Ok(if self.kept.spool.outlook()?.pending > 0 { Next::More } else { Next::Enough })
    }

    fn wanted(&self, reply: &BatchReply) -> Vec<SectionKind> {
        self.config.sections.iter().copied().filter(|kind| reply.want_full.contains(kind)).collect()
    }

    /// Says whether the server's database is another than at the last answer.
    fn note_answer(&mut self, reply: &BatchReply) -> Result<bool, SpoolError> {
        if self.replaced_ms()?.is_some() {
            self.kept.spool.forget(Ledger::ReplacedMs)?;
        }
        self.server_clock = Some((reply.server_time_ms, self.now().mono_ms));
        let before = self.kept.spool.recall(Ledger::Incarnation)?;
        let interval_s = reply.next_s.clamp(limits::INTERVAL_MIN_S, limits::INTERVAL_MAX_S);
        let incarnation = printable(&reply.incarnation);
        let is_another = before.is_some_and(|before| before != incarnation);
        self.kept.spool.remember(&[
            (Ledger::Incarnation, incarnation),
            (Ledger::IntervalS, interval_s.to_string()),
            (Ledger::LastAnswerMs, self.now().wall_ms.to_string()),
        ])?;
        Ok(is_another)
    }

    /// The whole request was refused. The one report that is to blame is found by halving, so that it takes no
    /// other with it.
    fn refused(&mut self, refusal: Refusal, reports: &[Report]) -> Result<Next, Setback> {
        match reports {
            [] => Err(Setback::Refused(refusal)),
            [report] => {
                warn!(status = refusal.status, why = refusal.why, "the server refused a report for good");
                self.kept.spool.bury(report, &refusal.why, self.now().wall_ms)?;
                self.batch_limit = usize::MAX;
                self.more_or_enough()
            }
            several => {
                self.batch_limit = several.len() / 2;
                Ok(Next::More)
            }
        }
    }

    async fn conflict(
        &mut self,
        action: Option<AgentAction>,
        refusal: Refusal,
        rounds: &mut u32,
    ) -> Result<Next, Setback> {
        if *rounds >= ROUNDS {
            return Err(Setback::Refused(refusal));
        }
        *rounds += 1;
        match action {
            Some(AgentAction::SendFull) => {
                self.kept.spool.want_everything()?;
                self.observe_only(self.config.sections.clone()).await;
                Ok(Next::More)
            }
            Some(AgentAction::NewEpoch) => {
                let epoch = self.new_epoch()?;
                self.kept.spool.rename_under(epoch)?;
                Ok(Next::More)
            }
            Some(AgentAction::ReEnrolAsNew) => {
                self.note_copy().map_err(RunError::from)?;
                Err(Setback::IdentityTaken(refusal))
            }
            Some(AgentAction::Unknown) | None => Err(Setback::Refused(refusal)),
        }
    }
}

/// Whether a delivery goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    More,
    Enough,
}

fn form(waiting: &Waiting) -> Form {
    let (kind, base) = match waiting.subject {
        Subject::Section(_) => delta::form(waiting.hash, waiting.acked, waiting.wants_full),
        Subject::Fault(_) => (ReportKind::Fault, None),
        Subject::Metrics => (ReportKind::Metrics, None),
    };
    Form { kind, base }
}
