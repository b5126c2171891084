//! `GET /cis/{id}/history` and `GET /cis/{id}/moments`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::edge::Stream;
use super::event::{Change, Event};
use super::moments::{self, Moments};
use super::service::{self, Kind};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::SaidByView;
use crate::kernel::id::CiId;
use crate::kernel::page::Page;
use crate::store::{Conn, Store};

/// Which events.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Only of this kind.
    #[param(inline)]
    kind: Option<Kind>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// A page of an item's history, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryPage {
    items: Vec<EventView>,
    next_cursor: Option<String>,
}

/// Something that became of the item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// The same event has the same id on every page and every day.
    id: String,
    /// When it was true.
    at: Timestamp,
    /// When we learned it.
    recorded_at: Timestamp,
    #[schema(value_type = Kind)]
    kind: &'static str,
    #[schema(value_type = Change)]
    change: &'static str,
    /// The attribute, the type of relation, or the product.
    subject: String,
    /// The other item, or the architecture.
    subject_detail: Option<String>,
    #[schema(value_type = Option<serde_json::Value>)]
    before: Option<Box<RawValue>>,
    #[schema(value_type = Option<serde_json::Value>)]
    after: Option<Box<RawValue>>,
    /// The name of the source; `pin` of what a person pinned.
    source: String,
    said_by: SaidByView,
}

/// When something of an item changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MomentsView {
    /// Since when it is known.
    created_at: Timestamp,
    /// The times, the first first.
    moments: Vec<Timestamp>,
    /// Whether there are earlier ones that are left out.
    truncated: bool,
}

#[utoipa::path(get, path = "/cis/{id}/moments", operation_id = "list_ci_moments", tag = "cmdb",
    params(("id" = CiId, Path)), responses((status = 200, body = MomentsView)))]
pub(crate) async fn list_ci_moments(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
) -> Result<web::Json<MomentsView>, Problem> {
    let found = store.read(move |conn| moments::list(conn, &allowed.ctx.scope, id)).await?;
    let Moments { created_at, at, truncated } = found;
    Ok(web::Json(MomentsView { created_at, moments: at, truncated }))
}

/// An event as a row of a file.
const COLUMNS: Places = Places(&[
    "/at",
    "/recorded_at",
    "/kind",
    "/change",
    "/subject",
    "/subject_detail",
    "/before",
    "/after",
    "/source",
    "/said_by/kind",
    "/said_by/name",
]);

#[utoipa::path(get, path = "/cis/{id}/history", operation_id = "list_ci_history", tag = "cmdb",
    params(("id" = CiId, Path), HistoryQuery), responses((status = 200, body = HistoryPage)))]
pub(crate) async fn list_ci_history(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<HistoryQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            let page = service::page(conn, &allowed.ctx.scope, id, query.kind, request)?;
            Ok::<_, Problem>(Page { items: views(page.events)?, next: page.next })
        };
        return COLUMNS.respond_from(format, "history", &store, read).await;
    }
    let list = format!("history {id} {:?}", query.kind);
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let page = store.read(move |conn| service::page(conn, &allowed.ctx.scope, id, query.kind, &request)).await?;
    let next_cursor = page.next.map(|place| cursors.seal(&list, &place)).transpose()?;
    Ok(HttpResponse::Ok().json(HistoryPage { items: views(page.events)?, next_cursor }))
}

fn views(events: Vec<Event>) -> Result<Vec<EventView>, Problem> {
    events.into_iter().map(EventView::try_from).collect::<Result<_, _>>().map_err(|error| Problem::internal(&error))
}

impl TryFrom<Event> for EventView {
    type Error = serde_json::Error;

    fn try_from(event: Event) -> Result<Self, serde_json::Error> {
        let (place, signature) = (event.place, event.signature);
        let kind = match place.stream {
            Stream::Values if event.subject == "lifecycle" => "lifecycle",
            Stream::Values => "attribute",
            Stream::Relations => "relation",
            Stream::Software => "software",
        };
        let at = Timestamp::from_microsecond(place.at).unwrap_or_default();
        Ok(Self {
            id: format!("{kind}-{}-{}-{}-{}", place.at, place.major, place.minor, event.change.name()),
            at,
            recorded_at: signature.recorded_at.unwrap_or(at),
            kind,
            change: event.change.name(),
            subject: event.subject,
            subject_detail: event.detail,
            before: event.before.map(RawValue::from_string).transpose()?,
            after: event.after.map(RawValue::from_string).transpose()?,
            said_by: SaidByView::new(&signature.source, signature.actor_id, signature.actor_name),
            source: signature.source,
        })
    }
}
