//! `/session/all`: the caller's own sessions.

use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::session::session_of;
use crate::access::model::session::OwnSession;
use crate::access::service::session;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::Path;
use crate::api::kit::problem::Problem;
use crate::kernel::id::SessionId;
use crate::store::Store;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    let all = web::resource("/session/all");
    cfg.service(all.route(web::get().to(list_own_sessions)).route(web::delete().to(delete_other_sessions)))
        .service(web::resource("/session/all/{id}").route(web::delete().to(delete_own_session)));
}

/// The caller's sessions, the latest first; there are at most five.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnSessionList {
    items: Vec<OwnSessionView>,
}

/// One of the caller's sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnSessionView {
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    created_at: Timestamp,
    /// To the minute.
    last_used_at: Timestamp,
    expires_at: Timestamp,
    address: Option<String>,
    user_agent: Option<String>,
}

#[utoipa::path(get, path = "/session/all", operation_id = "list_own_sessions", tag = "session",
    responses((status = 200, body = OwnSessionList)))]
pub(super) async fn list_own_sessions(
    allowed: Allowed<may::SignedIn>,
    store: web::Data<Store>,
) -> Result<web::Json<OwnSessionList>, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let sessions = store.read(move |conn| session::list_own(conn, &allowed.ctx, &id_hash)).await?;
    let items = sessions.into_iter().map(|own| OwnSessionView::of(own, &id_hash)).collect();
    Ok(web::Json(OwnSessionList { items }))
}

#[utoipa::path(delete, path = "/session/all", operation_id = "delete_other_sessions", tag = "session",
    responses((status = 204, description = "Every session of the caller but this one is over.")))]
pub(super) async fn delete_other_sessions(
    allowed: Allowed<may::SignedIn>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    store.write(move |conn| session::end_others(conn, &allowed.ctx, &id_hash)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(delete, path = "/session/all/{id}", operation_id = "delete_own_session", tag = "session",
    params(("id" = SessionId, Path)), responses((status = 204)))]
pub(super) async fn delete_own_session(
    allowed: Allowed<may::SignedIn>,
    Path(id): Path<SessionId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    store.write(move |conn| session::end_own(conn, &allowed.ctx, &id_hash, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl OwnSessionView {
    fn of(OwnSession { session, address, user_agent }: OwnSession, asking: &[u8; 32]) -> Self {
        Self {
            id: session.id,
            current: session.id_hash == *asking,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            address,
            user_agent,
        }
    }
}
