//! `/cis/{id}/reporters`, `/cis/{id}/split` and `/splits/{id}/undo`.

use actix_web::web;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::reporters::{Obstacle, Reporting};
use super::service::{self, Parted, SplitCommand};
use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::{Body, Path};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::kernel::id::{CiId, SplitId};
use crate::kernel::permission::Permission;
use crate::store::Store;

/// What this module adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(list_ci_reporters, split_ci, undo_split))]
pub struct Description;

/// This module's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/cis/{id}/reporters").route(web::get().to(list_ci_reporters)))
        .service(web::resource("/cis/{id}/split").route(web::post().to(split_ci)))
        .service(web::resource("/splits/{id}/undo").route(web::post().to(undo_split)));
}

/// Who reports of an item, and who was parted from it or given it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReporterList {
    /// Agents first.
    reporters: Vec<ReporterView>,
    /// Newest first.
    splits: Vec<SplitView>,
}

/// Somebody who reports of an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reporter)]
pub(crate) struct ReporterView {
    id: Uuid,
    /// `agent`, or `device` of an inventory.
    kind: &'static str,
    /// The source of what it says.
    source: String,
    /// The host name of an agent, the name of a device in its inventory.
    name: String,
    first_reported_at: Option<Timestamp>,
    last_reported_at: Option<Timestamp>,
    /// `split`: give it an item of its own.
    allowed_actions: Vec<AllowedAction>,
}

/// A reporter that was given an item of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Split)]
pub(crate) struct SplitView {
    id: SplitId,
    /// What it reported of before.
    original: CiReferenceView,
    /// What it reports of since.
    separate: CiReferenceView,
    /// The source of what it says.
    source: String,
    /// What it was called.
    reporter: String,
    at: Timestamp,
    /// Who said so.
    by: Option<String>,
    reason: Option<String>,
    /// Whether the two are one again.
    merged: bool,
    /// `undo`: make them one again.
    allowed_actions: Vec<AllowedAction>,
}

/// Who is to be given an item of its own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitBody {
    /// The reporter's id.
    reporter: Uuid,
    /// Why, at most 4 KiB.
    reason: Option<String>,
}

/// Why a split is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoSplitBody {
    /// At most 4 KiB.
    reason: Option<String>,
}

#[utoipa::path(get, path = "/cis/{id}/reporters", operation_id = "list_ci_reporters", tag = "cmdb",
    params(("id" = CiId, Path)), responses((status = 200, body = ReporterList)))]
pub(crate) async fn list_ci_reporters(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
) -> Result<web::Json<ReporterList>, Problem> {
    let ctx = allowed.ctx;
    let found = store.read(move |conn| service::overview(conn, &ctx, id)).await?;
    let writes = allowed.principal.permissions.get(&Permission::CiWrite);
    let may_write = writes.is_some_and(|scope| scope.contains(found.organisation));
    Ok(web::Json(ReporterList {
        reporters: found.reporters.into_iter().map(|one| reporter_view(one, may_write)).collect(),
        splits: found.splits.into_iter().map(|one| split_view(one, may_write)).collect(),
    }))
}

#[utoipa::path(post, path = "/cis/{id}/split", operation_id = "split_ci", tag = "cmdb",
    params(("id" = CiId, Path)), request_body = SplitBody, responses((status = 200, body = SplitView)))]
pub(crate) async fn split_ci(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<CiId>,
    Body(body): Body<SplitBody>,
    store: web::Data<Store>,
) -> Result<web::Json<SplitView>, Problem> {
    let command = SplitCommand { ci: id, reporter: body.reporter, reason: body.reason };
    let parted = store.write(move |conn| service::split(conn, &allowed.ctx, &command)).await?;
    Ok(web::Json(split_view(parted, true)))
}

#[utoipa::path(post, path = "/splits/{id}/undo", operation_id = "undo_split", tag = "cmdb",
    params(("id" = SplitId, Path)), request_body = UndoSplitBody, responses((status = 200, body = SplitView)))]
pub(crate) async fn undo_split(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<SplitId>,
    Body(body): Body<UndoSplitBody>,
    store: web::Data<Store>,
) -> Result<web::Json<SplitView>, Problem> {
    let parted = store.write(move |conn| service::undo(conn, &allowed.ctx, id, body.reason.as_deref())).await?;
    Ok(web::Json(split_view(parted, true)))
}

fn reporter_view(one: Reporting, may_write: bool) -> ReporterView {
    let reason = if may_write { one.obstacle.map(Obstacle::name) } else { Some("needs_permission") };
    ReporterView {
        id: one.id,
        kind: one.teller.name(),
        source: one.source.to_string(),
        name: one.name,
        first_reported_at: one.first,
        last_reported_at: one.last,
        allowed_actions: vec![AllowedAction::unless("split", reason)],
    }
}

fn split_view(Parted { split, original, separate, is_one }: Parted, may_write: bool) -> SplitView {
    let reason = if may_write { is_one.then_some("already_one") } else { Some("needs_permission") };
    SplitView {
        id: split.id,
        original: original.into(),
        separate: separate.into(),
        source: split.source,
        reporter: split.reporter_name,
        at: split.at,
        by: split.actor_name,
        reason: split.reason,
        merged: is_one,
        allowed_actions: vec![AllowedAction::unless("undo", reason)],
    }
}
