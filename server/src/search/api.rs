//! The box over HTTP.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::ask::{Group, Hit};
use super::service::{Answer, Searcher};
use super::suggest::{Suggestion, Suggestions};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::code::Code;
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::model::observation::Freshness;
use crate::index::model::judge::Part;
use crate::store::Store;

/// Hits of a kind unless said.
const HITS: u32 = 8;
/// Most hits of a kind.
const HITS_MAX: u32 = 50;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(search, suggest_search))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/search").route(web::get().to(search)))
        .service(web::resource("/search/suggestions").route(web::get().to(suggest_search)));
}

/// What to search for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Texts that must stand in a thing, `"phrases"`, and filters of items as `class:host os:debian -owner:none`.
    #[serde(default)]
    q: String,
    /// Items as they were then (RFC 3339), and nothing else: of other things it is not kept what they were.
    as_of: Option<String>,
    /// Most hits of each kind, 1 to 50; 8 unless said.
    limit: Option<u32>,
}

/// What is being typed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SuggestQuery {
    /// The query so far.
    #[serde(default)]
    q: String,
    /// Where the cursor stands, in characters from 0; at the end unless said.
    cursor: Option<usize>,
}

/// What was found, by kind.
#[derive(Debug, Serialize, ToSchema)]
struct SearchAnswer {
    groups: Vec<SearchGroup>,
    /// About how many changes are not searched yet; 0 when search is up to date.
    waiting: i64,
}

/// Things of one kind, the best first.
#[derive(Debug, Serialize, ToSchema)]
struct SearchGroup {
    /// `ci`, `software`, `agent`, `user` or `organisation`.
    kind: &'static str,
    items: Vec<SearchHit>,
    /// Whether there are more.
    more: bool,
}

/// Something found.
#[derive(Debug, Serialize, ToSchema)]
struct SearchHit {
    id: String,
    /// The name in parts.
    name: Vec<TextPart>,
    /// The class of an item, the ecosystem of a product, the state of an agent, the login of a user.
    class: Option<String>,
    /// The name of the host of a dependent item.
    within: Option<String>,
    /// Why it was found; absent where filters found it alone.
    reason: Option<SearchReason>,
}

/// Why something was found.
#[derive(Debug, Serialize, ToSchema)]
struct SearchReason {
    /// `exact`, `prefix`, `word` or `part`.
    rank: &'static str,
    /// `name`, `serial`, `address`, or an attribute.
    field: String,
    /// Its text in parts.
    text: Vec<TextPart>,
}

/// A part of a text.
#[derive(Debug, Serialize, ToSchema)]
struct TextPart {
    text: String,
    /// Whether it is what was looked for.
    matched: bool,
}

/// How to go on.
#[derive(Debug, Serialize, ToSchema)]
struct SearchSuggestions {
    /// What is wrong with the query as it is.
    fault: Option<QueryFault>,
    /// What the suggestions stand in place of: from this character, counted from 0 …
    from: usize,
    /// … to before this one.
    to: usize,
    items: Vec<SearchSuggestion>,
}

/// What is wrong with a query.
#[derive(Debug, Serialize, ToSchema)]
struct QueryFault {
    /// Where, in characters from 1.
    column: usize,
    /// `unknown`, `invalid`, `required` or `too_long`.
    code: &'static str,
    /// What, in English.
    detail: String,
    /// What could stand there.
    allowed: Vec<String>,
}

/// A completion.
#[derive(Debug, Serialize, ToSchema)]
struct SearchSuggestion {
    text: String,
    label: Option<SuggestionLabel>,
    /// Whether it is the name of a filter, after which a value follows.
    is_name: bool,
}

/// A word in both languages.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionLabel {
    en: String,
    ko: String,
}

#[utoipa::path(get, path = "/search", operation_id = "search_everything", tag = "search", params(SearchQuery),
    responses((status = 200, body = SearchAnswer)))]
async fn search(
    allowed: Allowed<may::SignedIn>,
    Query(asked): Query<SearchQuery>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<SearchAnswer>, Problem> {
    let searcher = searcher(allowed, *freshness.get_ref())?;
    let limit = asked.limit.unwrap_or(HITS);
    if !(1..=HITS_MAX).contains(&limit) {
        return Err(Problem::field("limit", "out_of_range", format!("1 to {HITS_MAX}")));
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let answer = store.read(move |conn| searcher.search(conn, (&asked.q, asked.as_of.as_deref()), most)).await?;
    Ok(web::Json(answer.into()))
}

#[utoipa::path(get, path = "/search/suggestions", operation_id = "suggest_search", tag = "search",
    params(SuggestQuery), responses((status = 200, body = SearchSuggestions)))]
async fn suggest_search(
    allowed: Allowed<may::SignedIn>,
    Query(asked): Query<SuggestQuery>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<SearchSuggestions>, Problem> {
    let searcher = searcher(allowed, *freshness.get_ref())?;
    let cursor = asked.cursor.unwrap_or(usize::MAX);
    let found = store.read(move |conn| searcher.suggest(conn, &asked.q, cursor)).await?;
    Ok(web::Json(found.into()))
}

/// Everybody searches who may see anything.
fn searcher(allowed: Allowed<may::SignedIn>, freshness: Freshness) -> Result<Searcher, Problem> {
    let Allowed { ctx, principal, .. } = allowed;
    if principal.lacks_second_factor {
        return Err(Problem::new(Code::SecondFactorMissing));
    }
    let searcher = Searcher { ctx, permissions: principal.permissions, freshness };
    if searcher.sees_anything() {
        return Ok(searcher);
    }
    Err(Problem::because(Code::Forbidden, "this needs a permission to see something that can be found"))
}

impl From<Answer> for SearchAnswer {
    fn from(answer: Answer) -> Self {
        Self { groups: answer.groups.into_iter().map(SearchGroup::from).collect(), waiting: answer.waiting }
    }
}

impl From<Group> for SearchGroup {
    fn from(group: Group) -> Self {
        Self { kind: group.kind, items: group.hits.into_iter().map(SearchHit::from).collect(), more: group.more }
    }
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let reason = hit.verdict.map(|verdict| SearchReason {
            rank: verdict.rank.name(),
            field: verdict.field,
            text: parts(verdict.parts),
        });
        Self { id: hit.id, name: parts(hit.marked_name), class: hit.class, within: hit.within, reason }
    }
}

impl From<Suggestions> for SearchSuggestions {
    fn from(found: Suggestions) -> Self {
        let fault = found.fault.map(|fault| QueryFault {
            column: fault.column,
            code: fault.code,
            detail: fault.detail,
            allowed: fault.allowed,
        });
        let items = found.items.into_iter().map(SearchSuggestion::from).collect();
        Self { fault, from: found.from, to: found.to, items }
    }
}

impl From<Suggestion> for SearchSuggestion {
    fn from(one: Suggestion) -> Self {
        let label = one.label.map(|(en, ko)| SuggestionLabel { en, ko });
        Self { text: one.text, label, is_name: one.is_name }
    }
}

fn parts(parts: Vec<Part>) -> Vec<TextPart> {
    parts.into_iter().map(|part| TextPart { text: part.text, matched: part.matched }).collect()
}
