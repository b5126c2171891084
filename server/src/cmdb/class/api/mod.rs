//! `/classes` and what is below it.

mod body;
pub(in crate::cmdb) mod change;
mod view;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, web};

use self::view::{ClassDetailView, ClassList, class_view, detail_view};
use super::{store, usage};
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::etag::etag;
use crate::api::kit::json::Path;
use crate::api::kit::problem::Problem;
use crate::cmdb::error::Error;
use crate::cmdb::model::attribute::Origin;
use crate::kernel::ctx::Ctx;
use crate::kernel::permission::Permission;
use crate::store::{Conn, Store, StoreError};

#[utoipa::path(get, path = "/classes", operation_id = "list_classes", tag = "cmdb",
    responses((status = 200, body = ClassList)))]
pub(crate) async fn list_classes(
    allowed: Allowed<may::CiRead>,
    store: web::Data<Store>,
) -> Result<web::Json<ClassList>, Problem> {
    let (book, counts) = store
        .read(move |conn| {
            Ok::<_, StoreError>((store::load_book(conn)?, store::count_by_class(conn, &allowed.ctx.scope)?))
        })
        .await?;
    let items = book.classes().iter().map(|class| class_view(&book, class, &counts)).collect();
    Ok(web::Json(ClassList { items }))
}

#[utoipa::path(get, path = "/classes/{name}", operation_id = "get_class", tag = "cmdb",
    params(("name" = String, Path)), responses((status = 200, body = ClassDetailView)))]
pub(crate) async fn get_class(
    allowed: Allowed<may::CiRead>,
    Path(name): Path<String>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let configures = configures(&allowed.principal);
    let read = move |conn: &mut Conn| read(conn, &allowed.ctx, configures, &name);
    Ok(respond(StatusCode::OK, &store.read(read).await?))
}

/// Whether the caller may define classes, which hold everywhere.
fn configures(principal: &Principal) -> bool {
    principal.permissions.get(&Permission::RegisterConfigure).is_some_and(|scope| scope.organisations().is_none())
}

/// A class with what may be done with it.
fn read(conn: &mut Conn, ctx: &Ctx, configures: bool, name: &str) -> Result<ClassDetailView, Error> {
    let book = store::load_book(conn)?;
    let class = book.class(name).ok_or(Error::NotFound)?;
    let counts = store::count_by_class(conn, &ctx.scope)?;
    let has_items = usage::has_items(conn, std::slice::from_ref(&class.name))?;
    let added: Vec<i32> =
        book.own_attributes(name).filter(|one| one.origin == Origin::Added).map(|one| one.id).collect();
    let with_values = usage::with_values(conn, &usage::family(&book, name), &added)?;
    Ok(detail_view(&book, class, &counts, configures, has_items, &with_values))
}

fn respond(status: StatusCode, view: &ClassDetailView) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((header::ETAG, etag(view.version())));
    if status == StatusCode::CREATED {
        response.insert_header((header::LOCATION, format!("classes/{}", view.name())));
    }
    response.json(view)
}
