//! `/session`: signing in and out, and one's own account.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::view::SessionView;
use crate::access::error::Error;
use crate::access::limits::LoginLimits;
use crate::access::model::account::{self, Language, Theme};
use crate::access::model::password;
use crate::access::model::second_factor::SecondFactorPolicy;
use crate::access::password::Passwords;
use crate::access::secret;
use crate::access::service::second_factor::SecondStep;
use crate::access::service::session::{self, Begun, Preferences, Visit};
use crate::access::sign_in::{Typed, check_own_password, sign_in};
use crate::access::vault::Vault;
use crate::api::kit::auth::{Allowed, Principal, SESSION_COOKIE, Visitor, may};
use crate::api::kit::code::Code;
use crate::api::kit::json::Body;
use crate::api::kit::problem::Problem;
use crate::store::Store;

/// How much of a browser's name is kept, in characters.
const USER_AGENT_CHARS: usize = 256;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/session")
            .route(web::post().to(create_session))
            .route(web::get().to(get_session))
            .route(web::delete().to(delete_session)),
    )
    .service(web::resource("/session/preferences").route(web::patch().to(update_preferences)))
    .service(web::resource("/session/password").route(web::post().to(change_password)))
    .service(web::resource("/session/confirm").route(web::post().to(confirm_session)));
}

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginBody {
    login: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// Six digits of the second factor or a recovery code, once `second_factor_required` was answered.
    #[serde(default, deserialize_with = "given")]
    code: Option<String>,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreferencesBody {
    #[serde(default, deserialize_with = "given")]
    language: Option<Language>,
    /// IANA name; empty for that of the browser.
    #[serde(default, deserialize_with = "given")]
    time_zone: Option<String>,
    #[serde(default, deserialize_with = "given")]
    theme: Option<Theme>,
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordBody {
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// 12 to 1024 bytes.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// The password of the caller's account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmBody {
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// A field that may be absent but not `null`: there is nothing that could be cleared.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What a browser says it is.
#[derive(Debug)]
pub(super) struct UserAgent(Option<String>);

impl FromRequest for UserAgent {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        std::future::ready(Ok(Self(value.map(|text| text.chars().take(USER_AGENT_CHARS).collect()))))
    }
}

pub(super) fn visit(visitor: &Visitor, UserAgent(user_agent): UserAgent) -> Visit {
    Visit { previous: visitor.cookie.as_deref().map(secret::hash), user_agent }
}

/// The answer to whoever has just signed in.
pub(super) fn begun(
    mut response: HttpResponseBuilder,
    Begun { cookie: value, signed_in }: Begun,
    policy: SecondFactorPolicy,
) -> HttpResponse {
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.cookie(cookie(value)).json(SessionView::new(signed_in, policy))
}

/// What passwords and codes are checked with.
pub(super) struct Keys {
    passwords: web::Data<Passwords>,
    limits: web::Data<LoginLimits>,
    vault: web::Data<Vault>,
    policy: web::Data<SecondFactorPolicy>,
}

impl FromRequest for Keys {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = || {
            Some(Self {
                passwords: request.app_data::<web::Data<Passwords>>()?.clone(),
                limits: request.app_data::<web::Data<LoginLimits>>()?.clone(),
                vault: request.app_data::<web::Data<Vault>>()?.clone(),
                policy: request.app_data::<web::Data<SecondFactorPolicy>>()?.clone(),
            })
        };
        std::future::ready(found().ok_or_else(|| Problem::new(Code::Internal)))
    }
}

/// Ends with the browser; the server ends it earlier.
fn cookie(value: String) -> Cookie<'static> {
    Cookie::build(SESSION_COOKIE, value).path("/").secure(true).http_only(true).same_site(SameSite::Lax).finish()
}

/// The caller's session; a token has none and needs none.
pub(super) fn session_of(principal: &Principal) -> Result<[u8; 32], Problem> {
    principal.session.ok_or_else(|| Problem::because(Code::Forbidden, "this is for sessions, not for tokens"))
}

#[utoipa::path(post, path = "/session", operation_id = "create_session", tag = "session", security(()),
    request_body = LoginBody, responses((status = 200, body = SessionView)))]
