//! `GET /relations`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Column, Rows};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::item::service::at_time;
use crate::cmdb::relation::list::{self, Edge, Filter};
use crate::store::{Store, StoreError};

/// Which relations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EveryRelationQuery {
    /// Only of this type.
    r#type: Option<String>,
    /// Only `observed`, `declared` or `derived` ones.
    origin: Option<String>,
    /// Those that held then (RFC 3339).
    as_of: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
    /// `text/csv` or `application/x-ndjson`.
    format: Option<String>,
}

/// A page of relations in the order in which they came about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EdgePage {
    items: Vec<EdgeView>,
    next_cursor: Option<String>,
}

/// A relation, seen from neither end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EdgeView {
    id: Uuid,
    r#type: String,
    /// `observed`, `declared` or `derived`.
    origin: String,
    valid_from: Timestamp,
    source: CiReferenceView,
    target: CiReferenceView,
}

const COLUMNS: [&str; 9] =
    ["id", "type", "source_id", "source_name", "source_class", "target_id", "target_name", "target_class", "origin"];

/// Every relation that holds now or held then, and of which both ends are in scope.
#[utoipa::path(get, path = "/relations", operation_id = "list_relations", tag = "cmdb", params(EveryRelationQuery),
    responses((status = 200, body = EdgePage)))]
pub(crate) async fn list_relations(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<EveryRelationQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let as_of = at_time(query.as_of.as_deref())?;
    let filter = Filter { kind: query.r#type, origin: query.origin, as_of };
    let (scope, store) = (allowed.ctx.scope, store.get_ref().clone());
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = export::from_store(&store, move |conn, request| {
            Ok::<Rows<i64>, StoreError>(list::page(conn, &scope, &filter, request)?.map(cells))
        });
        let columns = COLUMNS.into_iter().map(Column::plain).collect();
        return export::respond(format, "relations", columns, read).await;
    }
    let list = format!("every relation {filter:?}");
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let page = store.read(move |conn| list::page(conn, &scope, &filter, &request)).await?;
    let next_cursor = page.next.map(|key| cursors.seal(&list, &key)).transpose()?;
    Ok(HttpResponse::Ok().json(EdgePage { items: page.items.into_iter().map(EdgeView::from).collect(), next_cursor }))
}

fn cells(edge: Edge) -> Vec<Value> {
    let Edge { id, kind, origin, source, target, .. } = edge;
    [
        id.to_string(),
        kind,
        source.id.to_string(),
        source.name,
        source.class,
        target.id.to_string(),
        target.name,
        target.class,
        origin,
    ]
    .into_iter()
    .map(Value::from)
    .collect()
}

impl From<Edge> for EdgeView {
    fn from(edge: Edge) -> Self {
        Self {
            id: edge.id.uuid(),
            r#type: edge.kind,
            origin: edge.origin,
            valid_from: edge.valid_from,
            source: edge.source.into(),
            target: edge.target.into(),
        }
    }
}
