//! `/proposals` and `/identification/waiting`.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{self, FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::model::attribute::Label;
use crate::identification::model::evidence::IdentifierKind;
use crate::identification::service::Error;
use crate::identification::service::proposal::{self as service, Answer, Question, Side, Waiting};
use crate::identification::store::proposal::State;
use crate::kernel::id::{OrganisationId, ProposalId};
use crate::kernel::permission::Permission;
use crate::store::{Conn, Store};

/// Which questions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ProposalQuery {
    /// `open`, `same` or `different`; all unless said.
    state: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// A page of questions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalPage {
    items: Vec<ProposalView>,
    next_cursor: Option<String>,
    /// How many are open, on all pages.
    open: i64,
}

/// Two items that may be one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proposal)]
pub(super) struct ProposalView {
    id: ProposalId,
    state: &'static str,
    /// The rule that found them, as it was called then.
    rule: Label,
    /// What spoke against it.
    veto: Option<String>,
    /// The item that was made last.
    newer: CiReferenceView,
    /// The item that was there before.
    older: CiReferenceView,
    /// What both carry and what differs, kind by kind.
    evidence: Vec<EvidenceLineView>,
    created_at: Timestamp,
    decided_at: Option<Timestamp>,
    decided_by: Option<String>,
    note: Option<String>,
    /// Whether they are one now.
    merged: bool,
    allowed_actions: Vec<AllowedAction>,
    version: i32,
}

/// What either carries of a kind of identifier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposalEvidence)]
pub(super) struct EvidenceLineView {
    kind: &'static str,
    newer: Vec<String>,
    older: Vec<String>,
    /// `agrees` if they have one in common, `differs` if they have none, `one_sided` if only one carries any.
    finding: &'static str,
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerBody {
    /// `same` makes them one, `different` keeps it from being asked again, `open` asks again.
    state: String,
    /// Which one stays if they are one: `older` unless said, or `newer`.
    survivor: Option<String>,
    /// Why, at most 4 KiB.
    note: Option<String>,
}

/// Agents whose reports wait, because theirs is a known machine or a copy of it; longest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WaitingList {
    items: Vec<WaitingView>,
}

/// An agent whose reports wait.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingAgent)]
pub(super) struct WaitingView {
    agent_id: Uuid,
    hostname: String,
    organisation_id: OrganisationId,
    /// The item that it may be.
    ci: CiReferenceView,
    /// The rule that found it.
    rule: Label,
    since: Timestamp,
    /// When it is clear at the latest.
    until: Timestamp,
}

/// A question as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/state",
    "/rule/en",
    "/veto",
    "/newer/id",
    "/newer/name",
    "/newer/class",
    "/older/id",
    "/older/name",
    "/older/class",
    "/evidence",
    "/created_at",
    "/decided_at",
    "/decided_by",
    "/note",
    "/merged",
]);

/// An agent whose reports wait as a row of a file.
const WAITING_COLUMNS: Places = Places(&[
    "/agent_id",
    "/hostname",
    "/organisation_id",
    "/ci/id",
    "/ci/name",
    "/ci/class",
    "/rule/en",
    "/since",
    "/until",
]);

#[utoipa::path(get, path = "/proposals", operation_id = "list_proposals", tag = "identification",
    params(ProposalQuery), responses((status = 200, body = ProposalPage)))]
pub(super) async fn list_proposals(
    allowed: Allowed<may::CiRead>,
    Query(query): Query<ProposalQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let state = query.state.as_deref().map(state).transpose()?;
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            let page = service::list(conn, &allowed.ctx, state, request)?;
            Ok::<_, Error>(page.map(|one| view(one, &allowed.principal)))
        };
        return COLUMNS.respond_from(format, "proposals", &store, read).await;
    }
    let list = format!("proposals {:?}", query.state);
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let ctx = allowed.ctx;
    let read = move |conn: &mut _| {
        Ok::<_, Error>((service::list(conn, &ctx, state, &request)?, service::count_open(conn, &ctx)?))
    };
    let (page, open) = store.read(read).await?;
    let next_cursor = page.next.map(|place| cursors.seal(&list, &place)).transpose()?;
    let items = page.items.into_iter().map(|one| view(one, &allowed.principal)).collect();
    Ok(HttpResponse::Ok().json(ProposalPage { items, next_cursor, open }))
}

