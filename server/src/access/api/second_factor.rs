//! `/session/second-factor`: the caller's own.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::session_of;
use crate::access::error::Error;
use crate::access::model::second_factor::{RecoveryCode, SecondFactorPolicy, uri, written};
use crate::access::service::second_factor;
use crate::access::vault::Vault;
use crate::api::kit::auth::{Allowed, Confirmed, may};
use crate::api::kit::json::Body;
use crate::api::kit::problem::Problem;
use crate::store::Store;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/session/second-factor")
            .route(web::get().to(get_second_factor))
            .route(web::post().to(offer_second_factor))
            .route(web::delete().to(delete_second_factor)),
    )
    .service(web::resource("/session/second-factor/activate").route(web::post().to(activate_second_factor)))
    .service(web::resource("/session/second-factor/recovery-codes").route(web::post().to(renew_recovery_codes)));
}

/// What the caller has of a second factor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SecondFactorView {
    /// Absent until one is activated.
    activated_at: Option<Timestamp>,
    /// Codes for when the device is lost that were not used yet.
    recovery_codes: i64,
    /// Whether the caller may not go on without one.
    required: bool,
}

/// A secret for an authenticator (RFC 6238: SHA-1, 6 digits, 30 seconds), to be activated by its first code.
#[derive(Serialize, ToSchema)]
pub(super) struct SecondFactorOffer {
    /// To be typed: base32.
    secret: String,
    /// To be opened: `otpauth://…`.
    uri: String,
    /// To be photographed: the same as a QR code, an SVG document.
    qr_svg: String,
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivateBody {
    /// Six digits.
    code: String,
}

/// Codes for when the device is lost, each good once in place of one of the authenticator's. Shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

#[utoipa::path(get, path = "/session/second-factor", operation_id = "get_second_factor", tag = "session",
    responses((status = 200, body = SecondFactorView)))]
pub(super) async fn get_second_factor(
    allowed: Allowed<may::SignedIn>,
    store: web::Data<Store>,
    policy: web::Data<SecondFactorPolicy>,
) -> Result<web::Json<SecondFactorView>, Problem> {
    let (id_hash, policy) = (session_of(&allowed.principal)?, **policy);
    let read = move |conn: &mut _| second_factor::standing(conn, &allowed.ctx, policy, &id_hash);
    let standing = store.read(read).await?;
    let (activated_at, recovery_codes) = (standing.activated_at, standing.recovery_codes);
    Ok(web::Json(SecondFactorView { activated_at, recovery_codes, required: standing.required }))
}

#[utoipa::path(post, path = "/session/second-factor", operation_id = "offer_second_factor", tag = "session",
    responses((status = 201, body = SecondFactorOffer)))]
pub(super) async fn offer_second_factor(
    allowed: Allowed<Confirmed<may::SignedIn>>,
    store: web::Data<Store>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let write = move |conn: &mut _| second_factor::offer(conn, &allowed.ctx, &vault, &id_hash);
    let offer = store.write(write).await?;
    let uri = uri(&offer.login, &offer.secret);
    let view = SecondFactorOffer { secret: written(&offer.secret), qr_svg: picture(&uri)?, uri };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

#[utoipa::path(post, path = "/session/second-factor/activate", operation_id = "activate_second_factor", tag = "session",
    request_body = ActivateBody, responses((status = 200, body = RecoveryCodes)))]
pub(super) async fn activate_second_factor(
    allowed: Allowed<may::SignedIn>,
    Body(body): Body<ActivateBody>,
    store: web::Data<Store>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let write = move |conn: &mut _| second_factor::activate(conn, &allowed.ctx, &vault, &id_hash, &body.code);
    Ok(shown_once(&store.write(write).await?))
}

#[utoipa::path(post, path = "/session/second-factor/recovery-codes", operation_id = "renew_recovery_codes",
    tag = "session", responses((status = 200, body = RecoveryCodes)))]
pub(super) async fn renew_recovery_codes(
    allowed: Allowed<Confirmed<may::SignedIn>>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let write = move |conn: &mut _| second_factor::renew_codes(conn, &allowed.ctx, &id_hash);
    Ok(shown_once(&store.write(write).await?))
}

#[utoipa::path(delete, path = "/session/second-factor", operation_id = "delete_second_factor", tag = "session",
    responses((status = 204)))]
pub(super) async fn delete_second_factor(
    allowed: Allowed<Confirmed<may::SignedIn>>,
    store: web::Data<Store>,
    policy: web::Data<SecondFactorPolicy>,
) -> Result<HttpResponse, Problem> {
    let (id_hash, policy) = (session_of(&allowed.principal)?, **policy);
    store.write(move |conn| second_factor::remove(conn, &allowed.ctx, policy, &id_hash)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn shown_once(codes: &[RecoveryCode]) -> HttpResponse {
    let recovery_codes = codes.iter().map(RecoveryCode::shown).collect();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(RecoveryCodes { recovery_codes })
}

fn picture(text: &str) -> Result<String, Error> {
    let code = QrCode::new(text).map_err(|error| Error::Machinery(error.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(220, 220).build())
}
