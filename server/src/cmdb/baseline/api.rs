//! Baselines over HTTP.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::drift::Look;
use super::model::{Acceptance, Baseline, Draft, FilterBody, Set};
use super::service::{Accepting, Keeper, Taking};
use super::store;
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{self, FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::compare::api::{file, only, time};
use crate::cmdb::compare::model::{Change, Topic};
use crate::cmdb::compare::view::ReportView;
use crate::cmdb::error::Error;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::{AcceptanceId, BaselineId, Id};
use crate::kernel::page::PageRequest;
use crate::kernel::permission::Permission;
use crate::store::{Conn, Store};

/// A baseline to be: of what a filter finds, or of items named one by one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBaselineBody {
    name: String,
    note: Option<String>,
    /// As of when (RFC 3339); now unless said.
    as_of: Option<String>,
    /// Texts of its query are looked for in names and identifiers.
    filter: Option<FilterBody>,
    /// At most 1000.
    ci_ids: Option<Vec<Uuid>>,
    /// The top of the caller's scope unless said.
    organisation_id: Option<Uuid>,
}

/// What changes. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BaselineChangeBody {
    name: Option<String>,
    /// An empty one takes the note away.
    note: Option<String>,
}

/// What is taken as expected from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAcceptanceBody {
    reason: String,
    /// As it was then (RFC 3339), so that what somebody accepts is what he saw; now unless said.
    as_of: Option<String>,
    /// Which differences, at most 1000; all there are unless said.
    items: Option<Vec<AcceptedItemBody>>,
}

/// What of which item is taken as expected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptedItemBody {
    ci_id: Uuid,
    /// `attribute.NAME`, `relations`, `software` or `membership`; all that differs of the item unless said.
    topic: Option<String>,
}

/// Why an acceptance is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoAcceptanceBody {
    reason: Option<String>,
}

/// A set of items as it was at a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BaselineView {
    id: Uuid,
    name: String,
    note: Option<String>,
    organisation_id: Uuid,
    /// What found its items; null where they were named one by one.
    filter: Option<FilterBody>,
    taken_at: Timestamp,
    /// How many items it was taken of.
    members: i64,
    created_by: Option<String>,
    created_at: Timestamp,
    version: i32,
    /// Whether the caller may rename and delete it and accept what differs from it.
    may_change: bool,
}

/// The baselines in scope, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BaselineList {
    items: Vec<BaselineView>,
}

/// Differences that somebody accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptanceView {
    id: Uuid,
    /// What was then is what is expected.
    as_of: Timestamp,
    reason: String,
    accepted_by: Option<String>,
    accepted_at: Timestamp,
    undone_by: Option<String>,
    undone_at: Option<Timestamp>,
    undo_reason: Option<String>,
    /// What was accepted, of how many items.
    topics: Vec<AcceptedTopicView>,
}

/// What was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedTopicView {
    topic: String,
    cis: i64,
}

/// What was accepted of a baseline, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptanceList {
    items: Vec<AcceptanceView>,
}

/// Which differences.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DriftQuery {
    /// What differed then (RFC 3339); now unless said.
    as_of: Option<String>,
    /// Only what became of items so.
    #[param(value_type = Option<Change>, inline)]
    change: Option<String>,
    /// Only items of which this differs: `attribute.NAME`, `relations`, `software` or `membership`.
    topic: Option<String>,
    /// Only items of this class.
    class: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: every difference as a row of a file.
    format: Option<String>,
}

/// A baseline as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/name",
    "/note",
    "/organisation_id",
    "/filter",
    "/taken_at",
    "/members",
    "/created_by",
    "/created_at",
]);

#[utoipa::path(get, path = "/baselines", operation_id = "list_baselines", tag = "cmdb", params(FormatQuery),
    responses((status = 200, body = BaselineList)))]
pub(crate) async fn list_baselines(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let (ctx, principal) = (allowed.ctx, allowed.principal);
    let found = store.read(move |conn| store::list(conn, &ctx.scope)).await?;
    let items: Vec<_> = found.into_iter().map(|one| BaselineView::new(one, &principal)).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "baselines", &items).await;
    }
    Ok(HttpResponse::Ok().json(BaselineList { items }))
}

#[utoipa::path(post, path = "/baselines", operation_id = "create_baseline", tag = "cmdb",
    request_body = NewBaselineBody, responses((status = 201, body = BaselineView)))]
