//! `/healthz`, `/readyz` and `/metrics` on the people's listener, without authentication: they hold no data.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use diesel::RunQueryDsl as _;

use super::metrics::Metrics;
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::ingest::inbox;
use crate::store::{Store, StoreError};

/// How many requests may wait to be reconciled before the server calls itself not ready.
#[derive(Debug, Clone, Copy)]
pub struct InboxLimit(pub u32);

/// Adds the three paths.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(metrics));
}

/// The process answers.
async fn healthz() -> HttpResponse {
    plain("ok")
}

/// The database answers, and reconciliation keeps up with what agents send.
async fn readyz(store: web::Data<Store>, limit: web::Data<InboxLimit>) -> Result<HttpResponse, Problem> {
    let waiting = store
        .read::<_, StoreError>(|conn| {
            diesel::sql_query("SELECT 1").execute(conn)?;
            inbox::count(conn)
        })
        .await
        .map_err(|error| not_ready(format!("the database does not answer: {error}")))?;
    if waiting > i64::from(limit.0) {
        return Err(not_ready(format!("{waiting} requests wait to be reconciled, more than {}", limit.0)));
    }
    Ok(plain("ready"))
}

async fn metrics(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.render())
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/plain").body(text)
}

fn not_ready(detail: String) -> Problem {
    Problem { retry_after_s: Some(5), ..Problem::because(Code::Unavailable, detail) }
}
