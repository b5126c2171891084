//! `GET /health`.

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Area, Check, Tally};
use super::service::{self, Group, Health};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::list::api::ListQuery;
use crate::cmdb::list::api::parameters::{Pairs, Parameters};
use crate::cmdb::model::attribute::Label;
use crate::cmdb::model::observation::Freshness;
use crate::store::Store;

/// How good the register is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// The time that was looked at, if not now.
    as_of: Option<Timestamp>,
    /// How many items match, judged or not.
    items: u64,
    checks: Vec<CheckView>,
    /// Attributes that classes require or recommend.
    attributes: Vec<MissingView>,
    classes: Vec<ClassHealthView>,
    teams: Vec<TeamHealthView>,
    organisations: Vec<OrganisationHealthView>,
}

/// How many were judged and how many of them failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TallyView {
    judged: u64,
    failing: u64,
    /// The share that passed, with one decimal, rounded down; null where nothing was judged.
    percent: Option<f64>,
}

/// A check, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckView {
    #[schema(value_type = Check)]
    check: &'static str,
    #[schema(value_type = Area)]
    area: &'static str,
    /// Whether it stands for all of its area.
    is_area: bool,
    #[serde(flatten)]
    tally: TallyView,
    /// What lists those that fail: a part of a query.
    query: String,
    /// What lists those that were judged.
    judged_query: String,
    /// Whether it is judged as of today whatever time is looked at, because no history of it is kept.
    of_today: bool,
}

/// An attribute that should have a value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingView {
    attribute: String,
    label: Option<Label>,
    #[serde(flatten)]
    tally: TallyView,
    /// What lists those without one.
    query: String,
}

/// An area, for some of the items.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AreaView {
    #[schema(value_type = Check)]
    check: &'static str,
    #[serde(flatten)]
    tally: TallyView,
}

/// A class with all that inherit from it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassHealthView {
    class: String,
    items: u64,
    areas: Vec<AreaView>,
}

/// What a team supports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamHealthView {
    /// Null: what nobody supports.
    team: Option<String>,
    /// What lists all of it.
    query: String,
    items: u64,
    areas: Vec<AreaView>,
}

/// An organisation with all below it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganisationHealthView {
    id: Uuid,
    name: String,
    items: u64,
    areas: Vec<AreaView>,
}

#[utoipa::path(get, path = "/health", operation_id = "get_health", tag = "cmdb", params(ListQuery),
    responses((status = 200, body = HealthView)))]
pub(crate) async fn get_health(
    allowed: Allowed<may::CiRead>,
    Query(pairs): Query<Pairs>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<HealthView>, Problem> {
    let (filter, freshness) = (Parameters::read(pairs, &[])?.filter, *freshness.get_ref());
    let as_of = filter.as_of.as_deref().and_then(|text| text.parse().ok());
    let health = store.read(move |conn| service::load(conn, &allowed.ctx, freshness, &filter)).await?;
    Ok(web::Json(HealthView::new(health, as_of)))
}

impl HealthView {
    fn new(health: Health, as_of: Option<Timestamp>) -> Self {
        let label = |name: &str| health.book.attributes_named(name).next().map(|one| one.label.clone());
        let missing = |(attribute, tally): (String, Tally)| MissingView {
            label: label(&attribute),
            tally: tally.into(),
            query: format!("missing:{attribute}"),
            attribute,
        };
        Self {
            as_of,
            items: health.items,
            checks: health.checks.into_iter().map(CheckView::new).collect(),
            attributes: health.attributes.into_iter().map(missing).collect(),
            classes: health.classes.into_iter().map(ClassHealthView::from).collect(),
            teams: health.teams.into_iter().map(TeamHealthView::from).collect(),
            organisations: health.organisations.into_iter().map(OrganisationHealthView::from).collect(),
        }
    }
}

impl CheckView {
    fn new((check, tally): (Check, Tally)) -> Self {
        Self {
            check: check.name(),
            area: check.area().name(),
            is_area: check.is_area(),
            tally: tally.into(),
            query: format!("health:{check}"),
            judged_query: format!("judged:{check}"),
            of_today: check.is_of_today(),
        }
    }
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        Self { judged: tally.judged, failing: tally.failing, percent: tally.percent() }
    }
}

fn areas(areas: Vec<(Check, Tally)>) -> Vec<AreaView> {
    areas.into_iter().map(|(check, tally)| AreaView { check: check.name(), tally: tally.into() }).collect()
}

impl From<Group<String>> for ClassHealthView {
    fn from(group: Group<String>) -> Self {
        Self { class: group.of, items: group.items, areas: areas(group.areas) }
    }
}

impl From<Group<Option<String>>> for TeamHealthView {
    fn from(group: Group<Option<String>>) -> Self {
        let quoted = |team: &String| format!("\"{}\"", team.replace('\\', "\\\\").replace('"', "\\\""));
        let query = format!("team:{}", group.of.as_ref().map_or_else(|| "none".to_owned(), quoted));
        Self { team: group.of, query, items: group.items, areas: areas(group.areas) }
    }
}

impl From<Group<(crate::kernel::id::OrganisationId, String)>> for OrganisationHealthView {
    fn from(group: Group<(crate::kernel::id::OrganisationId, String)>) -> Self {
        let (id, name) = group.of;
        Self { id: id.uuid(), name, items: group.items, areas: areas(group.areas) }
    }
}
