//! Joins the slices' routes under `/api/v1`.

use actix_web::web;

use crate::{access, audit, capacity, catalogue, cmdb, fleet, identification, imports, ingest, reconcile, search};

/// Where the API begins.
pub const BASE: &str = "/api/v1";

/// Every route of the people's listener that speaks JSON.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.app_data(super::kit::json::payload_limit()).service(
        web::scope(BASE)
            .configure(access::api::configure)
            .configure(audit::api::configure)
            .configure(cmdb::api::configure)
            .configure(catalogue::api::configure)
            .configure(capacity::api::configure)
            .configure(fleet::api::configure)
            .configure(search::api::configure)
            .configure(identification::api::configure)
            .configure(reconcile::explain::api::configure)
            .configure(reconcile::split::api::configure)
            .configure(imports::api::configure)
            .configure(ingest::dead_letter::api::configure)
            .service(web::resource("/openapi.json").route(web::get().to(super::openapi::get_openapi))),
    );
}
