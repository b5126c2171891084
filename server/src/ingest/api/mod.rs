//! What agents are answered, path by path.
//!
//! Does: put peer, body, reports and the fleet's use cases together.
//! Does not: decide anything itself.
//!
//! Invariants: who speaks and whether he may is settled before the body is read; every refusal closes the connection,
//! so that nothing of it is read any more.

mod enrolment;
mod pretence;
mod reports;

use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::{Error, web};
use terrier_shared::latest::paths;
use uuid::Uuid;

use super::body::Reader;
use super::limits::{Budget, Limits};
use super::memory::Turns;
use super::peer::Closing;
use super::rate::Rates;
use super::writer::Writer;
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::fleet::{Intervals, Load};

/// What every handler here works with.
#[derive(Debug, Clone)]
pub struct Intake {
    bodies: Reader,
    turns: Turns,
    rates: Rates,
    writer: Writer,
    incarnation: Arc<str>,
    intervals: Intervals,
    load: Load,
}

impl Intake {
    /// Takes requests within `limits` and has them written by `writer`, tells agents the `intervals` and counts in `load`.
    /// `incarnation` is the database's.
    #[must_use]
    pub fn new(
        (limits, budget): (Limits, Budget),
        writer: Writer,
        incarnation: Uuid,
        intervals: Intervals,
        load: Load,
    ) -> Self {
        let (turns, rates) = (Turns::default(), Rates::new(limits.rate));
        let incarnation = incarnation.to_string().into();
        Self { bodies: Reader::new(limits, budget), turns, rates, writer, incarnation, intervals, load }
    }
}

/// The paths of the agents' listener.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route(paths::ENROL, web::post().to(enrolment::enrol))
        .route(paths::RENEW, web::post().to(enrolment::renew))
        .route(paths::RE_ENROL, web::post().to(enrolment::re_enrol))
        .route(paths::REPORTS, web::post().to(reports::take));
}

/// Closes the connection after a refusal: what is left of the body is not waited for, and a request behind it is not
/// served, even one that was read already. Goes around everything else.
///
/// # Errors
///
/// Only what actix itself cannot turn into a response.
pub async fn close_after_refusal<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let closing = request.conn_data::<Closing>().cloned().unwrap_or_default();
    let mut response = if closing.has_begun() {
        let refusal = Problem::because(Code::MalformedRequest, "a request before this one was refused");
        request.into_response(refusal.respond(None)).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        closing.begin();
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
