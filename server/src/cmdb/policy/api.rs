//! `/policies` and `/policy-runs`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::matches::{self, State};
use super::model::{Draft, Policy, PolicyAction};
use super::run::{self, Run, Undone};
use super::store::Counts;
use super::{service, shipped};
use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::error::Error;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::{PolicyId, RunId};
use crate::kernel::permission::Permission;
use crate::store::{Conn, Store};

/// A policy to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyBody {
    name: String,
    /// Which items, as in lists; of saved searches it may speak of shared ones.
    query: String,
    #[schema(value_type = PolicyAction)]
    action: String,
    /// For how many seconds an item must match before anything is done.
    grace_s: i64,
    /// For how many seconds an attestation holds; only of `attest`.
    renew_s: Option<i64>,
    #[serde(default)]
    enabled: bool,
}

/// What changes. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyChangeBody {
    name: Option<String>,
    query: Option<String>,
    #[schema(value_type = Option<PolicyAction>)]
    action: Option<String>,
    grace_s: Option<i64>,
    renew_s: Option<i64>,
    enabled: Option<bool>,
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyView {
    id: Uuid,
    name: String,
    /// Which of the shipped policies it is, as long as it has the name that it came with.
    shipped_name: Option<String>,
    /// Whether it can be deleted: shipped ones can only be disabled.
    can_be_deleted: bool,
    query: String,
    /// What lists the items that match and it can be done to.
    whole_query: String,
    #[schema(value_type = PolicyAction)]
    action: &'static str,
    grace_s: i64,
    renew_s: Option<i64>,
    enabled: bool,
    version: i32,
    /// Items in scope that do not match for long enough yet; of a policy that is not enabled none is noted.
    waiting: i64,
    /// Items in scope that do, to which nothing was done yet.
    due: i64,
    /// Items in scope that match and are left alone until they are seen anew.
    done: i64,
}

/// Every policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyList {
    items: Vec<PolicyView>,
    /// Whether the caller may change them.
    may_change: bool,
}

/// What a policy would do now to the items in the caller's scope.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyPreview {
    /// How many match that it can be done to.
    matching: i64,
    /// What lists them.
    query: String,
}

/// Which items.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PolicyMatchQuery {
    state: Option<State>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An item that matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyMatchView {
    ci: CiReferenceView,
    since: Timestamp,
    due_at: Timestamp,
    state: State,
    /// Why it could not be done: a code, or a sentence in English.
    obstacle: Option<String>,
}

/// A page of items that match, what is due first at the top.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyMatchPage {
    items: Vec<PolicyMatchView>,
    next_cursor: Option<String>,
}

/// What a policy did at one time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyRunView {
    id: Uuid,
    policy_id: Uuid,
    /// As it was called then.
    policy_name: String,
    #[schema(value_type = PolicyAction)]
    action: &'static str,
    began_at: Timestamp,
    /// How many items it changed.
    items: i32,
    undone_at: Option<Timestamp>,
    undone_by: Option<String>,
    /// `undo`: make its items again what they were.
    allowed_actions: Vec<AllowedAction>,
}

/// The latest runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyRunList {
    items: Vec<PolicyRunView>,
}

/// Why a run is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyUndoBody {
    reason: String,
}

/// What became of taking a run back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyUndoView {
    run: PolicyRunView,
    /// How many items are again what they were.
    restored: usize,
    /// Items that stay as they are; 20 at most.
    left: Vec<PolicyLeftView>,
}

/// An item that stays as it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyLeftView {
    name: String,
    /// Why, in English.
    why: String,
}

/// A policy as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/name",
    "/shipped_name",
    "/query",
    "/whole_query",
    "/action",
    "/grace_s",
    "/renew_s",
    "/enabled",
    "/waiting",
    "/due",
    "/done",
]);

/// A run of a policy as a row of a file.
const RUN_COLUMNS: Places =
    Places(&["/id", "/policy_id", "/policy_name", "/action", "/began_at", "/items", "/undone_at", "/undone_by"]);

#[utoipa::path(get, path = "/policies", operation_id = "list_policies", tag = "cmdb", params(FormatQuery),
    responses((status = 200, body = PolicyList)))]
