//! `/cis/{id}/merge`, `/cis/{id}/merges` and `/merges/{id}/undo`.

use actix_web::web;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::service::{self, MergeCommand, Part};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::{Body, Path};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::item::row::Named;
use crate::kernel::id::{CiId, MergeId};
use crate::store::Store;

/// Another CI that is the same thing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeBody {
    /// The CI that becomes part of this one.
    with: Uuid,
    /// Why, at most 4 KiB.
    reason: Option<String>,
}

/// Why a merge is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoMergeBody {
    /// At most 4 KiB.
    reason: Option<String>,
}

/// The merges that a CI is made of, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MergeList {
    items: Vec<MergeView>,
}

/// A CI that became part of another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MergeView {
    id: MergeId,
    /// The CI that became part.
    merged: CiReferenceView,
    /// The CI that it became part of.
    survivor: CiReferenceView,
    at: Timestamp,
    /// Who said so.
    by: Option<String>,
    reason: Option<String>,
    /// When it was taken back, if it was.
    undone_at: Option<Timestamp>,
    undone_by: Option<String>,
    undo_reason: Option<String>,
}

#[utoipa::path(post, path = "/cis/{id}/merge", operation_id = "merge_cis", tag = "cmdb",
    params(("id" = CiId, Path)), request_body = MergeBody, responses((status = 200, body = MergeList)))]
pub(crate) async fn merge_cis(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<CiId>,
    Body(body): Body<MergeBody>,
    store: web::Data<Store>,
) -> Result<web::Json<MergeList>, Problem> {
    let command = MergeCommand { survivor: id, merged: CiId::from_uuid(body.with), reason: body.reason };
    let parts = store
        .write(move |conn| {
            service::merge(conn, &allowed.ctx, &command)?;
            service::list(conn, &allowed.ctx, id)
        })
        .await?;
    Ok(web::Json(MergeList { items: parts.into_iter().map(view).collect() }))
}

#[utoipa::path(get, path = "/cis/{id}/merges", operation_id = "list_ci_merges", tag = "cmdb",
    params(("id" = CiId, Path)), responses((status = 200, body = MergeList)))]
pub(crate) async fn list_ci_merges(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
) -> Result<web::Json<MergeList>, Problem> {
    let parts = store.read(move |conn| service::list(conn, &allowed.ctx, id)).await?;
    Ok(web::Json(MergeList { items: parts.into_iter().map(view).collect() }))
}

#[utoipa::path(post, path = "/merges/{id}/undo", operation_id = "undo_merge", tag = "cmdb",
    params(("id" = MergeId, Path)), request_body = UndoMergeBody, responses((status = 200, body = MergeView)))]
pub(crate) async fn undo_merge(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<MergeId>,
    Body(body): Body<UndoMergeBody>,
    store: web::Data<Store>,
) -> Result<web::Json<MergeView>, Problem> {
    let part = store.write(move |conn| service::undo(conn, &allowed.ctx, id, body.reason.as_deref())).await?;
    Ok(web::Json(view(part)))
}

fn view(part: Part) -> MergeView {
    let merge = part.merge;
    MergeView {
        id: merge.id,
        merged: reference(part.merged),
        survivor: reference(part.survivor),
        at: merge.at,
        by: merge.actor_name,
        reason: merge.reason,
        undone_at: merge.undone_at,
        undone_by: merge.undone_by,
        undo_reason: merge.undo_reason,
    }
}

fn reference(Named { id, name, class }: Named) -> CiReferenceView {
    CiReferenceView { id: id.uuid(), name, class }
}
