//! Identification over HTTP.

mod proposals;
mod rules;
mod verdicts;

use actix_web::web;
use utoipa::OpenApi;

use super::service::Error;
use crate::api::kit::code::Code;
use crate::api::kit::etag::stale;
use crate::api::kit::problem::{FieldError, Problem};

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    rules::list_identification_rules,
    rules::create_identification_rule,
    rules::update_identification_rule,
    rules::delete_identification_rule,
    rules::reorder_identification_rules,
    verdicts::list_shared_identifiers,
    verdicts::judge_identifier,
    proposals::list_proposals,
    proposals::get_proposal,
    proposals::answer_proposal,
    proposals::list_waiting_agents,
))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/identification/rules")
            .route(web::get().to(rules::list_identification_rules))
            .route(web::post().to(rules::create_identification_rule)),
    )
    .service(web::resource("/identification/rules/order").route(web::put().to(rules::reorder_identification_rules)))
    .service(
        web::resource("/identification/rules/{id}")
            .route(web::put().to(rules::update_identification_rule))
            .route(web::delete().to(rules::delete_identification_rule)),
    )
    .service(
        web::resource("/identification/shared-identifiers")
            .route(web::get().to(verdicts::list_shared_identifiers))
            .route(web::post().to(verdicts::judge_identifier)),
    )
    .service(web::resource("/identification/waiting").route(web::get().to(proposals::list_waiting_agents)))
    .service(web::resource("/proposals").route(web::get().to(proposals::list_proposals)))
    .service(web::resource("/proposals/{id}").route(web::get().to(proposals::get_proposal)))
    .service(web::resource("/proposals/{id}/answer").route(web::post().to(proposals::answer_proposal)));
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Code::NotFound),
            Error::Stale { current } => stale(current),
            Error::Field { field, code, detail, limit } => {
                Self::fields(vec![FieldError { field: field.to_owned(), code, detail, limit }])
            }
            Error::State(reason) => Self::because(Code::Conflict, reason),
            Error::Store(error) => error.into(),
        }
    }
}
