//! `/agents`.

use std::rc::Rc;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::silence::SilenceView;
use crate::access::api::OrganisationRef;
use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, Confirmed, Principal, may};
use crate::api::kit::code::Code;
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Format, Places, Reading};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::fleet::census::{Census, Counts};
use crate::fleet::identity::Known;
use crate::fleet::intervals::Intervals;
use crate::fleet::model::{self, AgentRow, AgentState, Presence, Verdict};
use crate::fleet::presence::{Presences, Sighting};
use crate::fleet::roster::Roster;
use crate::fleet::service::{self, AgentFilter};
use crate::fleet::silence::{self, Holds};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::AgentId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Conn, Store};

/// Which agents.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Part of the host name.
    q: Option<String>,
    /// Only in this state.
    #[param(value_type = Option<AgentState>, inline)]
    state: Option<String>,
    /// Only active agents that were seen so lately; `silent` includes those never seen, as `counts` does.
    #[param(value_type = Option<Presence>, inline)]
    presence: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// Why an agent is revoked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Revocation {
    /// At most 1,000 characters; stands in the audit trail.
    reason: Option<String>,
}

/// A page of agents, by host name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentPage {
    items: Vec<AgentView>,
    next_cursor: Option<String>,
    /// Of all agents in reach, whatever the filter.
    counts: AgentCounts,
    /// Silences in reach that are not taken for the hosts' own; they have an end.
    silences: Vec<SilenceView>,
}

/// How many agents there are of each kind. The first three are of the active ones; `silent` includes those never seen.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct AgentCounts {
    live: u64,
    late: u64,
    silent: u64,
    pending: u64,
    revoked: u64,
}

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agent)]
pub(super) struct AgentView {
    id: Uuid,
    hostname: String,
    /// The CI its host is, once it has reported.
    ci: Option<HostCiRef>,
    organisation: OrganisationRef,
    #[schema(value_type = AgentState)]
    state: &'static str,
    #[schema(value_type = Presence)]
    presence: &'static str,
    version: Option<String>,
    enrolled_at: Timestamp,
    last_seen_at: Option<Timestamp>,
    /// Seconds between two of its reports, as it was told last: by these it is judged.
    interval_s: u64,
    certificate_expires_at: Option<Timestamp>,
    generation: i32,
    address: Option<String>,
    /// Sections of its host that it could not collect.
    faults: i64,
    /// Reports that wait in its spool, as it said last.
    pending_reports: u32,
    /// Reports that it had to give up unsent since its spool was made, for want of room or for their age.
    dropped_reports: i64,
    /// By how many seconds its host's clock is behind the server's, or ahead of it if less than zero; nothing within two
    /// minutes. What it reports is dated by the server's clock.
    clock_behind_s: Option<i64>,
    /// The agent whose identity it had, being a copy of its disk.
    copy_of: Option<OriginalRef>,
    /// Other machines that speak with this agent's identity, the latest first: none of what they say is taken.
    contenders: Vec<ContenderView>,
    /// `approve` and `revoke`; reasons are `not_pending`, `already_revoked`, `needs_permission`.
    allowed_actions: Vec<AllowedAction>,
}

/// The agent that another has been a copy of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OriginalAgent)]
pub(super) struct OriginalRef {
    id: Uuid,
    hostname: String,
}

/// A process on another machine that speaks with an agent's identity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contender)]
pub(super) struct ContenderView {
    #[schema(value_type = ContenderStanding)]
    standing: &'static str,
    address: String,
    booted_at: Timestamp,
    first_heard_at: Timestamp,
    last_heard_at: Timestamp,
}

/// What such a process is.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes names")]
enum ContenderStanding {
    /// It is the agent on another machine, or a copy: it will turn out when the agent speaks again or is gone.
    Waiting,
    /// It is a copy, and is told to become an agent of its own.
    Copy,
}

/// The CI an agent's host is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HostCiRef {
    id: Uuid,
    name: String,
    class: String,
}

/// An agent as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/hostname",
    "/state",
    "/presence",
    "/organisation/name",
    "/ci/id",
    "/ci/name",
    "/ci/class",
    "/version",
    "/address",
    "/enrolled_at",
    "/last_seen_at",
    "/interval_s",
    "/certificate_expires_at",
    "/faults",
    "/pending_reports",
    "/dropped_reports",
    "/clock_behind_s",
    "/copy_of/hostname",
]);

/// What a view is made with.
struct Lens<'a> {
    now: Timestamp,
    census: Census<'a>,
    principal: &'a Principal,
}

#[utoipa::path(get, path = "/agents", operation_id = "list_agents", tag = "fleet", params(ListQuery),
    responses((status = 200, body = AgentPage)))]
