//! `GET /cis/{id}/compare` and `GET /cis/changes`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changes::{self, Asked};
use super::model::{Change, Topic};
use super::report::{Only, Position, Report};
use super::service::{self, Span};
use super::view::{
    self, AttributeDifferenceView, DifferencesView, RelationDifferenceView, ReportView, SoftwareDifferenceView,
};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Format, from_store, respond};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::list::api::parameters::{Pairs, Parameters};
use crate::cmdb::list::api::{ListQuery, PageQuery};
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::CiId;
use crate::kernel::page::PageRequest;
use crate::store::{Conn, Store};

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

/// Between which times, and which of what changed.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read pair by pair")]
pub(crate) struct ChangesQuery {
    /// Since when (RFC 3339).
    from: String,
    /// Until when; now unless said.
    to: Option<String>,
    /// Only what became of items so.
    #[param(inline)]
    change: Option<Change>,
    /// Only items of which this differs: `attribute.NAME`, `relations`, `software` or `membership`.
    topic: Option<String>,
    /// `csv` or `ndjson`: every difference as a row of a file.
    format: Option<String>,
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

#[utoipa::path(get, path = "/cis/{id}/compare", operation_id = "compare_ci", tag = "cmdb",
    params(("id" = CiId, Path), CompareQuery), responses((status = 200, body = ComparisonView)))]
pub(crate) async fn compare_ci(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<CompareQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<ComparisonView>, Problem> {
    let ctx = allowed.ctx;
    let from = time("from", &query.from)?;
    let to = query.to.as_deref().map_or(Ok(ctx.now), |text| time("to", text))?;
    let span = Span { from, to };
    let comparison = store.read(move |conn| service::compare(conn, &ctx.scope, id, span)).await?;
    let differences = DifferencesView::try_from(comparison).map_err(|error| Problem::internal(&error))?;
    let DifferencesView { attributes, relations, software } = differences;
    Ok(web::Json(ComparisonView { from, to, attributes, relations, software }))
}

#[utoipa::path(get, path = "/cis/changes", operation_id = "list_ci_changes", tag = "cmdb",
    description = "What changed, appeared and went of what a filter finds at either of two times. Texts are looked for \
    in names and identifiers.", params(ChangesQuery, ListQuery, PageQuery), responses((status = 200, body = ReportView)))]
pub(crate) async fn list_ci_changes(
    allowed: Allowed<may::CiRead>,
    Query(pairs): Query<Pairs>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let asked = Parameters::read(pairs, &["limit", "cursor", "from", "to", "change", "topic", "format"])?;
    if asked.sort.is_some() {
        return Err(Problem::field("sort", "unknown", "what changed is sorted by name"));
    }
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let from = asked.other("from").ok_or_else(|| Problem::field("from", "required", "say since when"))?;
    let from = time("from", from)?;
    let to = asked.other("to").map_or(Ok(ctx.now), |text| time("to", text))?;
    let only = only(asked.other("change"), asked.other("topic"), None)?;
    let list = format!("changes {:?} {from} {:?} {only:?}", asked.filter, asked.other("to"));
    let format = export::asked(&request, asked.other("format"))?;
    let request = cursors.page(&list, asked.limit()?, asked.other("cursor"))?;
    let filter = asked.filter;
    let read = move |conn: &mut Conn, request: &PageRequest<_>| {
        let asked = Asked { ctx: &ctx, freshness, filter: &filter, span: Span { from, to } };
        changes::changes(conn, asked, (&only, request))
    };
    if let Some(format) = format {
        return file(format, "changes", &store, read).await;
    }
    let report = store.read(move |conn| read(conn, &request)).await?;
    let next = report.page.next.as_ref().map(|position| cursors.seal(&list, position)).transpose()?;
    let view = ReportView::new((from, to), report, next, None);
    Ok(HttpResponse::Ok().json(view.map_err(|error| Problem::internal(&error))?))
}

/// How many items of a report are written at a time: each time the whole set is compared anew.
const CHUNK: u32 = 2_000;

/// A report as a file of this name: a row for each difference, and one for an item that only came or went.
pub(in crate::cmdb) async fn file<E>(
    format: Format,
    name: &str,
    store: &Store,
    page: impl Fn(&mut Conn, &PageRequest<Position>) -> Result<Report, E> + Send + Sync + 'static,
) -> Result<HttpResponse, Problem>
where
    Problem: From<E>,
{
    let read = from_store::<Position, Problem>(store, move |conn, request| {
        let request = PageRequest { limit: CHUNK, after: request.after.clone() };
        view::rows(page(conn, &request).map_err(Problem::from)?.page)
    });
    respond(format, name, view::columns(), read).await
}

/// Which entries of a report are wanted.
pub(in crate::cmdb) fn only(change: Option<&str>, topic: Option<&str>, class: Option<String>) -> Result<Only, Problem> {
    let unknown = |field: &str| Problem::field(field, "unknown", "not one that a report knows");
    let change = change.map(|name| Change::from_name(name).ok_or_else(|| unknown("change"))).transpose()?;
    let topic = topic.map(|name| Topic::from_name(name).ok_or_else(|| unknown("topic"))).transpose()?;
    Ok(Only { change, topic, class })
}

/// A time in whole microseconds.
pub(in crate::cmdb) fn time(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let at = text.parse().ok().and_then(|at: Timestamp| Timestamp::from_microsecond(at.as_microsecond()).ok());
    at.ok_or_else(|| Problem::field(field, "invalid", "not a time (RFC 3339)"))
}
