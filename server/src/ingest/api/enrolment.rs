//! `POST /agent/v1/enrol`, `POST /agent/v1/renew` and `POST /agent/v1/re-enrol`.

use actix_web::{HttpRequest, web};
use terrier_shared::latest::enrolment::{
    EnrolReply, EnrolRequest, Evidence, IssuedCertificate, ReEnrolRequest, RenewRequest,
};
use terrier_shared::latest::problem::AgentAction;

use super::{Intake, pretence};
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::api::kit::request_id;
use crate::fleet::copy::{self, Copy};
use crate::fleet::enrolment::{self, Admission, Applicant, Error, Renewal};
use crate::fleet::{EnrolmentLimiter, Roster, model, secret};
use crate::ingest::peer::{self, Holder};
use crate::kernel::clock::Clock;
use crate::pki::{Authority, Issued, PublicKey};
use crate::store::Store;
use crate::store::dialect::storable;

/// Largest body as sent: a token, a signing request and the evidence, with room to spare. Anybody may send one.
const BODY_BYTES: usize = 32 << 10;
/// Longest text of a piece of evidence in bytes.
const EVIDENCE_BYTES: usize = 1 << 10;
/// Seconds after which an agent that waits for a person asks again.
const ASK_AGAIN_S: u32 = 30;

/// What both handlers work with.
pub(super) struct Desk {
    intake: web::Data<Intake>,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    authority: web::Data<Authority>,
    roster: web::Data<Roster>,
}

impl actix_web::FromRequest for Desk {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let found = || {
            Some(Self {
                intake: request.app_data::<web::Data<Intake>>()?.clone(),
                store: request.app_data::<web::Data<Store>>()?.clone(),
                clock: request.app_data::<web::Data<Clock>>()?.clone(),
                authority: request.app_data::<web::Data<Authority>>()?.clone(),
                roster: request.app_data::<web::Data<Roster>>()?.clone(),
            })
        };
        std::future::ready(found().ok_or_else(|| Problem::new(Code::Internal)))
    }
}

/// Turns a token and a key into an agent.
pub(super) async fn enrol(
    Admitted: Admitted,
    request: HttpRequest,
    mut payload: web::Payload,
    desk: Desk,
) -> Result<web::Json<EnrolReply>, Problem> {
    let body: EnrolRequest = desk.read(&request, &mut payload).await?;
    let token = secret::read(&body.token).ok_or(Error::UnknownToken)?;
    let applicant = Applicant {
        token,
        key: PublicKey::of_request(&body.csr_pem).map_err(invalid_request)?,
        evidence: evidence(body.evidence)?,
        address: peer::address(&request),
        request_id: request_id::of(&request),
    };
    let (clock, authority) = (desk.clock.clone(), desk.authority.clone());
    let admission = desk.store.write(move |conn| enrolment::enrol(conn, &clock, &authority, &applicant)).await;
    desk.reply(admission)
}

/// Gives an agent its next certificate; also to one whose certificate has ended meanwhile, or has it wait for a person.
pub(super) async fn renew(
    holder: Holder,
    request: HttpRequest,
    mut payload: web::Payload,
    desk: Desk,
) -> Result<web::Json<EnrolReply>, Problem> {
    let _turn = desk.intake.turns.take(holder.agent.key).ok_or_else(|| later(5))?;
    pretence::refuse(&request, &holder.agent).await?;
    let body: RenewRequest = desk.read(&request, &mut payload).await?;
    let renewal = Renewal {
        agent: holder.agent.id,
        serial: holder.certificate.serial,
        not_after: holder.certificate.not_after,
        key: PublicKey::of_request(&body.csr_pem).map_err(invalid_request)?,
        evidence: evidence(body.evidence)?,
        run: body.run,
        address: peer::address(&request),
        request_id: request_id::of(&request),
    };
    let (clock, authority) = (desk.clock.clone(), desk.authority.clone());
    let admission = desk.store.write(move |conn| enrolment::renew(conn, &clock, &authority, &renewal)).await;
    desk.reply(admission)
}

/// Turns a copy of an agent into one that waits for a person.
pub(super) async fn re_enrol(
    Admitted: Admitted,
    holder: Holder,
    request: HttpRequest,
    mut payload: web::Payload,
    desk: Desk,
) -> Result<web::Json<EnrolReply>, Problem> {
    let body: ReEnrolRequest = desk.read(&request, &mut payload).await?;
    let who = Copy {
        original: holder.agent.id,
        serial: holder.certificate.serial,
        run: body.run,
        key: PublicKey::of_request(&body.csr_pem).map_err(invalid_request)?,
        evidence: evidence(body.evidence)?,
        address: peer::address(&request),
        request_id: request_id::of(&request),
    };
    let (clock, authority) = (desk.clock.clone(), desk.authority.clone());
    let admission = desk.store.write(move |conn| copy::enrol(conn, &clock, &authority, &who)).await;
    desk.reply(admission)
}