pub(crate) async fn create_baseline(
    allowed: Allowed<may::CiWrite>,
    Body(body): Body<NewBaselineBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness, taking) = (allowed.ctx, *freshness.get_ref(), Taking::try_from(body)?);
    let taken = store.write(move |conn| Keeper { ctx: &ctx, freshness }.take(conn, taking)).await?;
    let view = BaselineView::new(taken, &allowed.principal);
    let location = (header::LOCATION, format!("baselines/{}", view.id));
    Ok(HttpResponse::Created().insert_header((header::ETAG, etag(view.version))).insert_header(location).json(view))
}

#[utoipa::path(get, path = "/baselines/{id}", operation_id = "get_baseline", tag = "cmdb",
    params(("id" = BaselineId, Path)), responses((status = 200, body = BaselineView)))]
pub(crate) async fn get_baseline(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<BaselineId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let ctx = allowed.ctx;
    let found = store.read(move |conn| store::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)).await?;
    Ok(tagged(BaselineView::new(found, &allowed.principal)))
}

#[utoipa::path(patch, path = "/baselines/{id}", operation_id = "update_baseline", tag = "cmdb",
    params(("id" = BaselineId, Path), ("If-Match" = String, Header)), request_body = BaselineChangeBody,
    responses((status = 200, body = BaselineView)))]
pub(crate) async fn update_baseline(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<BaselineId>,
    IfMatch(version): IfMatch,
    Body(body): Body<BaselineChangeBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let change = move |conn: &mut _| {
        let change = |before: Draft| Draft { name: body.name.unwrap_or(before.name), note: body.note.or(before.note) };
        Keeper { ctx: &ctx, freshness }.change(conn, (id, version), change)
    };
    Ok(tagged(BaselineView::new(store.write(change).await?, &allowed.principal)))
}

#[utoipa::path(delete, path = "/baselines/{id}", operation_id = "delete_baseline", tag = "cmdb",
    params(("id" = BaselineId, Path)), responses((status = 204, description = "It is gone.")))]
pub(crate) async fn delete_baseline(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<BaselineId>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    store.write(move |conn| Keeper { ctx: &ctx, freshness }.delete(conn, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(get, path = "/baselines/{id}/drift", operation_id = "list_baseline_drift", tag = "cmdb",
    params(("id" = BaselineId, Path), DriftQuery), responses((status = 200, body = ReportView)))]
pub(crate) async fn list_baseline_drift(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<BaselineId>,
    Query(query): Query<DriftQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let at = query.as_of.as_deref().map_or(Ok(ctx.now), |text| time("as_of", text))?;
    let only = only(query.change.as_deref(), query.topic.as_deref(), query.class)?;
    let list = format!("drift {id} {:?} {only:?}", query.as_of);
    let format = export::asked(&request, query.format.as_deref())?;
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let read = move |conn: &mut Conn, request: &PageRequest<_>| {
        let baseline = store::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
        let (report, fault) =
            Look { ctx: &ctx, freshness, at, known_at: at }.page(conn, &baseline, (&only, request))?;
        Ok::<_, Error>((baseline.taken_at, report, fault))
    };
    if let Some(format) = format {
        return file(format, "drift", &store, move |conn, request| Ok::<_, Error>(read(conn, request)?.1)).await;
    }
    let (taken_at, report, fault) = store.read(move |conn| read(conn, &request)).await?;
    let next = report.page.next.as_ref().map(|position| cursors.seal(&list, position)).transpose()?;
    let view = ReportView::new((taken_at, at), report, next, fault);
    Ok(HttpResponse::Ok().json(view.map_err(|error| Problem::internal(&error))?))
}

#[utoipa::path(get, path = "/baselines/{id}/acceptances", operation_id = "list_baseline_acceptances", tag = "cmdb",
    params(("id" = BaselineId, Path)), responses((status = 200, body = AcceptanceList)))]
pub(crate) async fn list_baseline_acceptances(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<BaselineId>,
    store: web::Data<Store>,
) -> Result<web::Json<AcceptanceList>, Problem> {
    let ctx = allowed.ctx;
    let read = move |conn: &mut _| {
        let baseline = store::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(store::acceptances(conn, baseline.key)?)
    };
    let items = store.read(read).await?.into_iter().map(AcceptanceView::from).collect();
    Ok(web::Json(AcceptanceList { items }))
}

