//! `/organisations`.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::organisation;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::problem::Problem;
use crate::kernel::id::OrganisationId;
use crate::store::Store;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/organisations").route(web::get().to(list_organisations)));
}

/// The organisations in the caller's scope, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationList {
    items: Vec<OrganisationView>,
}

/// An organisation in the tree.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationView {
    id: OrganisationId,
    name: String,
    /// Absent at the top of what the caller may see.
    parent_id: Option<OrganisationId>,
}

#[utoipa::path(get, path = "/organisations", operation_id = "list_organisations", tag = "organisations",
    responses((status = 200, body = OrganisationList)))]
pub(super) async fn list_organisations(
    allowed: Allowed<may::OrganisationRead>,
    store: web::Data<Store>,
) -> Result<web::Json<OrganisationList>, Problem> {
    let organisations = store.read(move |conn| organisation::list(conn, &allowed.ctx)).await?;
    let items = organisations.into_iter().map(|organisation| OrganisationView {
        id: organisation.id,
        name: organisation.name,
        parent_id: organisation.parent,
    });
    Ok(web::Json(OrganisationList { items: items.collect() }))
}
