//! `/attestations` and `/cis/{id}/attestations`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::service::{Standing, Witness};
use super::store::{Attestation, Due};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::{CiReferenceView, NamedView};
use crate::cmdb::error::Error;
use crate::cmdb::item::api::writable;
use crate::kernel::id::{CiId, PolicyId};
use crate::kernel::page::PageRequest;
use crate::store::{Conn, Store};

/// What is to be confirmed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AttestationQuery {
    /// Only what the caller answers for: items whose owner has his name or login.
    #[serde(default)]
    mine: bool,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// An item that is to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DueAttestationView {
    ci: CiReferenceView,
    owner: Option<String>,
    policy: NamedView,
    /// Since when it is asked for.
    since: Timestamp,
    /// From when on it counts against the health of the register.
    due_at: Timestamp,
    /// Whether the caller may confirm it.
    may_attest: bool,
}

/// A page of what is to be confirmed, what has to be first at the top.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DueAttestationPage {
    items: Vec<DueAttestationView>,
    next_cursor: Option<String>,
}

/// Somebody confirmed an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttestationView {
    policy: NamedView,
    at: Timestamp,
    by: Option<String>,
    note: Option<String>,
    expires_at: Timestamp,
}

/// What is to be confirmed of an item, and what was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CiAttestationsView {
    due: Vec<DueAttestationView>,
    /// Latest first; 50 at most.
    past: Vec<AttestationView>,
    may_attest: bool,
}

/// Confirms an item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttestBody {
    /// What there is to say about it.
    note: Option<String>,
}

/// What is to be confirmed as a row of a file.
const COLUMNS: Places =
    Places(&["/ci/id", "/ci/name", "/ci/class", "/owner", "/policy/id", "/policy/name", "/since", "/due_at"]);

#[utoipa::path(get, path = "/attestations", operation_id = "list_due_attestations", tag = "cmdb",
    params(AttestationQuery), responses((status = 200, body = DueAttestationPage)))]
pub(crate) async fn list_due_attestations(
    allowed: Allowed<may::CiRead>,
    Query(asked): Query<AttestationQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, asked.format.as_deref())?;
    let list = format!("attestations {}", asked.mine);
    let request = cursors.page(&list, asked.limit, asked.cursor.as_deref())?;
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let read = move |conn: &mut Conn, request: &PageRequest<(i64, i32)>| {
        let page = Witness { ctx: &ctx, writable: &writable }.due(conn, asked.mine, request)?;
        Ok::<_, Error>(page.map(|(due, may_attest)| DueAttestationView::new(due, may_attest)))
    };
    if let Some(format) = format {
        return COLUMNS.respond_from(format, "attestations", &store, read).await;
    }
    let page = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.as_ref().map(|position| cursors.seal(&list, position)).transpose()?;
    Ok(HttpResponse::Ok().json(DueAttestationPage { items: page.items, next_cursor }))
}

#[utoipa::path(get, path = "/cis/{id}/attestations", operation_id = "list_ci_attestations", tag = "cmdb",
    params(("id" = CiId, Path)), responses((status = 200, body = CiAttestationsView)))]
pub(crate) async fn list_ci_attestations(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
) -> Result<web::Json<CiAttestationsView>, Problem> {
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let read = move |conn: &mut Conn| Witness { ctx: &ctx, writable: &writable }.standing(conn, id);
    Ok(web::Json(store.read(read).await?.into()))
}

#[utoipa::path(post, path = "/cis/{id}/attestations", operation_id = "attest_ci", tag = "cmdb",
    params(("id" = CiId, Path)), request_body = AttestBody, responses((status = 200, body = CiAttestationsView)))]
pub(crate) async fn attest_ci(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Body(body): Body<AttestBody>,
    store: web::Data<Store>,
) -> Result<web::Json<CiAttestationsView>, Problem> {
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let attest =
        move |conn: &mut Conn| Witness { ctx: &ctx, writable: &writable }.attest(conn, id, body.note.as_deref());
    Ok(web::Json(store.write(attest).await?.into()))
}

fn named((id, name): (PolicyId, String)) -> NamedView {
    NamedView { id: id.uuid(), name }
}

impl DueAttestationView {
    fn new(due: Due, may_attest: bool) -> Self {
        let Due { ci, owner, policy, since, until, .. } = due;
        Self { ci: ci.into(), owner, policy: named(policy), since, due_at: until, may_attest }
    }
}

impl From<Attestation> for AttestationView {
    fn from(Attestation { policy, at, by, note, expires_at }: Attestation) -> Self {
        Self { policy: named(policy), at, by, note, expires_at }
    }
}

impl From<Standing> for CiAttestationsView {
    fn from(Standing { due, past, may_attest }: Standing) -> Self {
        Self {
            due: due.into_iter().map(|one| DueAttestationView::new(one, may_attest)).collect(),
            past: past.into_iter().map(AttestationView::from).collect(),
            may_attest,
        }
    }
}