pub(super) async fn list_agents(
    allowed: Allowed<may::AgentRead>,
    Query(query): Query<ListQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    fleet: Fleet,
) -> Result<HttpResponse, Problem> {
    let filter = filter(&query)?;
    let list = format!("agents {filter:?}");
    let Allowed { ctx, principal, .. } = allowed;
    let listing = Listing { ctx, principal, filter, store: store.get_ref().clone(), fleet };
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        return listing.respond(format).await;
    }
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let (page, counts, silences) = listing.page(&request).await?;
    let next_cursor = page.next.map(|key| cursors.seal(&list, &key)).transpose()?;
    Ok(HttpResponse::Ok().json(AgentPage { items: page.items, next_cursor, counts, silences }))
}

/// A list of agents, for whoever asked.
struct Listing {
    ctx: Ctx,
    principal: Principal,
    filter: AgentFilter,
    store: Store,
    fleet: Fleet,
}

type AgentPlace = (String, i32);

impl Listing {
    async fn page(
        &self,
        request: &PageRequest<AgentPlace>,
    ) -> Result<(Page<AgentView, AgentPlace>, AgentCounts, Vec<SilenceView>), Problem> {
        let ctx = self.ctx.clone();
        let (holds, silences) = self.store.read(move |conn| silence::holds_and_open(conn, &ctx.scope)).await?;
        let (ctx, census) = (self.ctx.clone(), self.fleet.census(&holds));
        let (filter, request) = (self.filter.clone(), request.clone());
        let rows = filter.presence.map(|presence| census.keys(&ctx, presence, &filter, &request));
        let counts = census.counts(&ctx).into();
        let read = move |conn: &mut Conn| service::list_agents(conn, &ctx, &filter, rows.as_deref(), &request);
        let page = self.store.read(read).await?;
        let lens = Lens { now: self.ctx.now, census, principal: &self.principal };
        Ok((page.map(|row| lens.view(row)), counts, silences.into_iter().map(SilenceView::from).collect()))
    }

    async fn respond(self, format: Format) -> Result<HttpResponse, Problem> {
        let listing = Rc::new(self);
        let read: Reading<AgentPlace> = Box::new(move |request| {
            let listing = Rc::clone(&listing);
            Box::pin(async move { COLUMNS.rows(listing.page(&request).await?.0) })
        });
        COLUMNS.respond(format, "agents", read).await
    }
}

#[utoipa::path(get, path = "/agents/{id}", operation_id = "get_agent", tag = "fleet",
    params(("id" = Uuid, Path)), responses((status = 200, body = AgentView)))]
pub(super) async fn get_agent(
    allowed: Allowed<may::AgentRead>,
    Path(id): Path<AgentId>,
    store: web::Data<Store>,
    fleet: Fleet,
) -> Result<web::Json<AgentView>, Problem> {
    let ctx = allowed.ctx.clone();
    let found = store.read(move |conn| found(conn, &ctx, id)).await?;
    Ok(fleet.show(&allowed.ctx, &allowed.principal, found))
}

#[utoipa::path(post, path = "/agents/{id}/approve", operation_id = "approve_agent", tag = "fleet",
    params(("id" = Uuid, Path)), responses((status = 200, body = AgentView)))]
pub(super) async fn approve_agent(
    allowed: Allowed<may::AgentManage>,
    Path(id): Path<AgentId>,
    store: web::Data<Store>,
    fleet: Fleet,
) -> Result<web::Json<AgentView>, Problem> {
    let ctx = allowed.ctx.clone();
    let approve =
        move |conn: &mut Conn| Ok::<_, service::Error>((service::approve(conn, &ctx, id)?, found(conn, &ctx, id)?));
    let (known, found) = store.write(approve).await?;
    fleet.roster.learn(known);
    Ok(fleet.show(&allowed.ctx, &allowed.principal, found))
}

#[utoipa::path(post, path = "/agents/{id}/revoke", operation_id = "revoke_agent", tag = "fleet",
    params(("id" = Uuid, Path)), request_body = Revocation, responses((status = 200, body = AgentView)))]
pub(super) async fn revoke_agent(
    allowed: Allowed<Confirmed<may::AgentManage>>,
    Path(id): Path<AgentId>,
    Body(body): Body<Revocation>,
    store: web::Data<Store>,
    fleet: Fleet,
) -> Result<web::Json<AgentView>, Problem> {
    let reason = body.check()?;
    let ctx = allowed.ctx.clone();
    let (known, found) = store
        .write::<_, service::Error>(move |conn| {
            let known = service::revoke(conn, &ctx, id, reason.as_deref())?;
            Ok((known, found(conn, &ctx, id)?))
        })
        .await?;
    fleet.roster.learn(known);
    Ok(fleet.show(&allowed.ctx, &allowed.principal, found))
}

/// An agent in reach, and as of when it is judged.
fn found(conn: &mut Conn, ctx: &Ctx, id: AgentId) -> Result<(AgentRow, Holds), service::Error> {
    Ok((service::load_agent(conn, ctx, id)?, silence::holds(conn)?))
}

