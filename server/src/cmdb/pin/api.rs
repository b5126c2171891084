//! `POST /cis/{id}/pins` and `DELETE /cis/{id}/pins/{attribute}`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

use super::service::{self, PinCommand, Until, What};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::etag::IfMatch;
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::item::api::respond;
use crate::cmdb::item::detail::Reader;
use crate::cmdb::item::view::CiDetailView;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::CiId;
use crate::store::Store;

/// A value to pin: what a source says now, or another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinBody {
    attribute: String,
    /// The source whose value is pinned as it is now.
    source: Option<String>,
    /// The value, if it is no source's.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<serde_json::Value>)]
    value: Option<Value>,
    /// Why; always needed.
    reason: String,
    /// 90 days from now unless said; null until somebody lifts it.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    expires_at: Option<Value>,
}

/// Why a pin is lifted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnpinQuery {
    reason: Option<String>,
}

#[utoipa::path(post, path = "/cis/{id}/pins", operation_id = "pin_ci_value", tag = "cmdb", request_body = PinBody,
    params(("id" = CiId, Path), ("If-Match" = String, Header)), responses((status = 200, body = CiDetailView)))]
pub(crate) async fn pin_ci_value(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<CiId>,
    IfMatch(version): IfMatch,
    Body(body): Body<PinBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness, command) = (allowed.ctx, *freshness.get_ref(), PinCommand::try_from(body)?);
    let detail = store
        .write(move |conn| {
            let reader = Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None };
            service::pin(conn, reader, id, version, &command)
        })
        .await?;
    respond(StatusCode::OK, detail)
}

#[utoipa::path(delete, path = "/cis/{id}/pins/{attribute}", operation_id = "unpin_ci_value", tag = "cmdb",
    params(("id" = CiId, Path), ("attribute" = String, Path), UnpinQuery, ("If-Match" = String, Header)),
    responses((status = 200, body = CiDetailView)))]
pub(crate) async fn unpin_ci_value(
    allowed: Allowed<may::CiWrite>,
    Path((id, attribute)): Path<(CiId, String)>,
    IfMatch(version): IfMatch,
    Query(query): Query<UnpinQuery>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let detail = store
        .write(move |conn| {
            let reader = Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None };
            service::unpin(conn, reader, (id, version), &attribute, query.reason.as_deref())
        })
        .await?;
    respond(StatusCode::OK, detail)
}

/// Tells null from absent.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl TryFrom<PinBody> for PinCommand {
    type Error = Problem;

    fn try_from(body: PinBody) -> Result<Self, Problem> {
        let what = match (body.source, body.value) {
            (Some(source), None) => What::Said(source),
            (None, Some(value)) => What::Own(value),
            (None, None) => return Err(Problem::field("value", "required", "name a source or a value".to_owned())),
            (Some(_), Some(_)) => {
                return Err(Problem::field("value", "invalid", "name a source or a value, not both".to_owned()));
            }
        };
        let until = match body.expires_at {
            None => Until::Usual,
            Some(Value::Null) => Until::Lifted,
            Some(value) => Until::Time(time(&value)?),
        };
        Ok(Self { attribute: body.attribute, what, reason: body.reason, until })
    }
}

/// In whole microseconds, as it is stored.
fn time(value: &Value) -> Result<Timestamp, Problem> {
    let time = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let time = time.and_then(|at| Timestamp::from_microsecond(at.as_microsecond()).ok());
    time.ok_or_else(|| Problem::field("expires_at", "invalid", "not a time (RFC 3339)".to_owned()))
}
