//! Lists over HTTP: `GET /cis`, and `GET /cis.csv` in [`csv`].
//!
//! Does: read query strings, write pages and exports.
//! Does not: search.

mod columns;
pub mod csv;
pub(in crate::cmdb) mod dto;
pub(in crate::cmdb) mod parameters;

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use self::dto::CiView;
use self::parameters::{Pairs, Parameters};
use super::service::{self, Found};
use super::sort::Position;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::{Freshness, Observation};
use crate::store::Store;

/// Which items; `attr.<name>` filters by the shown value of an attribute. Lists are separated by commas or repeated.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read pair by pair")]
pub(crate) struct ListQuery {
    /// Classes; subclasses are included.
    class: Option<Vec<String>>,
    /// A query: texts that must stand in an item, `"phrases"`, filters as `class:host os:debian stale:>7d owner:none`,
    /// `-` before what must not hold, `OR` and brackets.
    q: Option<String>,
    /// Lifecycles.
    #[param(value_type = Option<Vec<Lifecycle>>)]
    lifecycle: Option<Vec<String>>,
    /// Observations.
    #[param(value_type = Option<Vec<Observation>>)]
    observation: Option<Vec<String>>,
    /// Organisations; what lies below is included.
    organisation: Option<Vec<uuid::Uuid>>,
    /// Levels of criticality, 1 to 4.
    criticality: Option<Vec<i32>>,
    /// Environments.
    environment: Option<Vec<String>>,
    /// `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round.
    sort: Option<String>,
    /// Items as they were then.
    as_of: Option<jiff::Timestamp>,
}

/// Which page.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read pair by pair")]
pub(crate) struct PageQuery {
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of items.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CiPage {
    items: Vec<CiView>,
    next_cursor: Option<String>,
    /// How many items match, on all pages.
    total: i64,
}

#[utoipa::path(get, path = "/cis", operation_id = "list_cis", tag = "cmdb", params(ListQuery, PageQuery),
    responses((status = 200, body = CiPage)))]
pub(crate) async fn list_cis(
    allowed: Allowed<may::CiRead>,
    Query(pairs): Query<Pairs>,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
    freshness: web::Data<Freshness>,
) -> Result<web::Json<CiPage>, Problem> {
    let asked = Parameters::read(pairs, &["limit", "cursor"])?;
    let sort = asked.sort()?;
    let list = format!("cis {:?} {sort:?}", asked.filter);
    let request = cursors.page(&list, limit(&asked)?, asked.other("cursor"))?;
    let freshness = *freshness.get_ref();
    let filter = asked.filter;
    let found = store.read(move |conn| service::page(conn, &allowed.ctx, freshness, (&filter, sort), &request)).await?;
    Ok(web::Json(CiPage::new(found, |position| cursors.seal(&list, position))?))
}

impl CiPage {
    /// The page with its cursor sealed.
    pub(in crate::cmdb) fn new(
        found: Found,
        seal: impl FnOnce(&Position) -> Result<String, Problem>,
    ) -> Result<Self, Problem> {
        let next_cursor = found.page.next.as_ref().map(seal).transpose()?;
        let items = found.page.items.into_iter().map(CiView::try_from).collect::<Result<_, _>>();
        Ok(Self { items: items.map_err(|error| Problem::internal(&error))?, next_cursor, total: found.total })
    }
}

/// How many items a page is to have.
pub(in crate::cmdb) fn limit(asked: &Parameters) -> Result<Option<u32>, Problem> {
    let read = |text: &str| text.parse().map_err(|_unknown| Problem::field("limit", "invalid", "not a whole number"));
    asked.other("limit").map(read).transpose()
}
