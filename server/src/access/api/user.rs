//! `/users` and `/password`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::given;
use super::view::{CreatedUserView, PasswordLinkView, UserView};
use crate::access::error::Error;
use crate::access::model::account::{self, Language};
use crate::access::model::login::Login;
use crate::access::model::password;
use crate::access::model::reach::Grant;
use crate::access::model::user::{NewUser, User, UserChange};
use crate::access::password::Passwords;
use crate::access::service::user::Manager;
use crate::access::service::{link, user};
use crate::api::kit::auth::{Allowed, Confirmed, Visitor, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{OrganisationId, UserId};
use crate::kernel::invalid::{Fault, Invalid};
use crate::store::{Conn, Store};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/users").route(web::get().to(list_users)).route(web::post().to(create_user)))
        .service(web::resource("/users/{id}").route(web::get().to(get_user)).route(web::patch().to(update_user)))
        .service(web::resource("/users/{id}/password-reset").route(web::post().to(reset_user_password)))
        .service(web::resource("/password").route(web::post().to(set_password)));
}

/// Which users.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Part of the login or the display name.
    q: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// A page of users, by login.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserPage {
    items: Vec<UserView>,
    next_cursor: Option<String>,
}

/// A role in an organisation and everything below it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantBody {
    role: String,
    organisation_id: OrganisationId,
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUserBody {
    /// 1 to 64 of `a-z A-Z 0-9 . _ - @ +`; case does not matter.
    login: String,
    display_name: String,
    language: Language,
    #[serde(default)]
    grants: Vec<GrantBody>,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserPatch {
    #[serde(default, deserialize_with = "given")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    language: Option<Language>,
    #[serde(default, deserialize_with = "given")]
    enabled: Option<bool>,
    /// All grants from now on.
    #[serde(default, deserialize_with = "given")]
    grants: Option<Vec<GrantBody>>,
}

/// A password for the account of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPasswordBody {
    /// From the link.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// 12 to 1024 bytes.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// An account as a row of a file.
const COLUMNS: Places = Places(&["/id", "/login", "/display_name", "/language", "/enabled", "/grants", "/created_at"]);

#[utoipa::path(get, path = "/users", operation_id = "list_users", tag = "users", params(ListQuery),
    responses((status = 200, body = UserPage)))]
pub(super) async fn list_users(
    allowed: Allowed<may::UserManage>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            let (page, manager) = user::list(conn, &allowed.ctx, query.q.as_deref(), request)?;
            Ok::<_, Error>(page.map(|user| shown(user, &manager)))
        };
        return COLUMNS.respond_from(format, "users", &store, read).await;
    }
    let list = format!("users {:?}", query.q);
    let page = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let read = move |conn: &mut _| user::list(conn, &allowed.ctx, query.q.as_deref(), &page);
    let (page, manager) = store.read(read).await?;
    let next_cursor = page.next.map(|login| cursors.seal(&list, &login)).transpose()?;
    let items = page.items.into_iter().map(|user| shown(user, &manager)).collect();
    Ok(HttpResponse::Ok().json(UserPage { items, next_cursor }))
}

#[utoipa::path(post, path = "/users", operation_id = "create_user", tag = "users", request_body = NewUserBody,
    responses((status = 201, body = CreatedUserView)))]
pub(super) async fn create_user(
    allowed: Allowed<Confirmed<may::UserManage>>,
    Body(body): Body<NewUserBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let new = check_new(&body).map_err(Error::Invalid)?;
    let create = move |conn: &mut _| {
        let (user, link) = user::create(conn, &allowed.ctx, &new)?;
        Ok::<_, Error>((user, link, Manager::load(conn, &allowed.ctx)?))
    };
    let (user, link, manager) = store.write(create).await?;
    let tag = etag(user.version);
    let view = CreatedUserView { user: shown(user, &manager), set_password_link: link.path };
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ETAG, tag))
        .json(view))
}

#[utoipa::path(get, path = "/users/{id}", operation_id = "get_user", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = UserView)))]
pub(super) async fn get_user(
    allowed: Allowed<may::UserManage>,
    Path(id): Path<UserId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let read =
        move |conn: &mut _| Ok::<_, Error>((user::load(conn, &allowed.ctx, id)?, Manager::load(conn, &allowed.ctx)?));
    let (user, manager) = store.read(read).await?;
    Ok(tagged(user, &manager))
}

