//! `/dead-letters`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::model::{Cause, Counts, DeadLetter, Filter};
use super::service::{self, Error};
use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::code::Code;
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::kernel::id::AgentId;
use crate::kernel::permission::Permission;
use crate::store::{Conn, Store};

/// Most bytes of a content that are shown; all of it can be downloaded.
const SHOWN_BYTES: usize = 64 << 10;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    list_dead_letters,
    get_dead_letter,
    download_dead_letter,
    delete_dead_letter,
    ask_dead_letter_again,
    discard_dead_letters
))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/dead-letters").route(web::get().to(list_dead_letters)))
        .service(web::resource("/dead-letters/discard").route(web::post().to(discard_dead_letters)))
        .service(
            web::resource("/dead-letters/{id}")
                .route(web::get().to(get_dead_letter))
                .route(web::delete().to(delete_dead_letter)),
        )
        .service(web::resource("/dead-letters/{id}/content").route(web::get().to(download_dead_letter)))
        .service(web::resource("/dead-letters/{id}/ask-again").route(web::post().to(ask_dead_letter_again)));
}

/// Which dead letters.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Part of the host name.
    q: Option<String>,
    /// Only of this agent.
    agent: Option<Uuid>,
    /// Only those set aside for this.
    #[param(value_type = Option<Cause>, inline)]
    cause: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// Which dead letters to throw away, by the filters of the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Discarding {
    /// None with a higher number: what came later, nobody has seen yet.
    up_to: i64,
    /// Part of the host name.
    q: Option<String>,
    /// Only of this agent.
    agent: Option<Uuid>,
    /// Only those set aside for this.
    #[schema(value_type = Option<Cause>)]
    cause: Option<String>,
}

/// How many were thrown away.
#[derive(Debug, Serialize, ToSchema)]
struct Discarded {
    discarded: u64,
}

/// A page of dead letters, the latest first.
#[derive(Debug, Serialize, ToSchema)]
struct DeadLetterPage {
    items: Vec<DeadLetterView>,
    next_cursor: Option<String>,
    /// Of those that the filter leaves, whatever the cause that is asked for.
    counts: DeadLetterCounts,
}

/// How many there are of each kind.
#[derive(Debug, Serialize, ToSchema)]
struct DeadLetterCounts {
    rejected: i64,
    quarantined: i64,
    poison: i64,
}

/// A report that was set aside.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
struct DeadLetterView {
    /// Its number: the later, the higher.
    id: i64,
    agent: DeadLetterAgent,
    #[schema(value_type = Cause)]
    cause: &'static str,
    /// The section it is about, as the agent named it.
    section: Option<String>,
    /// What is wrong with it, naming the field where there is one. English.
    reason: String,
    /// The run of the agent that made it: 16 hexadecimal digits.
    epoch: String,
    /// Its number in that run.
    seq: i64,
    received_at: Timestamp,
    /// When it is thrown away.
    kept_until: Timestamp,
    /// `discard` and `ask_again`; reasons are `needs_permission`, `no_section`, `agent_not_active`.
    allowed_actions: Vec<AllowedAction>,
}

/// The agent that sent it.
#[derive(Debug, Serialize, ToSchema)]
struct DeadLetterAgent {
    id: Uuid,
    hostname: String,
}

/// A dead letter with what is in it.
#[derive(Debug, Serialize, ToSchema)]
struct DeadLetterDetail {
    #[serde(flatten)]
    letter: DeadLetterView,
    /// The beginning of what the agent sent, 64 KiB at most, as text; bytes that are no UTF-8 show as U+FFFD.
    content: String,
    /// How long all of it is.
    content_bytes: u64,
}

/// A dead letter as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/agent/id",
    "/agent/hostname",
    "/cause",
    "/section",
    "/reason",
    "/epoch",
    "/seq",
    "/received_at",
    "/kept_until",
]);

#[utoipa::path(get, path = "/dead-letters", operation_id = "list_dead_letters", tag = "ingest", params(ListQuery),
    responses((status = 200, body = DeadLetterPage)))]
async fn list_dead_letters(
    allowed: Allowed<may::AgentRead>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, query.format.as_deref())?;
    let filter = filter(query.q, query.agent, query.cause.as_deref())?;
    if let Some(format) = format {
        let read = move |conn: &mut Conn, request: &_| {
            let (page, _) = service::list(conn, &allowed.ctx, &filter, request)?;
            Ok::<_, Error>(page.map(|letter| view(letter, &allowed.principal)))
        };
        return COLUMNS.respond_from(format, "dead-letters", &store, read).await;
    }
    let list = format!("dead letters {filter:?}");
    let page = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let ctx = allowed.ctx.clone();
    let (page, counts) = store.read(move |conn| service::list(conn, &ctx, &filter, &page)).await?;
    let next_cursor = page.next.map(|id| cursors.seal(&list, &id)).transpose()?;
    let items = page.items.into_iter().map(|letter| view(letter, &allowed.principal)).collect();
    Ok(HttpResponse::Ok().json(DeadLetterPage { items, next_cursor, counts: counts.into() }))
}

