//! Edits over HTTP.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Action, ChangeBody, Changes, Difference, Outcome, State, Totals};
use super::prepare::{self, Draft, Editor, Selection};
use super::service::{self, Whole};
use super::store;
use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::baseline::model::FilterBody;
use crate::cmdb::bulk::model::ItemFault;
use crate::cmdb::error::Error;
use crate::cmdb::item::api::writable;
use crate::cmdb::model::observation::Freshness;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{EditId, Id};
use crate::kernel::page::PageRequest;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Conn, Store};

/// The same said of many items: of what a filter finds, or of items named one by one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEditBody {
    /// At most 20 000 items may match.
    filter: Option<FilterBody>,
    /// At most 5000.
    ci_ids: Option<Vec<Uuid>>,
    /// What is said, by the name of the attribute: `owner`, `lifecycle`, `tags`, or one of a class; at most 50.
    #[schema(value_type = std::collections::BTreeMap<String, ChangeBody>)]
    changes: Changes,
    /// Why; needed to retire, to dispose of, and to take up again.
    reason: Option<String>,
}

/// Why an edit is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoEditBody {
    reason: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EditQuery {
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// Which items of an edit.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EditItemQuery {
    outcome: Option<Outcome>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: all of them as a file.
    format: Option<String>,
}

/// An edit as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/state",
    "/author",
    "/reason",
    "/created_at",
    "/began_at",
    "/ended_at",
    "/undone_by",
    "/undone_at",
    "/undo_reason",
    "/totals/items",
    "/totals/change",
    "/totals/same",
    "/totals/refused",
    "/totals/changed",
    "/totals/restored",
    "/totals/kept",
    "/done",
    "/changes",
    "/filter",
]);

/// An item of an edit as a row of a file.
const ITEM_COLUMNS: Places = Places(&["/ci/id", "/ci/name", "/ci/class", "/outcome", "/faults", "/differences"]);

/// An edit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditView {
    id: Uuid,
    #[schema(value_type = State)]
    state: &'static str,
    #[schema(value_type = std::collections::BTreeMap<String, ChangeBody>)]
    changes: Changes,
    /// What found its items; null where they were named one by one.
    #[schema(value_type = Option<FilterBody>)]
    filter: Option<Value>,
    reason: Option<String>,
    author: Option<String>,
    created_at: Timestamp,
    began_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    undone_by: Option<String>,
    undone_at: Option<Timestamp>,
    undo_reason: Option<String>,
    totals: Totals,
    /// How many of its items were looked at since it was begun or taken back.
    done: i32,
    /// Why items are refused, or could not be made again what they were; empty in lists.
    refusals: Vec<EditRefusalView>,
    allowed_actions: Vec<AllowedAction>,
}

/// For one reason.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditRefusalView {
    /// A stable code, as that of the first fault of each item.
    reason: String,
    /// How many items.
    cis: i64,
}

/// Edits, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditPage {
    items: Vec<EditView>,
    next_cursor: Option<String>,
}

/// What is to become or has become of an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditItemView {
    ci: CiReferenceView,
    #[schema(value_type = Outcome)]
    outcome: &'static str,
    /// Why it is refused or kept.
    faults: Vec<ItemFault>,
    /// What differs by the edit.
    differences: Vec<EditDifferenceView>,
}

/// What is shown of an attribute, before the edit and after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditDifferenceView {
    attribute: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// A page of items.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditItemPage {
    items: Vec<EditItemView>,
    next_cursor: Option<String>,
}

/// Prepares an edit: says what would become of each item, and writes nothing of the register. It is carried out by
/// `apply`, within a day; a batch of 500 items at a time, by the server, also when it is started again meanwhile. An item
/// of which something else would become by then is refused.
#[utoipa::path(post, path = "/cis/edits", operation_id = "create_edit", tag = "cmdb", request_body = NewEditBody,
    responses((status = 201, body = EditView)))]