/// Somebody who may try now.
pub(super) struct Admitted;

impl actix_web::FromRequest for Admitted {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(admitted(request))
    }
}

fn admitted(request: &HttpRequest) -> Result<Admitted, Problem> {
    let limiter = request.app_data::<web::Data<EnrolmentLimiter>>().ok_or(Problem::new(Code::Internal))?;
    let address = peer::address(request).ok_or(Problem::new(Code::Internal))?;
    limiter.admit(address).map_err(|seconds| {
        count("limited");
        later(seconds)
    })?;
    pretence::check(request)?;
    peer::check_version(request)?;
    Ok(Admitted)
}

fn later(seconds: u32) -> Problem {
    Problem { retry_after_s: Some(seconds), ..Problem::new(Code::TooManyRequests) }
}

impl Desk {
    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        request: &HttpRequest,
        payload: &mut web::Payload,
    ) -> Result<T, Problem> {
        let plain = self.intake.bodies.read(request, payload, BODY_BYTES).await?;
        let mut reader = serde_json::Deserializer::from_slice(&plain.bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            Problem::because(Code::MalformedRequest, format!("{}: {}", error.path(), error.inner()))
        })?;
        reader.end().map_err(|error| Problem::because(Code::MalformedRequest, error.to_string()))?;
        Ok(value)
    }

    fn reply(&self, admission: Result<Admission, Error>) -> Result<web::Json<EnrolReply>, Problem> {
        let admission = admission.inspect_err(|error| {
            count("refused");
            tracing::info!(%error, "nobody was enrolled");
        })?;
        match admission {
            Admission::Issued(agent, issued) => {
                count("issued");
                let reply = self.certificate(&agent, issued);
                self.roster.learn(agent);
                Ok(web::Json(EnrolReply::Issued(reply)))
            }
            Admission::Pending(agent) => {
                count("pending");
                let agent_id = agent.id.to_string();
                self.roster.learn(agent);
                Ok(web::Json(EnrolReply::Pending { agent_id, retry_after_s: ASK_AGAIN_S }))
            }
            Admission::Copied(agent) => {
                count("copied");
                tracing::warn!(agent.id = %agent.id, "an agent's identity is in use twice");
                let detail = "somebody else has renewed with this identity";
                Err(Problem {
                    action: Some(AgentAction::ReEnrolAsNew),
                    ..Problem::because(Code::IdentityConflict, detail)
                })
            }
        }
    }

    fn certificate(&self, agent: &crate::fleet::KnownAgent, issued: Issued) -> IssuedCertificate {
        IssuedCertificate {
            agent_id: agent.id.to_string(),
            certificate_pem: issued.chain_pem,
            authorities_pem: self.authority.root_pem().to_owned(),
            generation: u32::try_from(agent.generation).unwrap_or_default(),
            not_after_s: issued.not_after.as_second(),
            renew_at_s: issued.renew_at.as_second(),
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("fleet_enrolments_total", "outcome" => outcome).increment(1);
}

fn evidence(said: Evidence) -> Result<model::Evidence, Problem> {
    let text = |field: &str, text: String| {
        if text.len() > EVIDENCE_BYTES {
            let detail = format!("at most {EVIDENCE_BYTES} bytes");
            return Err(Problem::field(format!("evidence.{field}"), "too_long", detail));
        }
        Ok(storable(&text).into_owned())
    };
    let optional = |field: &str, value: Option<String>| value.map(|value| text(field, value)).transpose();
    Ok(model::Evidence {
        hostname: text("hostname", said.hostname)?,
        machine_id: optional("machine_id", said.machine_id)?,
        product_uuid: optional("product_uuid", said.product_uuid)?,
        serial: optional("serial", said.serial)?,
        agent_version: text("agent_version", said.agent_version)?,
    })
}

fn invalid_request(error: crate::pki::InvalidRequest) -> Problem {
    Problem::field("csr_pem", "invalid", error.to_string())
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::UnknownToken
            | Error::RevokedToken
            | Error::ExpiredToken
            | Error::UsedUpToken
            | Error::ForeignAddress => Self::because(Code::Forbidden, error.to_string()),
            Error::KnownKey | Error::NoCopy | Error::TooManyCopies(_) => {
                Self::because(Code::Conflict, error.to_string())
            }
            Error::RevokedAgent => Self::new(Code::AgentRevoked),
            Error::UnknownAgent => Self::new(Code::IdentityUnknown),
            Error::Pki(error) => Self::internal(&error),
            Error::Store(error) => error.into(),
        }
    }
}
