//! One item over HTTP.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, web};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::detail::{Detail, Reader};
use super::draft::Draft;
use super::reclass;
use super::service::{self, CreateCommand, LifecycleCommand};
use super::view::{CiDetailView, ClassChangeView};
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::CiId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Conn, Store};

/// When to look.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemQuery {
    /// The item as it was then (RFC 3339).
    as_of: Option<String>,
}

/// Which class.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClassQuery {
    /// The class it would be of.
    class: String,
}

/// A new item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCiBody {
    class: String,
    name: String,
    /// The top of the caller's scope unless said.
    organisation_id: Option<Uuid>,
    /// `in_use` unless said.
    #[schema(value_type = Option<Lifecycle>)]
    lifecycle: Option<String>,
    /// 1 to 4; 1 matters most.
    criticality: Option<i64>,
    environment: Option<String>,
    owner: Option<String>,
    support_team: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

/// What changes. What is absent stays; null withdraws what people said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CiChangeBody {
    /// Another class. What it has no place for ends: `/cis/{id}/class-change` tells what that is.
    class: Option<String>,
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    name: Option<Value>,
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    owner: Option<Value>,
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    support_team: Option<Value>,
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<i64>)]
    criticality: Option<Value>,
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    environment: Option<Value>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

/// Where the item goes in its life.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleBody {
    #[schema(value_type = Lifecycle)]
    lifecycle: String,
    /// Needed to retire, to dispose of, and to take up again.
    reason: Option<String>,
}

#[utoipa::path(get, path = "/cis/{id}", operation_id = "get_ci", tag = "cmdb",
    params(("id" = CiId, Path), ItemQuery), responses((status = 200, body = CiDetailView)))]
pub(crate) async fn get_ci(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<ItemQuery>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, writable, freshness) = (allowed.ctx, writable(&allowed.principal), *freshness.get_ref());
    let as_of = service::at_time(query.as_of.as_deref())?;
    let detail = store
        .read(move |conn| service::get(conn, Reader { ctx: &ctx, writable: &writable, freshness, as_of }, id))
        .await?;
    respond(StatusCode::OK, detail)
}

#[utoipa::path(post, path = "/cis", operation_id = "create_ci", tag = "cmdb", request_body = NewCiBody,
    responses((status = 201, body = CiDetailView)))]
pub(crate) async fn create_ci(
    allowed: Allowed<may::CiWrite>,
    Body(body): Body<NewCiBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let command = CreateCommand::try_from(body)?;
    let detail = store
        .write(move |conn| {
            service::create(conn, Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None }, &command)
        })
        .await?;
    respond(StatusCode::CREATED, detail)
}

#[utoipa::path(patch, path = "/cis/{id}", operation_id = "update_ci", tag = "cmdb", request_body = CiChangeBody,
    params(("id" = CiId, Path), ("If-Match" = String, Header)), responses((status = 200, body = CiDetailView)))]
pub(crate) async fn update_ci(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<CiId>,
    IfMatch(version): IfMatch,
    Body(body): Body<CiChangeBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness, class) = (allowed.ctx, *freshness.get_ref(), body.class.clone());
    let draft = Draft::from(body);
    let detail = store
        .write(move |conn| {
            let reader = Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None };
            match class.as_deref() {
                Some(class) => service::reclassify(conn, reader, id, version, (class, &draft)),
                None => service::edit(conn, reader, id, version, &draft),
            }
        })
        .await?;
    respond(StatusCode::OK, detail)
}

#[utoipa::path(post, path = "/cis/{id}/lifecycle", operation_id = "change_ci_lifecycle", tag = "cmdb",
    request_body = LifecycleBody, params(("id" = CiId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = CiDetailView)))]
pub(crate) async fn change_ci_lifecycle(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<CiId>,
    IfMatch(version): IfMatch,
    Body(body): Body<LifecycleBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let command = LifecycleCommand { to: lifecycle(&body.lifecycle)?, reason: body.reason };
    let detail = store
        .write(move |conn| {
            let reader = Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None };
            service::change_lifecycle(conn, reader, id, version, &command)
        })
        .await?;
    respond(StatusCode::OK, detail)
}

#[utoipa::path(get, path = "/cis/{id}/class-change", operation_id = "preview_ci_class_change", tag = "cmdb",
    params(("id" = CiId, Path), ClassQuery), responses((status = 200, body = ClassChangeView)))]
pub(crate) async fn preview_ci_class_change(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<CiId>,
    Query(query): Query<ClassQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<ClassChangeView>, Problem> {
    let read = move |conn: &mut Conn| reclass::consequences(conn, &allowed.ctx, id, &query.class);
    let consequences = store.read(read).await?;
    Ok(web::Json(ClassChangeView::try_from(consequences).map_err(|error| Problem::internal(&error))?))
}

pub(in crate::cmdb) fn respond(status: StatusCode, detail: Detail) -> Result<HttpResponse, Problem> {
    let (id, tag) = (detail.summary.id, etag(detail.version));
    let view = CiDetailView::try_from(detail).map_err(|error| Problem::internal(&error))?;
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((header::ETAG, tag));
    if status == StatusCode::CREATED {
        response.insert_header((header::LOCATION, format!("cis/{id}")));
    }
    Ok(response.json(view))
}

pub(in crate::cmdb) fn writable(principal: &Principal) -> Scope {
    let scope = principal.permissions.get(&Permission::CiWrite).cloned();
    scope.unwrap_or_else(|| Scope::only(std::collections::BTreeSet::new()))
}

fn lifecycle(text: &str) -> Result<Lifecycle, Problem> {
    text.parse().map_err(|error| Problem::field("lifecycle", "unknown", format!("{error}")))
}

/// Tells null, which withdraws, from absent, which leaves alone.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl TryFrom<NewCiBody> for CreateCommand {
    type Error = Problem;

    fn try_from(body: NewCiBody) -> Result<Self, Problem> {
        let common = [
            ("name", Some(Value::from(body.name))),
            ("owner", body.owner.map(Value::from)),
            ("support_team", body.support_team.map(Value::from)),
            ("criticality", body.criticality.map(Value::from)),
            ("environment", body.environment.map(Value::from)),
        ];
        let common = common.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
        Ok(Self {
            class: body.class,
            organisation_id: body.organisation_id.map(crate::kernel::id::Id::from_uuid),
            lifecycle: body.lifecycle.as_deref().map(lifecycle).transpose()?,
            draft: Draft { common, attributes: body.attributes },
        })
    }
}

impl From<CiChangeBody> for Draft {
    fn from(body: CiChangeBody) -> Self {
        let common = [
            ("name", body.name),
            ("owner", body.owner),
            ("support_team", body.support_team),
            ("criticality", body.criticality),
            ("environment", body.environment),
        ];
        let common = common.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
        Self { common, attributes: body.attributes }
    }
}
