//! `/inventory-tokens`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::file::ListQuery;
use super::protocol::Settings;
use crate::access::api::OrganisationRef;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::imports::model::token::{NewToken, Token};
use crate::imports::service::{self, Error};
use crate::kernel::id::{InventoryTokenId, OrganisationId};
use crate::kernel::page::PageRequest;
use crate::store::{Conn, Store};

/// What a new token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInventoryToken {
    /// 1 to 100 characters.
    name: String,
    /// Where the devices belong; the top of the caller's reach unless said.
    #[schema(value_type = Option<Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// From which networks, as `192.0.2.0/24`; from anywhere if there is none.
    #[serde(default)]
    cidrs: Vec<String>,
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InventoryToken {
    id: Uuid,
    name: String,
    organisation: OrganisationRef,
    cidrs: Vec<String>,
    created_at: Timestamp,
    created_by: Option<InventoryTokenMaker>,
    revoked_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    last_used_at: Option<Timestamp>,
    last_used_from: Option<String>,
}

/// Who made a token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InventoryTokenMaker {
    id: Uuid,
    display_name: String,
}

/// A page of tokens, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InventoryTokenPage {
    items: Vec<InventoryToken>,
    next_cursor: Option<String>,
    /// Where agents of others reach the server; absent while it does not listen to them.
    url: Option<String>,
}

/// A token that was just made, with its secret, which is never shown again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedInventoryToken {
    #[serde(flatten)]
    token: InventoryToken,
    /// `ter_inv_…`
    secret: String,
}

/// A token as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/name",
    "/organisation/id",
    "/organisation/name",
    "/cidrs",
    "/created_at",
    "/created_by/display_name",
    "/revoked_at",
    "/last_used_at",
    "/last_used_from",
]);

#[utoipa::path(get, path = "/inventory-tokens", operation_id = "list_inventory_tokens", tag = "imports",
    params(ListQuery), responses((status = 200, body = InventoryTokenPage)))]
pub(super) async fn list_inventory_tokens(
    allowed: Allowed<may::EnrolmentManage>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, query.format())?;
    let list = "inventory-tokens";
    let request = cursors.page(list, query.limit(), query.cursor())?;
    let read = move |conn: &mut Conn, request: &PageRequest<InventoryTokenId>| {
        Ok::<_, Error>(service::list_tokens(conn, &allowed.ctx, request)?.map(InventoryToken::of))
    };
    if let Some(format) = format {
        return COLUMNS.respond_from(format, list, &store, read).await;
    }
    let page = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.map(|id| cursors.seal(list, &id)).transpose()?;
    Ok(HttpResponse::Ok().json(InventoryTokenPage { items: page.items, next_cursor, url: settings.url.clone() }))
}

#[utoipa::path(post, path = "/inventory-tokens", operation_id = "create_inventory_token", tag = "imports",
    request_body = NewInventoryToken, responses((status = 201, body = CreatedInventoryToken)))]
pub(super) async fn create_inventory_token(
    allowed: Allowed<may::EnrolmentManage>,
    Body(body): Body<NewInventoryToken>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let new = NewToken::check(&body.name, &body.cidrs).map_err(Problem::invalid)?;
    let organisation = body.organisation_id;
    let made = store.write::<_, Error>(move |conn| service::create(conn, &allowed.ctx, &new, organisation)).await?;
    let (token, secret) = made;
    Ok(HttpResponse::Created().json(CreatedInventoryToken { token: InventoryToken::of(token), secret }))
}

#[utoipa::path(delete, path = "/inventory-tokens/{id}", operation_id = "delete_inventory_token", tag = "imports",
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn delete_inventory_token(
    allowed: Allowed<may::EnrolmentManage>,
    Path(id): Path<InventoryTokenId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write::<_, Error>(move |conn| service::revoke(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl InventoryToken {
    fn of(token: Token) -> Self {
        let (last_used_at, last_used_from) = token.last_used.unzip();
        Self {
            id: token.id.uuid(),
            name: token.name,
            organisation: OrganisationRef { id: token.organisation, name: token.organisation_name },
            cidrs: token.cidrs.iter().map(ToString::to_string).collect(),
            created_at: token.created_at,
            created_by: token.created_by.map(|(id, display_name)| InventoryTokenMaker { id: id.uuid(), display_name }),
            revoked_at: token.revoked_at,
            last_used_at,
            last_used_from: last_used_from.flatten(),
        }
    }
}
