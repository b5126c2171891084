//! `GET /relations`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::item::service::at_time;
use crate::cmdb::relation::list::{self, Edge, Filter};
use crate::store::{Conn, Store, StoreError};

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

/// A relation as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/type",
    "/source/id",
    "/source/name",
    "/source/class",
    "/target/id",
    "/target/name",
    "/target/class",
    "/origin",
]);

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
        let read = move |conn: &mut Conn, request: &_| {
            Ok::<_, StoreError>(list::page(conn, &scope, &filter, request)?.map(EdgeView::from))
        };
        return COLUMNS.respond_from(format, "relations", &store, read).await;
    }
    let list = format!("every relation {filter:?}");
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let page = store.read(move |conn| list::page(conn, &scope, &filter, &request)).await?;
    let next_cursor = page.next.map(|key| cursors.seal(&list, &key)).transpose()?;
    Ok(HttpResponse::Ok().json(EdgePage { items: page.items.into_iter().map(EdgeView::from).collect(), next_cursor }))
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