/// What is known of agents without the database.
pub(super) struct Fleet {
    roster: web::Data<Roster>,
    presences: web::Data<Presences>,
    intervals: web::Data<Intervals>,
}

impl actix_web::FromRequest for Fleet {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let found = || {
            Some(Self {
                roster: request.app_data::<web::Data<Roster>>()?.clone(),
                presences: request.app_data::<web::Data<Presences>>()?.clone(),
                intervals: request.app_data::<web::Data<Intervals>>()?.clone(),
            })
        };
        std::future::ready(found().ok_or_else(|| Problem::new(Code::Internal)))
    }
}

impl Fleet {
    fn census<'a>(&'a self, holds: &'a Holds) -> Census<'a> {
        Census { roster: &self.roster, presences: &self.presences, intervals: &self.intervals, holds }
    }

    fn show(&self, ctx: &Ctx, principal: &Principal, (row, holds): (AgentRow, Holds)) -> web::Json<AgentView> {
        web::Json(Lens { now: ctx.now, census: self.census(&holds), principal }.view(row))
    }
}

impl Revocation {
    fn check(self) -> Result<Option<String>, Problem> {
        match self.reason {
            Some(reason) if reason.chars().count() > 1_000 => {
                Err(Problem::field("reason", "too_long", "at most 1,000 characters"))
            }
            other => Ok(other),
        }
    }
}

fn filter(query: &ListQuery) -> Result<AgentFilter, Problem> {
    let state = query.state.as_deref().map(|name| {
        AgentState::of_name(name).ok_or_else(|| Problem::field("state", "unknown", "`pending`, `active` or `revoked`"))
    });
    let presence = query.presence.as_deref().map(|name| {
        let known = "`live`, `late`, `silent` or `never`";
        Presence::of_name(name).ok_or_else(|| Problem::field("presence", "unknown", known))
    });
    Ok(AgentFilter {
        part_of_name: query.q.clone().filter(|q| !q.is_empty()),
        state: state.transpose()?,
        presence: presence.transpose()?,
    })
}

impl From<Known> for ContenderView {
    fn from(Known { process, standing, began_at, heard_at }: Known) -> Self {
        Self {
            standing: standing.name(),
            address: process.address,
            booted_at: process.booted_at,
            first_heard_at: began_at,
            last_heard_at: heard_at,
        }
    }
}

impl From<Counts> for AgentCounts {
    fn from(Counts { live, late, silent, pending, revoked }: Counts) -> Self {
        Self { live, late, silent, pending, revoked }
    }
}

impl Lens<'_> {
    fn view(&self, row: AgentRow) -> AgentView {
        let AgentRow { agent, ci, faults, copy_of, contenders } = row;
        let seen = self.census.presences.find(agent.key);
        let last_seen_at = seen.as_ref().map(|sighting| sighting.at);
        let presence = self.census.presence(agent.organisation, seen.as_ref().map(Sighting::seen), self.now);
        let told_s = seen.as_ref().and_then(|sighting| sighting.interval_s);
        let interval_s = self.census.intervals.judged(agent.organisation, told_s).as_secs();
        let allowed_actions = vec![
            self.action("approve", agent.organisation, agent.state.approve()),
            self.action("revoke", agent.organisation, agent.state.revoke()),
        ];
        AgentView {
            id: agent.id.uuid(),
            hostname: agent.hostname,
            ci: ci.map(|ci| HostCiRef { id: ci.id.uuid(), name: ci.name, class: ci.class }),
            organisation: OrganisationRef { id: agent.organisation, name: agent.organisation_name },
            state: agent.state.name(),
            presence: presence.name(),
            enrolled_at: agent.enrolled_at,
            last_seen_at,
            interval_s,
            certificate_expires_at: agent.certificate_expires_at,
            generation: agent.generation,
            faults,
            copy_of: copy_of.map(|original| OriginalRef { id: original.id.uuid(), hostname: original.hostname }),
            contenders: contenders.into_iter().map(ContenderView::from).collect(),
            pending_reports: seen.as_ref().map_or(0, |sighting| sighting.pending_reports),
            dropped_reports: seen.as_ref().map_or(0, |sighting| sighting.dropped_reports),
            address: seen.as_ref().map(|sighting| sighting.address.clone()),
            clock_behind_s: seen.as_ref().and_then(|sighting| model::clock_behind_s(sighting.clock_offset_ms?)),
            version: seen.map(|sighting| sighting.agent_version),
            allowed_actions,
        }
    }

    fn action(
        &self,
        action: &'static str,
        organisation: crate::kernel::id::OrganisationId,
        verdict: Verdict,
    ) -> AllowedAction {
        let reach = self.principal.permissions.get(&Permission::AgentManage);
        let may = reach.is_some_and(|scope: &Scope| scope.contains(organisation));
        let reason = match verdict {
            _ if !may => Some("needs_permission"),
            Verdict::Refused(reason) => Some(reason),
            Verdict::Allowed => None,
        };
        AllowedAction::unless(action, reason)
    }
}
