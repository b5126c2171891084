//! `POST /agent/v1/reports`.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use jiff::Timestamp;
use terrier_shared::latest::report::{BatchReply, Outcome, ReportResult};
use terrier_shared::latest::section::SectionKind;

use super::Intake;
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::fleet::{KnownAgent, Presences, Roster, Sighting};
use crate::ingest::batch::{self, Decoded, NotABatch};
use crate::ingest::peer::{self, Speaker};
use crate::ingest::writer::{Settled, Unsettled};
use crate::ingest::{body, decompress};
use crate::kernel::clock::Clock;

/// Takes reports, or none: then it is a sign of life.
pub(super) async fn take(
    Speaker(agent): Speaker,
    request: HttpRequest,
    mut payload: web::Payload,
    intake: web::Data<Intake>,
    roster: web::Data<Roster>,
    presences: web::Data<Presences>,
    clock: web::Data<Clock>,
) -> Result<web::Json<BatchReply>, Problem> {
    let _turn = intake.turns.take(agent.key).ok_or_else(busy)?;
    let received_at = clock.now();
    intake.rates.admit(agent.key, received_at).map_err(too_often)?;
    let plain = body::read(&request, &mut payload, &intake.limits, &intake.budget).await?;
    let _under_way = intake.writer.take_up();
    let (decoded, share) = decode(plain, received_at).await?;
    // The body may have taken half a minute.
    let now_known = roster.find(agent.id).ok_or(Problem::new(Code::IdentityUnknown))?;
    peer::may_speak(&now_known)?;
    presences.saw(agent.key, sighting(&decoded, &request));
    log_loss(&agent, &decoded);
    let (brought, more) = (decoded.reports.len(), decoded.pending_reports);
    let settled = settle(&intake, &agent, decoded, share).await?;
    intake.rates.delivered(agent.key, brought, more, received_at);
    Ok(web::Json(reply(settled, &intake, clock.now())))
}

fn busy() -> Problem {
    let detail = "another request of this agent is under way";
    Problem { retry_after_s: Some(5), ..Problem::because(Code::TooManyRequests, detail) }
}

fn too_often(wait: Duration) -> Problem {
    metrics::counter!("ingest_shed_total", "why" => "rate").increment(1);
    let seconds = wait.as_millis().div_ceil(1_000).max(1);
    let detail = "this agent asks too often";
    let retry_after_s = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
    Problem { retry_after_s, ..Problem::because(Code::TooManyRequests, detail) }
}

type Shared = (Decoded, crate::ingest::limits::Share);

async fn decode(plain: decompress::Plain, received_at: Timestamp) -> Result<Shared, Problem> {
    let decompress::Plain { bytes, share } = plain;
    let decoded = tokio::task::spawn_blocking(move || batch::read(&bytes, received_at)).await;
    Ok((decoded.map_err(|stopped| Problem::internal(&stopped))??, share))
}

fn sighting(decoded: &Decoded, request: &HttpRequest) -> Sighting {
    Sighting {
        at: decoded.sent.received_at,
        agent_version: decoded.agent_version.clone(),
        address: peer::address(request).map(|address| address.to_string()).unwrap_or_default(),
        pending_reports: decoded.pending_reports,
        dropped_reports: i64::try_from(decoded.dropped_reports).unwrap_or(i64::MAX),
    }
}

fn log_loss(agent: &KnownAgent, decoded: &Decoded) {
    if let Some(at_ms) = decoded.spool_replaced_ms {
        tracing::warn!(
            agent.key = agent.key,
            at_ms,
            "an agent's spool was damaged and begun anew; what waited in it is lost"
        );
    }
}

/// Has the request written, unless it brings nothing and says nothing new.
async fn settle(
    intake: &Intake,
    agent: &KnownAgent,
    decoded: Decoded,
    share: crate::ingest::limits::Share,
) -> Result<Settled, Problem> {
    let (key, received_at, root) = (agent.key, decoded.sent.received_at, decoded.root);
    let roots = intake.writer.roots();
    if decoded.reports.is_empty() && (root.is_none() || roots.agree(key, root)) {
        return Ok(Settled { results: Vec::new(), want_full: BTreeSet::new(), roots_agree: true });
    }
    let sanitised = decoded.reports.iter().filter(|report| report.sanitised).count();
    let mut settled = intake.writer.write(key, decoded, share).await?;
    let interval = Duration::from_secs(intake.limits.interval_s.into());
    if !settled.roots_agree && roots.may_ask(key, received_at, interval) {
        settled.want_full.extend(SectionKind::ALL);
    }
    count(&settled.results, sanitised);
    Ok(settled)
}

fn reply(settled: Settled, intake: &Intake, now: Timestamp) -> BatchReply {
    BatchReply {
        results: settled.results,
        want_full: settled.want_full.into_iter().collect(),
        incarnation: intake.incarnation.to_string(),
        next_s: intake.limits.interval_s,
        server_time_ms: now.as_millisecond(),
    }
}

fn count(results: &[ReportResult], sanitised: usize) {
    for result in results {
        let outcome = match result.outcome {
            Outcome::Stored => "stored",
            Outcome::Duplicate => "duplicate",
            Outcome::Rejected => "rejected",
            Outcome::Quarantined => "quarantined",
            Outcome::Unknown => "unknown",
        };
        metrics::counter!("ingest_reports_total", "outcome" => outcome).increment(1);
    }
    metrics::counter!("ingest_sanitised_total").increment(u64::try_from(sanitised).unwrap_or(u64::MAX));
}

impl From<NotABatch> for Problem {
    fn from(error: NotABatch) -> Self {
        Self::because(Code::MalformedRequest, error.to_string().chars().take(400).collect::<String>())
    }
}

impl From<Unsettled> for Problem {
    fn from(error: Unsettled) -> Self {
        let later = |seconds, why: &'static str| {
            metrics::counter!("ingest_shed_total", "why" => why).increment(1);
            Self { retry_after_s: Some(seconds), ..Self::because(Code::Unavailable, error.to_string()) }
        };
        match error {
            Unsettled::Full(seconds) => later(seconds, "queue"),
            Unsettled::Unavailable => later(5, "database"),
            Unsettled::Failed => Self::new(Code::Internal),
            Unsettled::Inactive => Self::new(Code::AgentRevoked),
        }
    }
}
