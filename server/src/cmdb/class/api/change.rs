//! Changing classes and attributes over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::body::{AttributeChangeBody, ClassChangeBody, NewAttributeBody, NewClassBody};
use super::view::ClassDetailView;
use super::{read, respond};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::etag::IfMatch;
use crate::api::kit::json::{Body, Path};
use crate::api::kit::problem::Problem;
use crate::cmdb::class::{attribute, service};
use crate::cmdb::error::Error;
use crate::store::{Conn, Store};

#[utoipa::path(post, path = "/classes", operation_id = "create_class", tag = "cmdb", request_body = NewClassBody,
    responses((status = 201, body = ClassDetailView)))]
pub(crate) async fn create_class(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<NewClassBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let create = move |conn: &mut Conn| {
        let (ctx, name) = (&allowed.ctx, body.name_of());
        service::create(conn, ctx, body.into())?;
        read(conn, ctx, true, &name)
    };
    Ok(respond(StatusCode::CREATED, &store.write(create).await?))
}

#[utoipa::path(patch, path = "/classes/{name}", operation_id = "update_class", tag = "cmdb",
    request_body = ClassChangeBody, params(("name" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ClassDetailView)))]
pub(crate) async fn update_class(
    allowed: Allowed<may::RegisterConfigure>,
    Path(name): Path<String>,
    IfMatch(version): IfMatch,
    Body(body): Body<ClassChangeBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let change = move |conn: &mut Conn| {
        service::change(conn, &allowed.ctx, &name, version, body.into())?;
        read(conn, &allowed.ctx, true, &name)
    };
    Ok(respond(StatusCode::OK, &store.write(change).await?))
}

#[utoipa::path(delete, path = "/classes/{name}", operation_id = "delete_class", tag = "cmdb",
    params(("name" = String, Path), ("If-Match" = String, Header)), responses((status = 204)))]
pub(crate) async fn delete_class(
    allowed: Allowed<may::RegisterConfigure>,
    Path(name): Path<String>,
    IfMatch(version): IfMatch,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write::<_, Error>(move |conn| service::delete(conn, &allowed.ctx, &name, version)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(post, path = "/classes/{name}/attributes", operation_id = "create_attribute", tag = "cmdb",
    request_body = NewAttributeBody, params(("name" = String, Path), ("If-Match" = String, Header)),
    responses((status = 201, body = ClassDetailView)))]
pub(crate) async fn create_attribute(
    allowed: Allowed<may::RegisterConfigure>,
    Path(class): Path<String>,
    IfMatch(version): IfMatch,
    Body(body): Body<NewAttributeBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let create = move |conn: &mut Conn| {
        attribute::create(conn, &allowed.ctx, &class, version, body.into())?;
        read(conn, &allowed.ctx, true, &class)
    };
    Ok(respond(StatusCode::CREATED, &store.write(create).await?))
}

#[utoipa::path(patch, path = "/classes/{name}/attributes/{attribute}", operation_id = "update_attribute", tag = "cmdb",
    request_body = AttributeChangeBody,
    params(("name" = String, Path), ("attribute" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ClassDetailView)))]
pub(crate) async fn update_attribute(
    allowed: Allowed<may::RegisterConfigure>,
    Path((class, name)): Path<(String, String)>,
    IfMatch(version): IfMatch,
    Body(body): Body<AttributeChangeBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let change = move |conn: &mut Conn| {
        attribute::change(conn, &allowed.ctx, (&class, &name), version, body.into())?;
        read(conn, &allowed.ctx, true, &class)
    };
    Ok(respond(StatusCode::OK, &store.write(change).await?))
}

#[utoipa::path(delete, path = "/classes/{name}/attributes/{attribute}", operation_id = "delete_attribute", tag = "cmdb",
    params(("name" = String, Path), ("attribute" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ClassDetailView)))]
pub(crate) async fn delete_attribute(
    allowed: Allowed<may::RegisterConfigure>,
    Path((class, name)): Path<(String, String)>,
    IfMatch(version): IfMatch,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let delete = move |conn: &mut Conn| {
        attribute::delete(conn, &allowed.ctx, (&class, &name), version)?;
        read(conn, &allowed.ctx, true, &class)
    };
    Ok(respond(StatusCode::OK, &store.write(delete).await?))
}
