//! The API's description (OpenAPI 3.1), made from the handlers.

use actix_web::web;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ComponentsBuilder, Ref};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, RefOr, ResponseBuilder};
use utoipa::{OpenApi, PartialSchema as _, ToSchema as _};

use super::kit::auth::{CSRF_HEADER, SESSION_COOKIE};
use super::kit::problem::{FieldError, ProblemDocument};
use crate::{access, audit, capacity, catalogue, cmdb, fleet, identification, imports, ingest, reconcile, search};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Terrier",
        description = "The register of an IT estate. Times are RFC 3339 in UTC. Refusals are problem documents (RFC 9457) with stable codes."
    ),
    servers((url = "/api/v1"))
)]
struct Base;

/// The whole description.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    for slice in [
        access::api::Description::openapi(),
        audit::api::Description::openapi(),
        cmdb::api::Description::openapi(),
        catalogue::api::Description::openapi(),
        capacity::api::Description::openapi(),
        fleet::api::Description::openapi(),
        search::api::Description::openapi(),
        identification::api::Description::openapi(),
        reconcile::explain::api::Description::openapi(),
        reconcile::split::api::Description::openapi(),
        imports::api::Description::openapi(),
        ingest::dead_letter::api::Description::openapi(),
    ] {
        document.merge(slice);
    }
    add_components(&mut document);
    for path in document.paths.paths.values_mut() {
        let operations =
            [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete].into_iter().flatten();
        operations.for_each(add_defaults);
    }
    document
}

/// The description as it is sent and committed.
///
/// # Errors
///
/// Only what cannot be written as JSON, which the description can.
pub fn json() -> serde_json::Result<String> {
    document().to_pretty_json()
}

/// The session cookie with its header, or a personal access token, unless a handler says otherwise; a problem document
/// for every refusal.
fn add_defaults(operation: &mut Operation) {
    let needs = || {
        vec![
            SecurityRequirement::new("session", Vec::<String>::new()),
            SecurityRequirement::new("token", Vec::<String>::new()),
        ]
    };
    operation.security.get_or_insert_with(needs);
    let problem = RefOr::Ref(Ref::from_response_name("Problem"));
    operation.responses.responses.entry("default".to_owned()).or_insert(problem);
}

fn add_components(document: &mut utoipa::openapi::OpenApi) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build();
    let problem = ResponseBuilder::new()
        .description("A refusal; `code` says which.")
        .content("application/problem+json", content)
        .build();
    let cookie = ApiKeyValue::with_description(
        SESSION_COOKIE,
        &format!("Set by signing in. Everything but GET also carries the session's token in `{CSRF_HEADER}`."),
    );
    let defaults = ComponentsBuilder::new()
        .schema(ProblemDocument::name(), ProblemDocument::schema())
        .schema(FieldError::name(), FieldError::schema())
        .response("Problem", problem)
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        .security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .build();
    let components = document.components.get_or_insert_default();
    components.schemas.extend(defaults.schemas);
    components.responses.extend(defaults.responses);
    components.security_schemes.extend(defaults.security_schemes);
}

/// `GET /openapi.json`: needs no authentication, tells nothing about this installation.
pub(super) async fn get_openapi() -> web::Json<utoipa::openapi::OpenApi> {
    web::Json(document())
}
