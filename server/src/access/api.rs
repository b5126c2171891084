//! People and what they may do, over HTTP.

use actix_web::web;
use utoipa::OpenApi;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi()]
pub struct Description;

/// This slice's routes.
pub fn configure(_: &mut web::ServiceConfig) {}
