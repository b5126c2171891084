//! `POST /agent/v1/reports`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use jiff::Timestamp;
use terrier_shared::latest::limits;
use terrier_shared::latest::problem::AgentAction;
use terrier_shared::latest::report::{BatchReply, Outcome, ReportResult};
use terrier_shared::latest::section::SectionKind;

use super::{Intake, pretence};
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::api::kit::request_id;
use crate::fleet::claims::Claim;
use crate::fleet::identity::{Process, Scene};
use crate::fleet::{KnownAgent, Presences, Roster, Sighting, model};
use crate::ingest::batch::{self, Decoded, NotABatch};
use crate::ingest::decompress;
use crate::ingest::peer::{self, Speaker};
use crate::ingest::writer::{Request, Settled, Unsettled};
use crate::kernel::clock::Clock;
use crate::kernel::fail_point::{FailPoint, fail_point};

/// Takes reports, or none: then it is a sign of life.
pub(super) async fn take(
    Speaker(agent): Speaker,
    request: HttpRequest,
    payload: web::Payload,
    intake: web::Data<Intake>,
    roster: web::Data<Roster>,
    presences: web::Data<Presences>,
    clock: web::Data<Clock>,
) -> Result<web::Json<BatchReply>, Problem> {
    let taken = take_from(&agent, (request, payload), &intake, (&roster, &presences), &clock).await;
    match &taken {
        Ok(reply) => {
            presences.told(agent.key, reply.next_s);
            intake.load.answered();
        }
        Err(refusal) if refusal.code == Code::Unavailable => intake.load.refused(),
        Err(_agents_own) => {}
    }
    taken.map(web::Json)
}

async fn take_from(
    agent: &KnownAgent,
    (request, mut payload): (HttpRequest, web::Payload),
    intake: &Intake,
    (roster, presences): (&Roster, &Presences),
    clock: &Clock,
) -> Result<BatchReply, Problem> {
    let _turn = intake.turns.take(agent.key).ok_or_else(busy)?;
    let received_at = clock.now();
    intake.rates.admit(agent.key, received_at).map_err(too_often)?;
    pretence::refuse(&request, agent).await?;
    let plain = intake.bodies.read(&request, &mut payload, limits::COMPRESSED_BODY_BYTES).await?;
    let _under_way = intake.writer.take_up();
    let (decoded, share) = decode(plain, received_at).await?;
    fail_point(FailPoint::AfterDecode);
    // The body may have taken half a minute.
    let now_known = roster.find(agent.id).ok_or(Problem::new(Code::IdentityUnknown))?;
    peer::may_speak(&now_known)?;
    log_loss(agent, &decoded);
    let next_s = intake.intervals.of(now_known.organisation);
    let (brought, more) = (decoded.reports.len(), decoded.pending_reports);
    let sighting = sighting(&decoded, &request, next_s);
    let claim = claim(&now_known, &decoded, &request, presences.find(agent.key), intake);
    let sent = Request { agent_key: agent.key, claim, decoded };
    let settled = settle(intake, sent, share, next_s).await;
    if !matches!(settled, Err(Unsettled::InDoubt | Unsettled::Copy)) {
        presences.saw(agent.key, sighting);
    }
    let settled = settled?;
    intake.rates.delivered(agent.key, brought, more, received_at);
    Ok(reply(settled, intake, next_s, clock.now()))
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

fn sighting(decoded: &Decoded, request: &HttpRequest, next_s: u32) -> Sighting {
    Sighting {
        at: decoded.sent.received_at,
        agent_version: decoded.agent_version.clone(),
        address: peer::address(request).map(|address| address.to_string()).unwrap_or_default(),
        pending_reports: decoded.pending_reports,
        dropped_reports: i64::try_from(decoded.dropped_reports).unwrap_or(i64::MAX),
        interval_s: Some(next_s),
        clock_offset_ms: Some(decoded.sent.offset_ms()),
    }
}

/// Which process speaks as the agent, if it says.
fn claim(
    agent: &Arc<KnownAgent>,
    decoded: &Decoded,
    request: &HttpRequest,
    before: Option<Sighting>,
    intake: &Intake,
) -> Option<Claim> {
    let (run, machine) = decoded.process.clone()?;
    let (now, up) = (decoded.sent.received_at, Duration::from_millis(decoded.sent.mono_ms));
    let process = Process {
        run,
        boot_id: decoded.boot_id.clone(),
        booted_at: now.saturating_sub(up).unwrap_or(Timestamp::UNIX_EPOCH),
        machine,
        address: peer::address(request).map(|address| address.to_string()).unwrap_or_default(),
    };
    let told_s = before.as_ref().and_then(|before| before.interval_s);
    let patience = model::patience(intake.intervals.judged(agent.organisation, told_s));
    let last_heard = before.map(|before| before.at);
    let scene = Scene { now, judged_at: now, last_heard, patience };
    Some(Claim { agent: Arc::clone(agent), process, scene, request_id: request_id::of(request) })
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
    sent: Request,
    share: crate::ingest::limits::Share,
    next_s: u32,
) -> Result<Settled, Unsettled> {
    let Request { agent_key: key, claim, decoded } = &sent;
    let (key, received_at, root) = (*key, decoded.sent.received_at, decoded.root);
    let roots = intake.writer.roots();
    let is_undisputed = claim.as_ref().is_none_or(|claim| roots.is_undisputed(key, claim.process.run));
    if decoded.reports.is_empty() && is_undisputed && (root.is_none() || roots.agree(key, root)) {
        return Ok(Settled { results: Vec::new(), want_full: BTreeSet::new(), roots_agree: true });
    }
    let sanitised = decoded.reports.iter().filter(|report| report.sanitised).count();
    let mut settled = intake.writer.write(sent, share).await?;
    let interval = Duration::from_secs(next_s.into());
    if !settled.roots_agree && roots.may_ask(key, received_at, interval) {
        settled.want_full.extend(SectionKind::ALL);
    }
    count(&settled.results, sanitised);
    Ok(settled)
}

fn reply(settled: Settled, intake: &Intake, next_s: u32, now: Timestamp) -> BatchReply {
    BatchReply {
        results: settled.results,
        want_full: settled.want_full.into_iter().collect(),
        incarnation: intake.incarnation.to_string(),
        next_s,
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
            Unsettled::InDoubt => Self::because(Code::IdentityConflict, error.to_string()),
            Unsettled::Copy => {
                let action = Some(AgentAction::ReEnrolAsNew);
                Self { action, ..Self::because(Code::IdentityConflict, error.to_string()) }
            }
        }
    }
}