#[utoipa::path(patch, path = "/users/{id}", operation_id = "update_user", tag = "users",
    params(("id" = UserId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    request_body = UserPatch, responses((status = 200, body = UserView)))]
pub(super) async fn update_user(
    allowed: Allowed<Confirmed<may::UserManage>>,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Body(body): Body<UserPatch>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let change = check_change(&body).map_err(Error::Invalid)?;
    let write = move |conn: &mut _| {
        let user = user::change(conn, &allowed.ctx, id, version, change)?;
        Ok::<_, Error>((user, Manager::load(conn, &allowed.ctx)?))
    };
    let (user, manager) = store.write(write).await?;
    Ok(tagged(user, &manager))
}

#[utoipa::path(post, path = "/users/{id}/password-reset", operation_id = "reset_user_password", tag = "users",
    params(("id" = UserId, Path)), responses((status = 200, body = PasswordLinkView)))]
pub(super) async fn reset_user_password(
    allowed: Allowed<Confirmed<may::UserManage>>,
    Path(id): Path<UserId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let link = store.write(move |conn| user::reset_password(conn, &allowed.ctx, id)).await?;
    let mut response = HttpResponse::Ok();
    Ok(response.insert_header((header::CACHE_CONTROL, "no-store")).json(PasswordLinkView::from(link)))
}

#[utoipa::path(post, path = "/password", operation_id = "set_password", tag = "users", security(()),
    request_body = SetPasswordBody, responses((status = 204)))]
pub(super) async fn set_password(
    visitor: Visitor,
    Body(body): Body<SetPasswordBody>,
    store: web::Data<Store>,
    passwords: web::Data<Passwords>,
) -> Result<HttpResponse, Problem> {
    let owner = store.read({
        let (ctx, token): (Ctx, _) = (visitor.ctx.clone(), body.token.clone());
        move |conn| link::owner(conn, token.expose_secret(), ctx.now)
    });
    let owner = owner.await?;
    password::check("new_password", body.new_password.expose_secret(), &owner.login).map_err(Error::from)?;
    let hash = passwords.hash(body.new_password).await?;
    store.write(move |conn| link::redeem(conn, &visitor.ctx, body.token.expose_secret(), &hash)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn shown(user: User, manager: &Manager) -> UserView {
    let standing = manager.standing(&user);
    UserView::new(user, standing)
}

fn tagged(user: User, manager: &Manager) -> HttpResponse {
    let tag = etag(user.version);
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(shown(user, manager))
}

fn check_new(body: &NewUserBody) -> Result<NewUser, Vec<Invalid>> {
    let login = Login::parse(&body.login);
    let display_name = account::display_name(&body.display_name);
    let grants = check_grants(&body.grants);
    match (login, display_name, grants) {
        (Ok(login), Ok(display_name), Ok(grants)) => {
            Ok(NewUser { login, display_name, language: body.language, grants })
        }
        (login, display_name, grants) => {
            let one = [login.err(), display_name.err()].into_iter().flatten();
            Err(one.chain(grants.err().unwrap_or_default()).collect())
        }
    }
}

fn check_change(body: &UserPatch) -> Result<UserChange, Vec<Invalid>> {
    let display_name = body.display_name.as_deref().map(account::display_name).transpose();
    let grants = body.grants.as_deref().map(check_grants).transpose();
    match (display_name, grants) {
        (Ok(display_name), Ok(grants)) => {
            Ok(UserChange { display_name, language: body.language, enabled: body.enabled, grants })
        }
        (display_name, grants) => Err(display_name.err().into_iter().chain(grants.err().unwrap_or_default()).collect()),
    }
}

fn check_grants(grants: &[GrantBody]) -> Result<Vec<Grant>, Vec<Invalid>> {
    let mut checked = Vec::new();
    let mut wrong = Vec::new();
    for (index, grant) in grants.iter().enumerate() {
        if let Ok(role) = grant.role.parse() {
            checked.push(Grant { role, organisation: grant.organisation_id });
        } else {
            wrong.push(Invalid::new(format!("grants[{index}].role"), Fault::Unknown, "there is no such role"));
        }
    }
    if wrong.is_empty() { Ok(checked) } else { Err(wrong) }
}
