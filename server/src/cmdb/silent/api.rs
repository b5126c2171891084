//! `GET /cis/{id}/silence` and `GET /silences`.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Moved, Remedy, Sighting, Silence, Verdict};
use super::service;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::item::summary::CiSummary;
use crate::cmdb::list::Position;
use crate::cmdb::list::api::parameters::{Pairs, Parameters};
use crate::cmdb::list::api::{ListQuery, PageQuery, dto::CiView};
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::CiId;
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, Store};

/// Whether a host is silent, and what is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CiSilenceView {
    /// Null: its agent is heard, or it has none.
    silence: Option<SilenceView>,
}

/// What is known of a host's silence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SilenceView {
    #[schema(value_type = Verdict)]
    verdict: &'static str,
    /// When its agent was last heard.
    since: Timestamp,
    /// Who saw its traffic since, latest first; five at most.
    sightings: Vec<SightingView>,
    /// How many hosts saw its traffic since.
    seen_by: usize,
    /// How many hosts used to see its traffic and were heard since. With none, that nobody saw it says little.
    watchers: usize,
    /// What identified it and is another CI's now.
    moved: Vec<MovedView>,
    /// The open question whether it is the same as another.
    question: Option<Uuid>,
    /// What can be done, most promising first.
    remedies: Vec<RemedyView>,
}

/// Another host saw its traffic.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SightingView {
    by: CiReferenceView,
    /// The host of that, if it is not one itself.
    host: Option<CiReferenceView>,
    at: Timestamp,
    ports: Vec<u16>,
}

/// What identified it is another CI's now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovedView {
    kind: String,
    value: String,
    to: CiReferenceView,
    at: Timestamp,
}

/// What can be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemedyView {
    #[schema(value_type = Remedy)]
    remedy: &'static str,
    /// What to type on the host.
    command: Option<&'static str>,
}

/// A silent host, and what is known of its silence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SilentHostView {
    ci: CiView,
    silence: Option<SilenceView>,
}

/// A page of silent hosts, longest silent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SilentHostPage {
    items: Vec<SilentHostView>,
    next_cursor: Option<String>,
    /// How many there are, on all pages.
    total: i64,
}

/// A silent host as a row of a file.
const COLUMNS: Places = Places(&[
    "/ci/id",
    "/ci/name",
    "/ci/class",
    "/ci/organisation/name",
    "/ci/owner",
    "/ci/support_team",
    "/ci/criticality",
    "/ci/environment",
    "/ci/lifecycle",
    "/ci/observation/last_seen",
    "/silence/verdict",
    "/silence/since",
    "/silence/seen_by",
    "/silence/watchers",
    "/silence/question",
    "/silence/sightings",
    "/silence/moved",
    "/silence/remedies",
]);

#[utoipa::path(get, path = "/cis/{id}/silence", operation_id = "get_ci_silence", tag = "cmdb",
    params(("id" = CiId, Path)), responses((status = 200, body = CiSilenceView)))]
pub(crate) async fn get_ci_silence(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<CiSilenceView>, Problem> {
    let freshness = *freshness.get_ref();
    let silence = store.read(move |conn| service::of(conn, &allowed.ctx, freshness, id)).await?;
    Ok(web::Json(CiSilenceView { silence: silence.map(SilenceView::from) }))
}

#[utoipa::path(get, path = "/silences", operation_id = "list_silences", tag = "cmdb", params(ListQuery, PageQuery),
    responses((status = 200, body = SilentHostPage)))]
pub(crate) async fn list_silences(
    allowed: Allowed<may::CiRead>,
    Query(pairs): Query<Pairs>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let asked = Parameters::read(pairs, &["limit", "cursor", "format"])?;
    if asked.filter.as_of.is_some() {
        return Err(Problem::field("as_of", "invalid", "no history of what agents hear is kept"));
    }
    let format = export::asked(&request, asked.other("format"))?;
    let list = format!("silences {:?}", asked.filter);
    let request = cursors.page(&list, asked.limit()?, asked.other("cursor"))?;
    let (filter, freshness) = (asked.filter, *freshness.get_ref());
    let read = move |conn: &mut Conn, request: &PageRequest<Position>| {
        let (found, silences) = service::page(conn, &allowed.ctx, freshness, &filter, request)?;
        Ok::<_, Problem>((told(found.page, silences)?, found.total))
    };
    if let Some(format) = format {
        let page = move |conn: &mut Conn, request: &PageRequest<Position>| Ok::<_, Problem>(read(conn, request)?.0);
        return COLUMNS.respond_from(format, "silences", &store, page).await;
    }
    let (page, total) = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.as_ref().map(|position| cursors.seal(&list, position)).transpose()?;
    Ok(HttpResponse::Ok().json(SilentHostPage { items: page.items, next_cursor, total }))
}

/// Each host with what is known of its silence.
fn told(
    page: Page<CiSummary, Position>,
    mut silences: BTreeMap<i32, Silence>,
) -> Result<Page<SilentHostView, Position>, Problem> {
    let host = |ci: CiSummary| {
        let silence = silences.remove(&ci.key).map(SilenceView::from);
        Ok::<_, serde_json::Error>(SilentHostView { ci: ci.try_into()?, silence })
    };
    let items = page.items.into_iter().map(host).collect::<Result<_, _>>();
    Ok(Page { items: items.map_err(|error| Problem::internal(&error))?, next: page.next })
}

impl From<Silence> for SilenceView {
    fn from(silence: Silence) -> Self {
        let remedies = silence.remedies().into_iter();
        Self {
            verdict: silence.verdict().name(),
            remedies: remedies.map(|one| RemedyView { remedy: one.name(), command: one.command() }).collect(),
            since: silence.since,
            sightings: silence.sightings.into_iter().map(SightingView::from).collect(),
            seen_by: silence.seen_by,
            watchers: silence.watchers,
            moved: silence.moved.into_iter().map(MovedView::from).collect(),
            question: silence.question.map(|id| id.uuid()),
        }
    }
}

impl From<Sighting> for SightingView {
    fn from(Sighting { by, host, at, ports }: Sighting) -> Self {
        Self { by: by.into(), host: host.map(CiReferenceView::from), at, ports }
    }
}

impl From<Moved> for MovedView {
    fn from(Moved { kind, value, to, at }: Moved) -> Self {
        Self { kind, value, to: to.into(), at }
    }
}