pub(crate) async fn list_policies(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let everywhere = allowed.principal.permissions.get(&Permission::RegisterConfigure);
    let may_change = everywhere.is_some_and(|scope| scope.organisations().is_none());
    let found = store.read(move |conn| service::list(conn, &allowed.ctx)).await?;
    let items: Vec<_> = found.into_iter().map(|(policy, counts)| PolicyView::new(policy, counts)).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "policies", &items).await;
    }
    Ok(HttpResponse::Ok().json(PolicyList { items, may_change }))
}

#[utoipa::path(post, path = "/policies", operation_id = "create_policy", tag = "cmdb", request_body = PolicyBody,
    responses((status = 201, body = PolicyView)))]
pub(crate) async fn create_policy(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<PolicyBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (draft, freshness) = (Draft::try_from(body)?, *freshness.get_ref());
    let made = store.write(move |conn| service::create(conn, &allowed.ctx, freshness, draft)).await?;
    let location = (header::LOCATION, format!("policies/{}", made.id));
    let tag = (header::ETAG, etag(made.version));
    let view = PolicyView::new(made, Counts::default());
    Ok(HttpResponse::Created().insert_header(tag).insert_header(location).json(view))
}

#[utoipa::path(patch, path = "/policies/{id}", operation_id = "update_policy", tag = "cmdb",
    params(("id" = PolicyId, Path), ("If-Match" = String, Header)), request_body = PolicyChangeBody,
    responses((status = 200, body = PolicyView)))]
pub(crate) async fn update_policy(
    allowed: Allowed<may::RegisterConfigure>,
    Path(id): Path<PolicyId>,
    IfMatch(version): IfMatch,
    Body(body): Body<PolicyChangeBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (action, freshness) = (body.action.as_deref().map(action).transpose()?, *freshness.get_ref());
    let change = move |conn: &mut Conn| {
        service::change(conn, &allowed.ctx, freshness, (id, version), |before| Draft {
            name: body.name.unwrap_or(before.name),
            query: body.query.unwrap_or(before.query),
            action: action.unwrap_or(before.action),
            grace_s: body.grace_s.unwrap_or(before.grace_s),
            renew_s: body.renew_s.or(before.renew_s),
            enabled: body.enabled.unwrap_or(before.enabled),
        })
    };
    let changed = store.write(change).await?;
    let tag = (header::ETAG, etag(changed.version));
    Ok(HttpResponse::Ok().insert_header(tag).json(PolicyView::new(changed, Counts::default())))
}

#[utoipa::path(delete, path = "/policies/{id}", operation_id = "delete_policy", tag = "cmdb",
    params(("id" = PolicyId, Path), ("If-Match" = String, Header)),
    responses((status = 204, description = "It is gone; what it did stays.")))]
pub(crate) async fn delete_policy(
    allowed: Allowed<may::RegisterConfigure>,
    Path(id): Path<PolicyId>,
    IfMatch(version): IfMatch,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write(move |conn| service::delete(conn, &allowed.ctx, id, version)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(post, path = "/policies/preview", operation_id = "preview_policy", tag = "cmdb",
    request_body = PolicyBody, responses((status = 200, body = PolicyPreview)))]
pub(crate) async fn preview_policy(
    allowed: Allowed<may::CiRead>,
    Body(body): Body<PolicyBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<PolicyPreview>, Problem> {
    let (draft, freshness) = (Draft::try_from(body)?, *freshness.get_ref());
    let preview = store.read(move |conn| service::preview(conn, &allowed.ctx, freshness, draft)).await?;
    Ok(web::Json(PolicyPreview { matching: preview.matching, query: preview.query }))
}

#[utoipa::path(get, path = "/policies/{id}/cis", operation_id = "list_policy_cis", tag = "cmdb",
    params(("id" = PolicyId, Path), PolicyMatchQuery), responses((status = 200, body = PolicyMatchPage)))]
