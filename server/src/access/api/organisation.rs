//! `/organisations`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::session::given;
use crate::access::model::organisation::{ConfiguredInterval, NewInterval, Organisation, OrganisationChange};
use crate::access::organisation;
use crate::access::service::organisation as service;
use crate::api::kit::auth::{Allowed, Confirmed, may};
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::kernel::id::OrganisationId;
use crate::store::Store;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/organisations")
            .route(web::get().to(list_organisations))
            .route(web::post().to(create_organisation)),
    )
    .service(
        web::resource("/organisations/{id}")
            .route(web::get().to(get_organisation))
            .route(web::patch().to(update_organisation))
            .route(web::delete().to(delete_organisation)),
    );
}

/// The organisations in the caller's scope, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationList {
    items: Vec<OrganisationView>,
}

/// An organisation in the tree.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationView {
    id: OrganisationId,
    name: String,
    /// Absent at the top of what the caller may see.
    parent_id: Option<OrganisationId>,
    version: i32,
    /// Seconds between two reports of its agents and of those below it; absent if that is said above it.
    agent_interval_s: Option<u32>,
    /// What its agents go by: its own, or what comes from above it or from the configuration.
    effective_agent_interval_s: u32,
}

/// A new organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrganisationBody {
    /// 1 to 100 characters; no other of the same parent has it.
    name: String,
    /// What it is part of.
    parent_id: OrganisationId,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationPatch {
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    /// Moves it with everything below it.
    #[serde(default, deserialize_with = "given")]
    parent_id: Option<OrganisationId>,
    /// Seconds between two reports of its agents and of those below it, 60 to 86,400; null to go by what is above it.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u32>, minimum = 60, maximum = 86_400)]
    agent_interval_s: Option<NewInterval>,
}

/// An organisation as a row of a file.
const COLUMNS: Places = Places(&["/id", "/name", "/parent_id", "/agent_interval_s", "/effective_agent_interval_s"]);

#[utoipa::path(get, path = "/organisations", operation_id = "list_organisations", tag = "organisations",
    params(FormatQuery), responses((status = 200, body = OrganisationList)))]
pub(super) async fn list_organisations(
    allowed: Allowed<may::OrganisationRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    configured: web::Data<ConfiguredInterval>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let organisations = store.read(move |conn| organisation::list(conn, &allowed.ctx)).await?;
    let items: Vec<_> = organisations.into_iter().map(|one| OrganisationView::new(one, **configured)).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "organisations", &items).await;
    }
    Ok(HttpResponse::Ok().json(OrganisationList { items }))
}

#[utoipa::path(post, path = "/organisations", operation_id = "create_organisation", tag = "organisations",
    request_body = NewOrganisationBody, responses((status = 201, body = OrganisationView)))]
pub(super) async fn create_organisation(
    allowed: Allowed<Confirmed<may::OrganisationManage>>,
    Body(body): Body<NewOrganisationBody>,
    store: web::Data<Store>,
    configured: web::Data<ConfiguredInterval>,
) -> Result<HttpResponse, Problem> {
    let create = move |conn: &mut _| service::create(conn, &allowed.ctx, &body.name, body.parent_id);
    Ok(tagged(HttpResponse::Created(), store.write(create).await?, **configured))
}

#[utoipa::path(get, path = "/organisations/{id}", operation_id = "get_organisation", tag = "organisations",
    params(("id" = OrganisationId, Path)), responses((status = 200, body = OrganisationView)))]
pub(super) async fn get_organisation(
    allowed: Allowed<may::OrganisationRead>,
    Path(id): Path<OrganisationId>,
    store: web::Data<Store>,
    configured: web::Data<ConfiguredInterval>,
) -> Result<HttpResponse, Problem> {
    let found = store.read(move |conn| service::load(conn, &allowed.ctx, id)).await?;
    Ok(tagged(HttpResponse::Ok(), found, **configured))
}

#[utoipa::path(patch, path = "/organisations/{id}", operation_id = "update_organisation", tag = "organisations",
    params(("id" = OrganisationId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    request_body = OrganisationPatch, responses((status = 200, body = OrganisationView)))]
pub(super) async fn update_organisation(
    allowed: Allowed<Confirmed<may::OrganisationManage>>,
    Path(id): Path<OrganisationId>,
    IfMatch(version): IfMatch,
    Body(body): Body<OrganisationPatch>,
    store: web::Data<Store>,
    configured: web::Data<ConfiguredInterval>,
) -> Result<HttpResponse, Problem> {
    let change = OrganisationChange { name: body.name, parent: body.parent_id, agent_interval: body.agent_interval_s };
    let write = move |conn: &mut _| service::change(conn, &allowed.ctx, id, version, &change);
    Ok(tagged(HttpResponse::Ok(), store.write(write).await?, **configured))
}

#[utoipa::path(delete, path = "/organisations/{id}", operation_id = "delete_organisation", tag = "organisations",
    params(("id" = OrganisationId, Path)),
    responses((status = 204, description = "It is gone; only one that nothing belongs to can be.")))]
pub(super) async fn delete_organisation(
    allowed: Allowed<Confirmed<may::OrganisationManage>>,
    Path(id): Path<OrganisationId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write(move |conn| service::delete(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn tagged(
    mut response: actix_web::HttpResponseBuilder,
    organisation: Organisation,
    configured: ConfiguredInterval,
) -> HttpResponse {
    let tag = etag(organisation.version);
    response.insert_header((header::ETAG, tag)).json(OrganisationView::new(organisation, configured))
}

/// Tells null, which goes by what is above, from absent, which leaves alone.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NewInterval>, D::Error> {
    let seconds = Option::<i64>::deserialize(deserializer)?;
    Ok(Some(seconds.map_or(NewInterval::FromAbove, NewInterval::Seconds)))
}

impl OrganisationView {
    fn new(organisation: Organisation, ConfiguredInterval(configured): ConfiguredInterval) -> Self {
        let Organisation { id, name, parent, version, agent_interval_s, inherited_interval_s } = organisation;
        let effective_agent_interval_s = inherited_interval_s.unwrap_or(configured);
        Self { id, name, parent_id: parent, version, agent_interval_s, effective_agent_interval_s }
    }
}
