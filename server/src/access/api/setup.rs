//! `/setup`: the first administrator.

use actix_web::{HttpResponse, web};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::{begun, visit};
use super::view::SessionView;
use crate::access::error::Error;
use crate::access::model::account::{self, Language};
use crate::access::model::login::Login;
use crate::access::model::password;
use crate::access::model::second_factor::SecondFactorPolicy;
use crate::access::model::user::NewUser;
use crate::access::password::Passwords;
use crate::access::service::setup;
use crate::api::kit::auth::Visitor;
use crate::api::kit::json::Body;
use crate::api::kit::problem::Problem;
use crate::kernel::invalid::Invalid;
use crate::store::Store;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/setup").route(web::get().to(get_setup)).route(web::post().to(complete_setup)));
}

/// Whether the installation has its first user yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SetupState {
    needed: bool,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupBody {
    /// From the link that the server gave out at its first start.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    login: String,
    display_name: String,
    /// 12 to 1024 bytes.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    language: Language,
}

#[utoipa::path(get, path = "/setup", operation_id = "get_setup", tag = "session", security(()),
    responses((status = 200, body = SetupState)))]
pub(super) async fn get_setup(_: Visitor, store: web::Data<Store>) -> Result<web::Json<SetupState>, Problem> {
    let needed = store.read(setup::is_needed).await?;
    Ok(web::Json(SetupState { needed }))
}

#[utoipa::path(post, path = "/setup", operation_id = "complete_setup", tag = "session", security(()),
    request_body = SetupBody, responses((status = 201, body = SessionView)))]
pub(super) async fn complete_setup(
    visitor: Visitor,
    Body(body): Body<SetupBody>,
    user_agent: super::session::UserAgent,
    store: web::Data<Store>,
    passwords: web::Data<Passwords>,
    policy: web::Data<SecondFactorPolicy>,
) -> Result<HttpResponse, Problem> {
    let visit = visit(&visitor, user_agent);
    let ctx = visitor.ctx;
    store
        .read({
            let (ctx, token) = (ctx.clone(), body.token.clone());
            move |conn| setup::check(conn, &ctx, token.expose_secret())
        })
        .await?;
    let new = check(&body).map_err(Error::Invalid)?;
    let hash = passwords.hash(body.password).await?;
    let token = body.token;
    let begun_session =
        store.write(move |conn| setup::complete(conn, &ctx, token.expose_secret(), new, &hash, &visit)).await?;
    Ok(begun(HttpResponse::Created(), begun_session, **policy))
}

fn check(body: &SetupBody) -> Result<NewUser, Vec<Invalid>> {
    let login = Login::parse(&body.login);
    let display_name = account::display_name(&body.display_name);
    let password = password::check("password", body.password.expose_secret(), &body.login);
    match (login, display_name, password) {
        (Ok(login), Ok(display_name), Ok(())) => {
            Ok(NewUser { login, display_name, language: body.language, grants: Vec::new() })
        }
        (login, display_name, password) => {
            Err([login.err(), display_name.err(), password.err()].into_iter().flatten().collect())
        }
    }
}