pub(super) async fn create_session(
    visitor: Visitor,
    Body(body): Body<LoginBody>,
    user_agent: UserAgent,
    store: web::Data<Store>,
    keys: Keys,
) -> Result<HttpResponse, Problem> {
    let visit = visit(&visitor, user_agent);
    let second = SecondStep { vault: keys.vault.get_ref().clone(), code: body.code };
    let (passwords, limits) = (&keys.passwords, &keys.limits);
    let typed = Typed { login: body.login, password: body.password, second };
    let session = sign_in(&store, passwords, limits, visitor.ctx, typed, visit).await?;
    Ok(begun(HttpResponse::Ok(), session, **keys.policy))
}

#[utoipa::path(get, path = "/session", operation_id = "get_session", tag = "session",
    responses((status = 200, body = SessionView)))]
pub(super) async fn get_session(
    allowed: Allowed<may::SignedIn>,
    store: web::Data<Store>,
    policy: web::Data<SecondFactorPolicy>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let now = allowed.ctx.now;
    let session = store.read(move |conn| session::current(conn, now, &id_hash)).await?;
    let view = SessionView::new(session, **policy);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

#[utoipa::path(delete, path = "/session", operation_id = "delete_session", tag = "session",
    responses((status = 204)))]
pub(super) async fn delete_session(
    allowed: Allowed<may::SignedIn>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    store.write(move |conn| session::end(conn, &allowed.ctx, &id_hash)).await?;
    let mut over = cookie(String::new());
    over.make_removal();
    Ok(HttpResponse::NoContent().cookie(over).finish())
}

#[utoipa::path(patch, path = "/session/preferences", operation_id = "update_preferences", tag = "session",
    request_body = PreferencesBody, responses((status = 200, body = SessionView)))]
pub(super) async fn update_preferences(
    allowed: Allowed<may::SignedIn>,
    Body(body): Body<PreferencesBody>,
    store: web::Data<Store>,
    policy: web::Data<SecondFactorPolicy>,
) -> Result<web::Json<SessionView>, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let time_zone = body.time_zone.as_deref().map(account::time_zone).transpose().map_err(Error::from)?;
    let preferences = Preferences { language: body.language, time_zone, theme: body.theme };
    let change = move |conn: &mut _| session::change_preferences(conn, &allowed.ctx, &id_hash, preferences);
    Ok(web::Json(SessionView::new(store.write(change).await?, **policy)))
}

#[utoipa::path(post, path = "/session/password", operation_id = "change_password", tag = "session",
    request_body = PasswordBody, responses((status = 204)))]
pub(super) async fn change_password(
    allowed: Allowed<may::SignedIn>,
    Body(body): Body<PasswordBody>,
    store: web::Data<Store>,
    passwords: web::Data<Passwords>,
    limits: web::Data<LoginLimits>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let current = body.current_password;
    let (user, credentials) = check_own_password(&store, &passwords, &limits, &allowed.ctx, id_hash, current).await?;
    password::check("new_password", body.new_password.expose_secret(), &user.login).map_err(Error::from)?;
    let hash = passwords.hash(body.new_password).await?;
    let change = move |conn: &mut _| session::change_password(conn, &allowed.ctx, &id_hash, &credentials, &hash);
    let renewed = store.write(change).await?;
    Ok(HttpResponse::NoContent().cookie(cookie(renewed)).finish())
}

#[utoipa::path(post, path = "/session/confirm", operation_id = "confirm_session", tag = "session",
    request_body = ConfirmBody,
    responses((status = 204, description = "For five minutes nothing is answered by `confirmation_required`.")))]
pub(super) async fn confirm_session(
    allowed: Allowed<may::SignedIn>,
    Body(body): Body<ConfirmBody>,
    store: web::Data<Store>,
    passwords: web::Data<Passwords>,
    limits: web::Data<LoginLimits>,
) -> Result<HttpResponse, Problem> {
    let id_hash = session_of(&allowed.principal)?;
    let ctx = allowed.ctx;
    let (_, credentials) = check_own_password(&store, &passwords, &limits, &ctx, id_hash, body.password).await?;
    store.write(move |conn| session::confirm(conn, &ctx, &id_hash, &credentials)).await?;
    Ok(HttpResponse::NoContent().finish())
}