pub(crate) async fn create_edit(
    allowed: Allowed<may::CiWrite>,
    Body(body): Body<NewEditBody>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (reads, writes) = (readable(&allowed.principal), allowed.ctx.scope.clone());
    let editor = Editor { ctx: allowed.ctx, reads: reads.clone(), freshness: *freshness.get_ref() };
    let edit = prepare::prepare(&store, editor, Draft::try_from(body)?).await?;
    let id = edit.id;
    let whole = store.read(move |conn| service::get(conn, &reads, id)).await?;
    let location = (header::LOCATION, format!("cis/edits/{id}"));
    Ok(HttpResponse::Created().insert_header(location).json(EditView::new(whole, &writes)))
}

#[utoipa::path(get, path = "/cis/edits", operation_id = "list_edits", tag = "cmdb", params(EditQuery),
    responses((status = 200, body = EditPage)))]
pub(crate) async fn list_edits(
    allowed: Allowed<may::CiRead>,
    Query(asked): Query<EditQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, asked.format.as_deref())?;
    let request = cursors.page("edits", asked.limit, asked.cursor.as_deref())?;
    let writes = writable(&allowed.principal);
    let read = move |conn: &mut Conn, request: &PageRequest<(i64, EditId)>| {
        let page = store::list(conn, &allowed.ctx.scope, request)?;
        Ok::<_, Error>(page.map(|edit| EditView::new(Whole { edit, reasons: Vec::new() }, &writes)))
    };
    if let Some(format) = format {
        return COLUMNS.respond_from(format, "edits", &store, read).await;
    }
    let page = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.as_ref().map(|position| cursors.seal("edits", position)).transpose()?;
    Ok(HttpResponse::Ok().json(EditPage { items: page.items, next_cursor }))
}

#[utoipa::path(get, path = "/cis/edits/{id}", operation_id = "get_edit", tag = "cmdb", params(("id" = EditId, Path)),
    responses((status = 200, body = EditView)))]
pub(crate) async fn get_edit(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<EditId>,
    store: web::Data<Store>,
) -> Result<web::Json<EditView>, Problem> {
    let writes = writable(&allowed.principal);
    let whole = store.read(move |conn| service::get(conn, &allowed.ctx.scope, id)).await?;
    Ok(web::Json(EditView::new(whole, &writes)))
}

#[utoipa::path(get, path = "/cis/edits/{id}/items", operation_id = "list_edit_items", tag = "cmdb",
    params(("id" = EditId, Path), EditItemQuery), responses((status = 200, body = EditItemPage)))]
pub(crate) async fn list_edit_items(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<EditId>,
    Query(asked): Query<EditItemQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, asked.format.as_deref())?;
    let list = format!("edit {id} {:?}", asked.outcome);
    let request = cursors.page(&list, asked.limit, asked.cursor.as_deref())?;
    let read = move |conn: &mut Conn, request: &PageRequest<i32>| {
        let scope = &allowed.ctx.scope;
        store::find(conn, scope, id)?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(store::items(conn, scope, id, asked.outcome, request)?.map(EditItemView::from))
    };
    if let Some(format) = format {
        return ITEM_COLUMNS.respond_from(format, "edit", &store, read).await;
    }
    let page = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.as_ref().map(|position| cursors.seal(&list, position)).transpose()?;
    Ok(HttpResponse::Ok().json(EditItemPage { items: page.items, next_cursor }))
}

/// Has it carried out, or go on where it was stopped. The author of what changes is who asks.
#[utoipa::path(post, path = "/cis/edits/{id}/apply", operation_id = "apply_edit", tag = "cmdb",
    params(("id" = EditId, Path)), responses((status = 200, body = EditView)))]
pub(crate) async fn apply_edit(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<EditId>,
    store: web::Data<Store>,
) -> Result<web::Json<EditView>, Problem> {
    ask(allowed, &store, move |conn, ctx, reads| service::apply(conn, ctx, reads, id)).await
}

