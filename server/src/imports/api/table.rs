//! `/imports/tables`: files of rows, and the mappings that people keep for them.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::SENT_BYTES;
use super::file::ImportReport;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::export::record;
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::api::kit::upload;
use crate::cmdb::relation::types::RelationType;
use crate::imports::model::run::Item;
use crate::imports::model::table::mapping::Mapping;
use crate::imports::service::{self, Desk, Error, Imported, Inspected, TableOrder};
use crate::kernel::cell::defused;
use crate::kernel::id::{ImportId, OrganisationId};
use crate::store::Store;

/// Largest mapping in a query string, in bytes.
const MAPPING_BYTES: usize = 32 << 10;

/// How a table is looked at.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InspectQuery {
    /// What its rows are, if they do not say.
    class: Option<String>,
    /// By what the cells of CSV are separated: `,`, `;` or a tab; found out unless said.
    separator: Option<char>,
}

/// How a table is imported.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TableQuery {
    /// What its columns mean: a [`Mapping`] as JSON.
    mapping: String,
    /// Whether only to say what would happen; nothing is written then.
    #[serde(default)]
    dry_run: bool,
    /// Everything or nothing; row by row unless said.
    #[serde(default)]
    atomic: bool,
    /// What the file is called.
    file_name: Option<String>,
    /// Where new items belong; the top of the caller's reach unless said.
    #[param(value_type = Option<Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// By what the cells of CSV are separated; found out unless said.
    separator: Option<char>,
}

/// What a table looks like.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TableInspection {
    /// `csv` or `ndjson`.
    format: String,
    /// `utf-8`, `utf-16` or `euc-kr`.
    encoding: String,
    separator: Option<String>,
    headings: Vec<String>,
    /// The first rows.
    sample: Vec<Vec<Value>>,
    /// How many rows there are.
    rows: usize,
    /// What the columns probably mean.
    proposal: Mapping,
    /// The types of relations that a column can stand for.
    relation_types: Vec<RelationType>,
}

/// A mapping that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SavedMapping {
    id: Uuid,
    name: String,
    mapping: Mapping,
}

/// The caller's mappings by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SavedMappings {
    items: Vec<SavedMapping>,
}

/// A mapping to keep, in the place of the one of that name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingBody {
    name: String,
    mapping: Mapping,
}

/// Looks at a table and proposes what its columns mean: the body is the file, CSV in UTF-8 or EUC-KR or lines of JSON.
#[utoipa::path(post, path = "/imports/tables/inspect", operation_id = "inspect_import_table", tag = "imports",
    params(InspectQuery), request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = TableInspection)))]
pub(super) async fn inspect_import_table(
    _allowed: Allowed<may::CiWrite>,
    Query(query): Query<InspectQuery>,
    request: HttpRequest,
    payload: web::Payload,
    store: web::Data<Store>,
    desk: web::Data<Desk>,
) -> Result<web::Json<TableInspection>, Problem> {
    let bytes = upload::read(&request, payload, SENT_BYTES).await?;
    let inspected = service::inspect(&desk, &store, bytes, query.separator, query.class).await?;
    let sample = inspected.sample();
    let Inspected { table, rows, proposal, relation_types } = inspected;
    Ok(web::Json(TableInspection {
        format: table.format.name().to_owned(),
        encoding: table.encoding.to_owned(),
        separator: table.separator.map(String::from),
        headings: table.headings,
        sample,
        rows,
        proposal,
        relation_types,
    }))
}

/// Imports a table, or says row by row what would happen: the body is the file. With the header `Idempotency-Key` the
/// same file with the same mapping is imported once. Who accepts `text/csv` gets the report as CSV.
#[utoipa::path(post, path = "/imports/tables", operation_id = "import_table", tag = "imports",
    params(TableQuery, ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportReport), (status = 201, body = ImportReport)))]
pub(super) async fn import_table(
    allowed: Allowed<may::CiWrite>,
    Query(query): Query<TableQuery>,
    request: HttpRequest,
    payload: web::Payload,
    store: web::Data<Store>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let order = TableOrder {
        mapping: mapping(&query.mapping)?,
        bytes: upload::read(&request, payload, SENT_BYTES).await?,
        file_name: query.file_name,
        organisation: query.organisation_id,
        dry_run: query.dry_run,
        atomic: query.atomic,
        idempotency_key: upload::idempotency_key(&request),
        separator: query.separator,
    };
    let as_csv = request.headers().get(header::ACCEPT).is_some_and(|accept| accept == "text/csv");
    let imported = service::import_table(&desk, &store, &allowed.ctx, order).await?;
    let report = match imported {
        Imported::Applied(run) if !as_csv => return Ok(HttpResponse::Created().json(ImportReport::of(*run))),
        Imported::Applied(run) | Imported::Before(run) => ImportReport::of(*run),
        Imported::Preview { format, items } => ImportReport::preview(format, items),
    };
    if as_csv { csv(&report.items) } else { Ok(HttpResponse::Ok().json(report)) }
}

