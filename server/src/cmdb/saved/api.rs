//! Saved searches over HTTP.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Draft, SavedSearch};
use super::service::Keeper;
use super::store;
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::NamedView;
use crate::cmdb::list::api::CiPage;
use crate::cmdb::list::{self, RawFilter, Sort};
use crate::cmdb::model::observation::Freshness;
use crate::kernel::id::SavedSearchId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Store;

/// A saved search to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSavedSearchBody {
    name: String,
    query: String,
    /// Whether everybody in its organisation's scope sees it; needs `ci.write` there.
    #[serde(default)]
    shared: bool,
    /// The top of the caller's scope unless said.
    organisation_id: Option<Uuid>,
}

/// What changes. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedSearchChangeBody {
    name: Option<String>,
    query: Option<String>,
    shared: Option<bool>,
}

/// A saved search.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedSearchView {
    id: Uuid,
    name: String,
    query: String,
    shared: bool,
    organisation_id: Uuid,
    owner: NamedView,
    /// Whether the caller may change and delete it.
    may_change: bool,
    version: i32,
    created_at: Timestamp,
    /// How many items are in it now; where one saved search is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
}

/// The saved searches that the caller sees.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedSearchList {
    items: Vec<SavedSearchView>,
}

/// Which page of a group.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupQuery {
    /// `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round.
    sort: Option<String>,
    /// What was in the group then (RFC 3339).
    as_of: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A saved search as a row of a file.
const COLUMNS: Places =
    Places(&["/id", "/name", "/query", "/shared", "/organisation_id", "/owner/id", "/owner/name", "/created_at"]);

#[utoipa::path(get, path = "/saved-searches", operation_id = "list_saved_searches", tag = "cmdb", params(FormatQuery),
    responses((status = 200, body = SavedSearchList)))]
pub(crate) async fn list_saved_searches(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let reader = ctx.clone();
    let found = store.read(move |conn| store::list(conn, &reader)).await?;
    let keeper = Keeper { ctx: &ctx, writable: &writable };
    let items: Vec<_> = found.into_iter().map(|one| SavedSearchView::new(keeper, one, None)).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "saved-searches", &items).await;
    }
    Ok(HttpResponse::Ok().json(SavedSearchList { items }))
}

#[utoipa::path(post, path = "/saved-searches", operation_id = "create_saved_search", tag = "cmdb",
    request_body = NewSavedSearchBody, responses((status = 201, body = SavedSearchView)))]
pub(crate) async fn create_saved_search(
    allowed: Allowed<may::CiRead>,
    Body(body): Body<NewSavedSearchBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let draft = Draft { name: body.name, query: body.query, shared: body.shared };
    let organisation = body.organisation_id.map(crate::kernel::id::Id::from_uuid);
    let create = move |conn: &mut _| {
        let keeper = Keeper { ctx: &ctx, writable: &writable };
        let made = keeper.create(conn, draft, organisation)?;
        Ok::<_, crate::cmdb::error::Error>(SavedSearchView::new(keeper, made, None))
    };
    let view = store.write(create).await?;
    let location = (header::LOCATION, format!("saved-searches/{}", view.id));
    Ok(HttpResponse::Created().insert_header((header::ETAG, etag(view.version))).insert_header(location).json(view))
}

#[utoipa::path(get, path = "/saved-searches/{id}", operation_id = "get_saved_search", tag = "cmdb",
    params(("id" = SavedSearchId, Path)), responses((status = 200, body = SavedSearchView)))]
pub(crate) async fn get_saved_search(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<SavedSearchId>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let (ctx, writable, freshness) = (allowed.ctx, writable(&allowed.principal), *freshness.get_ref());
    let read = move |conn: &mut _| {
        let keeper = Keeper { ctx: &ctx, writable: &writable };
        let (found, count) = keeper.get(conn, freshness, id)?;
        Ok::<_, crate::cmdb::error::Error>(SavedSearchView::new(keeper, found, Some(count)))
    };
    Ok(tagged(store.read(read).await?))
}

#[utoipa::path(patch, path = "/saved-searches/{id}", operation_id = "update_saved_search", tag = "cmdb",
    params(("id" = SavedSearchId, Path), ("If-Match" = String, Header)), request_body = SavedSearchChangeBody,
    responses((status = 200, body = SavedSearchView)))]
pub(crate) async fn update_saved_search(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<SavedSearchId>,
    IfMatch(version): IfMatch,
    Body(body): Body<SavedSearchChangeBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let change = move |conn: &mut _| {
        let keeper = Keeper { ctx: &ctx, writable: &writable };
        let changed = keeper.change(conn, (id, version), |before| Draft {
            name: body.name.unwrap_or(before.name),
            query: body.query.unwrap_or(before.query),
            shared: body.shared.unwrap_or(before.shared),
        })?;
        Ok::<_, crate::cmdb::error::Error>(SavedSearchView::new(keeper, changed, None))
    };
    Ok(tagged(store.write(change).await?))
}

#[utoipa::path(delete, path = "/saved-searches/{id}", operation_id = "delete_saved_search", tag = "cmdb",
    params(("id" = SavedSearchId, Path)), responses((status = 204, description = "It is gone.")))]
pub(crate) async fn delete_saved_search(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<SavedSearchId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    store.write(move |conn| Keeper { ctx: &ctx, writable: &writable }.delete(conn, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(get, path = "/saved-searches/{id}/cis", operation_id = "list_saved_search_cis", tag = "cmdb",
    params(("id" = SavedSearchId, Path), GroupQuery), responses((status = 200, body = CiPage)))]
pub(crate) async fn list_saved_search_cis(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<SavedSearchId>,
    Query(asked): Query<GroupQuery>,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<CiPage>, Problem> {
    let sort = asked.sort.as_deref().map_or(Some(Sort::DEFAULT), Sort::from_name);
    let sort = sort.ok_or_else(|| Problem::field("sort", "unknown", "no order of this list"))?;
    let list = format!("saved search {id} {sort:?} {:?}", asked.as_of);
    let request = cursors.page(&list, asked.limit, asked.cursor.as_deref())?;
    let (ctx, writable, freshness) = (allowed.ctx, writable(&allowed.principal), *freshness.get_ref());
    let read = move |conn: &mut _| {
        let query = Keeper { ctx: &ctx, writable: &writable }.query(conn, id)?;
        let filter = RawFilter { q: Some(query), as_of: asked.as_of, ..RawFilter::default() };
        list::page(conn, &ctx, freshness, (&filter, sort), &request)
    };
    let found = store.read(read).await?;
    Ok(web::Json(CiPage::new(found, |position| cursors.seal(&list, position))?))
}

fn tagged(view: SavedSearchView) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag(view.version))).json(view)
}

fn writable(principal: &Principal) -> Scope {
    let scope = principal.permissions.get(&Permission::CiWrite).cloned();
    scope.unwrap_or_else(|| Scope::only(std::collections::BTreeSet::new()))
}

impl SavedSearchView {
    fn new(keeper: Keeper<'_>, one: SavedSearch, count: Option<i64>) -> Self {
        Self {
            id: one.id.uuid(),
            may_change: keeper.may_change(&one),
            name: one.name,
            query: one.query,
            shared: one.shared,
            organisation_id: one.organisation.uuid(),
            owner: NamedView { id: one.owner.uuid(), name: one.owner_name },
            version: one.version,
            created_at: one.created_at,
            count,
        }
    }
}