/// Stops it between two batches; what is done stays done.
#[utoipa::path(post, path = "/cis/edits/{id}/stop", operation_id = "stop_edit", tag = "cmdb",
    params(("id" = EditId, Path)), responses((status = 200, body = EditView)))]
pub(crate) async fn stop_edit(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<EditId>,
    store: web::Data<Store>,
) -> Result<web::Json<EditView>, Problem> {
    ask(allowed, &store, move |conn, ctx, reads| service::stop(conn, ctx, reads, id)).await
}

/// Has it taken back: each item becomes what it was where it still is what the edit made of it; the others are kept.
#[utoipa::path(post, path = "/cis/edits/{id}/undo", operation_id = "undo_edit", tag = "cmdb",
    params(("id" = EditId, Path)), request_body = UndoEditBody, responses((status = 200, body = EditView)))]
pub(crate) async fn undo_edit(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<EditId>,
    Body(body): Body<UndoEditBody>,
    store: web::Data<Store>,
) -> Result<web::Json<EditView>, Problem> {
    ask(allowed, &store, move |conn, ctx, reads| service::undo(conn, ctx, reads, id, body.reason.as_deref())).await
}

/// Has something done with an edit by who asks, and shows what it is then.
async fn ask(
    allowed: Allowed<may::CiWrite>,
    store: &Store,
    work: impl FnOnce(&mut Conn, &Ctx, &Scope) -> Result<Whole, Error> + Send + 'static,
) -> Result<web::Json<EditView>, Problem> {
    let (ctx, reads) = (allowed.ctx, readable(&allowed.principal));
    let writes = ctx.scope.clone();
    let whole = store.write(move |conn| work(conn, &ctx, &reads)).await?;
    Ok(web::Json(EditView::new(whole, &writes)))
}

/// Who may change something and see nothing of it does not come about; if he does, he sees what he may change.
fn readable(principal: &Principal) -> Scope {
    principal.permissions.get(&Permission::CiRead).cloned().unwrap_or_else(|| writable(principal))
}

impl TryFrom<NewEditBody> for Draft {
    type Error = Problem;

    fn try_from(body: NewEditBody) -> Result<Self, Problem> {
        let selection = match (body.filter, body.ci_ids) {
            (Some(filter), None) => Selection::Found(filter),
            (None, Some(ids)) => Selection::Named(ids.into_iter().map(Id::from_uuid).collect()),
            _ => return Err(Problem::field("filter", "invalid", "one of `filter` and `ci_ids`")),
        };
        Ok(Self { selection, changes: body.changes, reason: body.reason })
    }
}

impl EditView {
    fn new(Whole { edit, reasons }: Whole, writes: &Scope) -> Self {
        let may_write = writes.organisations().is_none_or(|all| !all.is_empty());
        let why_not = |action: Action| {
            if may_write { action.check(edit.state, edit.totals).err() } else { Some("needs_permission") }
        };
        let allowed_actions = Action::ALL.map(|one| AllowedAction::unless(one.name(), why_not(one))).to_vec();
        Self {
            id: edit.id.uuid(),
            state: edit.state.name(),
            changes: edit.changes,
            filter: edit.filter,
            reason: edit.reason,
            author: edit.author.name,
            created_at: edit.created_at,
            began_at: edit.began_at,
            ended_at: edit.ended_at,
            undone_by: edit.undone_by,
            undone_at: edit.undone_at,
            undo_reason: edit.undo_reason,
            totals: edit.totals,
            done: edit.next_place,
            refusals: reasons.into_iter().map(|(reason, cis)| EditRefusalView { reason, cis }).collect(),
            allowed_actions,
        }
    }
}

impl From<store::Told> for EditItemView {
    fn from(told: store::Told) -> Self {
        let difference =
            |Difference { attribute, before, after, .. }: Difference| EditDifferenceView { attribute, before, after };
        Self {
            ci: told.ci.into(),
            outcome: told.item.outcome.name(),
            faults: told.item.faults,
            differences: told.item.differences.into_iter().map(difference).collect(),
        }
    }
}