#[utoipa::path(get, path = "/proposals/{id}", operation_id = "get_proposal", tag = "identification",
    params(("id" = ProposalId, Path)), responses((status = 200, body = ProposalView)))]
pub(super) async fn get_proposal(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<ProposalId>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let ctx = allowed.ctx;
    let question = store.read(move |conn| service::get(conn, &ctx, id)).await?;
    Ok(answered(question, &allowed.principal))
}

#[utoipa::path(post, path = "/proposals/{id}/answer", operation_id = "answer_proposal", tag = "identification",
    params(("id" = ProposalId, Path)), request_body = AnswerBody, responses((status = 200, body = ProposalView)))]
pub(super) async fn answer_proposal(
    allowed: Allowed<may::CiWrite>,
    Path(id): Path<ProposalId>,
    IfMatch(version): IfMatch,
    Body(body): Body<AnswerBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let newer_survives = match body.survivor.as_deref() {
        None | Some("older") => false,
        Some("newer") => true,
        Some(other) => return Err(Problem::field("survivor", "unknown", format!("`{other}` is neither of the two"))),
    };
    let answer = Answer { state: state(&body.state)?, newer_survives, note: body.note };
    let ctx = allowed.ctx;
    let question = store.write(move |conn| service::answer(conn, &ctx, (id, version), &answer)).await?;
    Ok(answered(question, &allowed.principal))
}

#[utoipa::path(get, path = "/identification/waiting", operation_id = "list_waiting_agents", tag = "identification",
    params(FormatQuery), responses((status = 200, body = WaitingList)))]
pub(super) async fn list_waiting_agents(
    allowed: Allowed<may::AgentRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let waiting = store.read(move |conn| service::waiting(conn, &allowed.ctx)).await?;
    let items: Vec<_> = waiting.into_iter().map(waiting_view).collect();
    if let Some(format) = format {
        return WAITING_COLUMNS.respond_whole(format, "waiting", &items).await;
    }
    Ok(HttpResponse::Ok().json(WaitingList { items }))
}

fn state(text: &str) -> Result<State, Problem> {
    State::of_name(text).ok_or_else(|| Problem::field("state", "unknown", format!("`{text}` is no state")))
}

fn answered(question: Question, principal: &Principal) -> HttpResponse {
    let tag = etag(question.proposal.version);
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(view(question, principal))
}

fn view(question: Question, principal: &Principal) -> ProposalView {
    let Question { proposal, newer, older, is_one } = question;
    let writes = principal.permissions.get(&Permission::CiWrite);
    let may = writes.is_some_and(|scope| scope.contains(proposal.organisation));
    let refusal = if may { is_one.then_some("already_one") } else { Some("needs_permission") };
    let actions = ["answer_same", "answer_different"].map(|action| AllowedAction::unless(action, refusal));
    ProposalView {
        id: proposal.id,
        state: proposal.state.name(),
        rule: proposal.rule,
        veto: proposal.veto,
        evidence: evidence(&newer, &older),
        newer: newer.ci.into(),
        older: older.ci.into(),
        created_at: proposal.created_at,
        decided_at: proposal.decided_at,
        decided_by: proposal.decided_by,
        note: proposal.note,
        merged: is_one,
        allowed_actions: actions.to_vec(),
        version: proposal.version,
    }
}

fn evidence(newer: &Side, older: &Side) -> Vec<EvidenceLineView> {
    let of = |side: &BTreeMap<IdentifierKind, Vec<String>>, kind| side.get(&kind).cloned().unwrap_or_default();
    let line = |kind: IdentifierKind| {
        let (newer, older) = (of(&newer.identifiers, kind), of(&older.identifiers, kind));
        let finding = match (newer.is_empty(), older.is_empty()) {
            (true, true) => return None,
            (false, false) if newer.iter().any(|one| older.contains(one)) => "agrees",
            (false, false) => "differs",
            _ => "one_sided",
        };
        Some(EvidenceLineView { kind: kind.name(), newer, older, finding })
    };
    IdentifierKind::ALL.into_iter().filter_map(line).collect()
}

fn waiting_view(waiting: Waiting) -> WaitingView {
    let (agent_id, hostname) = waiting.agent;
    WaitingView {
        agent_id,
        hostname,
        organisation_id: waiting.hold.organisation,
        ci: waiting.ci.into(),
        rule: waiting.hold.rule,
        since: waiting.hold.since,
        until: waiting.hold.until,
    }
}
