//! `/identification/shared-identifiers`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::export::{FormatQuery, Places};
use crate::api::kit::json::{Body, Query};
use crate::api::kit::problem::Problem;
use crate::identification::model::evidence::{IdentifierKind, UnknownKind};
use crate::identification::service::verdict::{self as service, Judgement};
use crate::identification::store::verdict::Judged;
use crate::kernel::id::OrganisationId;
use crate::store::Store;

/// Identifiers that were found to tell nothing, or that people trust; newest first, at most 1,000.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SharedIdentifierList {
    items: Vec<SharedIdentifierView>,
}

/// An identifier that was judged.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedIdentifier)]
pub(super) struct SharedIdentifierView {
    /// `cloud_instance`, `tpm_key`, `serial`, `machine_id`, `product_uuid` or `mac`.
    kind: String,
    value: String,
    organisation_id: OrganisationId,
    /// Whether people say that it tells something after all.
    trusted: bool,
    at: Timestamp,
    /// On how many items that were alive at once it was seen; 0 where a person decided.
    seen_on: i32,
    /// Who decided; absent if it was learned.
    decided_by: Option<String>,
}

/// What a person says of an identifier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JudgementBody {
    kind: String,
    value: String,
    organisation_id: Uuid,
    /// Whether it tells something, however many carry it; otherwise it tells nothing.
    trusted: bool,
}

/// An identifier as a row of a file.
const COLUMNS: Places = Places(&["/kind", "/value", "/organisation_id", "/trusted", "/at", "/seen_on", "/decided_by"]);

#[utoipa::path(get, path = "/identification/shared-identifiers", operation_id = "list_shared_identifiers",
    tag = "identification", params(FormatQuery), responses((status = 200, body = SharedIdentifierList)))]
pub(super) async fn list_shared_identifiers(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let judged = store.read(move |conn| service::list(conn, &allowed.ctx)).await?;
    let items: Vec<_> = judged.into_iter().map(view).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "shared-identifiers", &items).await;
    }
    Ok(HttpResponse::Ok().json(SharedIdentifierList { items }))
}

#[utoipa::path(post, path = "/identification/shared-identifiers", operation_id = "judge_identifier",
    tag = "identification", request_body = JudgementBody, responses((status = 204)))]
pub(super) async fn judge_identifier(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<JudgementBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let unknown = |error: UnknownKind| Problem::field("kind", "unknown", error.to_string());
    let kind: IdentifierKind = body.kind.parse().map_err(unknown)?;
    if !kind.is_distinctive() {
        return Err(Problem::field("kind", "invalid", "no rule takes it for one machine's alone"));
    }
    let organisation = OrganisationId::from_uuid(body.organisation_id);
    let judgement = Judgement { organisation, kind, value: body.value, trusted: body.trusted };
    store.write(move |conn| service::judge(conn, &allowed.ctx, &judgement)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(judged: Judged) -> SharedIdentifierView {
    SharedIdentifierView {
        kind: judged.kind,
        value: judged.value,
        organisation_id: judged.organisation,
        trusted: judged.trusted,
        at: judged.at,
        seen_on: judged.seen_on,
        decided_by: judged.decided_by,
    }
}