/// The report on a file as CSV: what was done, and what was not with the reason.
#[utoipa::path(get, path = "/imports/{id}/report.csv", operation_id = "export_import_report", tag = "imports",
    params(("id" = Uuid, Path)), responses((status = 200, content_type = "text/csv", body = String)))]
pub(super) async fn export_import_report(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<ImportId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let run = store.read::<_, Error>(move |conn| service::get(conn, &allowed.ctx, id)).await?;
    csv(&run.items)
}

#[utoipa::path(get, path = "/import-mappings", operation_id = "list_import_mappings", tag = "imports",
    responses((status = 200, body = SavedMappings)))]
pub(super) async fn list_import_mappings(
    allowed: Allowed<may::CiRead>,
    store: web::Data<Store>,
) -> Result<web::Json<SavedMappings>, Problem> {
    let mappings = store.read(move |conn| service::list_mappings(conn, &allowed.ctx)).await?;
    let items = mappings.into_iter().map(|(id, name, mapping)| SavedMapping { id, name, mapping }).collect();
    Ok(web::Json(SavedMappings { items }))
}

#[utoipa::path(post, path = "/import-mappings", operation_id = "save_import_mapping", tag = "imports",
    request_body = MappingBody, responses((status = 200, body = SavedMapping)))]
pub(super) async fn save_import_mapping(
    allowed: Allowed<may::CiWrite>,
    Body(body): Body<MappingBody>,
    store: web::Data<Store>,
) -> Result<web::Json<SavedMapping>, Problem> {
    let MappingBody { name, mapping } = body;
    let (kept, called) = (mapping.clone(), name.clone());
    let id = store.write(move |conn| service::save_mapping(conn, &allowed.ctx, &called, &kept)).await?;
    Ok(web::Json(SavedMapping { id, name, mapping }))
}

#[utoipa::path(delete, path = "/import-mappings/{id}", operation_id = "delete_import_mapping", tag = "imports",
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn delete_import_mapping(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<Uuid>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write(move |conn| service::delete_mapping(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn mapping(text: &str) -> Result<Mapping, Problem> {
    if text.len() > MAPPING_BYTES {
        return Err(Problem::field("mapping", "too_long", format!("longer than {MAPPING_BYTES} bytes")));
    }
    serde_json::from_str(text).map_err(|error| Problem::field("mapping", "invalid", error.to_string()))
}

const HEADINGS: [&str; 9] = ["line", "name", "class", "outcome", "ci", "field", "code", "detail", "limit"];

fn csv(items: &[Item]) -> Result<HttpResponse, Problem> {
    let mut out = "\u{feff}".as_bytes().to_vec();
    record(&mut out, HEADINGS.map(str::to_owned))?;
    for item in items {
        for row in rows(item) {
            record(&mut out, row.map(defused))?;
        }
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"import-report.csv\""))
        .body(out))
}

/// A line for what became of the item, or one for everything of it that was not taken.
fn rows(item: &Item) -> Vec<[String; 9]> {
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let outcome = serde_json::to_value(item.outcome).map(word).unwrap_or_default();
    let ci = item.ci_id.map(|id| id.to_string()).unwrap_or_default();
    let row = |field: String, code: String, detail: String, limit: String| {
        let own = (item.reporter.clone(), item.name.clone(), item.class.clone(), outcome.clone(), ci.clone());
        [own.0, own.1, own.2, own.3, own.4, field, code, detail, limit]
    };
    let faults = item.errors.iter().map(|error| {
        let limit = error.limit.map(|limit| limit.to_string()).unwrap_or_default();
        row(error.field.clone(), error.code.clone(), error.detail.clone(), limit)
    });
    let left = item.not_taken.iter().map(|one| {
        let reason = serde_json::to_value(one.reason).map(word).unwrap_or_default();
        let named = one.name.clone().unwrap_or_default();
        row(one.path.clone(), reason, named, String::new())
    });
    let rows: Vec<_> = faults.chain(left).collect();
    if rows.is_empty() { vec![row(String::new(), String::new(), String::new(), String::new())] } else { rows }
}
