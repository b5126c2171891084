//! The trail over HTTP.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::checkpoints::{CheckpointError, Checkpoints};
use super::model::{Filter, Sealed, Walk, hexadecimal};
use super::proof::Finding;
use super::service;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::code::Code;
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, Store, StoreError};

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(list_audit_entries, verify_audit_chain, get_audit_checkpoint, get_audit_verification))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/audit").route(web::get().to(list_audit_entries)))
        .service(web::resource("/audit/verify").route(web::get().to(verify_audit_chain)))
        .service(web::resource("/audit/checkpoint").route(web::get().to(get_audit_checkpoint)))
        .service(web::resource("/audit/verification").route(web::get().to(get_audit_verification)));
}

/// Which entries.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// An actor's id, or part of the name.
    actor: Option<String>,
    /// An action, or how it begins: `user.`.
    action: Option<String>,
    /// An object's id or kind, or part of its name.
    object: Option<String>,
    /// Not before.
    from: Option<Timestamp>,
    /// Before.
    to: Option<Timestamp>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// A page of the trail, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct AuditPage {
    items: Vec<AuditEntry>,
    next_cursor: Option<String>,
}

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEntry {
    seq: i64,
    at: Timestamp,
    actor: AuditActor,
    /// A stable name, `user.created`.
    action: String,
    object: AuditObject,
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    details: serde_json::Value,
    request_id: Option<String>,
    address: Option<String>,
    /// SHA-256 of this entry and the one before, in hexadecimal.
    hash: String,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
struct AuditActor {
    /// `user`, `agent` or `system`.
    kind: String,
    id: Option<Uuid>,
    name: Option<String>,
}

/// To what.
#[derive(Debug, Serialize, ToSchema)]
struct AuditObject {
    kind: String,
    id: String,
    name: Option<String>,
}

/// Whether the trail is as it was written.
#[derive(Debug, Serialize, ToSchema)]
struct ChainReport {
    ok: bool,
    rows: i64,
    /// The first entry that is missing or not as it was written.
    first_bad_seq: Option<i64>,
}

/// What the trail was at a time, signed by this installation.
#[derive(Debug, Serialize, ToSchema)]
struct AuditCheckpoint {
    /// The last entry at the time; it covers all before it.
    seq: i64,
    /// How many entries there were.
    count: i64,
    /// The hash of that entry, in hexadecimal.
    hash: String,
    at: Timestamp,
    /// Ed25519, base64.
    signature: String,
    /// Of the installation's key, base64: keep it elsewhere and compare.
    public_key: String,
}

/// Whether the newest entries are as they were written and as the checkpoints say.
#[derive(Debug, Serialize, ToSchema)]
struct AuditVerification {
    ok: bool,
    /// How many entries were looked at, the newest 10,000 at most.
    rows: i64,
    /// The newest of them.
    last_seq: i64,
    /// How many checkpoints they agree with.
    checkpoints: u64,
    /// The first entry that does not hold.
    first_bad_seq: Option<i64>,
    /// What is wrong, in English.
    detail: Option<String>,
    /// The newest checkpoint.
    checkpoint: Option<AuditCheckpoint>,
}

/// An entry as a row of a file.
const COLUMNS: Places = Places(&[
    "/seq",
    "/at",
    "/actor/kind",
    "/actor/id",
    "/actor/name",
    "/action",
    "/object/kind",
    "/object/id",
    "/object/name",
    "/details",
    "/request_id",
    "/address",
    "/hash",
]);

#[utoipa::path(get, path = "/audit", operation_id = "list_audit_entries", tag = "audit", params(ListQuery),
    responses((status = 200, body = AuditPage)))]
async fn list_audit_entries(
    allowed: Allowed<may::AuditRead>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    whole_installation(&allowed.ctx)?;
    let format = export::asked(&request, query.format.as_deref())?;
    let filter =
        Filter { actor: query.actor, action: query.action, object: query.object, from: query.from, to: query.to };
    if let Some(format) = format {
        let read = move |conn: &mut Conn, request: &_| {
            Ok::<_, StoreError>(service::list(conn, &filter, request)?.map(AuditEntry::from))
        };
        return COLUMNS.respond_from(format, "audit", &store, read).await;
    }
    let list = format!("audit {filter:?}");
    let page = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let page = store.read(move |conn| service::list(conn, &filter, &page)).await?;
    let next_cursor = page.next.map(|seq| cursors.seal(&list, &seq)).transpose()?;
    let items = page.items.into_iter().map(AuditEntry::from).collect();
    Ok(HttpResponse::Ok().json(AuditPage { items, next_cursor }))
}