#[utoipa::path(get, path = "/dead-letters/{id}", operation_id = "get_dead_letter", tag = "ingest",
    params(("id" = i64, Path)), responses((status = 200, body = DeadLetterDetail)))]
async fn get_dead_letter(
    allowed: Allowed<may::AgentRead>,
    Path(id): Path<i64>,
    store: web::Data<Store>,
) -> Result<web::Json<DeadLetterDetail>, Problem> {
    let ctx = allowed.ctx.clone();
    let (letter, bytes) = store.read(move |conn| service::load(conn, &ctx, id)).await?;
    let shown = bytes.get(..SHOWN_BYTES).unwrap_or(&bytes);
    let mut content = String::from_utf8_lossy(shown).into_owned();
    if shown.len() < bytes.len() {
        // The cut may have gone through a character.
        content.truncate(content.trim_end_matches('\u{fffd}').len());
    }
    let content_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(web::Json(DeadLetterDetail { letter: view(letter, &allowed.principal), content, content_bytes }))
}

#[utoipa::path(get, path = "/dead-letters/{id}/content", operation_id = "download_dead_letter", tag = "ingest",
    params(("id" = i64, Path)), responses((status = 200, description = "What the agent sent, byte for byte.",
    content_type = "application/octet-stream", body = Vec<u8>)))]
async fn download_dead_letter(
    allowed: Allowed<may::AgentRead>,
    Path(id): Path<i64>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (_letter, bytes) = store.read(move |conn| service::load(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"dead-letter-{id}.json\"")))
        .body(bytes))
}

#[utoipa::path(delete, path = "/dead-letters/{id}", operation_id = "delete_dead_letter", tag = "ingest",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_dead_letter(
    allowed: Allowed<may::AgentManage>,
    Path(id): Path<i64>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write(move |conn| service::discard_one(conn, &allowed.ctx, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(post, path = "/dead-letters/{id}/ask-again", operation_id = "ask_dead_letter_again", tag = "ingest",
    params(("id" = i64, Path)), responses((status = 200, body = DeadLetterView)))]
async fn ask_dead_letter_again(
    allowed: Allowed<may::AgentManage>,
    Path(id): Path<i64>,
    store: web::Data<Store>,
) -> Result<web::Json<DeadLetterView>, Problem> {
    let ctx = allowed.ctx.clone();
    let letter = store.write(move |conn| service::ask_again(conn, &ctx, id)).await?;
    Ok(web::Json(view(letter, &allowed.principal)))
}

#[utoipa::path(post, path = "/dead-letters/discard", operation_id = "discard_dead_letters", tag = "ingest",
    request_body = Discarding, responses((status = 200, body = Discarded)))]
async fn discard_dead_letters(
    allowed: Allowed<may::AgentManage>,
    Body(body): Body<Discarding>,
    store: web::Data<Store>,
) -> Result<web::Json<Discarded>, Problem> {
    let filter = filter(body.q, body.agent, body.cause.as_deref())?;
    let count = store.write(move |conn| service::discard_all(conn, &allowed.ctx, &filter, body.up_to)).await?;
    Ok(web::Json(Discarded { discarded: u64::try_from(count).unwrap_or(u64::MAX) }))
}

fn filter(q: Option<String>, agent: Option<Uuid>, cause: Option<&str>) -> Result<Filter, Problem> {
    let known = "`rejected`, `quarantined` or `poison`";
    let of_name = |name| Cause::of_name(name).ok_or_else(|| Problem::field("cause", "unknown", known));
    Ok(Filter {
        agent: agent.map(AgentId::from_uuid),
        part_of_name: q.filter(|q| !q.is_empty()),
        cause: cause.map(of_name).transpose()?,
    })
}

fn view(letter: DeadLetter, principal: &Principal) -> DeadLetterView {
    let reach = principal.permissions.get(&Permission::AgentManage);
    let may = reach.is_some_and(|scope| scope.contains(letter.agent.organisation));
    let lacking = (!may).then_some("needs_permission");
    let allowed_actions = vec![
        AllowedAction::unless("discard", lacking),
        AllowedAction::unless("ask_again", lacking.or(letter.against_asking())),
    ];
    DeadLetterView {
        id: letter.id,
        kept_until: letter.kept_until(),
        agent: DeadLetterAgent { id: letter.agent.id.uuid(), hostname: letter.agent.hostname },
        cause: letter.cause.name(),
        section: letter.section,
        reason: letter.reason,
        epoch: letter.epoch.to_string(),
        seq: letter.seq,
        received_at: letter.received_at,
        allowed_actions,
    }
}

impl From<Counts> for DeadLetterCounts {
    fn from(Counts { rejected, quarantined, poison }: Counts) -> Self {
        Self { rejected, quarantined, poison }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(Code::NotFound),
            Error::Refused(reason) => Self::because(Code::Conflict, reason),
            Error::Unreadable(error) => Self::internal(&error),
            Error::Store(error) => error.into(),
        }
    }
}
