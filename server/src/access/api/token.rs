//! `/tokens`: the caller's own personal access tokens.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::error::Error;
use crate::access::model::token::{ApiToken, NewToken};
use crate::access::service::token;
use crate::api::kit::auth::{Allowed, Confirmed, may};
use crate::api::kit::export::{FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::kernel::id::ApiTokenId;
use crate::store::Store;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/tokens").route(web::get().to(list_tokens)).route(web::post().to(create_token)))
        .service(web::resource("/tokens/{id}").route(web::delete().to(revoke_token)));
}

/// The caller's tokens, newest first, at most 200.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenList {
    items: Vec<TokenView>,
}

/// A personal access token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenView {
    id: ApiTokenId,
    name: String,
    /// Permissions. It may do what its owner may at the time, as far as these go.
    scopes: Vec<&'static str>,
    created_at: Timestamp,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

/// A token that has just been made.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedTokenView {
    #[serde(flatten)]
    token: TokenView,
    /// The token itself, shown this once: `Authorization: Bearer <secret>`.
    secret: String,
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTokenBody {
    /// What it is for.
    name: String,
    /// Permissions that the caller has.
    scopes: Vec<String>,
    /// 1 to 365; 90 unless said.
    expires_in_days: Option<u32>,
}

/// A token as a row of a file.
const COLUMNS: Places =
    Places(&["/id", "/name", "/scopes", "/created_at", "/expires_at", "/last_used_at", "/revoked_at"]);

#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "tokens", params(FormatQuery),
    responses((status = 200, body = TokenList)))]
pub(super) async fn list_tokens(
    allowed: Allowed<may::TokenManageOwn>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let owner = allowed.principal.user_id;
    let tokens = store.read(move |conn| token::list(conn, owner)).await?;
    let items: Vec<_> = tokens.into_iter().map(TokenView::from).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "tokens", &items).await;
    }
    Ok(HttpResponse::Ok().json(TokenList { items }))
}

#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "tokens", request_body = NewTokenBody,
    responses((status = 201, body = CreatedTokenView)))]
pub(super) async fn create_token(
    allowed: Allowed<Confirmed<may::TokenManageOwn>>,
    Body(body): Body<NewTokenBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let owner = allowed.principal.user_id;
    let held = allowed.principal.permissions.keys().copied().collect();
    let new = NewToken::check(&body.name, &body.scopes, body.expires_in_days, &held).map_err(Error::Invalid)?;
    let (token, secret) = store.write(move |conn| token::create(conn, &allowed.ctx, owner, new)).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(CreatedTokenView { token: token.into(), secret }))
}

#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "tokens",
    params(("id" = ApiTokenId, Path)), responses((status = 204)))]
pub(super) async fn revoke_token(
    allowed: Allowed<may::TokenManageOwn>,
    Path(id): Path<ApiTokenId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let owner = allowed.principal.user_id;
    store.write(move |conn| token::revoke(conn, &allowed.ctx, owner, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<ApiToken> for TokenView {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes.iter().map(|scope| scope.name()).collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}