#[utoipa::path(get, path = "/audit/verify", operation_id = "verify_audit_chain", tag = "audit",
    responses((status = 200, body = ChainReport)))]
async fn verify_audit_chain(
    allowed: Allowed<may::AuditRead>,
    store: web::Data<Store>,
) -> Result<web::Json<ChainReport>, Problem> {
    whole_installation(&allowed.ctx)?;
    let walk = store.read(service::verify).await?;
    Ok(web::Json(ChainReport::from(&walk)))
}

#[utoipa::path(get, path = "/audit/checkpoint", operation_id = "get_audit_checkpoint", tag = "audit",
    responses((status = 200, body = AuditCheckpoint)))]
async fn get_audit_checkpoint(
    allowed: Allowed<may::AuditRead>,
    checkpoints: web::Data<Checkpoints>,
) -> Result<web::Json<AuditCheckpoint>, Problem> {
    whole_installation(&allowed.ctx)?;
    let checkpoint = newest(&checkpoints).await?.ok_or(Problem::new(Code::NotFound))?;
    Ok(web::Json(checkpoint))
}

#[utoipa::path(get, path = "/audit/verification", operation_id = "get_audit_verification", tag = "audit",
    responses((status = 200, body = AuditVerification)))]
async fn get_audit_verification(
    allowed: Allowed<may::AuditRead>,
    store: web::Data<Store>,
    checkpoints: web::Data<Checkpoints>,
) -> Result<web::Json<AuditVerification>, Problem> {
    whole_installation(&allowed.ctx)?;
    let known = checkpoints.get_ref().clone();
    let verdict = store.read(move |conn| known.verify_recent(conn)).await?;
    Ok(web::Json(AuditVerification {
        ok: verdict.finding.is_none(),
        rows: verdict.rows,
        last_seq: verdict.last_seq,
        checkpoints: u64::try_from(verdict.checkpoints).unwrap_or(u64::MAX),
        first_bad_seq: verdict.finding.as_ref().and_then(Finding::first_bad_seq),
        detail: verdict.finding.as_ref().map(ToString::to_string),
        checkpoint: newest(&checkpoints).await?,
    }))
}

async fn newest(checkpoints: &Checkpoints) -> Result<Option<AuditCheckpoint>, Problem> {
    let (known, public_key) = (checkpoints.clone(), checkpoints.public_key().to_string());
    let read = web::block(move || known.newest()).await.map_err(|error| Problem::internal(&error))?;
    let newest = read.map_err(|error| Problem::internal(&error))?;
    Ok(newest.map(|checkpoint| AuditCheckpoint {
        seq: checkpoint.seq,
        count: checkpoint.count,
        hash: checkpoint.hash,
        at: checkpoint.at,
        signature: checkpoint.signature,
        public_key,
    }))
}

impl From<CheckpointError> for Problem {
    fn from(error: CheckpointError) -> Self {
        match error {
            CheckpointError::Store(error) => error.into(),
            error => Self::internal(&error),
        }
    }
}

/// The trail is one chain for the whole installation; entries belong to no organisation.
fn whole_installation(ctx: &Ctx) -> Result<(), Problem> {
    match ctx.scope.organisations() {
        None => Ok(()),
        Some(_) => Err(Problem::because(Code::Forbidden, "the audit trail needs a grant at the root organisation")),
    }
}

impl From<Sealed> for AuditEntry {
    fn from(Sealed { row, hash, .. }: Sealed) -> Self {
        // What is no JSON was tampered with; it is shown as it stands.
        let details = serde_json::from_str(&row.details).unwrap_or(serde_json::Value::String(row.details));
        Self {
            seq: row.seq,
            at: row.at,
            actor: AuditActor { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
            action: row.action,
            object: AuditObject { kind: row.object_kind, id: row.object_id, name: row.object_name },
            details,
            request_id: row.request_id,
            address: row.address,
            hash: hexadecimal(&hash),
        }
    }
}

impl From<&Walk> for ChainReport {
    fn from(walk: &Walk) -> Self {
        Self { ok: walk.first_bad_seq().is_none(), rows: walk.rows(), first_bad_seq: walk.first_bad_seq() }
    }
}
