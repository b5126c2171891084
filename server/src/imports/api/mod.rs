//! Imports over HTTP: files of people, tokens for agents of others, and the path on which those speak.

mod error;
mod file;
pub mod protocol;
mod table;
mod token;

use actix_web::web;
use utoipa::OpenApi;

/// Largest document as it is sent, in bytes.
const SENT_BYTES: usize = 16 << 20;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    file::create_import,
    file::list_imports,
    file::get_import,
    table::inspect_import_table,
    table::import_table,
    table::export_import_report,
    table::list_import_mappings,
    table::save_import_mapping,
    table::delete_import_mapping,
    token::list_inventory_tokens,
    token::create_inventory_token,
    token::delete_inventory_token,
))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/imports").route(web::get().to(file::list_imports)).route(web::post().to(file::create_import)),
    )
    .service(web::resource("/imports/tables").route(web::post().to(table::import_table)))
    .service(web::resource("/imports/tables/inspect").route(web::post().to(table::inspect_import_table)))
    .service(web::resource("/imports/{id}/report.csv").route(web::get().to(table::export_import_report)))
    .service(
        web::resource("/import-mappings")
            .route(web::get().to(table::list_import_mappings))
            .route(web::post().to(table::save_import_mapping)),
    )
    .service(web::resource("/import-mappings/{id}").route(web::delete().to(table::delete_import_mapping)))
    .service(web::resource("/imports/{id}").route(web::get().to(file::get_import)))
    .service(
        web::resource("/inventory-tokens")
            .route(web::get().to(token::list_inventory_tokens))
            .route(web::post().to(token::create_inventory_token)),
    )
    .service(web::resource("/inventory-tokens/{id}").route(web::delete().to(token::delete_inventory_token)));
}
