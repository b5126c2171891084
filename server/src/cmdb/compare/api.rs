//! `GET /cis/{id}/compare`.

use actix_web::web;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Difference;
use super::service::{self, Comparison, Span};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::item::detail::Reader;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::CiId;
use crate::store::Store;

/// Which two times.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareQuery {
    /// One time (RFC 3339).
    from: String,
    /// The other; now unless said.
    to: Option<String>,
}

/// What differs of an item between two times.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComparisonView {
    from: Timestamp,
    to: Timestamp,
    attributes: Vec<AttributeDifferenceView>,
    relations: Vec<RelationDifferenceView>,
    software: Vec<SoftwareDifferenceView>,
}

/// An attribute that differs; null where nothing was said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttributeDifferenceView {
    attribute: String,
    #[schema(value_type = Option<serde_json::Value>)]
    before: Option<Box<RawValue>>,
    #[schema(value_type = Option<serde_json::Value>)]
    after: Option<Box<RawValue>>,
}

/// A relation that came or went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelationDifferenceView {
    /// `added` or `removed`.
    change: &'static str,
    r#type: String,
    /// `out` if the item is the source, `in` if it is the target.
    direction: &'static str,
    other: CiReferenceView,
}

/// A package whose versions differ; none where it was not installed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SoftwareDifferenceView {
    product_id: i32,
    name: String,
    architecture: String,
    before: Vec<String>,
    after: Vec<String>,
}

#[utoipa::path(get, path = "/cis/{id}/compare", operation_id = "compare_ci", tag = "cmdb",
    params(("id" = CiId, Path), CompareQuery), responses((status = 200, body = ComparisonView)))]
pub(crate) async fn compare_ci(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<CompareQuery>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<ComparisonView>, Problem> {
    let ctx = allowed.ctx;
    let from = time("from", &query.from)?;
    let to = query.to.as_deref().map_or(Ok(ctx.now), |text| time("to", text))?;
    let span = Span { from, to };
    let freshness = **freshness;
    let compare = move |conn: &mut _| {
        let reader = Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None };
        service::compare(conn, reader, id, span)
    };
    let comparison = store.read(compare).await?;
    view(span, comparison).map(web::Json).map_err(|error| Problem::internal(&error))
}

fn time(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let at = text.parse().ok().and_then(|at: Timestamp| Timestamp::from_microsecond(at.as_microsecond()).ok());
    at.ok_or_else(|| Problem::field(field, "invalid", "not a time (RFC 3339)"))
}

fn view(span: Span, comparison: Comparison) -> Result<ComparisonView, serde_json::Error> {
    let raw = |text: Option<String>| text.map(RawValue::from_string).transpose();
    let attribute = |(attribute, difference): (String, Difference<String>)| {
        let (before, after) = (raw(difference.before)?, raw(difference.after)?);
        Ok(AttributeDifferenceView { attribute, before, after })
    };
    let attributes = comparison.attributes.into_iter().map(attribute).collect::<Result<_, serde_json::Error>>()?;
    let relations = comparison.relations.into_iter().map(|(related, difference)| RelationDifferenceView {
        change: if difference.after.is_some() { "added" } else { "removed" },
        r#type: related.kind,
        direction: if related.outgoing { "out" } else { "in" },
        other: reference(related.other.id, related.other.name, related.other.class),
    });
    let software = comparison.software.into_iter().map(|((product_id, name, architecture), difference)| {
        let (before, after) = (difference.before.unwrap_or_default(), difference.after.unwrap_or_default());
        SoftwareDifferenceView { product_id, name, architecture, before, after }
    });
    Ok(ComparisonView {
        from: span.from,
        to: span.to,
        attributes,
        relations: relations.collect(),
        software: software.collect(),
    })
}

const fn reference(id: Uuid, name: String, class: String) -> CiReferenceView {
    CiReferenceView { id, name, class }
}
