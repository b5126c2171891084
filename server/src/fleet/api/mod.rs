//! Enrolment tokens and agents over HTTP, for people and programs.
//!
//! Does: turn requests into use cases and what they give into JSON.
//! Does not: speak with agents; that is the other listener's, see `ingest`.

mod agents;
mod silence;
mod tokens;

use std::sync::Arc;

use actix_web::web;
use utoipa::OpenApi;

use super::service::Error;
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    tokens::list_enrolment_tokens,
    tokens::create_enrolment_token,
    tokens::delete_enrolment_token,
    agents::list_agents,
    agents::get_agent,
    agents::approve_agent,
    agents::revoke_agent,
))]
pub struct Description;

/// What the handlers need to know of this installation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How agents reach the server, `https://host:port`.
    pub agent_url: Arc<str>,
    /// By what agents know the server at first contact.
    pub pin: [u8; 32],
}

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/enrolment-tokens")
            .route(web::get().to(tokens::list_enrolment_tokens))
            .route(web::post().to(tokens::create_enrolment_token)),
    )
    .service(web::resource("/enrolment-tokens/{id}").route(web::delete().to(tokens::delete_enrolment_token)))
    .service(web::resource("/agents").route(web::get().to(agents::list_agents)))
    .service(web::resource("/agents/{id}").route(web::get().to(agents::get_agent)))
    .service(web::resource("/agents/{id}/approve").route(web::post().to(agents::approve_agent)))
    .service(web::resource("/agents/{id}/revoke").route(web::post().to(agents::revoke_agent)));
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Code::NotFound),
            Error::UnknownOrganisation => Self::field("organisation_id", "unknown", error.to_string()),
            Error::State(reason) => Self::because(Code::Conflict, reason),
            Error::Store(error) => error.into(),
        }
    }
}
