//! `/enrolment-tokens`.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Settings;
use crate::access::api::OrganisationRef;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::fleet::service;
use crate::fleet::token::{Mode, Token, TokenState, Wish};
use crate::kernel::id::{EnrolmentTokenId, OrganisationId};
use crate::kernel::page::PageRequest;
use crate::store::{Conn, Store};

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

/// What a new token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEnrolmentToken {
    /// At most 100 characters.
    name: Option<String>,
    /// Where the hosts it lets in belong; the root unless said.
    #[schema(value_type = Option<Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// `auto` lets agents speak at once, `approve` has a person look at each. `auto` unless said.
    #[schema(value_type = Option<Mode>)]
    mode: Option<String>,
    /// How many hosts it lets in, 1 to 10,000; 1 unless said.
    uses: Option<i64>,
    /// For how many minutes, 1 to 1,440; 60 unless said.
    expires_in_minutes: Option<i64>,
    /// From which networks, as `192.0.2.0/24`; from anywhere if there is none.
    cidrs: Option<Vec<String>>,
}

/// A page of tokens, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnrolmentTokenPage {
    items: Vec<EnrolmentToken>,
    next_cursor: Option<String>,
}

/// An enrolment token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnrolmentToken {
    id: Uuid,
    name: Option<String>,
    organisation: OrganisationRef,
    #[schema(value_type = Mode)]
    mode: &'static str,
    uses: i32,
    uses_left: i32,
    expires_at: Timestamp,
    cidrs: Vec<String>,
    created_at: Timestamp,
    /// Nobody if it was made on the command line.
    created_by: Option<TokenMaker>,
    revoked_at: Option<Timestamp>,
    #[schema(value_type = TokenState)]
    state: &'static str,
}

/// Who made a token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenMaker {
    id: Uuid,
    display_name: String,
}

/// A token that was just made, with its secret, which is never shown again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedEnrolmentToken {
    #[serde(flatten)]
    token: EnrolmentToken,
    /// `ter1.…`
    secret: String,
    /// How agents reach the server.
    agent_url: String,
    /// What to run on the host, ready to copy.
    commands: Vec<EnrolmentCommand>,
}

/// A command for one way in which the agent is installed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnrolmentCommand {
    /// `deb` for the package, `binary` for the bare program.
    id: &'static str,
    command: String,
}

/// A token as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/name",
    "/state",
    "/organisation/id",
    "/organisation/name",
    "/mode",
    "/uses",
    "/uses_left",
    "/expires_at",
    "/cidrs",
    "/created_at",
    "/created_by/display_name",
    "/revoked_at",
]);

#[utoipa::path(get, path = "/enrolment-tokens", operation_id = "list_enrolment_tokens", tag = "fleet",
    params(ListQuery), responses((status = 200, body = EnrolmentTokenPage)))]
pub(super) async fn list_enrolment_tokens(
    allowed: Allowed<may::EnrolmentManage>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, query.format.as_deref())?;
    let list = "enrolment-tokens";
    let request = cursors.page(list, query.limit, query.cursor.as_deref())?;
    let ctx = allowed.ctx;
    let read = move |conn: &mut Conn, request: &PageRequest<EnrolmentTokenId>| {
        let page = service::list_tokens(conn, &ctx, request)?;
        Ok::<_, service::Error>(page.map(|token| EnrolmentToken::of(token, ctx.now)))
    };
    if let Some(format) = format {
        return COLUMNS.respond_from(format, list, &store, read).await;
    }
    let page = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.map(|id| cursors.seal(list, &id)).transpose()?;
    Ok(HttpResponse::Ok().json(EnrolmentTokenPage { items: page.items, next_cursor }))
}

#[utoipa::path(post, path = "/enrolment-tokens", operation_id = "create_enrolment_token", tag = "fleet",
    request_body = NewEnrolmentToken, responses((status = 201, body = CreatedEnrolmentToken)))]
pub(super) async fn create_enrolment_token(
    allowed: Allowed<may::EnrolmentManage>,
    Body(body): Body<NewEnrolmentToken>,
    store: web::Data<Store>,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let (named, wish) = body.split();
    let (ctx, now, pin) = (allowed.ctx.clone(), allowed.ctx.now, settings.pin);
    let (token, secret) = store
        .write::<_, Problem>(move |conn| {
            let organisation = service::organisation(conn, &ctx, named)?;
            let new = wish.check(organisation).map_err(Problem::invalid)?;
            Ok(service::create_token(conn, &ctx, &new, &pin)?)
        })
        .await?;
    let commands = commands(&settings.agent_url, &secret);
    let agent_url = settings.agent_url.to_string();
    let token = EnrolmentToken::of(token, now);
    Ok(HttpResponse::Created().json(CreatedEnrolmentToken { token, secret, agent_url, commands }))
}

#[utoipa::path(delete, path = "/enrolment-tokens/{id}", operation_id = "delete_enrolment_token", tag = "fleet",
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn delete_enrolment_token(
    allowed: Allowed<may::EnrolmentManage>,
    Path(id): Path<EnrolmentTokenId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write::<_, service::Error>(move |conn| service::revoke_token(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl NewEnrolmentToken {
    fn split(self) -> (Option<OrganisationId>, Wish) {
        let wish = Wish {
            name: self.name,
            mode: self.mode,
            uses: self.uses,
            expires_in_minutes: self.expires_in_minutes,
            cidrs: self.cidrs.unwrap_or_default(),
        };
        (self.organisation_id, wish)
    }
}

impl EnrolmentToken {
    fn of(token: Token, now: Timestamp) -> Self {
        let state = token.state(now).name();
        Self {
            id: token.id.uuid(),
            name: token.name,
            organisation: OrganisationRef { id: token.organisation, name: token.organisation_name },
            mode: token.mode.name(),
            uses: token.uses,
            uses_left: token.uses_left,
            expires_at: token.expires_at,
            cidrs: token.cidrs.iter().map(ToString::to_string).collect(),
            created_at: token.created_at,
            created_by: token.created_by.map(|(id, display_name)| TokenMaker { id: id.uuid(), display_name }),
            revoked_at: token.revoked_at,
            state,
        }
    }
}

/// The token goes in by standard input, because others can read a command line; it has no character that a shell
/// would touch.
fn commands(agent_url: &str, secret: &str) -> Vec<EnrolmentCommand> {
    let enrol = format!("terrier-agent enrol --server {agent_url} --token-file -");
    let deb = format!("echo {secret} | sudo {enrol} && sudo systemctl enable --now terrier-agent");
    let binary = format!("echo {secret} | sudo ./{enrol} && sudo ./terrier-agent run");
    vec![EnrolmentCommand { id: "deb", command: deb }, EnrolmentCommand { id: "binary", command: binary }]
}
