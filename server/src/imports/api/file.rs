//! `/imports`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::SENT_BYTES;
use crate::access::api::OrganisationRef;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::api::kit::upload;
use crate::imports::model::run::{Item, Run, Totals};
use crate::imports::service::{self, Desk, Error, Imported, Order};
use crate::kernel::id::{ImportId, OrganisationId};
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, Store};

/// How a file is imported.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// Whether only to say what would happen; nothing is written then.
    #[serde(default)]
    dry_run: bool,
    /// What the file is called.
    file_name: Option<String>,
    /// Where its devices belong; the top of the caller's reach unless said.
    #[param(value_type = Option<Uuid>)]
    organisation_id: Option<OrganisationId>,
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// What of a file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// `csv` or `ndjson`: what became of each device or row, as a file.
    format: Option<String>,
}

/// A file as a row of a file.
const RUN_COLUMNS: Places = Places(&[
    "/id",
    "/created_at",
    "/created_by/display_name",
    "/organisation/name",
    "/format",
    "/file_name",
    "/size_bytes",
    "/totals/items",
    "/totals/created",
    "/totals/changed",
    "/totals/unchanged",
    "/totals/not_taken",
]);

/// A device or row as a row of a file.
const ITEM_COLUMNS: Places = Places(&[
    "/line",
    "/reporter",
    "/name",
    "/class",
    "/ci_id",
    "/outcome",
    "/reason",
    "/values",
    "/installed",
    "/removed",
    "/relations",
    "/gone",
    "/not_taken",
    "/errors",
]);

/// What a file is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes what is sent as text")]
pub(super) enum ImportFormat {
    /// An inventory of GLPI's agent.
    GlpiJson,
    /// An inventory of OCS Inventory's or `FusionInventory`'s agent.
    OcsXml,
    /// A dump of `NetBox`.
    NetboxJson,
    /// A table.
    Csv,
    /// Lines of JSON.
    Ndjson,
}

/// Who imported a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Importer {
    id: Uuid,
    display_name: String,
}

/// How many devices a file has, and what became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportTotals {
    items: i32,
    created: i32,
    changed: i32,
    unchanged: i32,
    /// Entries and fields that are not kept.
    not_taken: i32,
}

/// A file that was imported.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportSummary {
    id: Uuid,
    organisation: OrganisationRef,
    created_at: Timestamp,
    created_by: Option<Importer>,
    #[schema(value_type = ImportFormat)]
    format: String,
    file_name: Option<String>,
    size_bytes: i64,
    totals: ImportTotals,
}

/// A page of files, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportPage {
    items: Vec<ImportSummary>,
    next_cursor: Option<String>,
}

/// What became of a file, or what would.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportReport {
    /// Nothing of it was written if this is so.
    dry_run: bool,
    /// The file, unless nothing was written.
    import: Option<ImportSummary>,
    #[schema(value_type = ImportFormat)]
    format: String,
    totals: ImportTotals,
    pub(super) items: Vec<Item>,
}

/// Imports a file of another program's: the body is the file, packed by gzip or zlib or not at all. With the header
/// `Idempotency-Key` the same file is imported once, however often it is sent.
#[utoipa::path(post, path = "/imports", operation_id = "create_import", tag = "imports", params(ImportQuery,
    ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportReport), (status = 201, body = ImportReport)))]
pub(super) async fn create_import(
    allowed: Allowed<may::CiWrite>,
    Query(query): Query<ImportQuery>,
    request: HttpRequest,
    payload: web::Payload,
    store: web::Data<Store>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let key = upload::idempotency_key(&request);
    let order = Order {
        bytes: upload::read(&request, payload, SENT_BYTES).await?,
        file_name: query.file_name,
        organisation: query.organisation_id,
        dry_run: query.dry_run,
        idempotency_key: key,
    };
    Ok(match service::import(&desk, &store, &allowed.ctx, order).await? {
        Imported::Applied(run) => HttpResponse::Created().json(ImportReport::of(*run)),
        Imported::Before(run) => HttpResponse::Ok().json(ImportReport::of(*run)),
        Imported::Preview { format, items } => HttpResponse::Ok().json(ImportReport::preview(format, items)),
    })
}

#[utoipa::path(get, path = "/imports", operation_id = "list_imports", tag = "imports", params(ListQuery),
    responses((status = 200, body = ImportPage)))]
pub(super) async fn list_imports(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            Ok::<_, Error>(service::list(conn, &allowed.ctx, request)?.map(|run| ImportSummary::of(&run)))
        };
        return RUN_COLUMNS.respond_from(format, "imports", &store, read).await;
    }
    let list = "imports";
    let page = cursors.page(list, query.limit, query.cursor.as_deref())?;
    let page = store.read(move |conn| service::list(conn, &allowed.ctx, &page)).await?;
    let next_cursor = page.next.map(|id| cursors.seal(list, &id)).transpose()?;
    let items = page.items.into_iter().map(|run| ImportSummary::of(&run)).collect();
    Ok(HttpResponse::Ok().json(ImportPage { items, next_cursor }))
}

#[utoipa::path(get, path = "/imports/{id}", operation_id = "get_import", tag = "imports",
    params(("id" = Uuid, Path), ReportQuery), responses((status = 200, body = ImportReport)))]
pub(super) async fn get_import(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<ImportId>,
    Query(query): Query<ReportQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, query.format.as_deref())?;
    if let Some(format) = format {
        let read = move |conn: &mut Conn, _: &PageRequest<ImportId>| {
            Ok::<_, Error>(Page { items: service::get(conn, &allowed.ctx, id)?.items, next: None })
        };
        return ITEM_COLUMNS.respond_from(format, "import", &store, read).await;
    }
    let run = store.read::<_, Error>(move |conn| service::get(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::Ok().json(ImportReport::of(run)))
}

impl ListQuery {
    pub(super) const fn limit(&self) -> Option<u32> {
        self.limit
    }

    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    pub(super) fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }
}

impl ImportSummary {
    fn of(run: &Run) -> Self {
        let created_by = run.created_by.as_ref();
        Self {
            id: run.id.uuid(),
            organisation: OrganisationRef { id: run.organisation.0, name: run.organisation.1.clone() },
            created_at: run.created_at,
            created_by: created_by.map(|(id, name)| Importer { id: id.uuid(), display_name: name.clone() }),
            format: run.format.clone(),
            file_name: run.file_name.clone(),
            size_bytes: run.size_bytes,
            totals: run.totals.into(),
        }
    }
}

impl ImportReport {
    pub(super) fn preview(format: &str, items: Vec<Item>) -> Self {
        let totals = Totals::of(&items).into();
        Self { dry_run: true, import: None, format: format.to_owned(), totals, items }
    }

    pub(super) fn of(run: Run) -> Self {
        let import = ImportSummary::of(&run);
        Self { dry_run: false, import: Some(import), format: run.format, totals: run.totals.into(), items: run.items }
    }
}

impl From<Totals> for ImportTotals {
    fn from(totals: Totals) -> Self {
        let Totals { items, created, changed, unchanged, not_taken } = totals;
        Self { items, created, changed, unchanged, not_taken }
    }
}