pub(crate) async fn list_policy_cis(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<PolicyId>,
    Query(asked): Query<PolicyMatchQuery>,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<web::Json<PolicyMatchPage>, Problem> {
    let list = format!("policy {id} {:?}", asked.state);
    let request = cursors.page(&list, asked.limit, asked.cursor.as_deref())?;
    let page = store.read(move |conn| matches::page(conn, &allowed.ctx, id, asked.state, &request)).await?;
    let next_cursor = page.next.as_ref().map(|position| cursors.seal(&list, position)).transpose()?;
    let item = |one: matches::Match| PolicyMatchView {
        ci: one.ci.into(),
        since: one.since,
        due_at: one.due_at,
        state: one.state,
        obstacle: one.obstacle,
    };
    Ok(web::Json(PolicyMatchPage { items: page.items.into_iter().map(item).collect(), next_cursor }))
}

#[utoipa::path(get, path = "/policy-runs", operation_id = "list_policy_runs", tag = "cmdb", params(FormatQuery),
    responses((status = 200, body = PolicyRunList)))]
pub(crate) async fn list_policy_runs(
    _allowed: Allowed<may::RegisterConfigure>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let runs = store.read(|conn| Ok::<_, Error>(run::list(conn)?)).await?;
    let items: Vec<_> = runs.into_iter().map(PolicyRunView::from).collect();
    if let Some(format) = format {
        return RUN_COLUMNS.respond_whole(format, "policy-runs", &items).await;
    }
    Ok(HttpResponse::Ok().json(PolicyRunList { items }))
}

#[utoipa::path(post, path = "/policy-runs/{id}/undo", operation_id = "undo_policy_run", tag = "cmdb",
    params(("id" = RunId, Path)), request_body = PolicyUndoBody,
    responses((status = 200, body = PolicyUndoView)))]
pub(crate) async fn undo_policy_run(
    allowed: Allowed<may::RegisterConfigure>,
    Path(id): Path<RunId>,
    Body(body): Body<PolicyUndoBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<PolicyUndoView>, Problem> {
    let freshness = *freshness.get_ref();
    let undo = move |conn: &mut Conn| run::undo(conn, &allowed.ctx, freshness, id, Some(&body.reason));
    let Undone { run, restored, left } = store.write(undo).await?;
    let left = left.into_iter().map(|(name, why)| PolicyLeftView { name, why }).collect();
    Ok(web::Json(PolicyUndoView { run: run.into(), restored, left }))
}

fn action(name: &str) -> Result<PolicyAction, Problem> {
    PolicyAction::of_name(name).ok_or_else(|| Problem::field("action", "unknown", format!("`{name}` is no action")))
}

impl TryFrom<PolicyBody> for Draft {
    type Error = Problem;

    fn try_from(body: PolicyBody) -> Result<Self, Problem> {
        let action = action(&body.action)?;
        let PolicyBody { name, query, grace_s, renew_s, enabled, .. } = body;
        Ok(Self { name, query, action, grace_s, renew_s, enabled })
    }
}

impl PolicyView {
    fn new(policy: Policy, counts: Counts) -> Self {
        let Policy { id, version, shipped_name, draft } = policy;
        let can_be_deleted = shipped_name.is_none();
        let is_its_own = |name: &String| shipped::name_of(name).as_ref() == Some(&draft.name);
        Self {
            id: id.uuid(),
            shipped_name: shipped_name.filter(is_its_own),
            can_be_deleted,
            whole_query: draft.action.whole_query(&draft.query),
            name: draft.name,
            query: draft.query,
            action: draft.action.name(),
            grace_s: draft.grace_s,
            renew_s: draft.renew_s,
            enabled: draft.enabled,
            version,
            waiting: counts.waiting,
            due: counts.due,
            done: counts.done,
        }
    }
}

impl From<Run> for PolicyRunView {
    fn from(run: Run) -> Self {
        Self {
            allowed_actions: vec![AllowedAction::unless("undo", run.obstacle())],
            id: run.id.uuid(),
            policy_id: run.policy_id.uuid(),
            policy_name: run.policy_name,
            action: run.action.name(),
            began_at: run.began_at,
            items: run.items,
            undone_at: run.undone_at,
            undone_by: run.undone_by,
        }
    }
}