#[utoipa::path(post, path = "/baselines/{id}/acceptances", operation_id = "accept_baseline_drift", tag = "cmdb",
    params(("id" = BaselineId, Path)), request_body = NewAcceptanceBody,
    responses((status = 201, body = AcceptanceView)))]
pub(crate) async fn accept_baseline_drift(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<BaselineId>,
    Body(body): Body<NewAcceptanceBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, freshness, accepting) = (allowed.ctx, *freshness.get_ref(), Accepting::try_from(body)?);
    let accepted = store.write(move |conn| Keeper { ctx: &ctx, freshness }.accept(conn, id, &accepting)).await?;
    Ok(HttpResponse::Created().json(AcceptanceView::from(accepted)))
}

#[utoipa::path(post, path = "/baselines/{id}/acceptances/{acceptance}/undo", operation_id = "undo_baseline_acceptance",
    tag = "cmdb", params(("id" = BaselineId, Path), ("acceptance" = AcceptanceId, Path)),
    request_body = UndoAcceptanceBody, responses((status = 200, body = AcceptanceView)))]
pub(crate) async fn undo_baseline_acceptance(
    allowed: Allowed<may::CiWrite>,
    Path(ids): Path<(BaselineId, AcceptanceId)>,
    Body(body): Body<UndoAcceptanceBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<AcceptanceView>, Problem> {
    let (ctx, freshness) = (allowed.ctx, *freshness.get_ref());
    let undo = move |conn: &mut _| Keeper { ctx: &ctx, freshness }.undo(conn, ids, body.reason.as_deref());
    Ok(web::Json(AcceptanceView::from(store.write(undo).await?)))
}

fn tagged(view: BaselineView) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag(view.version))).json(view)
}

impl TryFrom<NewBaselineBody> for Taking {
    type Error = Problem;

    fn try_from(body: NewBaselineBody) -> Result<Self, Problem> {
        let set = match (body.filter, body.ci_ids) {
            (Some(filter), None) => Set::Found(filter),
            (None, Some(ids)) => Set::Named(ids.into_iter().map(Id::from_uuid).collect()),
            _ => return Err(Problem::field("filter", "required", "name a filter or items, one of the two")),
        };
        Ok(Self {
            draft: Draft { name: body.name, note: body.note },
            set,
            at: body.as_of.as_deref().map(|text| time("as_of", text)).transpose()?,
            organisation: body.organisation_id.map(Id::from_uuid),
        })
    }
}

impl TryFrom<NewAcceptanceBody> for Accepting {
    type Error = Problem;

    fn try_from(body: NewAcceptanceBody) -> Result<Self, Problem> {
        let unknown = || Problem::field("items", "unknown", "a topic that nothing has");
        let item = |item: AcceptedItemBody| {
            let topic = item.topic.map(|name| Topic::from_name(&name).ok_or_else(unknown)).transpose()?;
            Ok((Id::from_uuid(item.ci_id), topic))
        };
        let items = body.items.map(|items| items.into_iter().map(item).collect::<Result<_, Problem>>());
        let at = body.as_of.as_deref().map(|text| time("as_of", text)).transpose()?;
        Ok(Self { at, reason: body.reason, only: items.transpose()? })
    }
}

impl BaselineView {
    fn new(one: Baseline, principal: &Principal) -> Self {
        let writable = principal.permissions.get(&Permission::CiWrite);
        Self {
            id: one.id.uuid(),
            may_change: writable.is_some_and(|scope| scope.contains(one.organisation)),
            name: one.name,
            note: one.note,
            organisation_id: one.organisation.uuid(),
            filter: one.filter,
            taken_at: one.taken_at,
            members: one.members,
            created_by: one.created_by,
            created_at: one.created_at,
            version: one.version,
        }
    }
}

impl From<Acceptance> for AcceptanceView {
    fn from(one: Acceptance) -> Self {
        let topic = |(topic, cis): (Topic, i64)| AcceptedTopicView { topic: topic.name(), cis };
        Self {
            id: one.id.uuid(),
            as_of: one.at,
            reason: one.reason,
            accepted_by: one.accepted_by,
            accepted_at: one.accepted_at,
            undone_by: one.undone_by,
            undone_at: one.undone_at,
            undo_reason: one.undo_reason,
            topics: one.topics.into_iter().map(topic).collect(),
        }
    }
}
